"""`madoguchi serve`: serve the pages."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from madoguchi.config.server import server_command


class Command(BaseCommand):
    help = "画面を開きます。例: madoguchi serve --host 0.0.0.0 --port 8000 --workers 2"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        words = server_command(host=options["host"], port=options["port"], workers=options["workers"])
        os.execv(words[0], words)

"""`madoguchi serve`: serve the pages and, beside them, the live streams of boards and phones."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from madoguchi.config.keeping.marks import OldCopy, check
from madoguchi.config.server import server_command, stream_command, together


class Command(BaseCommand):
    help = "画面と、表示盤への配信を始めます。例: madoguchi serve --host 0.0.0.0 --port 8000 --workers 2"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--stream-port", type=int, default=0, help="配信の番号（画面の番号の次）")
        parser.add_argument(
            "--behind-proxy",
            action="store_true",
            help="前に置いたプロキシが /live/ を配信へ渡します（docs/boards.md）",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check(settings.HOME)
        except OldCopy as error:
            raise CommandError(str(error)) from error
        host, port = options["host"], options["port"]
        stream_port = options["stream_port"] or port + 1
        # Over HTTPS there is a proxy in front, and a page may not reach past it.
        proxy = options["behind_proxy"] or settings.SECURE
        environment = {**os.environ, "MADOGUCHI_STREAM_PORT": "" if proxy else str(stream_port)}
        commands = [
            server_command(host=host, port=port, workers=options["workers"]),
            stream_command(host=host, port=stream_port),
        ]
        if together(commands, environment):
            raise CommandError(
                f"画面（{port} 番）か配信（{stream_port} 番）が止まったため、どちらも終えました。"
                "ほかのものが同じ番号を使っていないか確かめてください。"
            )

"""`madoguchi catalogue publish [FOLDER…]`: check a pack and publish it as a revision."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from madoguchi.catalogue import operations, queries
from madoguchi.city.queries import system_actor
from madoguchi.procedures.loader import PackErrors


class Command(BaseCommand):
    help = "手続台帳を公開します。例: madoguchi catalogue publish packs/national packs/madoka"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("publish", "list"))
        parser.add_argument("folders", nargs="*", type=Path, help="後に書いた方が前のものを上書きします")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "list":
            for one in queries.revisions():
                self.stdout.write(f"{one.revision}  {one.published_at:%Y-%m-%d %H:%M}  {one.published_by}  {one.note}")
            return
        try:
            revision = operations.publish(
                folders=options["folders"], by=system_actor("情報システム担当"), now=timezone.now()
            )
        except PackErrors as errors:
            self.stderr.write(str(errors))
            sys.exit(1)
        self.stdout.write(f"公開しました。版: {revision}")

"""`madoguchi catalogue publish [FOLDER…] | list | back REVISION`: publish a pack, or go back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.catalogue import operations, queries
from madoguchi.city.queries import system_actor
from madoguchi.procedures.loader import NATIONAL_FOLDER, PackErrors


class Command(BaseCommand):
    help = (
        "手続台帳を公開します。例: madoguchi catalogue publish（全国共通の台帳） / "
        "madoguchi catalogue publish 全国のフォルダー 市のフォルダー"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("publish", "list", "back"))
        parser.add_argument(
            "what", nargs="*", help="publish: フォルダー（後に書いた方が上書きします） / back: 版"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "publish":
                self._publish([Path(name) for name in options["what"]] or [NATIONAL_FOLDER])
            case "back":
                self._back(options["what"])
            case "list":
                self._list()

    def _publish(self, folders: list[Path]) -> None:
        by, now = system_actor("情報システム担当"), timezone.now()
        try:
            revision = operations.publish(folders=folders, by=by, now=now)
        except PackErrors as refused:
            for error in refused.errors:
                self.stderr.write(str(error))
            self.stderr.write(f"手続台帳に {len(refused.errors)} 件の誤りがあるため、公開していません。")
            sys.exit(1)
        self.stdout.write(f"公開しました。版: {revision}")

    def _back(self, what: list[str]) -> None:
        if len(what) != 1:
            raise CommandError(
                "もどす版をひとつ書いてください（例: madoguchi catalogue back 0123456789ab）。"
            )
        try:
            operations.go_back_to(revision=what[0], by=system_actor("情報システム担当"), now=timezone.now())
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"版 {what[0]} にもどしました。")

    def _list(self) -> None:
        try:
            current = queries.current_revision()
        except queries.NothingPublished as nothing:
            raise CommandError(str(nothing)) from nothing
        for one in queries.revisions():
            mark = "＊" if one.revision == current else "　"
            at = timezone.localtime(one.published_at)
            self.stdout.write(f"{mark} {one.revision}  {at:%Y-%m-%d %H:%M}  {one.published_by}  {one.note}")

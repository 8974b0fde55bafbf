"""`madoguchi form-review [--count] [--json | --xlsx FILE]`: the form review from the command line.

Exit 0: done; 1: done, and identifiers have not been counted yet; 2: could not be done.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.catalogue.queries import NothingPublished
from madoguchi.city.queries import system_actor
from madoguchi.connect.form_review import FormReview, form_review
from madoguchi.connect.form_review_book import as_data, book_of
from madoguchi.residents import identifying


class Command(BaseCommand):
    help = (
        "様式の欄を見直し、消せる欄と減る手間を出します。例: madoguchi form-review --count（住民記録で数えてから） / "
        "madoguchi form-review --json / madoguchi form-review --xlsx 見直し.xlsx"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--count", action="store_true", help="特定に使う項目を、住民記録の全員で数えてから出します"
        )
        parser.add_argument("--json", action="store_true", help="JSONで出します")
        parser.add_argument("--xlsx", type=Path, help="Excelに書き出します")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"]:
            self._count()
        try:
            found = form_review()
        except NothingPublished as error:
            raise CommandError(str(error)) from error
        if options["xlsx"]:
            self._write(options["xlsx"], book_of(found))
        if options["json"]:
            self.stdout.write(json.dumps(as_data(found), ensure_ascii=False, indent=1))
        elif not options["xlsx"]:
            self._say(found)
        if found.count is None:
            self.stderr.write("特定に使う項目は、まだ数えていません。--count を付けると数えます。")
            sys.exit(1)

    def _count(self) -> None:
        try:
            number = identifying.ask_for_count(by=system_actor("申請書の見直し（命令）"), now=timezone.now())
        except (identifying.CountUnderWay, identifying.NobodyToCount) as error:
            raise CommandError(str(error)) from error
        identifying.count(number=number, clock=timezone.now)

    def _write(self, file: Path, content: bytes) -> None:
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(
                f"「{file}」に書けません（{error.strerror}）。場所を確かめてください。"
            ) from error
        self.stdout.write(f"{file} に書きました。")

    def _say(self, found: FormReview) -> None:
        for line in found.lines:
            volume = line.saving.volume
            many = f"年{volume.number:,}枚{'（推計）' if volume.estimated else ''}" if volume else "枚数不明"
            self.stdout.write(
                f"{line.sheet.title}: {line.now}欄 → 消す案 {line.struck}（確かめた {line.confirmed}）・印字 {line.printed}・"
                f"書いてもらう {line.kept}  {many}"
            )
        if found.count and found.chosen:
            self.stdout.write(f"住民{found.count.residents:,}人で数えた、特定する項目: {found.chosen.label}")
        self.stdout.write(
            f"年に減る手間: 住民 およそ{found.sure.resident_hours:,.0f}時間、職員 およそ{found.sure.staff_hours:,.0f}時間"
            f"（消すとさらに 住民 {found.more.resident_hours:,.0f}時間、職員 {found.more.staff_hours:,.0f}時間）"
        )

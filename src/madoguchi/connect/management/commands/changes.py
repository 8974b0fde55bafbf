"""`madoguchi changes list|export|acknowledge`: change data for the core system, from the command line.

Exit 0: done; 1: done, and something needs a look (degraded characters, lines not taken); 2: could not be done.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.city.queries import system_actor
from madoguchi.connect import operations, queries
from madoguchi.connect.answer_file import AnswerFileUnreadable, take_answers
from madoguchi.connect.change_files import degraded_csv, to_csv, to_json


class Command(BaseCommand):
    help = (
        "異動データを渡し、答えを受け取ります。例: madoguchi changes export --out out --encoding cp932 / "
        "madoguchi changes acknowledge answers.csv"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("list", "export", "acknowledge"))
        parser.add_argument(
            "file", nargs="?", type=Path, help="acknowledge: 答えのCSV（change_id,result,reason,…）"
        )
        parser.add_argument("--format", choices=("csv", "json"), default="csv", help="export: 形式")
        parser.add_argument(
            "--encoding", choices=("utf-8", "cp932"), default="utf-8", help="export: 文字コード"
        )
        parser.add_argument("--out", type=Path, default=Path("changes-out"), help="export: 書き出すフォルダ")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "list":
                self._list()
            case "export":
                self._export(options["out"], options["format"], options["encoding"])
            case "acknowledge":
                self._acknowledge(options["file"])

    def _list(self) -> None:
        for one in queries.messages():
            by_hand = "手で入力" if one.by_hand else ""
            self.stdout.write(
                f"{one.change}  {one.state.label}  {one.people}人  {by_hand}  {one.result}".rstrip()
            )

    def _export(self, folder: Path, form: str, encoding: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(
                f"{folder} に書けません（{error.strerror}）。--out で別のフォルダを選んでください。"
            ) from error
        handed = operations.hand_over(by=system_actor("異動データ連携"), now=timezone.now())
        degraded = 0
        if form == "json":
            (folder / "changes.json").write_bytes(to_json(handed.bodies))
        else:
            made = to_csv(handed.bodies, encoding=encoding)
            (folder / "changes.csv").write_bytes(made.content)
            (folder / "degraded.csv").write_bytes(degraded_csv(made.degraded))
            degraded = len(made.degraded)
        self.stdout.write(
            f"{len(handed.bodies)} 件（初めて {handed.first_time} 件）を {folder} に書きました。"
        )
        if degraded:
            self.stderr.write(
                f"{degraded} か所の文字をCP932の文字に置きかえました。degraded.csv を見て手で直してください。"
            )
            sys.exit(1)

    def _acknowledge(self, path: Path | None) -> None:
        if path is None or not path.is_file():
            raise CommandError("答えのファイルがありません。例: madoguchi changes acknowledge answers.csv")
        try:
            taken = take_answers(
                content=path.read_bytes(), by=system_actor("異動データ連携"), now=timezone.now()
            )
        except AnswerFileUnreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{taken.messages} 件の答えを受け取りました。受け取れなかったもの {len(taken.faults)} 件。"
        )
        for fault in taken.faults:
            self.stderr.write(str(fault))
        if taken.faults:
            sys.exit(1)

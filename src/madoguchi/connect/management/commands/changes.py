"""`madoguchi changes list|export|acknowledge`: change data for the core system, from the command line."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.city.queries import system_actor
from madoguchi.connect import operations, queries
from madoguchi.connect.change_data import to_csv, to_json


class Command(BaseCommand):
    help = "異動データを渡し、答えを受け取ります。例: madoguchi changes export --out out --encoding cp932"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("list", "export", "acknowledge"))
        parser.add_argument(
            "file", nargs="?", type=Path, help="acknowledge: 答えのCSV（number,result,reason）"
        )
        parser.add_argument("--format", choices=("csv", "json"), default="csv")
        parser.add_argument("--encoding", choices=("utf-8", "cp932"), default="utf-8")
        parser.add_argument("--out", type=Path, default=Path("changes-out"))

    def handle(self, *args: Any, **options: Any) -> None:
        {"list": self._list, "export": self._export, "acknowledge": self._acknowledge}[options["act"]](
            options
        )

    def _list(self, options: dict[str, Any]) -> None:
        for one in queries.messages():
            self.stdout.write(
                f"{one.number}  {one.round}回目  {one.state_label}  {one.people}人  {one.result}"
            )

    def _export(self, options: dict[str, Any]) -> None:
        handed = operations.hand_over(by=system_actor("異動データ連携"), now=timezone.now())
        folder: Path = options["out"]
        folder.mkdir(parents=True, exist_ok=True)
        if options["format"] == "json":
            (folder / "changes.json").write_bytes(to_json(handed.bodies))
        else:
            made = to_csv(handed.bodies, encoding=options["encoding"])
            (folder / "changes.csv").write_bytes(made.content)
            lines = [
                f"{one.number},{one.ref},{one.column},{one.written},{one.instead}" for one in made.degraded
            ]
            (folder / "degraded.csv").write_text(
                "\n".join(["number,ref,column,written,instead", *lines]) + "\n", "utf-8-sig"
            )
            if made.degraded:
                self.stderr.write(
                    f"{len(made.degraded)} か所の文字をCP932の文字に置きかえました。degraded.csv を見て手で直してください。"
                )
        self.stdout.write(
            f"{len(handed.bodies)} 件（初めて {handed.first_time} 件）を {folder} に書きました。"
        )

    def _acknowledge(self, options: dict[str, Any]) -> None:
        path: Path | None = options["file"]
        if path is None or not path.is_file():
            raise CommandError("答えのファイルがありません。例: madoguchi changes acknowledge answers.csv")
        try:
            rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        except UnicodeDecodeError as error:
            raise CommandError(
                f"答えのファイルの {error.start} バイト目が UTF-8 ではありません。UTF-8で保存し直してください。"
            ) from error
        if rows and not {"number", "result"} <= set(rows[0]):
            raise CommandError("答えのファイルに number と result の列が要ります。")
        faults = 0
        for line, row in enumerate(rows, start=2):
            sentence = self._one(row)
            if sentence:
                faults += 1
                self.stderr.write(f"{line}行目: {sentence}")
        self.stdout.write(
            f"{len(rows) - faults} 件の答えを受け取りました。受け取れなかったもの {faults} 件。"
        )
        if faults:
            sys.exit(1)

    def _one(self, row: dict[str, str]) -> str:
        case = queries.case_of_number(row["number"])
        if case is None:
            return str(operations.NoSuchMessage(row["number"]))
        if row["result"] not in ("ok", "refused"):
            return f"result の「{row['result']}」は ok か refused で書いてください。"
        try:
            operations.answer(
                case=case,
                accepted=row["result"] == "ok",
                reason=row.get("reason") or "",
                by=system_actor("異動データ連携"),
                now=timezone.now(),
            )
        except (operations.NoSuchMessage, operations.AnswerNeedsReason) as error:
            return str(error)
        return ""

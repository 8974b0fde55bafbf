"""`madoguchi gifts import FILE --mapping NAME`: take a file of the donation management in, or try it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone

from madoguchi.audit.entries import Actor
from madoguchi.furusato.mapping import gift_mapping
from madoguchi.furusato.taking_in import take_in
from madoguchi.residents.importing.mapping import MappingError
from madoguchi.residents.importing.reading import FileRefused
from madoguchi.residents.importing.report import sentence_of
from madoguchi.spreadsheets.workbook import WorkbookRefused

EXAMPLE = """例:
  madoguchi gifts import kifu.csv --mapping standard --dry-run
  madoguchi gifts import kifu.xlsx --mapping 自分の対応表.toml
終了コード: 0 すべて取り込んだ、1 断った行がある、2 取り込めなかった"""


class Command(BaseCommand):
    help = "ふるさと納税の寄附データ（CSV・TSV・Excel）を取り込みます。"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            "madoguchi", "gifts", formatter_class=RawDescriptionHelpFormatter, epilog=EXAMPLE, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["import"], help="取り込む")
        parser.add_argument("file", type=Path, metavar="FILE", help="寄附データのファイル")
        parser.add_argument(
            "--mapping", required=True, metavar="NAME", help="対応表の名前、または .toml の場所"
        )
        parser.add_argument("--dry-run", action="store_true", help="試すだけで、何も保存しない")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping = gift_mapping(options["mapping"])
            with options["file"].open("rb") as stream:
                report = take_in(
                    stream=stream, mapping=mapping, dry_run=options["dry_run"],
                    by=Actor(None, "取り込み（命令）", "", ""), now=timezone.now(),
                )  # fmt: skip
        except OSError as error:
            self._stop(f"「{options['file']}」を開けません（{error.strerror}）。場所を確かめてください。")
        except (MappingError, FileRefused, WorkbookRefused) as error:
            self._stop(str(error))
        tried = "（試行: 何も保存していません）" if report.dry_run else ""
        self.stdout.write(
            f"{report.rows_in:,}行のうち、取り込み {report.stored:,}行（新しい {report.new:,}、変わった {report.changed:,}、"
            f"同じ {report.unchanged:,}）、断った {len(report.refused):,}行{tried}"
        )
        for one in report.refused:
            self.stdout.write(f"  {sentence_of(one)}")
        if report.refused:
            sys.exit(1)

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)

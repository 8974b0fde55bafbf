"""`madoguchi import residents FILE --mapping NAME`: take an extract in, or try it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, FileType, RawDescriptionHelpFormatter
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone

from madoguchi.audit.entries import Actor
from madoguchi.residents.importing.mapping import MappingError, load_mapping
from madoguchi.residents.importing.reading import FileRefused
from madoguchi.residents.importing.run import import_file
from madoguchi.residents.importing.staging import ImportUnderWay, clear_broken_off
from madoguchi.residents.rows import Origin
from madoguchi.spreadsheets.workbook import WorkbookRefused

BAR = 30
EXAMPLE = """例:
  madoguchi import residents juki.csv --mapping standard --dry-run
  madoguchi import residents juki.csv --mapping standard --refusals 断った行.csv
終了コード: 0 すべて取り込んだ、1 断った行がある、2 取り込めなかった"""


class Command(BaseCommand):
    help = "住民記録の抽出（CSV・TSV・Excel）を取り込みます。"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            "madoguchi", "import", formatter_class=RawDescriptionHelpFormatter, epilog=EXAMPLE, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["residents"], help="取り込むもの（住民）")
        parser.add_argument("file", type=Path, metavar="FILE", help="抽出ファイル")
        parser.add_argument(
            "--mapping", required=True, metavar="NAME", help="対応表の名前、または .toml の場所"
        )
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="DATE",
            help="抽出した日（例 2026-11-20。なければ今日）",
        )
        parser.add_argument("--dry-run", action="store_true", help="試すだけで、何も保存しない")
        parser.add_argument("--json", action="store_true", dest="as_json", help="結果を JSON で出す")
        parser.add_argument(
            "--refusals", type=FileType("wb"), metavar="CSV", help="断った行をすべて書き出すファイル"
        )
        parser.add_argument("--clear", action="store_true", help="途中で止まった取り込みを、先に片付ける")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        by = Actor(None, "取り込み（命令）", "", "")
        try:
            mapping = load_mapping(options["mapping"])
            if options["clear"]:
                clear_broken_off(by=by, origin=Origin(mapping.source, timezone.localdate(now), now))
            with options["file"].open("rb") as stream:
                report = import_file(
                    stream=stream,
                    mapping=mapping,
                    dry_run=options["dry_run"],
                    by=by,
                    now=now,
                    as_of=options["as_of"],
                    progress=_bar if sys.stderr.isatty() else None,
                )
        except OSError as error:
            self._stop(f"「{options['file']}」を開けません（{error.strerror}）。場所を確かめてください。")
        except (MappingError, FileRefused, WorkbookRefused, ImportUnderWay) as error:
            self._stop(str(error))
        if options["refusals"]:
            with options["refusals"] as out:
                report.refusals.write_csv(out)
        text = (
            json.dumps(report.as_json(), ensure_ascii=False, indent=1)
            if options["as_json"]
            else report.text()
        )
        self.stdout.write(text)
        if report.refused_rows:
            sys.exit(1)

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)


def _bar(rows: int, share: float) -> None:
    """One line on the terminal that tells how far the file has been read."""
    done = int(share * BAR)
    end = "\n" if share >= 1 else ""
    print(
        f"\r取り込み中 {'█' * done}{'░' * (BAR - done)} {share:4.0%} {rows:,}行",
        end=end,
        file=sys.stderr,
        flush=True,
    )

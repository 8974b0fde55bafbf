"""`madoguchi inventory import [FILE] | list | book FILE`: the national survey and the city's list from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.catalogue.inventory.city_book import BookRefused, take_book_in
from madoguchi.catalogue.inventory.city_list import CityListError
from madoguchi.catalogue.inventory.national import refusals, survey, surveys
from madoguchi.catalogue.inventory.survey_file import SHIPPED
from madoguchi.catalogue.inventory.taking_in import SurveyRefused, SurveyUnderWay, import_survey
from madoguchi.city.queries import system_actor
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused

BAR = 30
SHOWN_REFUSALS = 20


class Command(BaseCommand):
    help = (
        "手続きの棚卸しを取り込みます。例: madoguchi inventory import（付属の令和6年度調査） / "
        "madoguchi inventory import 公表されたファイル.xlsx --title 令和7年度 / madoguchi inventory book 市の一覧.xlsx --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("import", "list", "book"))
        parser.add_argument("file", nargs="?", type=Path, help="ファイル（import: 書かなければ付属の調査）")
        parser.add_argument("--title", default="", help="調査の名前")
        parser.add_argument("--dry-run", action="store_true", help="book: 試すだけで、何も保存しない")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "import":
                self._import(options["file"] or SHIPPED, options["title"])
            case "book":
                self._book(options["file"], options["dry_run"])
            case "list":
                for one in surveys():
                    mark = "＊" if one.current else "　"
                    self.stdout.write(f"{mark} {one.title}  {one.stored:,}件  {one.given_by}  {one.sentence}")

    def _import(self, file: Path, title: str) -> None:
        shipped = "令和6年度 行政手続等の棚卸" if file == SHIPPED else file.stem
        try:
            with file.open("rb") as stream:
                number = import_survey(
                    title=title or shipped,
                    file_name=file.name,
                    stream=stream,
                    by=system_actor("棚卸しの取り込み（命令）"),
                    clock=timezone.now,
                    progress=_bar if sys.stderr.isatty() else None,
                )
        except OSError as error:
            raise CommandError(
                f"「{file}」を開けません（{error.strerror}）。場所を確かめてください。"
            ) from error
        except (SurveyRefused, SurveyUnderWay) as error:
            raise CommandError(str(error)) from error
        found = survey(number)
        assert found is not None
        self.stdout.write(
            f"{found.title}: 入力 {found.rows_in:,} 行 = 取り込み {found.stored:,} 行 + 断り {found.refused:,} 行"
        )
        for line, sentence in refusals(number)[:SHOWN_REFUSALS]:
            self.stderr.write(f"{line}行目: {sentence}")
        if found.refused:
            sys.exit(1)

    def _book(self, file: Path | None, dry_run: bool) -> None:
        if file is None:
            raise CommandError(
                "市の一覧のファイルを書いてください（例: madoguchi inventory book 一覧.xlsx）。"
            )
        by, now = system_actor("棚卸しの取り込み（命令）"), timezone.now()
        try:
            with file.open("rb") as stream:
                report = take_book_in(stream=stream, dry_run=dry_run, by=by, now=now)
        except OSError as error:
            raise CommandError(
                f"「{file}」を開けません（{error.strerror}）。場所を確かめてください。"
            ) from error
        except (BookRefused, GridRefused, WorkbookRefused, CityListError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{report.rows_in:,} 行: 新しい {report.new:,}、直す {report.changed:,}、同じ {report.unchanged:,}、"
            f"断り {len(report.refused):,}{'（試しただけで、保存していません）' if dry_run else ''}"
        )
        for one in report.refused:
            self.stderr.write(one)
        if report.refused:
            sys.exit(1)


def _bar(rows: int, share: float) -> None:
    """One line on the terminal that tells how far the file has been read."""
    done = int(share * BAR)
    line = f"\r取り込み中 {'█' * done}{'░' * (BAR - done)} {share:4.0%} {rows:,}行"
    print(line, end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

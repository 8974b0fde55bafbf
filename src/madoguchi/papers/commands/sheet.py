"""`madoguchi sheet PROCEDURE FILE.json --out X.pdf`: a procedure's sheet, filled from a situation file
(様式の印刷).
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from django.utils.translation import gettext as _

from madoguchi.jp.open_days import OpenDays
from madoguchi.notation.reading import json_of
from madoguchi.papers.boxes import SheetNeedsSubject
from madoguchi.papers.definition_file import SheetErrors
from madoguchi.papers.operations import render_sheets
from madoguchi.papers.situation_sheets import (
    BadSheetPart,
    NobodyConcerned,
    NoSheet,
    NoSuchProcedure,
    read_sheet_part,
    sheets_of,
)
from madoguchi.papers.values import RenderedPaper
from madoguchi.procedures.commands.common import DONE, FAULTS, add_pack_option, pack_of, parser_for, run
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation_file import SituationFaults, read_situation


class Unreadable(ValueError):
    """The situation file cannot be read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            _("ファイル「%s」を読めません。場所と、JSONの括弧・引用符・コンマを確かめてください。") % file
        )


class Unwritable(ValueError):
    """The PDF cannot be written."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            _("「%s」に書き出せません。フォルダーがあるか、書き込めるかを確かめてください。") % file
        )


_JAPAN = timezone(timedelta(hours=9))
_EXAMPLE = "madoguchi sheet nhi-enrol household.json --out nhi.pdf"
_REFUSALS = (
    BadSheetPart,
    NobodyConcerned,
    NoSheet,
    NoSuchProcedure,
    SheetErrors,
    SheetNeedsSubject,
    SituationFaults,
    Unreadable,
    Unwritable,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the PDF; returns the exit code. What cannot be printed exactly is listed on stderr."""
    return run(_main, argv)


def _parser() -> argparse.ArgumentParser:
    parser = parser_for("sheet", _("手続きの様式を、世帯の状況のファイルから記入してPDFにします。"), _EXAMPLE)
    parser.add_argument("procedure", metavar="PROCEDURE", help=_("手続きの名（madoguchi procedures list）"))
    parser.add_argument("file", metavar="FILE.json", type=Path, help=_("世帯の状況（decide と同じ形）"))
    parser.add_argument("--out", required=True, type=Path, metavar="X.pdf", help=_("書き出すPDF"))
    parser.add_argument("--subject", metavar="p1", help=_("この人の分だけを印刷する"))
    parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help=_("受付日（なければ今日）"))
    add_pack_option(parser)
    return parser


def _main(argv: Sequence[str] | None) -> int:
    arguments = _parser().parse_args(argv)
    now = datetime.now(_JAPAN)
    try:
        paper = print_file(
            pack_of(arguments),
            _read(arguments.file),
            procedure=arguments.procedure,
            subject=arguments.subject,
            on=arguments.on or now.date(),
            issued_at=now,
        )
        _write(arguments.out, paper.pdf)
    except _REFUSALS as refused:
        print(" ".join(str(refused).split("\n")), file=sys.stderr)
        return FAULTS
    for glyph in paper.missing_glyphs:
        print(
            _("印字できない文字があります: %(sheet)s「%(box)s」 %(codepoint)s（紙には〓と出ます）")
            % {"sheet": glyph.sheet, "box": glyph.box, "codepoint": glyph.codepoint},
            file=sys.stderr,
        )
    print(_("%(file)s に %(pages)d 枚を書き出しました。") % {"file": arguments.out, "pages": paper.pages})
    return DONE


def _read(file: Path) -> object:
    try:
        return json_of(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise Unreadable(file) from cause


def _write(file: Path, pdf: bytes) -> None:
    try:
        file.write_bytes(pdf)
    except OSError as cause:
        raise Unwritable(file) from cause


def print_file(
    pack: Pack, data: object, *, procedure: str, subject: str | None, on: date, issued_at: datetime
) -> RenderedPaper:
    """Print a procedure's sheets from the data of a situation file."""
    whole = dict(data) if isinstance(data, dict) else {}
    part = read_sheet_part(whole.pop("sheet", None))
    situation = read_situation(whole, {(fact.holder, fact.key): fact for fact in pack.vocabulary})
    sheets = sheets_of(
        pack, situation, part, procedure_id=procedure, subject=subject, on=on, open_days=OpenDays()
    )
    return render_sheets(sheets, issued_at=issued_at)

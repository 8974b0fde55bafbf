"""Writing an xlsx that an officer can work in at once: heading fixed, columns wide enough, a filter on every column."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

Cell = str | int | float | date | None
HEADING_FILL = PatternFill("solid", fgColor="E8F1FE")
LONGEST = 32767
NARROWEST, WIDEST = 8, 60


@dataclass(frozen=True, slots=True)
class PageOut:
    """One sheet of a workbook: its title (31 characters at most), its heading, its rows, and notes above the heading."""

    title: str
    heading: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[str] = ()
    widths: Sequence[int] = ()


def workbook_of(pages: Sequence[PageOut]) -> bytes:
    """The workbook as bytes. A text is written as text, also when it begins with `=`."""
    book = openpyxl.Workbook(write_only=True)
    for page in pages:
        sheet = book.create_sheet(page.title[:31])
        sheet.freeze_panes = f"A{len(page.notes) + 2}"
        for index, heading in enumerate(page.heading):
            width = page.widths[index] if index < len(page.widths) else len(heading) * 2 + 4
            sheet.column_dimensions[get_column_letter(index + 1)].width = max(NARROWEST, min(width, WIDEST))
        for note in page.notes:
            sheet.append([_cell(sheet, note)])
        sheet.append([_heading(sheet, text) for text in page.heading])
        count = len(page.notes) + 1
        for row in page.rows:
            sheet.append([_cell(sheet, value) for value in row])
            count += 1
        sheet.auto_filter.ref = (
            f"A{len(page.notes) + 1}:{get_column_letter(max(len(page.heading), 1))}{count}"
        )
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _heading(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font, cell.fill = Font(bold=True), HEADING_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: object, value: Cell) -> WriteOnlyCell | int | float | date | None:
    if not isinstance(value, str):
        return value
    text = value[:LONGEST]
    try:
        cell = WriteOnlyCell(sheet, value=text)
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, value="".join(one for one in text if one >= " " or one in "\n\t"))
    cell.data_type = "s"
    return cell

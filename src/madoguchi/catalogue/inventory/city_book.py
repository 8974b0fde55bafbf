"""The city's list as Excel: written with its ease and plan beside it, and read back row by row, stored or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from madoguchi.audit.entries import Actor
from madoguchi.catalogue.inventory.city_entries import (
    BASIS_NAMES,
    CRITERION_OF,
    HEADINGS,
    ONLINE_NAMES,
    CityEntry,
    cells_of,
    entry_from,
)
from madoguchi.catalogue.inventory.city_list import CityLine, entry_of, store_many
from madoguchi.catalogue.inventory.ease import OPTIONS
from madoguchi.catalogue.inventory.models import CityProcedureRow
from madoguchi.catalogue.inventory.plan import Quarter
from madoguchi.spreadsheets.grid import GridRow, read_grid
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

# Written for reading; not read back.
COMPUTED = ("段階", "段階の名前", "点", "推計件数", "減らせる時間(年)", "計画", "そろい具合(%)")
MOST_ROWS = 20_000
SHEET = "手続き一覧"
HEADING_WITHIN = 5


@dataclass(frozen=True, slots=True)
class BookReport:
    """What became of a file: every row is new, changed, the same, or refused with a sentence."""

    dry_run: bool
    rows_in: int
    new: int
    changed: int
    unchanged: int
    refused: tuple[str, ...]


class BookRefused(ValueError):
    """The file as a whole cannot be taken."""


def book_of(lines: Sequence[CityLine], planned: Mapping[str, Quarter], usual_minutes: int) -> bytes:
    """The list as an xlsx: the sheet to work in, and one that says what each column takes."""
    rows: list[list[Cell]] = []
    for one in lines:
        hours = one.saved_hours(usual_minutes)
        quarter = planned.get(one.entry.number)
        rows.append([
            *cells_of(one.entry).values(), one.ease.step, one.ease.label, one.ease.points,
            one.volume if one.estimated else None, None if hours is None else round(hours),
            quarter.label if quarter else "", one.entry.completeness,
        ])  # fmt: skip
    widths = [12, 40, 16, 12, 30, 12, 20, 10, 12, 10, 14, 16, 16, 10, 20, 12, 20, 16, 14, 40]
    return workbook_of([
        PageOut(SHEET, [*HEADINGS, *COMPUTED], rows, widths=widths),
        PageOut("書き方", ["列", "入れるもの"], _guide(), widths=[24, 60]),
    ])  # fmt: skip


def _guide() -> list[list[str]]:
    choices = {
        "basis": "・".join(BASIS_NAMES.values()), "online": "・".join(ONLINE_NAMES.values()),
        **{name: "・".join(OPTIONS[criterion].values()) for name, criterion in CRITERION_OF.items()},
        "number": "空けておくと番号が付きます。番号があると、その手続きを直します",
        "national": "国の棚卸しの手続ID", "procedure": "この製品の手続台帳の番号（例 move-in-notice）",
        "online_since": "日付（令和8年4月1日、2026-04-01 など）", "reviewed_on": "日付（令和8年4月1日、2026-04-01 など）",
        "volume": "1年の件数", "minutes": "来た人1人にかかる時間。移動も含めて分で",
    }  # fmt: skip
    guide = [[heading, choices.get(name, "文字")] for heading, name in HEADINGS.items()]
    return [*guide, *[[name, "自動で計算した値です。直しても取り込みません"] for name in COMPUTED]]


def take_book_in(*, stream: BinaryIO, dry_run: bool, by: Actor, now: datetime) -> BookReport:
    """Take a list in, or try it. A number that is there changes that entry; without a number it is a new one.

    Raises BookRefused, GridRefused, WorkbookRefused when the file as a whole cannot be read.
    """
    heading, rows = _headed(_sheet_rows(stream))
    there = {row.number: row for row in CityProcedureRow.objects.all()}
    refused: list[str] = []
    seen: dict[str, int] = {}
    new: list[CityEntry] = []
    changed: list[tuple[CityEntry, int]] = []
    unchanged = 0
    for row in rows:
        entry, faults = _entry(heading, row, there)
        if entry is not None and entry.number and seen.setdefault(entry.number, row.number) != row.number:
            faults = (f"手続番号 {entry.number} は{seen[entry.number]}行目にもあります",)
            entry = None
        if entry is None:
            refused.append(f"{row.number}行目: {'。'.join(faults)}。")
            continue
        known = there.get(entry.number)
        if known is None:
            new.append(entry)
        elif entry_of(known) == entry and not known.removed:
            unchanged += 1
        else:
            changed.append((entry, known.version))
    if not dry_run:
        store_many(new=new, changed=changed, by=by, now=now)
    return BookReport(dry_run, len(rows), len(new), len(changed), unchanged, tuple(refused))


def _sheet_rows(stream: BinaryIO) -> Sequence[GridRow]:
    head = stream.read(2)
    stream.seek(0)
    rows = []
    for row in read_grid(stream, sheet=SHEET if head == b"PK" else None):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise BookRefused(f"行が{MOST_ROWS:,}を超えています。分けてください。")
    return rows


def _headed(rows: Sequence[GridRow]) -> tuple[tuple[str, ...], Sequence[GridRow]]:
    for place, row in enumerate(rows[:HEADING_WITHIN]):
        cells = tuple(cell.strip() for cell in row.cells)
        if "手続名" in cells:
            doubled = sorted({cell for cell in cells if cell in HEADINGS and cells.count(cell) > 1})
            if doubled:
                raise BookRefused(
                    f"見出しに「{'」「'.join(doubled)}」の列が2つ以上あります。1つにしてください。"
                )
            return cells, rows[place + 1 :]
    raise BookRefused(
        "見出しに「手続名」の列がありません。「Excelで出す」で出したファイルの見出しを、そのまま使ってください。"
    )


def _entry(
    heading: Sequence[str], row: GridRow, there: Mapping[str, CityProcedureRow]
) -> tuple[CityEntry | None, tuple[str, ...]]:
    """The entry of a row. What the file has no column for stays as it was."""
    if row.fault:
        return None, (row.fault,)
    if any(cell.strip() for cell in row.cells[len(heading) :]):
        return None, ("見出しのない列に書かれています",)
    given = dict(zip(heading, [*row.cells, *[""] * len(heading)], strict=False))
    known = there.get(given.get("手続番号", "").strip())
    before = {name: _text(value) for name, value in cells_of(entry_of(known)).items()} if known else {}
    return entry_from(before | given)


def _text(value: Cell) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)

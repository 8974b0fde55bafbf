"""Lays out the people table (対象者の表): a person's row has one line or two, and who finds no room goes to a 続紙.

The two lines of a row have columns of their own. They are cells of one table: its narrow columns are all edges of both
lines, and a cell spans as many of them as it is wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from django.utils.translation import gettext as _

from madoguchi.papers.box_lines import LABEL_SIZES, content_payload
from madoguchi.papers.definitions import Block
from madoguchi.papers.glyphs import Role
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.values import FilledBox, SheetValues

TABLE_MM = 171.0
"""Width of the table without the column of numbers."""
_LINE_MM = {1: 11.0, 2: 8.5}
_PER_CONTINUATION = {1: 20, 2: 11}
_BLANK_ROWS = 3
_INSET_MM = 2.4
_AIR_MM = 2.0


def people_table(setting: Setting, sheet: SheetValues) -> Json:
    """The table on the sheet's first page; some blank rows when there are few people."""
    here = sheet.people[: sheet.people_rows]
    left = len(sheet.people) - len(here)
    return _table(
        setting,
        sheet,
        here,
        first=1,
        blank=max(0, min(sheet.people_rows, _BLANK_ROWS) - len(here)),
        more=_("ほか%d人は続紙に記載") % left if left else "",
    )


def continuations(setting: Setting, sheet: SheetValues) -> list[Json]:
    """The people who do not fit on the first page, page by page (続紙)."""
    if Block.PEOPLE_TABLE not in sheet.blocks:
        return []
    step = _PER_CONTINUATION[_lines_of(sheet)]
    return [
        _table(setting, sheet, sheet.people[start : start + step], first=start + 1)
        for start in range(sheet.people_rows, len(sheet.people), step)
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands: its index in a person's row, its width in millimetres, the narrow columns it spans."""

    index: int
    width: float
    span: int


def _lines_of(sheet: SheetValues) -> int:
    return max((column.line for column in sheet.columns), default=1)


def _places(sheet: SheetValues) -> tuple[list[list[_Place]], list[float]]:
    """The columns line by line, and the widths of the narrow columns that both lines share."""
    lines: list[list[tuple[int, float, float]]] = []
    for number in range(1, _lines_of(sheet) + 1):
        columns = [(index, column) for index, column in enumerate(sheet.columns) if column.line == number]
        share = TABLE_MM / (sum(column.width for _index, column in columns) or 1)
        ends = [round(end * share, 2) for end in accumulate(column.width for _index, column in columns)]
        starts = [0.0, *ends[:-1]]
        lines.append([(index, a, b) for (index, _column), a, b in zip(columns, starts, ends, strict=True)])
    edges = sorted({0.0, *(end for line in lines for _index, _start, end in line)})
    places = [
        [_Place(index, end - start, edges.index(end) - edges.index(start)) for index, start, end in line]
        for line in lines
    ]
    return places, [end - start for start, end in pairwise(edges)]


def _table(
    setting: Setting,
    sheet: SheetValues,
    people: Sequence[Sequence[FilledBox]],
    *,
    first: int,
    blank: int = 0,
    more: str = "",
) -> Json:
    places, widths = _places(sheet)
    tall = _LINE_MM[len(places)] * setting.density
    nothing: Json = {"k": "b", "hand": None}
    empty: Json = {
        "heights": [tall] * len(places),
        "lines": [[{"span": place.span, "c": nothing} for place in line] for line in places],
    }
    return {
        "k": "people",
        "bar": setting.put(sheet.people_title, Role.HEADING, sheet.people_title),
        "widths": list(widths),
        "head": [[_heading(setting, sheet, place) for place in line] for line in places],
        "rows": [_row(setting, person, places, tall) for person in people] + [empty] * blank,
        "first": first,
        "more": setting.put(more, Role.LABEL, sheet.people_title) if more else None,
    }


def _heading(setting: Setting, sheet: SheetValues, place: _Place) -> Json:
    label = sheet.columns[place.index].label
    return {
        "span": place.span,
        "l": setting.fitted(label, Role.LABEL, label, place.width - _INSET_MM, LABEL_SIZES).json,
    }


def _row(setting: Setting, person: Sequence[FilledBox], places: list[list[_Place]], tall: float) -> Json:
    """One person; a line whose texts all take one line has a height, which sets faster."""
    heights: list[Json] = []
    lines: list[Json] = []
    for line in places:
        cells: list[Json] = []
        needed: list[float | None] = []
        for place in line:
            box = person[place.index]
            content, height = content_payload(setting, box.content, box.label, place.width - _INSET_MM)
            cells.append({"span": place.span, "c": content})
            needed.append(height)
        known = [height for height in needed if height is not None]
        heights.append(max(tall, max(known) + _AIR_MM) if len(known) == len(needed) else None)
        lines.append(cells)
    return {"heights": heights, "lines": lines}

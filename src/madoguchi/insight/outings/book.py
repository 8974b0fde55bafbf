"""Plans of visits as rows, for Excel and CSV alike: towns and minutes, no people."""

from __future__ import annotations

from collections.abc import Sequence

from madoguchi.insight.outings.plans import Outing
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

OUTING_HEADING = (
    "順",
    "止まる町",
    "緯度",
    "経度",
    "着く（出発から分）",
    "出る（出発から分）",
    "ここに来られる町",
)


def outing_rows(found: Outing) -> list[list[Cell]]:
    """The stops of a plan: towns and minutes, no people."""
    return [
        [place, stop.town.name, stop.town.latitude, stop.town.longitude, stop.begins, stop.ends, stop.served_names]
        for place, stop in enumerate(found.stops, start=1)
    ]  # fmt: skip


def outing_book(found: Outing, notes: Sequence[str]) -> bytes:
    """A plan as an xlsx."""
    page = PageOut(
        "出張の計画", OUTING_HEADING, outing_rows(found), notes=notes, widths=[6, 20, 12, 12, 12, 12, 60]
    )
    return workbook_of([page])

"""Coverage as rows, for Excel and CSV alike: only what may be shown, a dash where it is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from madoguchi.insight.coverage.tables import KINDS, CountKind, CoverageTable, table
from madoguchi.jp.wareki import format_wareki
from madoguchi.residents.places import Town
from madoguchi.small_counts.hiding import SMALLEST
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

HIDDEN = "—"
NOTES = (
    f"{HIDDEN} は、{SMALLEST}人に満たないか、ほかの数から{SMALLEST}人に満たない数が分かってしまうため、出していません。",
    "町名・年齢・カードの有無のどれかが住民情報にない人は入れていません。勤め先は住民情報にないため、ありません。",
    "地区・年齢・世帯の区分は本製品の独自のものです。",
)


def heading_of(found: CoverageTable) -> list[str]:
    return [_(found.kind.label), *(_(kind.label) for kind in CountKind), _("カードありの割合（%）")]


def rows_of(found: CoverageTable) -> list[list[Cell]]:
    """The lines and the whole."""
    return [
        [
            line.name,
            *(HIDDEN if number is None else number for number in (line.people, line.with_card, line.without)),
            HIDDEN if line.share is None else round(line.share, 1),
        ]
        for line in (*found.lines, found.whole)
    ]


def coverage_book(*, day: date, numbers: Mapping[str, int | None], towns: Mapping[str, Town]) -> bytes:
    """Every table of a day, a sheet each."""
    pages = []
    for kind in KINDS.values():
        found = table(kind, numbers, towns)
        pages.append(
            PageOut(
                _(kind.label), heading_of(found), rows_of(found),
                notes=[f"マイナンバーカードの交付状況 {format_wareki(day)}", *NOTES], widths=[30, 12, 12, 12, 16],
            )
        )  # fmt: skip
    return workbook_of(pages)

"""Rows of a workbook of texts: read by the names of their columns, refused by sheet, row and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from madoguchi.spreadsheets.grid import read_grid

STALE = (
    "いまの台帳と違います。この列は直しても取り込みません。ほかの人が先に直したのでなければ、もとにもどしてください。"
    "直す文や値は「新しい」の列に書き、古いファイルなら出し直してください。"
)


class BookRefused(ValueError):
    """The workbook as a whole cannot be taken."""


@dataclass(frozen=True, slots=True)
class TextReport:
    """What became of the rows: every one is changed, the same, or refused with a sentence."""

    rows_in: int
    changed: int
    unchanged: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookRow:
    """One row: its sheet and number, its cells by their column's name, why it cannot be taken at all ("" when it can)."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]
    fault: str

    def cell(self, column: str) -> str:
        """The text of a column, without space around it."""
        return self.cells.get(column, "").strip()

    def sentence(self, column: str, why: str) -> str:
        """Why the row is refused, with the place where it stands."""
        letter = self.letters.get(column, "?")
        return f"シート「{self.sheet}」{self.number}行目 {letter}列「{column}」: {why}"


def rows_of(stream: BinaryIO, sheet: str, heading: Sequence[str]) -> Iterator[BookRow]:
    """The rows below the heading, which begins with its first name. Raises BookRefused, GridRefused, WorkbookRefused."""
    names: list[str] | None = None
    letters: dict[str, str] = {}
    for row in read_grid(stream, sheet=sheet):
        if names is None:
            if row.cells[:1] != (heading[0],):
                continue
            names = list(row.cells)
            letters = {name: _letter(place) for place, name in enumerate(names)}
            if gone := [name for name in heading if name not in names]:
                raise BookRefused(
                    f"シート「{sheet}」に「{gone[0]}」の列がありません。「Excelで出す」のファイルを使ってください。"
                )
            continue
        padded = [*row.cells, *[""] * len(names)]
        yield BookRow(sheet, row.number, dict(zip(names, padded, strict=False)), letters, row.fault)
    if names is None:
        raise BookRefused(
            f"シート「{sheet}」の見出しに「{heading[0]}」がありません。「Excelで出す」のファイルを使ってください。"
        )


def _letter(place: int) -> str:
    """The letter of a column, A to Z; what stands further right has none of our names."""
    return chr(ord("A") + place) if place < 26 else "?"

"""A survey file as entries: parquet, Excel or CSV, in either layout; each row becomes an entry or a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow
import pyarrow.parquet

from madoguchi.catalogue.inventory.survey_columns import VOLUMES, SurveyColumn, SurveyLayout, layout_of
from madoguchi.spreadsheets.grid import GridRow, read_grid

# 令和6年度 as it ships with the product (source and licence: LICENSES/procedure-survey.md).
SHIPPED = Path(__file__).with_name("survey_2024.parquet")
MOST_BYTES = 1024 * 1024 * 1024
HEADING_ROWS = 5
BATCH = 2000
LONGEST_NUMBER = 40
LONGEST = 4000
_NUMBER = re.compile(r"[0-9A-Za-z_-]+")


class SurveyFileRefused(ValueError):
    """The file as a whole cannot be read."""


@dataclass(frozen=True, slots=True)
class SurveyEntry:
    """One procedure of the survey: its number, its columns as published, and its yearly volumes (None: not given)."""

    line: int
    number: str
    texts: Mapping[SurveyColumn, str]
    volumes: Mapping[SurveyColumn, int | None]

    def text(self, column: SurveyColumn) -> str:
        """What stands in a column; "" when nothing does."""
        return self.texts.get(column, "")


@dataclass(frozen=True, slots=True)
class SurveyFault:
    """A row that cannot be kept: its line and why."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class OpenedSurvey:
    """A file that was understood: its headings, how many rows it says it has (None: not known before), the rows."""

    layout: SurveyLayout
    expected: int | None
    rows: Iterator[SurveyEntry | SurveyFault]


def open_survey(stream: BinaryIO) -> OpenedSurvey:
    """Understand a file that stands at its start. Raises SurveyFileRefused, NotASurvey, GridRefused, WorkbookRefused."""
    magic = stream.read(4)
    stream.seek(0)
    return _parquet(stream) if magic == b"PAR1" else _grid(stream)


def _parquet(stream: BinaryIO) -> OpenedSurvey:
    try:
        file = pyarrow.parquet.ParquetFile(stream)
        layout = layout_of([file.schema_arrow.names])
    except (pyarrow.ArrowException, OSError) as error:
        raise SurveyFileRefused(
            "このファイルは壊れています（parquet として読めません）。もう一度受け取ってください。"
        ) from error
    return OpenedSurvey(layout, file.metadata.num_rows, _of_parquet(file, layout))


def _of_parquet(file: Any, layout: SurveyLayout) -> Iterator[SurveyEntry | SurveyFault]:
    line = 0
    try:
        for batch in file.iter_batches(batch_size=BATCH):
            columns = [column.to_pylist() for column in batch.columns]
            for values in zip(*columns, strict=True):
                line += 1
                yield _entry(line, tuple("" if value is None else str(value) for value in values), layout)
    except (pyarrow.ArrowException, OSError) as error:
        raise SurveyFileRefused(
            f"このファイルは {line + 1} 行目から先が壊れています。もう一度受け取ってください。"
        ) from error


def _grid(stream: BinaryIO) -> OpenedSurvey:
    expected = None if stream.read(2) == b"PK" else _lines(stream)
    stream.seek(0)
    rows = read_grid(stream, most=MOST_BYTES)
    heading: list[tuple[str, ...]] = []
    first: GridRow | None = None
    for row in rows:
        if row.cells and _is_number(row.cells[0]):
            first = row
            break
        heading.append(row.cells)
        if len(heading) > HEADING_ROWS:
            break
    layout = layout_of(heading)
    return OpenedSurvey(layout, expected, _of_grid(first, rows, layout))


def _lines(stream: BinaryIO) -> int:
    """About how many rows a text file has, for the progress bar only."""
    lines = 0
    while block := stream.read(1024 * 1024):
        lines += block.count(b"\n")
    return max(lines, 1)


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) and any(one.isdigit() for one in cell)


def _of_grid(
    first: GridRow | None, rows: Iterator[GridRow], layout: SurveyLayout
) -> Iterator[SurveyEntry | SurveyFault]:
    def taken(row: GridRow) -> SurveyEntry | SurveyFault:
        if row.fault:
            return SurveyFault(row.number, row.fault)
        if len(row.cells) > layout.width:
            return SurveyFault(
                row.number, f"列の数が違います（見出しは{layout.width}列、この行は{len(row.cells)}列）"
            )
        return _entry(row.number, row.cells + ("",) * (layout.width - len(row.cells)), layout)

    if first is not None:
        yield taken(first)
    for row in rows:
        yield taken(row)


def _entry(line: int, cells: tuple[str, ...], layout: SurveyLayout) -> SurveyEntry | SurveyFault:
    texts = {column: cells[position].strip() for column, position in layout.at.items()}
    number = texts[SurveyColumn.NUMBER]
    if not number or len(number) > LONGEST_NUMBER:
        return SurveyFault(line, "手続IDがないか、長すぎます")
    if not texts[SurveyColumn.NAME]:
        return SurveyFault(line, f"手続ID {number} に手続名がありません")
    if long := next((column for column, text in texts.items() if len(text) > LONGEST), None):
        return SurveyFault(line, f"手続ID {number} の「{long.value}」が{LONGEST}字を超えています")
    volumes: dict[SurveyColumn, int | None] = {}
    for column in VOLUMES:
        volume = _volume(texts.pop(column, ""))
        if volume is not None and volume < 0:
            return SurveyFault(line, f"手続ID {number} の「{column.value}」が件数として読めません")
        volumes[column] = volume
    return SurveyEntry(line, number, texts, volumes)


def _volume(text: str) -> int | None:
    """A yearly number; None when not given, -1 when it is none."""
    plain = text.replace(",", "")
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or len(plain) > 12:
        return -1
    return int(plain)

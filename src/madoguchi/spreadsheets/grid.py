"""Any table file as numbered rows of text: the kind is found out, then each row is given as it stands."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from madoguchi.spreadsheets.workbook import MOST_UNPACKED, read_sheet

ENCODINGS = ("utf-8-sig", "cp932")
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
WIDEST_CELL = 1024 * 1024


class GridRefused(ValueError):
    """The file as a whole cannot be read as a table."""

    def __init__(self, why: str) -> None:
        super().__init__(f"このファイルは読めません。{why}")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: its number in the file, its cells as text, and why it cannot be taken ("" when it can)."""

    number: int
    cells: tuple[str, ...]
    fault: str = ""


def read_grid(stream: BinaryIO, *, sheet: str | None = None, most: int = MOST_UNPACKED) -> Iterator[GridRow]:
    """The rows of a file that stands at its start; empty rows are passed over.

    `most`: the largest size in bytes, unpacked. Raises GridRefused or WorkbookRefused.
    """
    head = stream.read(4096)
    stream.seek(0)
    if not head.strip():
        raise GridRefused("中身がありません。書き出しをやり直してください。")
    if head.startswith(b"PK\x03\x04"):
        rows = read_sheet(stream, sheet, most)
        return (GridRow(row.number, tuple(row.cells), row.fault[1] if row.fault else "") for row in rows)
    if head.startswith(OLD_EXCEL):
        raise GridRefused(
            "古い形式のExcel（.xls）か、パスワード付きです。xlsx か CSV で保存し直してください。"
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in head:
        raise GridRefused("文字のファイルではありません。Excel（xlsx）か CSV で保存し直してください。")
    return _text_rows(stream, most)


def _text_rows(stream: BinaryIO, most: int) -> Iterator[GridRow]:
    content = stream.read(most + 1)
    if len(content) > most:
        raise GridRefused(f"大きさが{most // 1024**2}MBを超えます。分けてください。")
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(WIDEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise GridRefused(f"{number}行目の区切りか引用符が正しくありません（{error}）。") from error
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield GridRow(number, tuple(cells))


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GridRefused("文字コードが UTF-8 でもシフトJISでもありません。UTF-8 の CSV で保存し直してください。")

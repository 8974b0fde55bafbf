"""Reading an Excel file (xlsx) without trusting it: bounded when unpacked, no formula, no entity, one sheet.

A cell that is a formula shows what Excel last computed, not what the source system said, so its row is refused by name.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

MOST_ENTRIES = 500
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
RATIO_MATTERS_FROM = 1024 * 1024
LOOKED_AT = 4096
# What the libraries raise over a damaged package; each was met in the proof or is declared by them.
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, InvalidFileException, SyntaxError, ValueError, KeyError, IndexError,
    TypeError, AttributeError, EOFError, OSError, NotImplementedError, struct.error, OverflowError,
)  # fmt: skip


class WorkbookRefused(ValueError):
    """The file as a whole cannot be read safely."""

    def __init__(self, why: str) -> None:
        super().__init__(f"このExcelファイルは取り込めません。{why}")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet: its number, its cells as text, and the first cell that cannot be taken (column, sentence)."""

    number: int
    cells: list[str]
    fault: tuple[int, str] | None


def check_package(stream: BinaryIO, most: int = MOST_UNPACKED) -> None:
    """Look at the package before anything is unpacked; `most` bytes when it is. Raises WorkbookRefused."""
    try:
        with zipfile.ZipFile(stream) as package:
            entries = package.infolist()
            total = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ENTRIES:
                raise WorkbookRefused(f"中のファイルが{MOST_ENTRIES}個を超えています。")
            if total > most:
                raise WorkbookRefused(
                    f"広げた大きさが{most // 1024**2}MBを超えます。CSVで書き出すか、分けてください。"
                )
            for entry in entries:
                if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MOST_RATIO * max(
                    entry.compress_size, 1
                ):
                    raise WorkbookRefused("圧縮の割合が異常です（小さく見せかけたファイルのおそれ）。")
                if entry.flag_bits & 1:
                    raise WorkbookRefused("パスワードがかかっています。外してから取り込んでください。")
                if entry.filename.endswith((".xml", ".rels")):
                    with package.open(entry) as member:
                        if b"<!DOCTYPE" in member.read(LOOKED_AT).upper():
                            raise WorkbookRefused("XML に宣言（DOCTYPE）が入っています。")
    except WorkbookRefused:
        raise
    except BROKEN as error:
        raise WorkbookRefused("壊れているか、Excelのファイルではありません。") from error
    finally:
        stream.seek(0)


def read_sheet(stream: BinaryIO, sheet: str | None, most: int = MOST_UNPACKED) -> Iterator[SheetRow]:
    """The rows of the one sheet, empty rows passed over. Raises WorkbookRefused when the sheet is not clear."""
    check_package(stream, most)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
    except BROKEN as error:
        raise WorkbookRefused("中の構造が壊れています。Excelで開いて保存し直してください。") from error
    try:
        yield from _rows(book, sheet)
    except WorkbookRefused:
        raise
    except BROKEN as error:
        raise WorkbookRefused("シートの途中が壊れています。Excelで開いて保存し直してください。") from error
    finally:
        book.close()


def _rows(book: Any, sheet: str | None) -> Iterator[SheetRow]:
    names = list(book.sheetnames)
    if sheet is None and len(names) != 1:
        raise WorkbookRefused(
            f"シートが{len(names)}枚あります（{'、'.join(names[:5])}）。1枚にするか、対応表の sheet で決めてください。"
        )
    if sheet is not None and sheet not in names:
        raise WorkbookRefused(f"シート「{sheet}」がありません。あるのは {'、'.join(names[:5])} です。")
    page = book[sheet or names[0]]
    if not hasattr(page, "reset_dimensions"):
        raise WorkbookRefused("表のあるシートではありません（グラフシート）。")
    # The size written in the file is only a claim.
    page.reset_dimensions()
    for number, cells in enumerate(page.iter_rows(), start=1):
        fault: tuple[int, str] | None = None
        texts: list[str] = []
        for index, cell in enumerate(cells):
            text, why = _text_of(cell.value, cell.data_type)
            texts.append(text)
            if why and fault is None:
                fault = (index, f"シート「{page.title}」のセル {get_column_letter(index + 1)}{number} {why}")
        while texts and texts[-1] == "":
            texts.pop()
        if texts or fault:
            yield SheetRow(number, texts, fault)


def _text_of(value: object, data_type: str) -> tuple[str, str | None]:
    if value is None:
        return "", None
    if data_type == "f" or not isinstance(value, str | int | float | bool | date | datetime | time):
        return "", "は計算式です。値として貼り付け直してください"
    if data_type == "e":
        return "", f"はエラー値（{value}）です。直してから書き出してください"
    if isinstance(value, bool):
        return ("1" if value else "0"), None
    if isinstance(value, float):
        return (str(int(value)), None) if value.is_integer() else (repr(value), None)
    if isinstance(value, datetime):
        return value.date().isoformat(), None
    if isinstance(value, date):
        return value.isoformat(), None
    if isinstance(value, time):
        return value.strftime("%H:%M"), None
    return str(value), None

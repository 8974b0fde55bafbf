"""From a file to rows of text: kind, encoding and heading are found out, then each row is decoded by itself."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from madoguchi.residents.importing.mapping import DELIMITERS, FileMapping
from madoguchi.residents.importing.records import RawRecord, read_records, split_cells
from madoguchi.spreadsheets.workbook import read_sheet

SAMPLE = 1024 * 1024
ENCODING_NAMES = {"utf-8-sig": "UTF-8", "cp932": "シフトJIS（CP932）"}

# Single bytes that CP932 gives no character, though Python has a placeholder for them.
_NO_CHARACTER = re.compile("[\x80\xa0\uf8f0-\uf8f3]")


class FileRefused(ValueError):
    """The file as a whole cannot be taken in; nothing of it was stored."""

    def __init__(self, why: str) -> None:
        super().__init__(f"このファイルは取り込めません。{why}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the sentence, the column's heading and the byte where there is one."""

    sentence: str
    column: str = ""
    byte: int | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of the file: first and last line (or sheet row), its cells by position, or its fault."""

    line: int
    last_line: int
    cells: Sequence[str]
    fault: Fault | None = None
    start: int = 0
    data: bytes = b""
    encoding: str = ""

    def byte_of(self, character: str) -> int | None:
        """Where in the file this character of the row first stands; None in a workbook."""
        place = self.data.find(character.encode(self.encoding)) if self.encoding else -1
        return self.start + place if place >= 0 else None

    @property
    def place(self) -> str:
        return f"{self.line}行目" if self.line == self.last_line else f"{self.line}〜{self.last_line}行目"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose heading has been read: how it was understood, and the rows after the heading."""

    kind: str
    heading: tuple[str, ...]
    rows: Iterator[SourceRow]


def open_file(stream: BinaryIO, mapping: FileMapping) -> OpenedFile:
    """Understand a file (positioned at its start). Raises FileRefused or WorkbookRefused."""
    head = stream.read(SAMPLE)
    stream.seek(0)
    if not head.strip(b"\xef\xbb\xbf\r\n \t\x1a"):
        raise FileRefused("中身がありません。書き出しをやり直してください。")
    if head.startswith(b"PK\x03\x04"):
        return _open_workbook(stream, mapping)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(
            "古い形式のExcel（.xls）か、パスワード付きです。xlsx か CSV で保存し直してください。"
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head[:200].count(b"\x00") > 20:
        raise FileRefused(
            "文字コードが UTF-16 か、文字のファイルではありません。UTF-8 の CSV で保存し直してください。"
        )
    if mapping.format == "xlsx":
        raise FileRefused("対応表はExcelですが、Excelのファイルではありません。")
    return _open_text(stream, head, mapping)


def _open_workbook(stream: BinaryIO, mapping: FileMapping) -> OpenedFile:
    if mapping.format not in ("auto", "xlsx"):
        raise FileRefused(f"対応表は {mapping.format} ですが、Excelのファイルです。")
    sheet = read_sheet(stream, mapping.sheet)
    first = next(sheet, None)
    if first is None:
        raise FileRefused("シートに何も書かれていません。")
    heading = _checked_heading(tuple(cell.strip() for cell in first.cells), mapping)

    def rows() -> Iterator[SourceRow]:
        for row in sheet:
            if row.fault is not None:
                column = heading[row.fault[0]] if row.fault[0] < len(heading) else ""
                yield SourceRow(row.number, row.number, (), Fault(row.fault[1], column))
            elif len(row.cells) > len(heading):
                yield SourceRow(row.number, row.number, (), _wrong_width(len(heading), len(row.cells)))
            else:
                blanks = [""] * (len(heading) - len(row.cells))
                yield SourceRow(row.number, row.number, [*row.cells, *blanks])

    return OpenedFile("Excel", heading, rows())


def _open_text(stream: BinaryIO, head: bytes, mapping: FileMapping) -> OpenedFile:
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    stream.seek(start)
    delimiter = DELIMITERS[mapping.format] or _delimiter(head)
    records = read_records(stream, delimiter)
    first = next(records, None)
    if first is None or first.fault is not None:
        raise FileRefused(f"見出しの行が読めません。{first.fault if first else ''}")
    encoding, heading = _encoding_and_heading(first, head, bool(start), delimiter, mapping)
    rows = (_decoded(record, encoding, delimiter, heading) for record in records)
    kind = f"{'TSV' if delimiter == chr(9) else 'CSV'}・{ENCODING_NAMES[encoding]}"
    return OpenedFile(kind, heading, rows)


def _delimiter(head: bytes) -> str:
    first = next((line for line in head.splitlines() if line.strip()), b"")
    return "\t" if first.count(b"\t") > first.count(b",") else ","


def _encoding_and_heading(
    first: RawRecord, head: bytes, has_bom: bool, delimiter: str, mapping: FileMapping
) -> tuple[str, tuple[str, ...]]:
    """The encoding in which the heading names the mapped columns; a heading in ASCII leaves it to the sample."""
    if has_bom or mapping.encoding in ("utf-8", "utf-8-sig"):
        candidates = ["utf-8-sig"]
    elif mapping.encoding == "cp932":
        candidates = ["cp932"]
    else:
        candidates = ["utf-8-sig", "cp932"]
        if first.data.isascii() and _lines_in(head, "cp932") > _lines_in(head, "utf-8"):
            candidates.reverse()
    refusal: FileRefused | None = None
    for encoding in candidates:
        try:
            cells = split_cells(first.data.decode(encoding), delimiter)
            return encoding, _checked_heading(tuple(cell.strip() for cell in cells), mapping)
        except UnicodeDecodeError as error:
            refusal = refusal or FileRefused(
                f"見出しの{error.start + 1}バイト目が{ENCODING_NAMES[encoding]}として読めません。"
            )
        except csv.Error as error:
            refusal = FileRefused(f"見出しの行が読めません（{error}）。")
        except FileRefused as error:
            refusal = error
    assert refusal is not None
    raise refusal


def _lines_in(head: bytes, encoding: str) -> int:
    """How many lines with other than ASCII letters can be read in this encoding."""
    readable = 0
    for line in head.split(b"\n")[:2000]:
        if line.isascii():
            continue
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        readable += 1
    return readable


def _checked_heading(heading: tuple[str, ...], mapping: FileMapping) -> tuple[str, ...]:
    """The heading, when every required column is there once. Raises FileRefused."""
    wanted = {rule.heading for rule in mapping.columns}
    missing = [rule.heading for rule in mapping.columns if rule.required and rule.heading not in heading]
    if missing:
        raise FileRefused(
            f"見出しに「{'」「'.join(missing)}」の列がありません。書き出しの項目か、対応表「{mapping.name}」を直してください。"
        )
    doubles = sorted({cell for cell in heading if cell in wanted and heading.count(cell) > 1})
    if doubles:
        raise FileRefused(f"見出しに「{'」「'.join(doubles)}」の列が2つ以上あります。1つにしてください。")
    return heading


def _decoded(record: RawRecord, encoding: str, delimiter: str, heading: tuple[str, ...]) -> SourceRow:
    """One row of text; whatever is wrong with it becomes its fault."""

    def refused(sentence: str, column: str = "", byte: int | None = None) -> SourceRow:
        return SourceRow(record.line, record.last_line, (), Fault(sentence, column, byte))

    if record.fault is not None:
        return refused(record.fault, byte=record.start)
    nul = record.data.find(b"\x00")
    if nul >= 0:
        return refused("NUL（0x00）が入っています", byte=record.start + nul)
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    try:
        text = record.data.decode(plain)
        if found := _NO_CHARACTER.search(text) if encoding == "cp932" else None:
            place = len(text[: found.start()].encode(plain))
            raise UnicodeDecodeError(plain, record.data, place, place + 1, "no character")
    except UnicodeDecodeError as error:
        wrong = record.data[error.start : error.end].hex(" ").upper()
        column = _column_at(record.data[: error.start], delimiter, heading)
        return refused(
            f"{ENCODING_NAMES[encoding]}にない文字（{wrong}）が入っています",
            column,
            record.start + error.start,
        )
    try:
        cells = split_cells(text, delimiter)
    except csv.Error as error:
        return refused(f"区切りか引用符が正しくありません（{error}）", byte=record.start)
    if len(cells) != len(heading):
        fault = _wrong_width(len(heading), len(cells))
        return SourceRow(record.line, record.last_line, (), fault)
    return SourceRow(record.line, record.last_line, cells, None, record.start, record.data, plain)


def _column_at(before: bytes, delimiter: str, heading: tuple[str, ...]) -> str:
    """The heading of the column that the bytes before a fault lead to; blank where quotes make it unsure."""
    index = before.count(delimiter.encode())
    return heading[index] if b'"' not in before and index < len(heading) else ""


def _wrong_width(wanted: int, there: int) -> Fault:
    return Fault(f"列の数が違います（見出しは{wanted}列、この行は{there}列）")

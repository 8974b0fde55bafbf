"""Extracts that are broken in every way we know: the same case for the same number. Used by the tests and the proof."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

import openpyxl

from madoguchi.residents.population.files import HEADINGS, csv_row
from madoguchi.residents.population.register import register

FORMS = ("utf-8", "utf-8-sig", "cp932", "tsv", "xlsx")
Table = list[list[str]]


@dataclass(frozen=True, slots=True)
class Case:
    """One broken file and how it was made."""

    number: int
    form: str
    faults: tuple[str, ...]
    data: bytes


@lru_cache(maxsize=1)
def healthy_rows() -> Table:
    """Rows that would all be taken in."""
    homes = register(residents=400, seed=99, on=date(2026, 11, 1))
    return [
        ["" if cell is None else str(cell) for cell in csv_row(home, one)]
        for home in homes
        for one in home.people
    ]


def case(number: int) -> Case:
    """The broken file with that number."""
    random = Random(f"malformed/{number}")
    form = FORMS[number % len(FORMS)]
    rows = [list(row) for row in random.sample(healthy_rows(), random.randint(1, 25))]
    table = [list(HEADINGS), *rows]
    faults = []
    for _ in range(random.randint(0, 3)):
        name = random.choice(list(IN_TABLE))
        IN_TABLE[name](table, random)
        faults.append(name)
    data = _workbook(table, random, faults) if form == "xlsx" else _text(table, form, random)
    for _ in range(random.randint(0, 2)):
        name = random.choice(list(IN_BYTES))
        data = IN_BYTES[name](data, random)
        faults.append(name)
    return Case(number, form, tuple(faults), data)


def _text(table: Table, form: str, random: Random) -> bytes:
    out = io.StringIO()
    quoting = random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    ends = random.choice(["\r\n", "\n"])
    csv.writer(out, delimiter="\t" if form == "tsv" else ",", quoting=quoting, lineterminator=ends).writerows(
        table
    )
    encoding = "utf-8" if form == "tsv" else form
    return out.getvalue().encode(encoding, errors="xmlcharrefreplace" if encoding == "cp932" else "strict")


def _workbook(table: Table, random: Random, faults: list[str]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in table:
        sheet.append(
            ["".join(c for c in cell if ord(c) >= 32 and c not in "\ufffe\uffff")[:32000] for cell in row]
        )
    if random.random() < 0.3:
        sheet.cell(random.randint(1, len(table)), random.randint(1, 28)).value = "=SUM(A1:A2)"
        faults.append("formula")
    if random.random() < 0.1:
        book.create_sheet("もう1枚")
        faults.append("two sheets")
    out = io.BytesIO()
    book.save(out)
    if random.random() < 0.1:
        faults.append("bomb")
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr("xl/media/blank.bin", b"\0" * (8 * 1024 * 1024))
    return out.getvalue()


def _somewhere(table: Table, random: Random) -> tuple[int, int]:
    row = random.randrange(len(table))
    return row, random.randrange(max(len(table[row]), 1))


def _put(*texts: str) -> Callable[[Table, Random], None]:
    def put(table: Table, random: Random) -> None:
        row, column = _somewhere(table, random)
        if table[row]:
            table[row][column] = random.choice(texts)

    return put


def _insert(*texts: str) -> Callable[[Table, Random], None]:
    def insert(table: Table, random: Random) -> None:
        row, column = _somewhere(table, random)
        if table[row]:
            table[row][column] = table[row][column][:1] + random.choice(texts) + table[row][column][1:]

    return insert


def _drop_cell(table: Table, random: Random) -> None:
    row, column = _somewhere(table, random)
    del table[row][column : column + 1]


def _extra_cell(table: Table, random: Random) -> None:
    table[random.randrange(len(table))].append("余り")


def _drop_column(table: Table, random: Random) -> None:
    column = random.randrange(28)
    for row in table:
        del row[column : column + 1]


def _double_column(table: Table, random: Random) -> None:
    column = random.randrange(28)
    for row in table:
        row.append(row[column] if column < len(row) else "")


def _double_row(table: Table, random: Random) -> None:
    table.append(list(table[random.randrange(len(table))]))


def _no_rows(table: Table, random: Random) -> None:
    del table[1:]


def _blank_rows(table: Table, random: Random) -> None:
    table.insert(random.randrange(1, len(table) + 1), [""] * len(table[0]) if table else [])


IN_TABLE: dict[str, Callable[[Table, Random], None]] = {
    "blank": _put(""),
    "impossible date": _put(
        "2026-02-31", "2026/13/45", "昭和64年1月8日", "0000-00-00", "99999999", "令和99年1月1日", "9" * 400
    ),
    "unknown code": _put("なぞ", "=1+1", "-1", "1e9", "٣", "①"),
    "half-width kana": _put("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾊﾟﾋﾟ"),
    "control": _insert("\x01", "\x1b", "\x7f", "\u0085", "\u2028", "\ufffe"),
    "replacement": _insert("\ufffd"),
    "private": _insert("\ue000", "\ue0ff"),
    "outside the BMP": _insert("𠮷", "😀", "葛\U000e0102", "\U000f0001"),
    "line end in a cell": _insert("\n", "\r\n", "\r", "\t"),
    "quote in a cell": _insert('"', '""', ',"', "'"),
    "huge field": _put("長" * 3000, "9" * 200_000),
    "missing cell": _drop_cell,
    "extra cell": _extra_cell,
    "missing column": _drop_column,
    "double column": _double_column,
    "double row": _double_row,
    "no rows": _no_rows,
    "blank row": _blank_rows,
}


def _at(data: bytes, random: Random, put: bytes, *, instead: int = 0) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + put + data[place + instead :]


IN_BYTES: dict[str, Callable[[bytes, Random], bytes]] = {
    "NUL": lambda data, random: _at(data, random, b"\x00"),
    "any byte": lambda data, random: _at(data, random, bytes([random.randrange(256)]), instead=1),
    "bad UTF-8": lambda data, random: _at(
        data, random, random.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88"])
    ),
    "CP932 gaiji": lambda data, random: _at(data, random, b"\xf0\x40"),
    "lone quote": lambda data, random: _at(data, random, b'"'),
    "cut off": lambda data, random: data[: random.randrange(len(data) + 1)],
    "empty": lambda data, random: b"",
    "BOM twice": lambda data, random: b"\xef\xbb\xbf" + data,
    "UTF-16 mark": lambda data, random: b"\xff\xfe" + data,
    "CR only": lambda data, random: data.replace(b"\r\n", b"\r").replace(b"\n", b"\r"),
    "Ctrl-Z": lambda data, random: data + b"\x1a",
    "noise": lambda data, random: random.randbytes(200),
    "zip sign": lambda data, random: b"PK\x03\x04" + data,
}

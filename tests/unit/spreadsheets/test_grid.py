"""A table from outside is read row by row or refused with a sentence; what is written as text is read back as text."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.spreadsheets.grid import GridRefused, GridRow, read_grid
from madoguchi.spreadsheets.workbook import WorkbookRefused
from madoguchi.spreadsheets.writing import PageOut, workbook_of

CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
).filter(lambda text: bool(text.strip()))


def read(content: bytes, sheet: str | None = None) -> list[GridRow]:
    return list(read_grid(io.BytesIO(content), sheet=sheet))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_text_is_read_in_the_encodings_of_an_office(encoding: str) -> None:
    content = '番号,名前\r\n1,"山田, 太郎"\r\n\r\n2,髙橋\r\n'.encode(encoding)
    assert [(row.number, row.cells) for row in read(content)] == [
        (1, ("番号", "名前")),
        (2, ("1", "山田, 太郎")),
        (4, ("2", "髙橋")),
    ]


def test_tabs_are_found_out() -> None:
    assert read(b"a\tb\n1\t2\n")[1].cells == ("1", "2")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "中身がありません"),
        (b"\xd0\xcf\x11\xe0abc", "古い形式"),
        ("a,b".encode("utf-16"), "文字のファイルではありません"),
        (b"\xfd\xfe\xff,\x81", "文字コード"),
        (b'a,"b\n1,2', "引用符"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(GridRefused, match=sentence):
        read(content)


def test_a_broken_workbook_is_refused() -> None:
    with pytest.raises(WorkbookRefused):
        read(b"PK\x03\x04" + b"x" * 100)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_is_written_is_read_back_as_text(rows: list[list[str]]) -> None:
    content = workbook_of([PageOut("一覧", ["a", "b", "c", "d"], rows)])
    assert [list(row.cells) for row in read(content)][1:] == rows


def test_a_formula_stays_text_and_a_date_stays_a_date() -> None:
    content = workbook_of([PageOut("一覧", ["式", "日"], [["=1+1", date(2026, 4, 1)]])])
    (_, row) = read(content)
    assert row == GridRow(2, ("=1+1", "2026-04-01"))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["一覧"]
    assert sheet["A2"].data_type == "s"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"

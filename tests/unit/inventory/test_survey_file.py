"""Both layouts of the national survey are understood by their headings; every row becomes an entry or a fault."""

from __future__ import annotations

import io

import openpyxl
import pytest

from madoguchi.catalogue.inventory.survey_columns import NotASurvey, SurveyColumn, layout_of
from madoguchi.catalogue.inventory.survey_file import (
    SHIPPED,
    SurveyEntry,
    SurveyFault,
    SurveyFileRefused,
    open_survey,
)

OLD = [column for column in SurveyColumn if column not in (
    SurveyColumn.OTHER_ARTICLES, SurveyColumn.OTHER_LAWS, SurveyColumn.KIND_NOTE, SurveyColumn.SHARED_DONE_BY,
    SurveyColumn.ONLINE_NOTE, SurveyColumn.FEE_NOTE, SurveyColumn.SYSTEMS_MORE, SurveyColumn.ATTACHMENTS_NOTE,
    SurveyColumn.AGENTS_NOTE,
)]  # fmt: skip
NEW = [column for column in SurveyColumn if column is not SurveyColumn.LAW_NUMBER]


def row_of(columns: list[SurveyColumn], number: str = "9062", **more: str) -> list[str]:
    values = {
        SurveyColumn.NUMBER: number, SurveyColumn.NAME: "転入届出", SurveyColumn.LAW: "住民基本台帳法",
        SurveyColumn.ARTICLE: "第22条", SurveyColumn.KIND: "1 申請等", SurveyColumn.VOLUME: "4,473,575",
    }  # fmt: skip
    values |= {SurveyColumn[name]: text for name, text in more.items()}
    return [values.get(column, "") for column in columns]


def workbook(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content: bytes) -> list[SurveyEntry | SurveyFault]:
    return list(open_survey(io.BytesIO(content)).rows)


def test_the_layouts_have_as_many_columns_as_published() -> None:
    assert (len(OLD), len(NEW)) == (38, 46)


def test_the_later_layout_with_two_heading_rows_is_read() -> None:
    groups = ["手続ID", "所管府省庁", "手続名", "根拠法令", *[""] * 42]
    titles = ["", "", "", *[f"{at}. {column.value}" for at, column in enumerate(NEW[3:])]]
    (entry,) = read(workbook(groups, titles, row_of(NEW, OTHER_LAWS="戸籍法")))
    assert isinstance(entry, SurveyEntry)
    assert (entry.line, entry.number, entry.text(SurveyColumn.OTHER_LAWS)) == (3, "9062", "戸籍法")
    assert entry.volumes[SurveyColumn.VOLUME] == 4_473_575
    assert entry.volumes[SurveyColumn.VOLUME_OFFLINE] is None


def test_headings_are_known_in_any_width_and_with_line_ends() -> None:
    heading = [column.value.replace("(", "（").replace(")", "）").replace("の", "の\n") for column in OLD]
    layout = layout_of([heading])
    assert set(layout.at) == set(OLD)
    assert layout.unknown == ()


def test_the_earlier_layout_is_read_from_text() -> None:
    lines = [",".join(column.value for column in OLD), ",".join(row_of(OLD, VOLUME="12"))]
    (entry,) = read("\r\n".join(lines).encode("cp932"))
    assert isinstance(entry, SurveyEntry)
    assert entry.volumes[SurveyColumn.VOLUME] == 12


def test_the_shipped_survey_has_every_row() -> None:
    with SHIPPED.open("rb") as stream:
        opened = open_survey(stream)
        first = next(opened.rows)
    assert opened.expected == 75_071
    assert opened.layout.unknown == ()
    assert isinstance(first, SurveyEntry)
    assert len(opened.layout.at) == 38


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (row_of(OLD, number="A" * 41), "手続IDがないか"),
        (row_of(OLD, NAME=""), "手続名がありません"),
        (row_of(OLD, VOLUME="約100"), "件数として読めません"),
        (row_of(OLD, VOLUME="²"), "件数として読めません"),
        (row_of(OLD, NAME="あ" * 4001), "4000字を超えて"),
        ([*row_of(OLD), "x"], "列の数が違います"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(row: list[str], sentence: str) -> None:
    heading = [column.value for column in OLD]
    found = read(workbook(heading, row_of(OLD, number="1"), row))
    assert isinstance(found[0], SurveyEntry)
    fault = found[1]
    assert isinstance(fault, SurveyFault)
    assert sentence in fault.sentence


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", workbook(["手続ID", "手続名"], ["1", "x"])])
def test_another_table_is_refused_by_its_headings(content: bytes) -> None:
    with pytest.raises(NotASurvey, match="法令名"):
        read(content)


def test_a_broken_parquet_is_refused() -> None:
    with pytest.raises(SurveyFileRefused, match="壊れて"):
        read(b"PAR1" + b"x" * 100)
    with pytest.raises(SurveyFileRefused):
        read(SHIPPED.read_bytes()[:-2000])

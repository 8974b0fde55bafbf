"""Small surveys for tests, in the layout of the real one."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pyarrow
import pyarrow.parquet

from madoguchi.audit.entries import Actor
from madoguchi.catalogue.inventory.survey_columns import SurveyColumn
from madoguchi.catalogue.inventory.taking_in import import_survey

BY = Actor(None, "推進 六花", "", "")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def parquet_of(*rows: dict[SurveyColumn, str]) -> io.BytesIO:
    """A survey of these rows; what a row does not say is as in an ordinary notice to a city."""
    usual = {
        SurveyColumn.NAME: "届出", SurveyColumn.LAW: "住民基本台帳法", SurveyColumn.ARTICLE: "第22条",
        SurveyColumn.KIND: "1 申請等", SurveyColumn.ACTOR: "5 国民等", SurveyColumn.RECEIVER: "3 地方等",
        SurveyColumn.ONLINE: "2 未実施", SurveyColumn.OFFICE: "市役所・町村役場", SurveyColumn.VOLUME: "1000",
    }  # fmt: skip
    whole = [usual | row for row in rows]
    names = list(dict.fromkeys(column for row in whole for column in row))
    made = io.BytesIO()
    table = pyarrow.table({column.value: [row.get(column, "") for row in whole] for column in names})
    pyarrow.parquet.write_table(table, made)
    made.seek(0)
    return made


def taken(*rows: dict[SurveyColumn, str], title: str = "令和6年度") -> int:
    return import_survey(
        title=title, file_name="x.parquet", stream=parquet_of(*rows), by=BY, clock=lambda: NOW
    )


def numbered(number: str, **more: str) -> dict[SurveyColumn, str]:
    return {SurveyColumn.NUMBER: number, **{SurveyColumn[name]: text for name, text in more.items()}}

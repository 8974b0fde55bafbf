"""The national survey, read: what was taken in, one search over it, one procedure with every column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import tomli
from django.db.models import Q, QuerySet

from madoguchi.catalogue.inventory.ease import Criterion
from madoguchi.catalogue.inventory.features import features_of, read
from madoguchi.catalogue.inventory.models import (
    NationalDetailRow,
    NationalProcedureRow,
    SurveyRefusalRow,
    SurveyRow,
    SurveyState,
)
from madoguchi.catalogue.inventory.search_key import search_terms
from madoguchi.catalogue.inventory.survey_columns import SurveyColumn

A_PAGE = 50
KINDS = {
    "1": "申請等", "2-1": "申請等に基づく処分通知等", "2-2": "申請等に基づかない処分通知等", "2-3": "交付等（民間手続）",
    "3": "縦覧等", "4": "作成・保存等",
}  # fmt: skip
RECEIVERS = {
    "1": "国", "2": "独立行政法人等", "3": "地方等", "4-1": "国又は独立行政法人等", "4-2": "独立行政法人等又は地方等",
    "4-3": "国又は地方等", "4-4": "国、独立行政法人等又は地方等", "5": "国民等", "6": "民間事業者等", "7": "国民等、民間事業者等",
}  # fmt: skip
ONLINE = {"1": "実施済", "2": "未実施", "3": "適用除外", "4": "その他", "5": "一部実施済"}
LOCAL_RECEIVERS = ("3", "4-2", "4-3", "4-4")


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey that was given to the office, and how far it is."""

    id: int
    title: str
    file_name: str
    state: SurveyState
    current: bool
    rows_in: int
    stored: int
    refused: int
    percent: int
    sentence: str
    given_by: str
    given_at: datetime

    @property
    def under_way(self) -> bool:
        """Whether it is still being taken in."""
        return self.state in (SurveyState.WAITING, SurveyState.TAKING_IN)


@dataclass(frozen=True, slots=True)
class NationalQuery:
    """What is looked for: words, and the choices of the list ("" any)."""

    words: str = ""
    kind: str = ""
    receiver: str = ""
    online: str = ""
    law: str = ""
    at_city: bool = False


@dataclass(frozen=True, slots=True)
class NationalLine:
    """A procedure as the list shows it."""

    number: str
    name: str
    ministry: str
    law: str
    article: str
    kind: str
    receiver: str
    online: str
    volume: int | None
    volume_offline: int | None


@dataclass(frozen=True, slots=True)
class NationalPage:
    """One page of what was found, and how many there are in all."""

    lines: tuple[NationalLine, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class NationalProcedure:
    """One procedure with every column as published."""

    line: NationalLine
    columns: Mapping[str, str | int]

    def text(self, column: SurveyColumn) -> str:
        """What stands in a column, as text."""
        return str(self.columns.get(column.value, ""))

    def features(self, volume: int | None) -> Mapping[Criterion, str]:
        """The options by which ease is scored; `volume` a year in this city."""
        return features_of(self.text, volume)


@lru_cache(maxsize=1)
def links() -> Mapping[str, tuple[str, ...]]:
    """The numbers of the survey by the id of our procedure (`links.toml`: matched by us, not confirmed)."""
    data = tomli.loads(Path(__file__).with_name("links.toml").read_text(encoding="utf-8"))
    return {procedure: tuple(numbers) for procedure, numbers in data["links"].items()}


def linked_to(number: str) -> tuple[str, ...]:
    """The ids of our procedures that a procedure of the survey belongs to."""
    return tuple(procedure for procedure, numbers in links().items() if number in numbers)


def surveys() -> tuple[Survey, ...]:
    """Every survey, newest first."""
    return tuple(_survey(row) for row in SurveyRow.objects.order_by("-id"))


def survey(number: int) -> Survey | None:
    """One survey, or None."""
    row = SurveyRow.objects.filter(pk=number).first()
    return _survey(row) if row else None


def _survey(row: SurveyRow) -> Survey:
    return Survey(
        row.pk, row.title, row.file_name, SurveyState(row.state), bool(row.current), row.rows_in, row.stored, row.refused,
        row.percent, row.sentence, row.given_by, row.given_at,
    )  # fmt: skip


def refusals(number: int) -> tuple[tuple[int, str], ...]:
    """The rows of a survey that were not kept: line and why."""
    rows = SurveyRefusalRow.objects.filter(survey=number).order_by("line")
    return tuple(rows.values_list("line", "sentence"))


def current_survey() -> Survey | None:
    """The survey that lists show, or None."""
    row = SurveyRow.objects.filter(current=True).first()
    return _survey(row) if row else None


def find(query: NationalQuery, page: int) -> NationalPage:
    """Search the shown survey; every word must be found, in one of its wordings."""
    rows = _narrowed(query).order_by("line")
    # With words every row is looked through: once, for the count and the page together.
    found = list(rows.values_list("pk", flat=True)) if query.words else None
    total = rows.count() if found is None else len(found)
    pages = max(1, -(-total // A_PAGE))
    page = min(max(page, 1), pages)
    here = slice((page - 1) * A_PAGE, page * A_PAGE)
    if found is not None:
        lines = NationalProcedureRow.objects.filter(pk__in=found[here]).order_by("line")
    else:
        lines = rows[here]
    return NationalPage(tuple(_line(row) for row in lines), total, page, pages)


def numbers_of(query: NationalQuery, most: int) -> tuple[str, ...]:
    """The numbers of everything that a search finds, `most` at most."""
    return tuple(_narrowed(query).order_by("line").values_list("number", flat=True)[:most])


def _narrowed(query: NationalQuery) -> QuerySet[NationalProcedureRow]:
    rows = NationalProcedureRow.objects.filter(survey__current=True)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.receiver:
        rows = rows.filter(receiver__in=LOCAL_RECEIVERS if query.receiver == "local" else (query.receiver,))
    if query.online:
        rows = rows.filter(online=query.online)
    if query.law:
        rows = rows.filter(law=query.law)
    if query.at_city:
        rows = rows.filter(at_city=True)
    for wordings in search_terms(query.words):
        any_of = Q()
        for wording in wordings:
            any_of |= Q(search__contains=wording)
        rows = rows.filter(any_of)
    return rows


def _line(row: NationalProcedureRow) -> NationalLine:
    return NationalLine(
        row.number, row.name, row.ministry, row.law, row.article, KINDS.get(row.kind, row.kind),
        RECEIVERS.get(row.receiver, row.receiver), ONLINE.get(row.online, row.online), row.volume, row.volume_offline,
    )  # fmt: skip


def procedures_of(numbers: Sequence[str]) -> dict[str, NationalProcedure]:
    """The procedures of the shown survey with these numbers; what is not there is left out."""
    rows = NationalProcedureRow.objects.filter(survey__current=True, number__in=numbers)
    details = dict(
        NationalDetailRow.objects.filter(survey__current=True, number__in=numbers).values_list(
            "number", "columns"
        )
    )
    return {row.number: NationalProcedure(_line(row), details[row.number]) for row in rows}


@dataclass(frozen=True, slots=True)
class NationalMark:
    """What the city's list takes from the survey: the nation's number a year (0 may mean "not counted"), and the options."""

    volume: int
    features: Mapping[Criterion, str]

    def here(self, share: float | None) -> int | None:
        """How many a year in this city by its share of the people; None when it cannot be told."""
        return None if share is None or not self.volume else round(self.volume * share)


def marks_of(numbers: Sequence[str]) -> dict[str, NationalMark]:
    """What the list takes from the procedures of the shown survey with these numbers."""
    rows = NationalProcedureRow.objects.filter(survey__current=True, number__in=numbers)
    return {
        number: NationalMark(volume or 0, read(features))
        for number, volume, features in rows.values_list("number", "volume", "features")
    }


def procedure_of(number: str) -> NationalProcedure | None:
    """One procedure of the shown survey, or None."""
    return procedures_of((number,)).get(number)

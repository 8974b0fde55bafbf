"""Taking a survey in: rows are staged unseen in short transactions, then the survey is shown all at once.

Every row is stored or refused with a sentence; a survey that breaks off leaves none of its rows behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from io import SEEK_END, BytesIO
from itertools import islice
from typing import BinaryIO

from django.db import connection, transaction
from django.db.models import Model

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.inventory.features import code_of, features_of, written
from madoguchi.catalogue.inventory.models import (
    NationalDetailRow,
    NationalProcedureRow,
    SurveyRefusalRow,
    SurveyRow,
    SurveyState,
    SurveyUploadRow,
)
from madoguchi.catalogue.inventory.search_key import search_key
from madoguchi.catalogue.inventory.survey_columns import NotASurvey, SurveyColumn
from madoguchi.catalogue.inventory.survey_file import (
    SurveyEntry,
    SurveyFault,
    SurveyFileRefused,
    open_survey,
)
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused

CHUNK = 2000
BROKEN_OFF_AFTER = timedelta(minutes=30)
PROCEDURE_COLUMNS = (
    "survey_id", "line", "number", "name", "ministry", "law", "article", "kind", "receiver", "online", "at_city",
    "volume", "volume_offline", "features", "search",
)  # fmt: skip
DETAIL_COLUMNS = ("survey_id", "number", "columns")
# The value of an enum member is looked up a million times here.
HEADING = {column: column.value for column in SurveyColumn}
CITY_OFFICE = "市役所・町村役場"
REFUSALS = (SurveyFileRefused, NotASurvey, GridRefused, WorkbookRefused)

Progress = Callable[[int, float], None]
Clock = Callable[[], datetime]
SqlValue = str | int | bool | None


class SurveyUnderWay(RuntimeError):
    """Another survey is being taken in."""

    def __init__(self, title: str) -> None:
        super().__init__(f"「{title}」を取り込んでいます。終わってから、もう一度取り込んでください。")


class SurveyRefused(ValueError):
    """The file was not taken; the sentence says why."""


def receive_survey(*, title: str, file_name: str, content: bytes, by: Actor, now: datetime) -> int:
    """Keep a file to be taken in by the worker; returns the survey's number. Raises SurveyUnderWay."""
    with transaction.atomic():
        survey = _opened(title, file_name, by, now)
        SurveyUploadRow.objects.create(survey=survey, content=content)
    return survey.pk


def take_survey_in(*, survey: int, clock: Clock) -> None:
    """Take in a file that was received; what becomes of it stands in the survey. Raises nothing that a file can cause."""
    upload = SurveyUploadRow.objects.filter(survey=survey).first()
    if upload is None:
        return
    row = SurveyRow.objects.get(pk=survey)
    try:
        _take(row, BytesIO(upload.content), clock, None)
    except SurveyRefused:
        return  # said on the page of the survey
    finally:
        SurveyUploadRow.objects.filter(survey=survey).delete()


def import_survey(
    *, title: str, file_name: str, stream: BinaryIO, by: Actor, clock: Clock, progress: Progress | None = None
) -> int:
    """Take a file in at once; returns the survey's number. Raises SurveyRefused, SurveyUnderWay.

    `progress` gets the rows so far and the share of the file (0 to 1).
    """
    row = _opened(title, file_name, by, clock())
    _take(row, stream, clock, progress)
    return row.pk


def _opened(title: str, file_name: str, by: Actor, now: datetime) -> SurveyRow:
    under_way = SurveyRow.objects.filter(state__in=(SurveyState.WAITING, SurveyState.TAKING_IN))
    for other in under_way:
        if other.touched_at > now - BROKEN_OFF_AFTER:
            raise SurveyUnderWay(other.title)
        _give_up(other, "途中で止まったため、取りやめました。もう一度取り込んでください。", now)
    return SurveyRow.objects.create(
        title=title.strip()[:60] or "行政手続等の棚卸", file_name=file_name[:200], given_by=by.name, given_at=now,
        touched_at=now,
    )  # fmt: skip


def _take(survey: SurveyRow, stream: BinaryIO, clock: Clock, progress: Progress | None) -> None:
    finished = False
    try:
        opened = open_survey(stream)
        size = _size(stream)
        for entries, faults in _chunks(opened.rows):
            _stage(survey, entries, faults)
            share = survey.rows_in / opened.expected if opened.expected else stream.tell() / size
            survey.percent = min(99, int(share * 100))
            survey.state, survey.touched_at = SurveyState.TAKING_IN, clock()
            survey.save(update_fields=["rows_in", "stored", "refused", "percent", "state", "touched_at"])
            if progress is not None:
                progress(survey.rows_in, min(share, 1.0))
        if not survey.stored:
            raise SurveyRefused("取り込める行がひとつもありませんでした。")
        _show(survey, opened.layout.unknown, clock())
        finished = True
    except REFUSALS as error:
        _give_up(survey, str(error), clock())
        finished = True
        raise SurveyRefused(str(error)) from error
    finally:
        if not finished:
            sentence = (
                "途中で止まったため、取りやめました。何も取り込んでいません。もう一度取り込んでください。"
            )
            _give_up(survey, sentence, clock())


def _size(stream: BinaryIO) -> int:
    here = stream.tell()
    size = stream.seek(0, SEEK_END)
    stream.seek(here)
    return max(size, 1)


def _chunks(
    rows: Iterator[SurveyEntry | SurveyFault],
) -> Iterator[tuple[list[SurveyEntry], list[SurveyFault]]]:
    seen: dict[str, int] = {}
    while chunk := list(islice(rows, CHUNK)):
        entries: list[SurveyEntry] = []
        faults: list[SurveyFault] = []
        for one in chunk:
            if isinstance(one, SurveyFault):
                faults.append(one)
            elif (first := seen.setdefault(one.number, one.line)) != one.line:
                faults.append(SurveyFault(one.line, f"手続ID {one.number} は{first}行目にもあります"))
            else:
                entries.append(one)
        yield entries, faults


def _stage(survey: SurveyRow, entries: list[SurveyEntry], faults: list[SurveyFault]) -> None:
    with transaction.atomic():
        _insert(NationalProcedureRow, PROCEDURE_COLUMNS, [_row(survey.pk, one) for one in entries])
        _insert(
            NationalDetailRow, DETAIL_COLUMNS, [(survey.pk, one.number, _columns(one)) for one in entries]
        )
        refusals = [SurveyRefusalRow(survey=survey, line=one.line, sentence=one.sentence) for one in faults]
        SurveyRefusalRow.objects.bulk_create(refusals)
    survey.rows_in += len(entries) + len(faults)
    survey.stored += len(entries)
    survey.refused += len(faults)


def _insert(table: type[Model], columns: Sequence[str], rows: Sequence[Sequence[SqlValue]]) -> None:
    """Many rows in one statement, past the ORM: 75,000 of them would take it longer than anything else here."""
    if not rows:
        return
    names = ", ".join(columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table._meta.db_table} ({names}) VALUES ({places})", rows)


def _row(survey: int, entry: SurveyEntry) -> tuple[SqlValue, ...]:
    """What lists show of a procedure, in the order of PROCEDURE_COLUMNS."""
    text = entry.text
    name, law, article = text(SurveyColumn.NAME), text(SurveyColumn.LAW), text(SurveyColumn.ARTICLE)
    ministry = text(SurveyColumn.MINISTRY)
    words = (entry.number, name, law, article, text(SurveyColumn.OTHER_LAWS), ministry)
    return (
        survey,
        entry.line,
        entry.number,
        name,
        ministry,
        law,
        article,
        code_of(text(SurveyColumn.KIND))[:8],
        code_of(text(SurveyColumn.RECEIVER))[:8],
        code_of(text(SurveyColumn.ONLINE))[:8],
        CITY_OFFICE in text(SurveyColumn.OFFICE),
        entry.volumes[SurveyColumn.VOLUME],
        entry.volumes[SurveyColumn.VOLUME_OFFLINE],
        written(features_of(text, None)),
        "/".join(search_key(word) for word in words if word),
    )


def _columns(entry: SurveyEntry) -> str:
    """Every column that holds something, by heading, as JSON."""
    columns: dict[str, str | int] = {HEADING[column]: text for column, text in entry.texts.items() if text}
    columns |= {HEADING[column]: count for column, count in entry.volumes.items() if count is not None}
    return json.dumps(columns, ensure_ascii=False)


def _show(survey: SurveyRow, unknown: Iterable[str], now: datetime) -> None:
    """All rows are there: this survey is the one that lists show from now on."""
    names = "、".join(list(unknown)[:10])
    with transaction.atomic():
        SurveyRow.objects.filter(current=True).update(current=None)
        survey.state, survey.current, survey.percent = SurveyState.STORED, True, 100
        survey.sentence = f"使わなかった列: {names}" if names else ""
        survey.touched_at = now
        survey.save()
        record_act(
            actor=Actor(None, survey.given_by, "", ""), activity="survey_stored", now=now, survey=survey.pk,
            stored=survey.stored, refused=survey.refused,
        )  # fmt: skip


def _give_up(survey: SurveyRow, sentence: str, now: datetime) -> None:
    """Nothing of the survey stays but the reason."""
    with transaction.atomic():
        NationalDetailRow.objects.filter(survey=survey).delete()
        NationalProcedureRow.objects.filter(survey=survey).delete()
        SurveyRefusalRow.objects.filter(survey=survey).delete()
        SurveyUploadRow.objects.filter(survey=survey).delete()
        SurveyRow.objects.filter(pk=survey.pk).update(
            state=SurveyState.FAILED, sentence=sentence, touched_at=now, rows_in=0, stored=0, refused=0
        )


def show_survey(*, survey: int, by: Actor, now: datetime) -> None:
    """Let lists show this survey (an earlier year again). Raises LookupError when it is not stored."""
    with transaction.atomic():
        SurveyRow.objects.filter(current=True).update(current=None)
        if not SurveyRow.objects.filter(pk=survey, state=SurveyState.STORED).update(current=True):
            raise LookupError("この調査は取り込まれていません。")
        record_act(actor=by, activity="survey_shown", now=now, survey=survey)

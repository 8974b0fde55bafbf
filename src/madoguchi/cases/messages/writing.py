"""Asking, telling, answering and reading about a task (やりとりを書く・読む): only ever added to.

1. A department asks what is missing, and by when, or tells something; while a question waits, the task says so.
2. The resident answers, also without a question; an answer settles every question that was open.
3. Whoever reads on the other side leaves one mark, the first one.

Who may write to which task is asked before (`parties`, and the duties of the department); the text is nowhere in the audit.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.audit.operations import record_act, record_step
from madoguchi.cases.acting import civil_day
from madoguchi.cases.desk_tables import MessageReadRow, TaskMessageRow
from madoguchi.cases.models import TaskRow
from madoguchi.cases.states import CaseStatus, MessageKind, Side, TaskState
from madoguchi.cases.tasks import NoSuchTask

LONGEST_TEXT = 1000
FURTHEST = timedelta(days=366)
MOST_MESSAGES = 200


class MessageRefused(ValueError):
    """A message that cannot be sent as it is; the sentence says what to do."""


class NothingWritten(MessageRefused):
    """An empty message."""

    def __init__(self) -> None:
        super().__init__("本文を入れてください。")


class TooLong(MessageRefused):
    """More than one message holds."""

    def __init__(self) -> None:
        super().__init__(f"本文は{LONGEST_TEXT}字までです。短くするか、分けて送ってください。")


class DayNotPossible(MessageRefused):
    """An answer wanted by a day that is over, or too far away."""

    def __init__(self) -> None:
        super().__init__("答えてもらう期日は、今日から1年以内の日にしてください。")


class ThreadClosed(MessageRefused):
    """A task that was called off, a case that was taken back, or too many messages."""

    def __init__(self) -> None:
        super().__init__("この手続きのやりとりは終わっています。市役所の担当課に電話してください。")


def ask_resident(*, task: int, text: str, answer_by: date | None, by: Actor, now: datetime) -> int:
    """Ask the resident back (補正・確認): what is missing, and by when. Raises NoSuchTask, MessageRefused."""
    today = civil_day(now)
    if answer_by is not None and not today <= answer_by <= today + FURTHEST:
        raise DayNotPossible
    return _written_by_office(task, MessageKind.ASK, text, answer_by, by, now)


def tell_resident(*, task: int, text: str, by: Actor, now: datetime) -> int:
    """Tell the resident something that waits for no answer. Raises NoSuchTask, MessageRefused."""
    return _written_by_office(task, MessageKind.TELL, text, None, by, now)


def answer_office(
    *, task: int, text: str, account: int, mandate: str, by: Actor, now: datetime, person: str
) -> int:
    """The resident's (or their agent's) answer; `person`: whose it is, for the audit. Raises NoSuchTask, MessageRefused."""
    with transaction.atomic():
        row = _locked(task)
        made = _add(
            row, Side.RESIDENT, MessageKind.ANSWER, text, now=now, by=None, by_name=by.name, account=account,
            mandate=mandate,
        )  # fmt: skip
        said: dict[str, str | int] = {"account": account, "task": row.pk, "person": person}
        record_act(
            actor=by, activity="message_answered", now=now, case=row.case.public_id,
            **(said | ({"mandate": mandate} if mandate else {})),
        )  # fmt: skip
        _step(row, "resident_answered", by, Channel.ONLINE, now, typed=len(text.strip()))
    return made


def mark_read(*, task: int, reader: Side, staff_id: int | None, account: int | None, now: datetime) -> int:
    """Mark what the other side wrote as read; how many were new. The first reader's mark stays."""
    other = Side.RESIDENT if reader is Side.OFFICE else Side.OFFICE
    with transaction.atomic():
        TaskRow.objects.select_for_update().filter(pk=task).first()
        fresh = TaskMessageRow.objects.filter(task=task, side=other.value, read__isnull=True)
        marks = [MessageReadRow(message=one, at=now, by=staff_id, account=account) for one in fresh]
        MessageReadRow.objects.bulk_create(marks)
    return len(marks)


def _written_by_office(
    task: int, kind: MessageKind, text: str, answer_by: date | None, by: Actor, now: datetime
) -> int:
    assert by.staff_id is not None, "only staff write for a department"
    with transaction.atomic():
        row = _locked(task)
        made = _add(
            row, Side.OFFICE, kind, text, answer_by=answer_by, now=now, by=by.staff_id, by_name=by.name
        )
        _step(row, f"resident_{'asked' if kind is MessageKind.ASK else 'told'}", by, Channel.DEPARTMENT, now)
    return made


def _locked(task: int) -> TaskRow:
    row = TaskRow.objects.select_for_update(of=("self",)).select_related("case").filter(pk=task).first()
    if row is None:
        raise NoSuchTask
    return row


def _add(row: TaskRow, side: Side, kind: MessageKind, text: str, **given: object) -> int:
    said = text.strip()
    if not said:
        raise NothingWritten
    if len(said) > LONGEST_TEXT:
        raise TooLong
    number = TaskMessageRow.objects.filter(task=row).count() + 1
    over = row.state == TaskState.CANCELLED.value or row.case.status == CaseStatus.WITHDRAWN.value
    if over or number > MOST_MESSAGES:
        raise ThreadClosed
    return TaskMessageRow.objects.create(
        task=row, nth=number, side=side.value, kind=kind.value, text=said, **{"at": given.pop("now"), **given}
    ).pk


def _step(row: TaskRow, activity: str, by: Actor, channel: Channel, now: datetime, *, typed: int = 0) -> None:
    record_step(
        actor=by, case=row.case.public_id, activity=activity, channel=channel, now=now,
        detail=StepDetail(procedure=row.procedure, characters_typed_by_resident=typed), practice=row.case.practice,
    )  # fmt: skip

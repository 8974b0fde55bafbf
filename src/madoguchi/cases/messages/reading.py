"""Reading a thread (やりとりを見る), for a department or for a resident; the reading itself is written down by whoever shows it.

What is new and which question waits is told for many tasks at once, without a text: lists name nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q

from madoguchi.cases.acting import NoSuchCase, civil_day
from madoguchi.cases.desk_tables import TaskMessageRow
from madoguchi.cases.messages.parties import ForWhom, case_with, cases_open_to, tasks_open_to
from madoguchi.cases.models import CaseRow, TaskRow
from madoguchi.cases.rulings.result_papers import ResultPaper, papers_of
from madoguchi.cases.states import CaseStatus, MessageKind, Side, TaskState


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread, as either side sees it; `read_at`: when the other side read it."""

    nth: int
    side: Side
    kind: MessageKind
    text: str
    answer_by: date | None
    at: datetime
    by_name: str
    by_agent: bool
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ThreadMark:
    """What a list tells of a thread: whether a question waits, by when, and how many messages nobody read yet."""

    waits: bool = False
    answer_by: date | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages of a department and a resident about one task (やりとり)."""

    task: int
    procedure: str
    department: str
    messages: tuple[ThreadMessage, ...]
    waits: bool
    answer_by: date | None
    closed: bool


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case as its resident's page has it: what was said about it, and its result documents."""

    case: str
    number: str
    event: str
    day: date
    revision: str
    threads: tuple[Thread, ...]
    papers: tuple[ResultPaper, ...]
    unread: int = 0


def thread_of(*, task: int) -> tuple[ThreadMessage, ...]:
    """The messages of a task, the first one first."""
    rows = TaskMessageRow.objects.filter(task=task).select_related("read").order_by("nth")
    return tuple(_message(row) for row in rows)


def thread_marks(tasks: Collection[int], *, reader: Side) -> dict[int, ThreadMark]:
    """What lists tell of these tasks' threads: in two queries, however many there are."""
    other = Side.RESIDENT if reader is Side.OFFICE else Side.OFFICE
    answered = dict(
        TaskMessageRow.objects.filter(task__in=tasks, kind=MessageKind.ANSWER.value)
        .values_list("task")
        .annotate(last=Max("nth"))
    )
    rows = TaskMessageRow.objects.filter(task__in=tasks).filter(
        Q(kind=MessageKind.ASK.value) | Q(side=other.value, read__isnull=True)
    )
    found: dict[int, ThreadMark] = {}
    for task, nth, kind, answer_by, side, read in rows.values_list(
        "task", "nth", "kind", "answer_by", "side", "read"
    ):
        mark = found.get(task, ThreadMark())
        open_question = kind == MessageKind.ASK.value and nth > answered.get(task, 0)
        days = [day for day in (mark.answer_by, answer_by if open_question else None) if day is not None]
        found[task] = ThreadMark(
            mark.waits or open_question,
            min(days) if days else None,
            mark.unread + (side == other.value and read is None),
        )
    return found


def own_cases(whom: ForWhom, *, now: datetime) -> tuple[OwnCase, ...]:
    """Every case of this resident about which something was said or issued, the newest first. No text of a message."""
    found = []
    for row, tasks in cases_open_to(whom, on=civil_day(now)):
        marks = thread_marks([task.pk for task in tasks], reader=Side.RESIDENT)
        one = _own(row, tasks, with_messages=False)
        unread = sum(mark.unread for mark in marks.values())
        if one.papers or TaskMessageRow.objects.filter(task__in=tasks).exists():
            found.append(
                OwnCase(one.case, one.number, one.event, one.day, one.revision, (), one.papers, unread)
            )
    return tuple(found)


def own_case(*, case: str, whom: ForWhom, now: datetime) -> OwnCase:
    """One case of this resident with its threads and papers. Raises NoSuchCase for what is not there or not theirs, alike.

    Whoever is nobody of the case is refused by the one question that finds it, so that neither the queries nor their time
    tell that there is one.
    """
    row = case_with(case, whom)
    tasks = () if row is None else tasks_open_to(row, whom, on=civil_day(now))
    if row is None or not tasks:
        raise NoSuchCase
    return _own(row, tasks, with_messages=True)


def _own(row: CaseRow, tasks: tuple[TaskRow, ...], *, with_messages: bool) -> OwnCase:
    threads = []
    for task in tasks:
        messages = thread_of(task=task.pk) if with_messages else ()
        answered = max((one.nth for one in messages if one.kind is MessageKind.ANSWER), default=0)
        asked = [one for one in messages if one.kind is MessageKind.ASK and one.nth > answered]
        days = [one.answer_by for one in asked if one.answer_by]
        over = task.state == TaskState.CANCELLED.value or row.status == CaseStatus.WITHDRAWN.value
        threads.append(
            Thread(
                task.pk,
                task.procedure,
                task.department,
                messages,
                bool(asked),
                min(days) if days else None,
                over,
            )
        )
    papers = papers_of(case=row.public_id, tasks=frozenset(task.pk for task in tasks))
    return OwnCase(row.public_id, row.number, row.event_kind, row.day, row.revision, tuple(threads), papers)


def _message(row: TaskMessageRow) -> ThreadMessage:
    read = getattr(row, "read", None)
    return ThreadMessage(
        row.nth, Side(row.side), MessageKind(row.kind), row.text, row.answer_by, row.at, row.by_name,
        bool(row.mandate), read.at if read else None,
    )  # fmt: skip

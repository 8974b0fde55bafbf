"""Whose a task is, online (だれのやりとりか): the grown-up whom it is about, and whoever filed it; nobody else of the household.

Where somebody of the case is protected (支援措置), only the person themselves whom it is about: a department may write what
tells where somebody is. Then no agent either. What is not somebody's looks like what is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from madoguchi.cases.models import CaseRow, PersonRow, TaskRow
from madoguchi.cases.record import Record, of_age, read_record
from madoguchi.cases.states import CaseStatus
from madoguchi.residents.protection import protected_people

MOST_CASES = 100


@dataclass(frozen=True, slots=True)
class ForWhom:
    """For whom a resident's page is read (だれのための画面か): 宛名番号, and for which procedures when an agent acts."""

    resident_no: str
    by_agent: bool = False
    covers: Callable[[str], bool] = lambda procedure: True


def tasks_open_to(row: CaseRow, whom: ForWhom, *, on: date) -> tuple[TaskRow, ...]:
    """The tasks of a case that this resident may see online, in their order; none for a case that is not theirs."""
    if row.practice or row.status == CaseStatus.HEARING.value and not row.signed_round:
        return ()
    record = read_record(row)
    own = {person.ref for person in record.people if person.resident_no == whom.resident_no}
    if not own:
        return ()
    numbers = [person.resident_no for person in record.people if person.resident_no]
    sheltered = bool(protected_people(numbers, on=on)) or record.value("address_kept_off") is True
    if sheltered and whom.by_agent:
        return ()
    return tuple(
        task
        for task in TaskRow.objects.filter(case=row).order_by("pk")
        if whom.covers(task.procedure)
        and own & (_about(record, task, on) if sheltered else _about(record, task, on) | _filed(record))
    )


def cases_open_to(whom: ForWhom, *, on: date) -> tuple[tuple[CaseRow, tuple[TaskRow, ...]], ...]:
    """The cases in which this resident may see a task online, the newest first."""
    of_them = PersonRow.objects.filter(resident_no=whom.resident_no, act__undone_at__isnull=True)
    rows = CaseRow.objects.filter(pk__in=of_them.values("case"), practice=False).order_by("-pk")[:MOST_CASES]
    found = ((row, tasks_open_to(row, whom, on=on)) for row in rows)
    return tuple((row, tasks) for row, tasks in found if tasks)


def _about(record: Record, task: TaskRow, on: date) -> set[str]:
    return {task.subject} if task.subject in record_refs(record) and of_age(record, task.subject, on=on) else set()


def _filed(record: Record) -> set[str]:
    return {record.text("notifier_ref")} & record_refs(record)


def record_refs(record: Record) -> set[str]:
    """p1, p2, … of the case."""
    return {person.ref for person in record.people}

"""Whose a task is, online (だれのやりとりか): the grown-up whom it is about, and whoever filed it; nobody else of the household.

Where somebody of the case is protected (支援措置), only the person themselves whom it is about: a department may write what
tells where somebody is. Then no agent either. What is not somebody's looks like what is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.desk_tables import GivenNumberRow
from madoguchi.cases.given_numbers import numbered_record
from madoguchi.cases.models import CaseRow, PersonRow, TaskRow
from madoguchi.cases.record import ADDRESS_KEPT_OFF, Record, of_age
from madoguchi.residents.accounts.coming import any_account_of
from madoguchi.residents.protection import protected_people

MOST_CASES = 100


@dataclass(frozen=True, slots=True)
class ForWhom:
    """For whom a resident's page is read (だれのための画面か): 宛名番号, and for which procedures when an agent acts."""

    resident_no: str
    by_agent: bool = False
    covers: Callable[[str], bool] = lambda procedure: True


def case_with(case: str, whom: ForWhom) -> CaseRow | None:
    """The signed case of this id of which they are somebody, found by both in one query; None for any other, alike."""
    if not whom.resident_no:
        return None
    here = {"case": OuterRef("pk"), "resident_no": whom.resident_no}
    somebody = Exists(PersonRow.objects.filter(**here, act__undone_at__isnull=True))
    given = Exists(GivenNumberRow.objects.filter(**here))
    rows = CaseRow.objects.filter(public_id=case, practice=False, signed_round__gt=0)
    return rows.filter(somebody | given).first()


def tasks_open_to(row: CaseRow, whom: ForWhom, *, on: date) -> tuple[TaskRow, ...]:
    """The tasks of a case that this resident may see online, in their order; none for a case that is not theirs."""
    if row.practice or not row.signed_round or not whom.resident_no:
        return ()
    record = numbered_record(row)
    own = {person.ref for person in record.people if person.resident_no == whom.resident_no}
    sheltered = somebody_sheltered(record, on=on)
    if not own or (sheltered and whom.by_agent):
        return ()
    return tuple(
        task
        for task in TaskRow.objects.filter(case=row).order_by("pk")
        if whom.covers(task.procedure) and own & _whose(record, task.subject, sheltered=sheltered, on=on)
    )


def cases_open_to(whom: ForWhom, *, on: date) -> tuple[tuple[CaseRow, tuple[TaskRow, ...]], ...]:
    """The cases in which this resident may see a task online, the newest first."""
    if not whom.resident_no:
        return ()
    of_them = PersonRow.objects.filter(resident_no=whom.resident_no, act__undone_at__isnull=True)
    given = GivenNumberRow.objects.filter(resident_no=whom.resident_no)
    theirs = Q(pk__in=of_them.values("case")) | Q(pk__in=given.values("case"))
    rows = CaseRow.objects.filter(theirs, practice=False).order_by("-pk")[:MOST_CASES]
    found = ((row, tasks_open_to(row, whom, on=on)) for row in rows)
    return tuple((row, tasks) for row, tasks in found if tasks)


def reachable_online(*, case: str, subject: str, now: datetime) -> bool:
    """Whether anybody with a sign-in may read about this task at home; it is not said who, nor why not."""
    on, record = civil_day(now), numbered_record(find_case(case))
    refs = _whose(record, subject, sheltered=somebody_sheltered(record, on=on), on=on)
    theirs = {person.resident_no for person in record.people if person.ref in refs and person.resident_no}
    return any_account_of(theirs)


def somebody_sheltered(record: Record, *, on: date) -> bool:
    """Whether anybody of the case is to be kept off: by 支援措置, or by what was said at the counter."""
    numbers = [person.resident_no for person in record.people if person.resident_no]
    return bool(protected_people(numbers, on=on)) or record.value(ADDRESS_KEPT_OFF) is True


def _whose(record: Record, subject: str, *, sheltered: bool, on: date) -> set[str]:
    """Of the case's people, who may read about a task: whom it is about when of age, and who filed it unless sheltered."""
    refs = {person.ref for person in record.people}
    found = {subject} if subject in refs and of_age(record, subject, on=on) else set()
    return found if sheltered else found | ({record.text("notifier_ref")} & refs)

"""Reading the audit: timelines of a person, a member of staff or a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Min, QuerySet

from madoguchi.audit.entries import Channel, Entry, Kind, Purpose
from madoguchi.audit.models import EntryRow, OutboxCounter, OutboxRow

JAPAN = ZoneInfo("Asia/Tokyo")
# Well below what SQLite takes in one statement.
KEYS_AT_ONCE = 500


def person_timeline(person_key: str, *, limit: int = 500) -> tuple[Entry, ...]:
    """Who read this person's data, newest first."""
    return tuple(
        _entry(row) for row in EntryRow.objects.filter(person_key=person_key).order_by("-id")[:limit]
    )


def readings_of(person_key: str, *, limit: int) -> tuple[Entry, ...]:
    """Who else read this person's data, newest first, for that person; without practice and what they did themselves."""
    return tuple(_entry(row) for row in _told_to(person_key).order_by("-id")[:limit])


def readings_between(
    person_key: str, *, begin: datetime | None, end: datetime | None, offset: int, limit: int
) -> tuple[int, tuple[Entry, ...]]:
    """How many such readings there were in the period (both ends included; None: without one), and a page of them, newest first."""
    found = _told_to(person_key)
    if begin is not None:
        found = found.filter(at__gte=begin)
    if end is not None:
        found = found.filter(at__lte=end)
    page = found.order_by("-at", "-id")[offset : offset + limit]
    return found.count(), tuple(_entry(row) for row in page)


def first_line_at() -> datetime | None:
    """Since when the audit goes back; None for an empty one."""
    return EntryRow.objects.order_by("id").values_list("at", flat=True).first()


def _told_to(person_key: str) -> QuerySet[EntryRow]:
    rows = EntryRow.objects.filter(person_key=person_key, kind=Kind.ACCESS.value)
    return rows.exclude(purpose__in=(Purpose.PRACTICE.value, Purpose.OWN.value))


def readings_since(begin: datetime) -> Iterator[Entry]:
    """Every reading of somebody by a member of staff since then, oldest first; practice and the auditors' own looks are left out."""
    rows = EntryRow.objects.filter(kind=Kind.ACCESS.value, at__gte=begin, staff_id__isnull=False)
    shown = rows.exclude(person_key="").exclude(purpose__in=(Purpose.PRACTICE.value, Purpose.AUDIT.value))
    return (_entry(row) for row in shown.order_by("id").iterator(chunk_size=2000))


def acts_since(activity: str, begin: datetime) -> tuple[Entry, ...]:
    """The acts of one kind since then, oldest first."""
    rows = EntryRow.objects.filter(kind=Kind.ACT.value, activity=activity, at__gte=begin)
    return tuple(_entry(row) for row in rows.order_by("id"))


def staff_timeline(staff_id: int, *, limit: int = 500) -> tuple[Entry, ...]:
    """What this member of staff read and did, newest first."""
    return tuple(_entry(row) for row in EntryRow.objects.filter(staff_id=staff_id).order_by("-id")[:limit])


def steps_of(case: str) -> tuple[Entry, ...]:
    """The steps of a case in the order in which they happened."""
    return tuple(
        _entry(row) for row in EntryRow.objects.filter(case=case, kind=Kind.STEP.value).order_by("id")
    )


def visits_begun(*, first: date, last: date) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """Case or ticket with all its steps in order, of those whose first step lies in these days in Japan; practice is left out."""
    begin = datetime.combine(first, time.min, tzinfo=JAPAN)
    end = datetime.combine(last, time.min, tzinfo=JAPAN) + timedelta(days=1)
    steps = EntryRow.objects.filter(kind=Kind.STEP.value).exclude(case="")
    keys = sorted(set(steps.filter(at__gte=begin, at__lt=end).values_list("case", flat=True)))
    for place in range(0, len(keys), KEYS_AT_ONCE):
        rows = steps.filter(case__in=keys[place : place + KEYS_AT_ONCE]).order_by("case", "id")
        for key, there in groupby(rows.iterator(chunk_size=2000), key=lambda row: row.case):
            found = tuple(_entry(row) for row in there)
            if begin <= found[0].at and not any(one.body.get("practice") for one in found):
                yield key, found


def outbox_head(branch: str) -> int:
    """The number of the last line of a branch's outbox; 0 before the first."""
    return OutboxCounter.objects.filter(branch=branch).values_list("last", flat=True).first() or 0


def outbox_heads(branches: Iterable[str]) -> dict[str, int]:
    """The number of the last line of each of these branches' outboxes, in one query; those without a line are left out."""
    return dict(OutboxCounter.objects.filter(branch__in=list(branches)).values_list("branch", "last"))


def outbox_after(branch: str, sequence: int, *, limit: int = 200) -> tuple[tuple[int, str, str], ...]:
    """Lines of a branch's outbox after `sequence`: number, topic, subject."""
    rows = OutboxRow.objects.filter(branch=branch, sequence__gt=sequence).order_by("sequence")[:limit]
    return tuple((row.sequence, row.topic, row.subject) for row in rows)


def _entry(row: EntryRow) -> Entry:
    return Entry(
        id=row.id,
        kind=Kind(row.kind),
        at=row.at,
        activity=row.activity,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
        branch=row.branch,
        desk=row.desk,
        case=row.case,
        person_key=row.person_key,
        purpose=row.purpose,
        body=dict(row.body),
        lifecycle=row.lifecycle,
        channel=row.channel,
    )


def first_channels(cases: Iterable[str]) -> dict[str, Channel]:
    """Where each of these cases began: the channel of its first step."""
    found: dict[str, Channel] = {}
    keys = sorted(cases)
    for place in range(0, len(keys), KEYS_AT_ONCE):
        theirs = EntryRow.objects.filter(case__in=keys[place : place + KEYS_AT_ONCE], kind=Kind.STEP.value)
        first = theirs.values("case").annotate(first=Min("id")).values("first")
        for case, channel in EntryRow.objects.filter(id__in=first).values_list("case", "channel"):
            found[case] = Channel(channel)
    return found

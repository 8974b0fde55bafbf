"""支援措置 in force: begun, prolonged, lifted, and the list that reminds of its end (期限の一覧).

1. It is begun for a person and for those who asked together with them (併せて支援を求める者).
2. It holds until it is lifted; passing the end date only reminds (標準仕様書 3.1: 抑止は自動的に終了しない).
3. Prolonging ends nothing in between: the earlier period is kept, and a new one stands from the same moment.
4. Lifting it for whoever asked lifts it for those who asked together with them.
5. The sign-ins of everybody whose whereabouts it withholds stop until somebody who handles it has looked.
6. Reading the list is a reading of everybody on it, and names no address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Q, QuerySet

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.residents.accounts.coming import hold_for_handling
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.models import Protection, ResidentRecord
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.protection import Audience

ASKED_FROM = timedelta(days=31)
"""An extension may be asked for from a month before the end (住民基本台帳事務処理要領 第5の10)."""


class NobodyByThatNumber(LookupError):
    """A number that is not on the register."""

    def __init__(self, resident_no: str) -> None:
        self.resident_no = resident_no
        super().__init__(
            f"宛名番号「{resident_no}」の方は住民記録にいません。番号を確かめて、もう一度入れてください。"
        )


class NotSheltered(LookupError):
    """There is nothing in force to prolong or lift."""

    def __init__(self) -> None:
        super().__init__("この方の支援措置は、もう続いていません。一覧を開き直してください。")


class AlreadySheltered(ValueError):
    """It is in force already; it can be prolonged."""

    def __init__(self, resident_no: str) -> None:
        self.resident_no = resident_no
        super().__init__(
            f"宛名番号「{resident_no}」の方の支援措置は、もう始まっています。期間は一覧の「続ける」で延ばしてください。"
        )


class EndsBeforeItBegins(ValueError):
    """An end date that is not after the first day."""

    def __init__(self) -> None:
        super().__init__("終わりの日は、始まりの日と今日よりあとの日にしてください。")


class Reminder(Enum):
    """What the end date asks of the office."""

    PAST = "past"
    MONTH = "month"
    LATER = "later"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ShelteredGroup:
    """Whoever asked for 支援措置 with those who asked together with them. `ends_on` None: provisional without an end."""

    person: DisclosedPerson
    together: tuple[DisclosedPerson, ...]
    provisional: bool
    begins_on: date
    ends_on: date | None
    reminder: Reminder


def protect(
    *,
    resident_no: str,
    begins_on: date,
    ends_on: date | None,
    by: Actor,
    now: datetime,
    provisional: bool = False,
    together: Sequence[str] = (),
) -> None:
    """Begin 支援措置 (or 仮支援措置) for a person and for those `together` with them.

    Raises NobodyByThatNumber, AlreadySheltered, EndsBeforeItBegins.
    """
    if ends_on is not None and ends_on <= begins_on:
        raise EndsBeforeItBegins
    with transaction.atomic():
        for number in (resident_no, *together):
            if not ResidentRecord.objects.filter(resident_no=number, is_current=True).exists():
                raise NobodyByThatNumber(number)
            if Protection.objects.filter(resident_no=number, lifted_on__isnull=True).exists():
                raise AlreadySheltered(number)
            requester = "" if number == resident_no else resident_no
            _begin(number, requester, provisional, begins_on, ends_on, by, now)
            record_act(actor=by, activity="handling_set", now=now, person=number)
        hold_for_handling(_together_with((resident_no, *together)), by=by, now=now)


def prolong_protection(*, resident_no: str, ends_on: date, by: Actor, now: datetime) -> None:
    """Go on until another day, for whoever asked and those together with them; a provisional one becomes a full one.

    Raises NotSheltered, EndsBeforeItBegins.
    """
    today = now.astimezone(JAPAN).date()
    with transaction.atomic():
        rows = list(_in_force(resident_no).select_for_update())
        if not rows:
            raise NotSheltered
        if ends_on <= max(today, *(row.begins_on for row in rows)):
            raise EndsBeforeItBegins
        for row in rows:
            begins_on = max(today, row.begins_on)
            _begin(row.resident_no, row.together_with, False, begins_on, ends_on, by, now)
            Protection.objects.filter(pk=row.pk).update(lifted_on=begins_on)
            record_act(actor=by, activity="handling_prolonged", now=now, person=row.resident_no)


def lift_protection(*, resident_no: str, on: date, by: Actor, now: datetime) -> None:
    """End 支援措置 for a person from that day, and for those who asked together with them. Raises NotSheltered."""
    with transaction.atomic():
        rows = list(_in_force(resident_no).select_for_update())
        if not rows:
            raise NotSheltered
        for row in rows:
            Protection.objects.filter(pk=row.pk).update(lifted_on=max(on, row.begins_on))
            record_act(actor=by, activity="handling_lifted", now=now, person=row.resident_no)


def sheltered_groups(*, actor: Actor, now: datetime) -> tuple[ShelteredGroup, ...]:
    """Everybody whose 支援措置 is in force or about to begin, the earliest end first. Recorded as a reading of each."""
    today = now.astimezone(JAPAN).date()
    rows = list(Protection.objects.filter(lifted_on__isnull=True).order_by("pk"))
    people = {
        one.resident_no: one
        for one in disclose(
            actor=actor,
            purpose=Purpose.HANDLING,
            resident_nos=[row.resident_no for row in rows],
            audience=Audience.LIST,
            case=None,
            screen="sheltered",
            now=now,
        )
    }
    groups: dict[str, list[Protection]] = defaultdict(list)
    asked = {row.resident_no for row in rows if not row.together_with}
    for row in rows:
        groups[row.together_with if row.together_with in asked else row.resident_no].append(row)
    found = [_group(people, number, members, today) for number, members in groups.items() if number in people]
    return tuple(sorted(found, key=lambda one: (one.ends_on or date.max, one.begins_on)))


def _group(
    people: dict[str, DisclosedPerson], number: str, members: Sequence[Protection], today: date
) -> ShelteredGroup:
    own = next(row for row in members if row.resident_no == number)
    together = tuple(
        people[row.resident_no] for row in members if row is not own and row.resident_no in people
    )
    reminder = _reminder(own.ends_on, today)
    return ShelteredGroup(people[number], together, own.provisional, own.begins_on, own.ends_on, reminder)


def _together_with(numbers: Sequence[str]) -> list[str]:
    """These people and everyone of their households and at their addresses: whose whereabouts are the same."""
    theirs = ResidentRecord.objects.filter(is_current=True, resident_no__in=numbers)
    homes = list(theirs.values_list("household_no", "address_key"))
    there = Q(household_no__in=[home for home, _ in homes]) | Q(
        address_key__in=[key for _, key in homes if key]
    )
    return list(ResidentRecord.objects.filter(there, is_current=True).values_list("resident_no", flat=True))


def _reminder(ends_on: date | None, today: date) -> Reminder:
    if ends_on is None:
        return Reminder.OPEN
    if ends_on < today:
        return Reminder.PAST
    return Reminder.MONTH if ends_on - today <= ASKED_FROM else Reminder.LATER


def _in_force(resident_no: str) -> QuerySet[Protection]:
    theirs = Q(resident_no=resident_no) | Q(together_with=resident_no)
    return Protection.objects.filter(theirs, lifted_on__isnull=True)


def _begin(
    resident_no: str,
    together_with: str,
    provisional: bool,
    begins_on: date,
    ends_on: date | None,
    by: Actor,
    now: datetime,
) -> None:
    Protection.objects.create(
        resident_no=resident_no,
        together_with=together_with,
        provisional=provisional,
        begins_on=begins_on,
        ends_on=ends_on,
        set_by=by.name,
        set_at=now,
    )

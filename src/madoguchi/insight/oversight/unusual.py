"""Which readings the rules show (気になる閲覧): by member of staff, day and, where it is one, the number of the person.

A finding is a reason to ask, not a finding of guilt: work explains most. That somebody is protected is told to nobody here;
readings of protected people are told only to those who handle them (`readings_of_sheltered`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Actor, Entry
from madoguchi.audit.operations import record_act
from madoguchi.audit.queries import acts_since, readings_since
from madoguchi.city.queries import open_days
from madoguchi.insight.oversight.rules import OversightRules
from madoguchi.residents.closeness import Closeness, closeness
from madoguchi.residents.protection import protected_people

JAPAN = ZoneInfo("Asia/Tokyo")
CHECKED = "unusual_checked"


class UnusualKind(Enum):
    """Why a reading is shown (気になる理由)."""

    SELF = "self"
    HOUSEHOLD = "household"
    NEIGHBOUR = "neighbour"
    SURNAME = "surname"
    MANY = "many"
    AGAIN = "again"
    HOURS = "hours"
    CLOSED = "closed"


_REASONS = {
    UnusualKind.SELF: noop("職員と同じ氏名の方を見ています（本人かもしれません）"),
    UnusualKind.HOUSEHOLD: noop("職員と同じ氏名の方と、同じ世帯の方を見ています"),
    UnusualKind.NEIGHBOUR: noop("職員と同じ氏名の方と、同じ番地の方を見ています"),
    UnusualKind.SURNAME: noop("受付と関係なく、職員と同じ姓の方を見ています"),
    UnusualKind.MANY: noop("受付と関係なく、1日に%(count)s人を見ています"),
    UnusualKind.AGAIN: noop("受付と関係なく、同じ方を%(count)s日にわたって見ています"),
    UnusualKind.HOURS: noop("時間外に%(count)s人を見ています"),
    UnusualKind.CLOSED: noop("閉庁日に%(count)s人を見ています"),
}


@dataclass(frozen=True, slots=True)
class Unusual:
    """A finding (気になる閲覧): who read, on which day (the last, of several), whom if it is one person, and how many."""

    kind: UnusualKind
    staff_id: int
    staff_name: str
    day: date
    person_key: str = ""
    count: int = 1

    @property
    def key(self) -> str:
        """By which it is known again when somebody has asked about it."""
        return f"{self.kind.value}:{self.staff_id}:{self.day.isoformat()}:{self.person_key or 'many'}"

    def reason(self) -> str:
        """Why it is shown, as a sentence."""
        return _(_REASONS[self.kind]) % {"count": self.count}


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody asked about a finding (確認済み): who, and when."""

    by: str
    at: datetime


def unusual(*, rules: OversightRules, now: datetime) -> tuple[tuple[Unusual, Asked | None], ...]:
    """What the rules show of the last days, those that nobody asked about first, then the newest."""
    begin = now - timedelta(days=rules.days)
    read = list(readings_since(begin))
    found = [*_of_own(read, rules), *_many(read, rules), *_again(read, rules), *_out_of_hours(read, rules)]
    asked = {
        str(one.body.get("finding")): Asked(one.staff_name, one.at) for one in acts_since(CHECKED, begin)
    }
    found.sort(key=lambda one: (one.day, one.staff_id, one.kind.value, one.person_key), reverse=True)
    lines = [(one, asked.get(one.key)) for one in found]
    return tuple(sorted(lines, key=lambda line: line[1] is not None))


def mark_asked(*, finding: str, by: Actor, now: datetime) -> None:
    """Write down that somebody asked about it. Raises NotAKey when it is no finding's key."""
    record_act(actor=by, activity=CHECKED, now=now, finding=finding)


def readings_of_sheltered(*, days: int, now: datetime) -> tuple[Entry, ...]:
    """Every reading of somebody who is protected today, newest first: for those who handle protection only."""
    read = list(readings_since(now - timedelta(days=days)))
    sheltered = protected_people({one.person_key for one in read}, on=now.astimezone(JAPAN).date())
    return tuple(one for one in reversed(read) if one.person_key in sheltered)


def _day(one: Entry) -> date:
    return one.at.astimezone(JAPAN).date()


def _by_staff_and_day(read: Iterable[Entry]) -> Iterator[tuple[Entry, set[str]]]:
    """The last entry of each member of staff and day, with whom they read."""
    last: dict[tuple[int | None, date], Entry] = {}
    people: dict[tuple[int | None, date], set[str]] = defaultdict(set)
    for one in read:
        last[one.staff_id, _day(one)] = one
        people[one.staff_id, _day(one)].add(one.person_key)
    return ((last[key], people[key]) for key in last)


def _found(kind: UnusualKind, one: Entry, person: str = "", count: int = 1) -> Unusual:
    assert one.staff_id is not None, "readings_since gives readings of staff only"
    return Unusual(kind, one.staff_id, one.staff_name, _day(one), person, count)


def _of_own(read: list[Entry], rules: OversightRules) -> Iterator[Unusual]:
    wanted = {
        Closeness.SELF: rules.own,
        Closeness.HOUSEHOLD: rules.household,
        Closeness.NEIGHBOUR: rules.neighbour,
        Closeness.SURNAME: rules.surname,
    }
    near = closeness((one.staff_name, one.person_key) for one in read)
    seen = set()
    for one in read:
        how = near.get((one.staff_name, one.person_key))
        if how is None or not wanted[how] or (how is Closeness.SURNAME and one.case):
            continue
        found = _found(UnusualKind(how.value), one, one.person_key)
        if found.key not in seen:
            seen.add(found.key)
            yield found


def _many(read: list[Entry], rules: OversightRules) -> Iterator[Unusual]:
    for one, people in _by_staff_and_day(entry for entry in read if not entry.case):
        if 0 < rules.most_without_case < len(people):
            yield _found(UnusualKind.MANY, one, count=len(people))


def _again(read: list[Entry], rules: OversightRules) -> Iterator[Unusual]:
    days: dict[tuple[int | None, str], set[date]] = defaultdict(set)
    last: dict[tuple[int | None, str], Entry] = {}
    for one in read:
        if not one.case:
            days[one.staff_id, one.person_key].add(_day(one))
            last[one.staff_id, one.person_key] = one
    for key, on in days.items():
        if 0 < rules.most_days_again < len(on):
            yield _found(UnusualKind.AGAIN, last[key], key[1], len(on))


def _out_of_hours(read: list[Entry], rules: OversightRules) -> Iterator[Unusual]:
    calendar = open_days()
    closed = [one for one in read if not calendar.is_open(_day(one))]
    late = [
        one
        for one in read
        if calendar.is_open(_day(one))
        and not rules.from_hour <= one.at.astimezone(JAPAN).hour < rules.to_hour
    ]
    for kind, part in ((UnusualKind.CLOSED, closed), (UnusualKind.HOURS, late)):
        for one, people in _by_staff_and_day(part):
            yield _found(kind, one, count=len(people))

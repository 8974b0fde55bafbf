"""What the office offers at its counters (用件・窓口の列・受付時間), as values. Nothing here reads the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import Enum

QUARTER_MINUTES = 15

# What something is called in other languages than Japanese: (tag of the language, words).
Names = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Service:
    """Something that people come for (用件). `minutes`: at the desk, as the office declares it before anything is learned.

    `letter` begins the numbers on its tickets. `event` names the kind of life event that its case begins with; "" for none.
    `names`: what the city calls it in other languages.
    """

    key: str
    name: str
    minutes: int
    letter: str
    department: str
    event: str = ""
    bookable: bool = True
    names: Names = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """Desks of one branch that serve the same services (窓口の列): one queue, one pool of seats to book.

    `officers_come`: whoever sits at a desk already stays there and an officer of this lane comes (回らない窓口);
    otherwise the resident walks to one of its desks.
    """

    branch: str
    key: str
    name: str
    services: tuple[str, ...]
    desks: tuple[str, ...]
    officers_come: bool = False
    names: Names = ()


class Weekday(Enum):
    """A day of the week, as `date.weekday` counts."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Hours:
    """When a lane serves (受付時間): from `begins` to before `ends`, `desks` of them open, `seats` of those for bookings.

    `since` and `until` bound a season (繁忙期); of two that cover the same time the one with the later `since` holds.
    """

    weekday: Weekday
    begins: time
    ends: time
    desks: int
    seats: int
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DayHours:
    """Hours of one single day, instead of those of its weekday (臨時開庁・休止); no spans: the lane is closed."""

    day: date
    spans: tuple[Hours, ...]
    note: str = ""

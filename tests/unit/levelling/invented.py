"""Invented days of a lane: what is told is known, so that what is learned can be held against it."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

from madoguchi.booking.levelling.day_kinds import DayKind, kinds_of
from madoguchi.booking.levelling.demand import PastDay
from madoguchi.jp.open_days import OpenDays

CALENDAR = OpenDays()
QUARTERS = range(34, 69)
FIRST, LAST = date(2026, 1, 5), date(2026, 11, 6)
WEEKDAYS = (1.25, 1.0, 0.9, 0.95, 1.1)
KINDS = {
    DayKind.SEASON: 1.6,
    DayKind.MONTH_START: 1.15,
    DayKind.MONTH_END: 1.2,
    DayKind.AFTER_CLOSURE: 1.25,
    DayKind.BEFORE_CLOSURE: 1.0,
}
SHAPE = {q: math.exp(-(((q - 42) / 5) ** 2)) + 0.6 * math.exp(-(((q - 56) / 6) ** 2)) + 0.1 for q in QUARTERS}


def expected(day: date, mean: float = 120.0) -> float:
    """What a day brings on the average."""
    found = mean * WEEKDAYS[day.weekday()]
    for kind in kinds_of(day, CALENDAR):
        found *= KINDS[kind]
    return found


def days(*, first: date = FIRST, last: date = LAST, seed: int = 3, mean: float = 120.0) -> list[PastDay]:
    """Every open day between, by chance around what is expected; nobody books."""
    chance = random.Random(seed)
    whole, found, day = sum(SHAPE.values()), [], first
    while day <= last:
        if CALENDAR.is_open(day):
            here = expected(day, mean) * chance.gammavariate(50, 1 / 50)
            arrivals = {q: _poisson(here * share / whole, chance) for q, share in SHAPE.items()}
            found.append(PastDay(day, arrivals))
        day += timedelta(days=1)
    return found


def _poisson(mean: float, chance: random.Random) -> int:
    count, below = 0, chance.expovariate(1)
    while below < mean:
        count, below = count + 1, below + chance.expovariate(1)
    return count

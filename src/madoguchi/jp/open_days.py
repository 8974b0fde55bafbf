"""The days on which the office is open (開庁日).

National closure first (土日・祝日・12月29日から1月3日, 地方自治法4条の2), then what the city itself closes or opens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import jpholiday

WEEKEND = frozenset({5, 6})


@lru_cache(maxsize=4096)
def holiday(day: date) -> bool:
    """A national holiday, or 29 December to 3 January."""
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return True
    return bool(jpholiday.is_holiday(day))


def holiday_name(day: date) -> str:
    """The name of a national holiday, 年末年始 for 29 December to 3 January; "" on other days."""
    found = jpholiday.is_holiday_name(day)
    return str(found) if found else "年末年始" if holiday(day) else ""


def national_closed(day: date) -> bool:
    """Closed by law: Saturday, Sunday, national holiday, 29 December to 3 January."""
    return day.weekday() in WEEKEND or holiday(day)


@dataclass(frozen=True, slots=True)
class OpenDays:
    """A city's calendar: the national closure, changed by days it closes besides or opens all the same.

    `weekly`: the days of the week on which it is closed (Monday is 0), where the city's own ordinance differs.
    """

    closed: frozenset[date] = field(default_factory=frozenset)
    opened: frozenset[date] = field(default_factory=frozenset)
    weekly: frozenset[int] = WEEKEND

    def is_open(self, day: date) -> bool:
        if day in self.opened:
            return True
        return day not in self.closed and day.weekday() not in self.weekly and not holiday(day)

"""What kind of day a day is for a counter (日の種類): beginning and end of the month, the moving season, around closures.

Which kinds there are is ours; how much each of them matters is never written here, it is learned from the office's own days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum

from madoguchi.jp.open_days import OpenDays

AT_THE_EDGE = 3
LONG_CLOSURE = 3
SEASON_BEGINS, SEASON_ENDS = (3, 15), (4, 15)
ONE_DAY = timedelta(days=1)


class DayKind(Enum):
    """Why a day may be busier than its weekday says (日の種類)."""

    MONTH_START = "month_start"
    MONTH_END = "month_end"
    SEASON = "season"
    AFTER_CLOSURE = "after_closure"
    BEFORE_CLOSURE = "before_closure"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    DayKind.MONTH_START: "月はじめ",
    DayKind.MONTH_END: "月末",
    DayKind.SEASON: "引越しの時期（3月15日〜4月15日）",
    DayKind.AFTER_CLOSURE: "連休のあと",
    DayKind.BEFORE_CLOSURE: "連休の前",
}


def kinds_of(day: date, calendar: OpenDays) -> frozenset[DayKind]:
    """The kinds of a day. Month edges are the first and last three open days; a closure is long from three days on."""
    found = set()
    month_before = (one.month for one in _open_days(day, -1, calendar))
    month_after = (one.month for one in _open_days(day, 1, calendar))
    if not all(next(month_before) == day.month for _ in range(AT_THE_EDGE)):
        found.add(DayKind.MONTH_START)
    if not all(next(month_after) == day.month for _ in range(AT_THE_EDGE)):
        found.add(DayKind.MONTH_END)
    if SEASON_BEGINS <= (day.month, day.day) <= SEASON_ENDS:
        found.add(DayKind.SEASON)
    if _closed_beside(day, -1, calendar) >= LONG_CLOSURE:
        found.add(DayKind.AFTER_CLOSURE)
    if _closed_beside(day, 1, calendar) >= LONG_CLOSURE:
        found.add(DayKind.BEFORE_CLOSURE)
    return frozenset(found)


def _open_days(day: date, step: int, calendar: OpenDays) -> Iterator[date]:
    """Open days from a day on, into one direction."""
    while True:
        day += ONE_DAY * (step * (1 + _closed_beside(day, step, calendar)))
        yield day


def _closed_beside(day: date, step: int, calendar: OpenDays) -> int:
    """How many closed days lie directly beside a day; a month at most is looked at."""
    count = 0
    while count < 31 and not calendar.is_open(day + ONE_DAY * (step * (count + 1))):
        count += 1
    return count

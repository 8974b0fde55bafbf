"""Which quarter-hours a lane serves on a day (受付の枠), from its hours and the city's calendar. Plain Python.

A single day's own hours hold alone, even on a day on which the city is closed (臨時開庁). Otherwise a closed day has
none, and of the hours of its weekday those of the season that began last hold (繁忙期 over the ordinary ones).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from madoguchi.booking.services import QUARTER_MINUTES, DayHours, Hours
from madoguchi.jp.open_days import OpenDays

QUARTERS_A_DAY = 24 * 60 // QUARTER_MINUTES


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour in which a lane serves: its number from midnight, desks open, seats for bookings."""

    number: int
    desks: int
    seats: int

    @property
    def begins(self) -> time:
        """When it begins."""
        return time_of(self.number)


def time_of(number: int) -> time:
    """When a quarter-hour begins, by its number from midnight (0 to 95)."""
    return time(number * QUARTER_MINUTES // 60, number * QUARTER_MINUTES % 60)


def number_of(at: time) -> int:
    """The quarter-hour that a time of day lies in."""
    return (at.hour * 60 + at.minute) // QUARTER_MINUTES


def quarters_of(
    day: date, hours: Sequence[Hours], single_days: Iterable[DayHours], calendar: OpenDays
) -> tuple[Quarter, ...]:
    """The quarter-hours of a day in which a lane serves, in order; none when it is closed.

    A span that begins or ends within a quarter-hour counts only the whole ones.
    """
    own = next((one for one in single_days if one.day == day), None)
    if own is not None:
        return _quarters(own.spans)
    if not calendar.is_open(day):
        return ()
    in_season = [
        one
        for one in hours
        if one.weekday.value == day.weekday()
        and (one.since is None or one.since <= day)
        and (one.until is None or day <= one.until)
    ]
    latest = max((one.since or date.min for one in in_season), default=date.min)
    return _quarters([one for one in in_season if (one.since or date.min) == latest])


def _quarters(spans: Iterable[Hours]) -> tuple[Quarter, ...]:
    found: dict[int, Quarter] = {}
    for span in spans:
        first = -(-(span.begins.hour * 60 + span.begins.minute) // QUARTER_MINUTES)
        for number in range(first, number_of(span.ends)):
            found[number] = Quarter(number, span.desks, span.seats)
    return tuple(found[number] for number in sorted(found))

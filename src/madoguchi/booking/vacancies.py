"""Where a visit still fits (空き): days of a month and times of a day, as words, the quieter first.

Nothing is written for looking: a day that nobody booked yet is read from the hours. How many seats are left is told
coarsely only. The expected wait follows from the work that is booked and the desks that are open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from madoguchi.booking.booked import DAYS_AHEAD
from madoguchi.booking.hours import Quarter, quarters_of, time_of
from madoguchi.booking.models import BookingRow, LaneRow, SlotRow
from madoguchi.booking.models.bookings import LIVING
from madoguchi.booking.offering import Offer
from madoguchi.booking.services import QUARTER_MINUTES, Lane
from madoguchi.city.queries import open_days

QUIET, BUSY = 0.6, 0.25
LITTLE_WAIT, ROUNDED_TO = 5, 5
QUIETEST, SPREAD = 3, 8
NEAR = 4


class Vacancy(Enum):
    """How free a day or a time is, coarsely (空き具合)."""

    FREE = "free"
    SOME = "some"
    FEW = "few"
    FULL = "full"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"free": "空き", "some": "やや混み", "few": "残りわずか", "full": "満席", "closed": "休み"}[
            self.value
        ]

    @property
    def short(self) -> str:
        """The label where there is little room."""
        return {"free": "空き", "some": "やや混", "few": "わずか", "full": "満席", "closed": "休み"}[
            self.value
        ]

    @property
    def shape(self) -> str:
        """A sign that needs no colour."""
        return {"free": "◎", "some": "○", "few": "△", "full": "×", "closed": "−"}[self.value]

    @property
    def takes(self) -> bool:
        """Whether there is anything to book."""
        return self in (Vacancy.FREE, Vacancy.SOME, Vacancy.FEW)


@dataclass(frozen=True, slots=True)
class TimeFree:
    """A time at which a visit may begin, how free it is, the minutes one is expected to wait, and seats taken near it."""

    quarter: int
    vacancy: Vacancy
    wait: int
    near: int = 0

    @property
    def begins(self) -> str:
        """The time of day, "9:15"."""
        return f"{time_of(self.quarter):%-H:%M}"


def days_free(
    *, offered: Offer, lane: Lane, first: date, last: date, count: int, after: tuple[date, int]
) -> dict[date, Vacancy]:
    """How free each day is for a visit of `count` quarter-hours that begins later than `after` (day, quarter)."""
    seats = _seats(offered, lane, first, last)
    return {day: _of_day(found, count, after[1] if day == after[0] else -1) for day, found in seats.items()
            if after[0] <= day <= after[0] + timedelta(days=DAYS_AHEAD)}  # fmt: skip


def times_free(
    *,
    offered: Offer,
    lane: Lane,
    day: date,
    count: int,
    after: tuple[date, int],
    walk_ins: Iterable[tuple[int, int]] = (),
) -> tuple[TimeFree, ...]:
    """When a visit may begin on a day, in the order of time; `walk_ins`: (quarter, minutes) of those expected besides."""
    if not after[0] <= day <= after[0] + timedelta(days=DAYS_AHEAD):
        return ()
    seats = _seats(offered, lane, day, day)[day]
    waits = expected_waits(_quarters(offered, lane, day), [*_booked_work(lane, day), *walk_ins])
    found = []
    for start in sorted(seats):
        if day == after[0] and start <= after[1]:
            continue
        left, there = _least(seats, start, count)
        if left > 0:
            found.append(TimeFree(start, _share(left, there), waits.get(start, 0), _taken_near(seats, start)))
    return tuple(found)


def quieter_first(times: Sequence[TimeFree]) -> tuple[TimeFree, ...]:
    """The few quietest times, not all in one part of the day: the shortest wait, the freest, the fewest beside it."""
    order = list(Vacancy)
    ranked = sorted(times, key=lambda one: (one.wait, order.index(one.vacancy), one.near, one.quarter))
    chosen: list[TimeFree] = []
    for apart in (SPREAD, 1):
        for one in ranked:
            if len(chosen) < QUIETEST and all(abs(one.quarter - other.quarter) >= apart for other in chosen):
                chosen.append(one)
    return tuple(chosen)


def expected_waits(open_quarters: Sequence[Quarter], visits: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Minutes that one more who comes at a quarter-hour would wait for a desk, for each that is open.

    `visits`: (quarter, minutes at the desk) of all who come. Who comes first is served first, by any desk that is open.
    """
    coming: dict[int, list[int]] = {}
    for quarter, minutes in visits:
        coming.setdefault(quarter, []).append(minutes)
    waits: dict[int, int] = {}
    ends: list[int] = []
    for one in sorted(open_quarters, key=lambda one: one.number):
        at = one.number * QUARTER_MINUTES
        for minutes in coming.get(one.number, ()):
            ends.append(at + _wait(ends, at, one.desks) + minutes)
        waits[one.number] = _wait(ends, at, one.desks)
    return waits


def _wait(ends: Sequence[int], at: int, desks: int) -> int:
    """How long until a desk is free, when visits end at these minutes."""
    busy = sorted(end for end in ends if end > at)
    over = len(busy) - max(1, desks)
    return 0 if over < 0 else busy[over] - at


def wait_rounded(minutes: int) -> int:
    """An expected wait as it is told: 0 for almost none, else up to the next five minutes."""
    return 0 if minutes <= LITTLE_WAIT else -(-minutes // ROUNDED_TO) * ROUNDED_TO


def _quarters(offered: Offer, lane: Lane, day: date) -> tuple[Quarter, ...]:
    place = (lane.branch, lane.key)
    return quarters_of(day, offered.hours.get(place, ()), offered.single_days.get(place, ()), open_days())


def _booked_work(lane: Lane, day: date) -> list[tuple[int, int]]:
    rows = BookingRow.objects.filter(lane__branch=lane.branch, lane__key=lane.key, day=day, state__in=LIVING)
    return [(quarter, count * QUARTER_MINUTES) for quarter, count in rows.values_list("quarter", "quarters")]


def _seats(offered: Offer, lane: Lane, first: date, last: date) -> dict[date, dict[int, tuple[int, int]]]:
    """(left, there) by day and quarter: from the rows where there are any, else from the hours."""
    found: dict[date, dict[int, tuple[int, int]]] = {}
    row = LaneRow.objects.get(branch=lane.branch, key=lane.key)
    for day, quarter, seats, used in SlotRow.objects.filter(lane=row, day__range=(first, last)).values_list(
        "day", "quarter", "seats", "used"
    ):
        found.setdefault(day, {})[quarter] = (max(0, seats - used), seats)
    calendar, place = open_days(), (lane.branch, lane.key)
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        if day not in found:
            hours, single = offered.hours.get(place, ()), offered.single_days.get(place, ())
            found[day] = {
                one.number: (one.seats, one.seats) for one in quarters_of(day, hours, single, calendar)
            }
    return found


def _least(seats: Mapping[int, tuple[int, int]], start: int, count: int) -> tuple[int, int]:
    return min(seats.get(start + step, (0, 0)) for step in range(count))


def _taken_near(seats: Mapping[int, tuple[int, int]], start: int) -> int:
    near = (seats.get(start + step, (0, 0)) for step in range(-NEAR, NEAR + 1))
    return sum(there - left for left, there in near)


def _of_day(seats: Mapping[int, tuple[int, int]], count: int, after: int) -> Vacancy:
    possible = [start for start in seats if all(seats.get(start + step, (0, 0))[1] for step in range(count))]
    if not possible:
        return Vacancy.CLOSED
    free = sum(_least(seats, start, count)[0] > 0 for start in possible if start > after)
    return _share(free, len(possible))


def _share(free: int, there: int) -> Vacancy:
    share = free / there
    if not free:
        return Vacancy.FULL
    return Vacancy.FREE if share >= QUIET else Vacancy.SOME if share >= BUSY else Vacancy.FEW

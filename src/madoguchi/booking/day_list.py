"""The bookings of a day by lane (今日の予約), for the staff of a branch: times and services, never who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from madoguchi.booking.booked import Booked
from madoguchi.booking.models import BookingRow
from madoguchi.booking.offering import Offer
from madoguchi.booking.reserving import booked_of
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.waiting_list import waiting_on

SHOWN = (BookingState.HELD, BookingState.CONFIRMED, BookingState.ARRIVED, BookingState.NOT_COME)


@dataclass(frozen=True, slots=True)
class LaneDay:
    """A lane's bookings of one day in the order of time, how many stand beyond its seats, how many wait for a seat."""

    key: str
    name: str
    booked: tuple[Booked, ...]
    beyond: int
    waiting: int


def day_list(*, offered: Offer, branch: str, day: date) -> tuple[LaneDay, ...]:
    """The bookings of a branch's day, lane by lane. A cancelled or expired one is not in it."""
    rows = (
        BookingRow.objects.filter(lane__branch=branch, day=day, state__in=[one.value for one in SHOWN])
        .select_related("lane", "service")
        .prefetch_related("parts")
        .order_by("quarter", "number")
    )
    found: dict[str, list[Booked]] = {}
    for row in rows:
        found.setdefault(row.lane.key, []).append(booked_of(row))
    waiting = waiting_on(day=day)
    return tuple(
        LaneDay(
            lane.key,
            lane.name,
            tuple(found.get(lane.key, ())),
            sum(one.beyond for one in found.get(lane.key, ())),
            waiting.get((branch, lane.key), 0),
        )
        for lane in offered.lanes_at(branch)
    )

"""A small offer for tests: one lane with two services, Monday to Friday, lunch with no seats to book."""

from __future__ import annotations

from datetime import time

from tests import cast

from madoguchi.booking.offering import Offer, offer, set_offer
from madoguchi.booking.services import Hours, Lane, Service, Weekday

PLACE = ("main", "residents")


def hours(seats: int) -> tuple[Hours, ...]:
    """Every working day 8:30 to 12:00 and 13:00 to 17:15; over lunch one desk and no seats."""
    return tuple(
        span
        for day in (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)
        for span in (
            Hours(day, time(8, 30), time(12), max(2, seats), seats),
            Hours(day, time(12), time(13), 1, 0),
            Hours(day, time(13), time(17, 15), max(2, seats), seats),
        )
    )


def plan(seats: int = 1) -> Offer:
    """The offer with that many seats in each quarter-hour."""
    return Offer(
        services=(
            Service("moving", "引越し", 25, "A", "citizens", "move_in"),
            Service("papers", "証明書", 5, "B", "citizens"),
            Service("tax", "税の証明", 5, "C", "tax", bookable=False),
        ),
        lanes=(Lane("main", "residents", "住民異動", ("moving", "papers", "tax"), ("desk1", "desk2")),),
        hours={PLACE: hours(seats)},
        single_days={},
    )


def offered(seats: int = 1) -> Offer:
    """Set it and read it back."""
    set_offer(offer=plan(seats), by=cast.SETTER, now=cast.NOW)
    return offer()

"""Many people press in the same moment: one gets the last seat, every other is told, and the seats add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from tests import cast
from tests.rooms.booking.offered import offered
from tests.together import together

from madoguchi.audit.entries import Actor
from madoguchi.booking import reserving
from madoguchi.booking.booked import HOLD_MINUTES, MOST_LIVING, HoldOver, TooMany, VisitPart
from madoguchi.booking.models import BookingRow, SlotRow
from madoguchi.booking.models.bookings import LIVING
from madoguchi.booking.offering import Offer
from madoguchi.booking.slots import SlotFull

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY, NINE = date(2026, 11, 10), 36
ONE, TWO = (VisitPart("papers", 15),), (VisitPart("moving", 25),)


def press(
    offer: Offer, number: int, quarter: int, parts: tuple[VisitPart, ...] = ONE, owner: str = ""
) -> str:
    return reserving.hold(
        offered=offer, branch="main", parts=parts, day=TUESDAY, quarter=quarter, owner=owner or f"v{number}",
        request=f"r{number}", channel="web", now=cast.NOW,
    ).number  # fmt: skip


def adds_up() -> bool:
    """Seats used are exactly those of the living bookings, and never more than there are."""
    taken: Counter[tuple[date, int]] = Counter()
    for row in BookingRow.objects.filter(state__in=LIVING):
        taken.update((row.day, row.quarter + step) for step in range(row.quarters))
    slots = {(one.day, one.quarter): one for one in SlotRow.objects.all()}
    return all(
        one.used == taken.get(place, 0) and one.used <= one.seats + one.beyond for place, one in slots.items()
    )


def test_of_sixteen_who_want_the_last_seat_one_gets_it(city: Mapping[str, Actor]) -> None:
    offer = offered(1)
    told = together(*(lambda n=n: press(offer, n, NINE) for n in range(16)))  # type: ignore[misc]  # a default binds n
    assert Counter(type(one) for one in told) == {type(None): 1, SlotFull: 15}
    assert adds_up()


def test_visits_that_cross_each_other_never_stand_still(city: Mapping[str, Actor]) -> None:
    offer = offered(1)
    told = together(*(lambda n=n: press(offer, n, NINE + n % 3, TWO) for n in range(12)))  # type: ignore[misc]  # a default binds it
    assert {type(one) for one in told} <= {type(None), SlotFull}
    assert sum(one is None for one in told) in (1, 2)
    assert adds_up()


def test_one_press_that_arrives_many_times_is_one_booking(city: Mapping[str, Actor]) -> None:
    offer = offered(5)
    told = together(*(lambda: press(offer, 1, NINE) for _ in range(8)))
    assert set(told) == {None}
    assert BookingRow.objects.count() == 1
    assert adds_up()


def test_nobody_gets_more_than_allowed_by_pressing_at_once(city: Mapping[str, Actor]) -> None:
    offer = offered(9)
    told = together(*(lambda n=n: press(offer, n, NINE, owner="me") for n in range(8)))  # type: ignore[misc]  # a default binds it
    assert BookingRow.objects.count() == MOST_LIVING
    assert {type(one) for one in told} == {type(None), TooMany}
    assert adds_up()


@pytest.mark.parametrize("attempt", range(4))
def test_a_hold_that_ends_while_it_is_confirmed_is_one_or_the_other(
    city: Mapping[str, Actor], attempt: int
) -> None:
    offer = offered(1)
    number, later = press(offer, 1, NINE), cast.NOW + timedelta(minutes=HOLD_MINUTES)
    told = together(lambda: reserving.confirm(number=number, now=later), lambda: reserving.expire(now=later))
    state = BookingRow.objects.get().state
    assert (state, type(told[0])) in (("confirmed", type(None)), ("expired", HoldOver))
    assert adds_up()


@pytest.mark.parametrize("attempt", range(4))
def test_a_booking_changed_twice_at_once_stands_at_one_time(city: Mapping[str, Actor], attempt: int) -> None:
    offer = offered(1)
    number = press(offer, 1, NINE)
    reserving.confirm(number=number, now=cast.NOW)
    goals = (NINE + 4, NINE + 8)
    told = together(
        *(
            lambda goal=goal: reserving.change(  # type: ignore[misc]  # a default binds it
                offered=offer, number=number, day=TUESDAY, quarter=goal, now=cast.NOW
            )
            for goal in goals
        )
    )
    assert sum(one is None for one in told) in (1, 2)
    assert BookingRow.objects.get().quarter in goals
    assert adds_up()

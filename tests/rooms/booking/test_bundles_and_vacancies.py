"""How long a visit takes, and where it still fits: words instead of numbers, the quieter times first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast
from tests.rooms.booking.offered import hours

from madoguchi.booking import reserving
from madoguchi.booking.booked import VisitPart, quarters_for
from madoguchi.booking.bundles import LONGEST_VISIT_MINUTES, VisitTooLong, bundle, visit_of
from madoguchi.booking.hours import Quarter
from madoguchi.booking.models import LaneRow, SlotRow
from madoguchi.booking.offering import Offer
from madoguchi.booking.slots import make_day
from madoguchi.booking.vacancies import (
    TimeFree,
    Vacancy,
    days_free,
    expected_waits,
    quieter_first,
    times_free,
    wait_rounded,
)

TUESDAY = date(2026, 11, 10)
TODAY = (cast.TODAY, 40)


def test_a_bundle_joins_equal_services_in_the_order_in_which_they_were_decided() -> None:
    parts = bundle(decided=[("moving", 25), ("insurance", 15), ("moving", 5)])
    assert parts == (VisitPart("moving", 30), VisitPart("insurance", 15))
    assert quarters_for(parts) == 3
    with pytest.raises(VisitTooLong):
        bundle(decided=[("moving", LONGEST_VISIT_MINUTES + 1)])


@pytest.mark.django_db
def test_learned_minutes_take_the_place_of_declared_ones(offered: Offer) -> None:
    assert (
        sum(one.minutes for one in visit_of(offered=offered, services=["moving", "insurance", "moving"]))
        == 45
    )
    learned = visit_of(offered=offered, services=["moving", "insurance"], learned={"moving": 33})
    assert learned == (VisitPart("moving", 33), VisitPart("insurance", 20))


def test_one_more_waits_only_when_every_open_desk_is_busy() -> None:
    two = [Quarter(36, 2, 1), Quarter(37, 2, 1), Quarter(38, 2, 1)]
    assert expected_waits(two, [(36, 30)]) == {36: 0, 37: 0, 38: 0}
    assert expected_waits(two, [(36, 30), (36, 20)]) == {36: 20, 37: 5, 38: 0}
    fewer = [Quarter(36, 2, 1), Quarter(37, 1, 1)]  # a desk goes to lunch
    assert expected_waits(fewer, [(36, 30), (36, 30)])[37] == 15


@given(st.lists(st.tuples(st.integers(36, 43), st.integers(1, 60)), max_size=12), st.integers(1, 4))
def test_one_more_visit_never_makes_a_wait_shorter(visits: list[tuple[int, int]], desks: int) -> None:
    open_then = [Quarter(number, desks, 1) for number in range(36, 48)]
    before = expected_waits(open_then, visits)
    after = expected_waits(open_then, [*visits, (36, 30)])
    assert all(after[number] >= wait for number, wait in before.items())


def test_a_wait_is_told_in_steps() -> None:
    assert [wait_rounded(n) for n in (0, 5, 6, 11, 20)] == [0, 0, 10, 15, 20]


def test_the_quietest_times_are_not_all_in_one_part_of_the_day() -> None:
    times = [TimeFree(number, Vacancy.FREE, 0) for number in range(34, 68)]
    chosen = [one.quarter for one in quieter_first(times)]
    assert chosen[0] == 34
    assert min(abs(one - other) for one in chosen for other in chosen if one != other) >= 8
    busy = [TimeFree(34, Vacancy.FEW, 0, 5), TimeFree(35, Vacancy.FREE, 20), TimeFree(50, Vacancy.FREE, 0)]
    assert quieter_first(busy)[0].quarter == 50
    assert len(quieter_first(times[:2])) == 2


@pytest.mark.django_db
def test_looking_writes_nothing_and_what_is_taken_is_not_offered(offered: Offer) -> None:
    lane = offered.lane_of("main", "moving")
    before = times_free(offered=offered, lane=lane, day=TUESDAY, count=2, after=TODAY)
    assert not SlotRow.objects.exists()
    assert not {46, 47, 48} & {one.quarter for one in before} - {46}  # no visit runs into lunch
    reserving.hold(
        offered=offered, branch="main", parts=(VisitPart("moving", 25),), day=TUESDAY, quarter=40, owner="o",
        request="r", channel="web", now=cast.NOW,
    )  # fmt: skip
    after = {one.quarter for one in times_free(offered=offered, lane=lane, day=TUESDAY, count=2, after=TODAY)}
    assert {one.quarter for one in before} - after == {39, 40, 41}


@pytest.mark.django_db
def test_a_day_is_told_in_words(offered: Offer) -> None:
    lane = offered.lane_of("main", "moving")

    def words(day: date) -> Vacancy:
        return days_free(offered=offered, lane=lane, first=day, last=day, count=2, after=TODAY)[day]

    assert words(TUESDAY) is Vacancy.FREE
    assert (
        words(date(2026, 11, 21)) is words(date(2026, 11, 23)) is words(date(2026, 12, 30)) is Vacancy.CLOSED
    )
    assert words(date(2026, 12, 12)) is Vacancy.FREE  # 第2土曜
    row = LaneRow.objects.get(branch="main", key="residents")
    make_day(lane=row, day=TUESDAY, offered=offered)
    slots = SlotRow.objects.filter(lane=row, day=TUESDAY, seats=1)
    slots.exclude(quarter__in=range(36, 48)).update(used=1)
    assert words(TUESDAY) is Vacancy.SOME
    slots.exclude(quarter__in=(40, 41)).update(used=1)
    assert words(TUESDAY) is Vacancy.FEW
    slots.update(used=1)
    assert words(TUESDAY) is Vacancy.FULL
    assert hours(1)  # the small plan of the other tests stays as it is

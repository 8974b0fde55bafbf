"""Which quarter-hours a lane serves: weekdays, seasons, single days, lunch, the city's closed days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

import pytest
from tests import cast

from madoguchi.audit.entries import Actor
from madoguchi.booking.hours import quarters_of
from madoguchi.booking.offering import Offer, TwoLanes, offer, quarters, set_offer
from madoguchi.booking.services import DayHours, Hours, Lane, Service, Weekday
from madoguchi.jp.open_days import OpenDays

MONDAY = date(2026, 11, 9)
MORNING = Hours(Weekday.MONDAY, time(8, 30), time(12), 4, 2)
LUNCH = Hours(Weekday.MONDAY, time(12), time(13), 1, 0)
AFTERNOON = Hours(Weekday.MONDAY, time(13), time(17, 15), 4, 2)
WEEK = (MORNING, LUNCH, AFTERNOON)


def test_a_day_begins_and_ends_with_whole_quarters() -> None:
    found = quarters_of(MONDAY, WEEK, (), OpenDays())
    assert [found[0].begins, found[-1].begins] == [time(8, 30), time(17)]
    assert [one.desks for one in found if one.begins in (time(11, 45), time(12, 45), time(13))] == [4, 1, 4]
    odd = quarters_of(MONDAY, (Hours(Weekday.MONDAY, time(8, 40), time(9, 20), 1, 1),), (), OpenDays())
    assert [one.begins for one in odd] == [time(8, 45), time(9)]


@pytest.mark.parametrize(
    "day", [date(2026, 11, 23), date(2026, 12, 29), date(2027, 1, 3), date(2026, 11, 14)]
)
def test_a_holiday_the_turn_of_the_year_and_a_saturday_have_none(day: date) -> None:
    every_day = tuple(Hours(weekday, time(9), time(17), 4, 2) for weekday in Weekday)
    assert quarters_of(day, every_day, (), OpenDays()) == ()


def test_a_single_day_holds_alone_even_on_a_saturday() -> None:
    saturday = date(2026, 11, 14)
    own = DayHours(saturday, (Hours(Weekday.SATURDAY, time(9), time(12), 2, 2),), "土曜開庁")
    assert len(quarters_of(saturday, WEEK, (own,), OpenDays())) == 12
    assert quarters_of(MONDAY, WEEK, (DayHours(MONDAY, (), "停電"),), OpenDays()) == ()


def test_the_season_that_began_last_holds() -> None:
    peak = Hours(Weekday.MONDAY, time(8, 30), time(19), 6, 3, date(2027, 3, 15), date(2027, 4, 10))
    assert len(quarters_of(date(2027, 3, 29), (*WEEK, peak), (), OpenDays())) == 42
    assert len(quarters_of(date(2027, 4, 12), (*WEEK, peak), (), OpenDays())) == 35


PLAN = Offer(
    services=(Service("moving", "引越し", 20, "A", "citizens", "move_in"), Service("papers", "証明書", 5, "B", "citizens")),
    lanes=(Lane("main", "residents", "住民異動", ("moving", "papers"), ("desk1", "desk2")),),
    hours={("main", "residents"): WEEK},
    single_days={("main", "residents"): (DayHours(date(2026, 11, 16), (), "停電"),)},
)  # fmt: skip


def test_what_was_set_is_what_is_offered(city: Mapping[str, Actor]) -> None:
    set_offer(offer=PLAN, by=cast.SETTER, now=cast.NOW)
    set_offer(offer=PLAN, by=cast.SETTER, now=cast.NOW)
    assert offer() == PLAN
    assert len(quarters(offered=offer(), branch="main", lane="residents", day=MONDAY)) == 35
    assert quarters(offered=offer(), branch="main", lane="residents", day=date(2026, 11, 16)) == ()


def test_a_service_has_one_lane_in_a_branch(city: Mapping[str, Actor]) -> None:
    twice = (*PLAN.lanes, Lane("main", "second", "証明", ("papers",), ("desk3",)))
    with pytest.raises(TwoLanes, match="証明書"):
        set_offer(
            offer=Offer(PLAN.services, twice, PLAN.hours, PLAN.single_days), by=cast.SETTER, now=cast.NOW
        )
    assert offer().lanes == ()

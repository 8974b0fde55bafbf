"""The forecast finds again what was put in, is never negative, knows nothing beforehand, and beats last week's day."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.levelling.invented import CALENDAR, QUARTERS, WEEKDAYS, days, expected

from madoguchi.booking.levelling.backtest import backtest
from madoguchi.booking.levelling.bands import band, mean_and_band, percentile, quantile
from madoguchi.booking.levelling.day_kinds import DayKind, kinds_of
from madoguchi.booking.levelling.demand import FEW_DAYS, PastDay, demand_of, learned_from
from madoguchi.jp.open_days import OpenDays

PAST = days()
TODAY = date(2026, 11, 9)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2026, 3, 31), {DayKind.SEASON, DayKind.MONTH_END}),
        (date(2026, 4, 1), {DayKind.SEASON, DayKind.MONTH_START}),
        (date(2026, 4, 15), {DayKind.SEASON}),
        (date(2026, 4, 16), set()),
        (date(2026, 1, 5), {DayKind.MONTH_START}),  # Monday after 12/29–1/4: a closure of seven days
        (date(2026, 5, 7), {DayKind.AFTER_CLOSURE}),
        (date(2026, 5, 1), {DayKind.MONTH_START, DayKind.BEFORE_CLOSURE}),
        (date(2026, 11, 4), {DayKind.MONTH_START}),  # 11/3 alone is no long closure
        (date(2026, 9, 18), {DayKind.BEFORE_CLOSURE}),  # five days with 国民の休日 on 9/22
    ],
)
def test_kinds_of_days(day: date, kinds: set[DayKind]) -> None:
    found = kinds_of(day, CALENDAR)
    assert kinds <= found
    assert found - kinds <= {DayKind.MONTH_START, DayKind.AFTER_CLOSURE}


def test_the_third_open_day_of_a_month_is_its_beginning_and_the_fourth_is_not() -> None:
    assert DayKind.MONTH_START in kinds_of(date(2026, 7, 3), CALENDAR)
    assert DayKind.MONTH_START not in kinds_of(date(2026, 7, 6), CALENDAR)
    assert DayKind.MONTH_END in kinds_of(date(2026, 7, 29), CALENDAR)
    assert DayKind.MONTH_END not in kinds_of(date(2026, 7, 28), CALENDAR)


def test_a_calendar_of_closed_days_alone_ends() -> None:
    never = OpenDays(weekly=frozenset(range(7)))
    assert DayKind.AFTER_CLOSURE in kinds_of(date(2026, 7, 3), never)


def test_what_was_put_in_is_found_again() -> None:
    learned = learned_from(PAST, CALENDAR, as_of=TODAY)
    for ahead in range(5):
        day = date(2026, 11, 9) + timedelta(days=ahead)
        assert learned.of_day(day, kinds_of(day, CALENDAR)) == pytest.approx(expected(day), rel=0.1)
    season = date(2027, 3, 24)
    assert learned.of_day(season, frozenset({DayKind.SEASON})) == pytest.approx(expected(season), rel=0.1)
    assert learned.day_spread == pytest.approx(0.02, abs=0.02)


def test_the_forecast_beats_last_weeks_day_and_its_band_holds() -> None:
    for lead_days in (1, 7):
        tried = backtest(PAST, CALENDAR, lead_days=lead_days, last=90)
        assert tried is not None and tried.days == 90
        assert tried.by_quarter < tried.by_quarter_last_week * 0.8
        assert tried.by_day < tried.by_day_last_week * 0.8
        assert 0.72 <= tried.within <= 0.9
        assert tried.gain == pytest.approx(1 - tried.by_quarter / tried.by_quarter_last_week)


def test_a_backtest_needs_two_weeks() -> None:
    assert backtest([], CALENDAR) is None
    assert backtest(PAST[:8], CALENDAR) is None


def test_nothing_is_known_beforehand() -> None:
    """Days from `as_of` on change nothing; days before do."""
    as_of = date(2026, 6, 1)
    before = [one for one in PAST if one.day < as_of]
    assert learned_from(PAST, CALENDAR, as_of=as_of) == learned_from(before, CALENDAR, as_of=as_of)
    assert learned_from(PAST, CALENDAR, as_of=TODAY) != learned_from(before, CALENDAR, as_of=TODAY)


def test_with_few_days_little_is_believed_and_the_band_is_wide() -> None:
    monday, one_week = (
        date(2026, 6, 15),
        [one for one in PAST if date(2026, 6, 8) <= one.day < date(2026, 6, 15)],
    )
    few = demand_of(learned_from(one_week, CALENDAR, as_of=monday), monday, QUARTERS, CALENDAR)
    many = demand_of(learned_from(PAST, CALENDAR, as_of=monday), monday, QUARTERS, CALENDAR)
    assert few.few and not many.few and many.learned_days > FEW_DAYS
    width = [(one.total.high - one.total.low) / one.total.expected for one in (few, many)]
    assert width[0] > width[1] * 1.2
    # One Monday alone moves the weekday's factor only part of the way.
    assert abs(learned_from(one_week, CALENDAR, as_of=monday).factors[0] - 1) < abs(WEEKDAYS[0] - 1)


def test_a_kind_of_day_that_was_never_there_is_named_and_widens_the_band() -> None:
    summer = [one for one in PAST if one.day >= date(2026, 6, 1)]
    day = date(2027, 3, 24)
    unseen = demand_of(learned_from(summer, CALENDAR, as_of=day), day, QUARTERS, CALENDAR)
    seen = demand_of(learned_from(PAST, CALENDAR, as_of=day), day, QUARTERS, CALENDAR)
    assert unseen.unseen == {DayKind.SEASON} and seen.unseen == set()
    assert unseen.spread > seen.spread


def test_a_new_office_has_a_band_too() -> None:
    found = demand_of(learned_from([], CALENDAR, as_of=TODAY), TODAY, QUARTERS, CALENDAR, booked={40: 3})
    assert found.few and found.total.expected == pytest.approx(2.7)
    assert found.total.low <= 2.7 <= found.total.high


def test_known_bookings_are_counted_as_they_stand_and_the_usual_rest_is_expected() -> None:
    past = [
        PastDay(one.day, {q: n + (q == 40) * 4 for q, n in one.arrivals.items()}, {40: 4}, 5)
        for one in PAST[-60:]
    ]
    learned = learned_from(past, CALENDAR, as_of=TODAY)
    assert learned.shown == pytest.approx((60 * 4 + 18) / (60 * 5 + 20))
    none, many = (demand_of(learned, TODAY, QUARTERS, CALENDAR, booked=booked) for booked in ({}, {50: 20}))
    assert sum(one.booked for one in none.quarters) == pytest.approx(5 * learned.shown)
    assert {one.quarter for one in none.quarters if one.booked} == {40}
    assert sum(one.booked for one in many.quarters) == pytest.approx(20 * learned.shown)
    assert {one.quarter for one in many.quarters if one.booked} == {50}


COUNTS = st.lists(
    st.tuples(st.integers(0, 90), st.dictionaries(st.integers(30, 70), st.integers(0, 400), max_size=20)),
    max_size=25,
    unique_by=lambda one: one[0],
)


@given(
    COUNTS,
    st.integers(0, 60),
    st.dictionaries(st.integers(34, 60), st.integers(0, 50), max_size=6),
    st.data(),
)
def test_a_forecast_is_never_negative_and_lies_in_its_band(
    counts: list[tuple[int, dict[int, int]]], ahead: int, booked: dict[int, int], data: st.DataObject
) -> None:
    past = [
        PastDay(
            date(2026, 8, 1) + timedelta(days=day),
            arrivals,
            {q: data.draw(st.integers(0, n)) for q, n in list(arrivals.items())[:3]},
            data.draw(st.integers(0, 30)),
        )
        for day, arrivals in counts
    ]
    day = TODAY + timedelta(days=ahead)
    found = demand_of(learned_from(past, CALENDAR, as_of=TODAY), day, range(34, 69), CALENDAR, booked=booked)
    assert len(found.quarters) == 35
    for one in found.quarters:
        assert 0 <= one.booked <= one.band.expected + 1e-6
        assert math.isfinite(one.band.expected)
        assert 0 <= one.band.low <= one.band.high
    assert found.total.expected == pytest.approx(sum(one.band.expected for one in found.quarters))
    assert 0 <= found.total.low <= found.total.high


@given(st.floats(0, 5000), st.floats(0, 3))
def test_a_band_is_in_order(mean: float, spread: float) -> None:
    found = band(mean, spread)
    assert 0 <= found.low <= found.high
    assert found.low <= mean + 1
    assert quantile(mean, spread, 0.9) >= quantile(mean, spread, 0.1)


def test_quantiles_are_those_of_the_distributions() -> None:
    # Poisson(3): P(≤1)=0.199, P(≤5)=0.916; negative binomial with mean 3 and variance 12: P(0)=1/4
    assert [quantile(3, 0, share) for share in (0.1, 0.9)] == [1, 5]
    assert [quantile(3, 1, share) for share in (0.1, 0.25, 0.9)] == [0, 0, 8]
    assert quantile(0, 1, 0.9) == 0


def test_mean_and_band_of_measured_values() -> None:
    assert mean_and_band([float(n) for n in range(11)]) == (5.0, 1.0, 9.0)
    assert percentile([2.0], 0.9) == 2.0
    with pytest.raises(ValueError, match="値がひとつも"):
        mean_and_band([])

"""Ages, school years and periods, each with the printed date it has to give (E01–E07, E09–E12)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.dates import (
    PossibleDays,
    add_months,
    age_on,
    attains,
    birthday,
    due,
    due_months,
    elderly_recipient_from,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_start,
    month_start,
    next_month_start,
    roll_to_open_day,
    school_entry,
    school_grade,
)
from madoguchi.jp.open_days import OpenDays, holiday_name, national_closed

CALENDAR = OpenDays()
births = st.dates(date(1900, 1, 1), date(2100, 12, 31))
ages = st.integers(0, 110)
days = st.dates(date(2000, 1, 1), date(2050, 12, 31))


def test_e01_the_age_rises_on_the_day_before_the_birthday() -> None:
    assert attains(date(1961, 8, 1), 65) == date(2026, 7, 31)
    assert age_on(date(1961, 8, 1), date(2026, 7, 30)) == 64
    assert age_on(date(1961, 8, 1), date(2026, 7, 31)) == 65


@pytest.mark.parametrize(
    ("birth", "last_day"), [(date(2008, 4, 1), date(2026, 3, 31)), (date(2008, 4, 2), date(2027, 3, 31))]
)
def test_e02_born_on_1_april_belongs_to_the_school_year_before(birth: date, last_day: date) -> None:
    assert fiscal_year_end(attains(birth, 18)) == last_day


def test_e02_the_cohort_of_upper_secondary_age_in_autumn_2024() -> None:
    def ends(birth: date) -> bool:
        return fiscal_year_end(attains(birth, 18)) >= date(2024, 10, 1)

    def begun(birth: date) -> bool:
        return fiscal_year_end(attains(birth, 15)) < date(2024, 10, 1)

    cohort = (date(2006, 4, 1), date(2006, 4, 2), date(2009, 4, 1), date(2009, 4, 2))
    assert [ends(day) and begun(day) for day in cohort] == [False, True, True, False]


@pytest.mark.parametrize(
    ("birth", "first_day"),
    [
        (date(2019, 4, 2), date(2026, 4, 1)),
        (date(2020, 4, 1), date(2026, 4, 1)),
        (date(2020, 4, 2), date(2027, 4, 1)),
    ],
)
def test_e03_first_grade_begins(birth: date, first_day: date) -> None:
    assert school_entry(birth) == first_day
    assert school_grade(birth, first_day - timedelta(days=1)) is None
    assert school_grade(birth, first_day) == 1


def test_e04_late_elderly_begins_on_the_birthday_itself() -> None:
    assert birthday(date(1951, 11, 1), 75) == date(2026, 11, 1)
    assert attains(date(1951, 11, 1), 75) == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("birth", "first_day"), [(date(1956, 11, 1), date(2026, 11, 1)), (date(1956, 11, 2), date(2026, 12, 1))]
)
def test_e05_the_share_at_70_begins_in_the_month_of_whoever_was_born_on_the_1st(
    birth: date, first_day: date
) -> None:
    assert elderly_recipient_from(birth) == first_day


def test_e06_born_on_the_1st_moves_the_month_of_the_pension() -> None:
    assert month_start(attains(date(2006, 12, 1), 20)) == date(2026, 11, 1)
    assert month_start(attains(date(2006, 12, 2), 20)) == date(2026, 12, 1)


def test_e07_born_on_29_february() -> None:
    birth = date(2008, 2, 29)
    assert attains(birth, 18) == date(2026, 2, 28)
    assert birthday(birth, 18) == date(2026, 3, 1)
    assert attains(birth, 20) == date(2028, 2, 28)
    assert birthday(birth, 20) == date(2028, 2, 29)


def test_e09_a_birth_counts_its_first_day_and_a_move_does_not() -> None:
    assert due(date(2026, 11, 5), 14, count_first_day=True) == date(2026, 11, 18)
    assert due(date(2026, 11, 5), 14, count_first_day=False) == date(2026, 11, 19)


def test_e08_whoever_turns_18_on_the_day_after_may_vote() -> None:
    assert attains(date(2008, 11, 16), 18) <= date(2026, 11, 15)
    assert attains(date(2008, 11, 17), 18) > date(2026, 11, 15)


@pytest.mark.parametrize(
    ("start", "count_first_day", "written", "rolled"),
    [
        (date(2026, 11, 1), True, date(2026, 11, 14), date(2026, 11, 16)),
        (date(2026, 11, 9), False, date(2026, 11, 23), date(2026, 11, 24)),
    ],
)
def test_e09_a_period_that_ends_on_a_closed_day_ends_on_the_next_open_one(
    start: date, count_first_day: bool, written: date, rolled: date
) -> None:
    end = due(start, 14, count_first_day=count_first_day)
    assert end == written
    assert roll_to_open_day(end, CALENDAR.is_open) == rolled


def test_e10_the_fifteen_days_run_from_the_planned_day_of_moving_out() -> None:
    assert due(date(2026, 10, 25), 15, count_first_day=False) == date(2026, 11, 9)


def test_e11_the_long_closure_of_2019() -> None:
    end = due(date(2019, 4, 12), 15, count_first_day=False)
    assert end == date(2019, 4, 27)
    assert roll_to_open_day(end, CALENDAR.is_open) == date(2019, 5, 7)


def test_e11_the_city_may_close_or_open_a_day_of_its_own() -> None:
    own = OpenDays(closed=frozenset({date(2026, 11, 24)}), opened=frozenset({date(2026, 11, 22)}))
    assert roll_to_open_day(date(2026, 11, 23), own.is_open) == date(2026, 11, 25)
    assert own.is_open(date(2026, 11, 22))


@pytest.mark.parametrize("day", [date(2026, 9, 22), date(2026, 5, 6), date(2026, 11, 3)])
def test_e11_holidays_between_holidays_and_in_lieu_are_closed(day: date) -> None:
    assert national_closed(day)


@pytest.mark.parametrize(
    ("day", "closed", "name"),
    [
        (date(2026, 12, 28), False, ""),
        (date(2026, 12, 29), True, "年末年始"),
        (date(2026, 12, 31), True, "年末年始"),
        (date(2027, 1, 1), True, "元日"),
        (date(2028, 1, 3), True, "年末年始"),
        (date(2028, 1, 4), False, ""),
        (date(2026, 11, 3), True, "文化の日"),
    ],
)
def test_e11_the_days_around_the_turn_of_the_year(day: date, closed: bool, name: str) -> None:
    assert (national_closed(day), holiday_name(day)) == (closed, name)
    assert CALENDAR.is_open(day) is not closed


def test_e11_a_calendar_that_is_closed_for_two_months_is_refused() -> None:
    day = date(2026, 4, 1)
    assert roll_to_open_day(day, lambda one: one == day + timedelta(days=59)) == day + timedelta(days=59)
    with pytest.raises(ValueError, match="2026-04-01 のあと60日間、開庁日がありません"):
        roll_to_open_day(day, lambda one: one >= day + timedelta(days=60))


def test_e11_a_city_may_close_on_other_days_of_the_week() -> None:
    own = OpenDays(weekly=frozenset({0}))
    assert [own.is_open(date(2026, 11, day)) for day in (7, 8, 9, 10)] == [True, True, False, True]
    assert [CALENDAR.is_open(date(2026, 11, day)) for day in (7, 8, 9, 10)] == [False, False, True, True]


def test_e11_a_calendar_is_a_value() -> None:
    assert OpenDays(frozenset({date(2026, 11, 24)})) == OpenDays(frozenset({date(2026, 11, 24)}))
    assert len({OpenDays(), OpenDays(), OpenDays(opened=frozenset({date(2026, 11, 22)}))}) == 2


def test_e12_the_first_day_of_a_right_is_not_rolled() -> None:
    assert not CALENDAR.is_open(birthday(date(1951, 11, 1), 75))
    assert birthday(date(1951, 11, 1), 75) == date(2026, 11, 1)


def test_e11_the_turn_of_the_year_is_closed() -> None:
    assert roll_to_open_day(date(2026, 12, 29), CALENDAR.is_open) == date(2027, 1, 4)


def test_a_calendar_without_an_open_day_is_refused() -> None:
    with pytest.raises(ValueError, match="開庁日の設定"):
        roll_to_open_day(date(2026, 11, 9), lambda day: False)


def test_months_without_a_corresponding_day_end_on_their_last() -> None:
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert due_months(date(2026, 12, 31), 2, count_first_day=False) == date(2027, 2, 28)
    assert due_months(date(2027, 1, 30), 1, count_first_day=False) == date(2027, 2, 28)
    assert next_month_start(date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize(("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026)])
def test_e20_the_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year
    assert fiscal_year_start(day) == date(year, 4, 1)


@given(births, ages)
def test_each_age_is_attained_once_and_in_order(birth: date, age: int) -> None:
    assert attains(birth, age) < attains(birth, age + 1)
    assert age_on(birth, attains(birth, age)) == age
    assert age_on(birth, attains(birth, age + 1) - timedelta(days=1)) == age


@given(births, births, ages)
def test_who_is_born_later_never_attains_earlier(one: date, other: date, age: int) -> None:
    earlier, later = min(one, other), max(one, other)
    assert attains(earlier, age) <= attains(later, age)
    assert birthday(earlier, age) <= birthday(later, age)
    assert school_entry(earlier) <= school_entry(later)


@given(births, ages)
def test_the_birthday_is_the_day_after_except_once_in_four_years(birth: date, age: int) -> None:
    assert birthday(birth, age) - attains(birth, age) == timedelta(days=1)


@given(days)
def test_rolling_ends_on_an_open_day_and_stays_there(day: date) -> None:
    rolled = roll_to_open_day(day, CALENDAR.is_open)
    assert rolled >= day
    assert CALENDAR.is_open(rolled)
    assert roll_to_open_day(rolled, CALENDAR.is_open) == rolled


@given(days, st.integers(0, 240))
def test_months_forward_keep_order_and_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@given(births, births, ages)
def test_e15_days_that_are_possible_stay_in_order(one: date, other: date, age: int) -> None:
    unknown = PossibleDays("不詳", min(one, other), max(one, other))
    mapped = unknown.map(lambda day: attains(day, age))
    assert mapped.text == "不詳"
    assert mapped.earliest <= mapped.latest


def test_e15_possible_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="逆"):
        PossibleDays("不詳", date(2000, 1, 2), date(2000, 1, 1))

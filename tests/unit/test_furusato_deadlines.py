"""10 January, whatever the year: never before, only past holidays, by the calendar in Japan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.furusato.deadlines import (
    JAPAN,
    last_day,
    may_still_come,
    notice_day,
    statutory_day,
    tax_day,
    today_in_japan,
    years_open,
)

YEARS = st.integers(2015, 2090)


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2020, date(2021, 1, 12)),  # Sunday, then 成人の日
        (2021, date(2022, 1, 11)),  # 成人の日 itself
        (2022, date(2023, 1, 10)),
        (2023, date(2024, 1, 10)),  # a leap year
        (2024, date(2025, 1, 10)),
        (2025, date(2026, 1, 13)),  # Saturday, Sunday, 成人の日
        (2026, date(2027, 1, 12)),
        (2027, date(2028, 1, 11)),  # 成人の日 in a leap year
    ],
)
def test_known_years(year: int, day: date) -> None:
    assert last_day(year) == day


@given(YEARS)
def test_it_never_comes_before_the_tenth_and_passes_over_closed_days_only(year: int) -> None:
    first, last = statutory_day(year), last_day(year)
    assert (first.year, first.month, first.day) == (year + 1, 1, 10)
    assert first <= last <= first + timedelta(days=3)
    between = [first + timedelta(days=n) for n in range((last - first).days)]
    assert all(day.weekday() >= 5 or jpholiday.is_holiday(day) for day in between)
    assert last.weekday() < 5 and not jpholiday.is_holiday(last)
    assert tax_day(year) < first < notice_day(year)


@given(YEARS, st.integers(-400 * 24 * 60, 400 * 24 * 60), st.sampled_from([UTC, JAPAN]))
def test_in_time_until_the_end_of_that_day_in_japan(year: int, minutes: int, zone: object) -> None:
    end = datetime.combine(last_day(year) + timedelta(days=1), datetime.min.time(), tzinfo=JAPAN)
    moment = (end + timedelta(minutes=minutes)).astimezone(zone)  # type: ignore[arg-type]  # both are zones
    assert may_still_come(year, now=moment) is (minutes < 0)


def test_the_minute_before_and_after_midnight_in_japan() -> None:
    last = datetime(2027, 1, 12, 14, 59, tzinfo=UTC)
    assert may_still_come(2026, now=last) and not may_still_come(2026, now=last + timedelta(minutes=1))
    assert today_in_japan(datetime(2026, 12, 31, 15, 0, tzinfo=UTC)) == date(2027, 1, 1)
    with pytest.raises(ValueError, match="time zone"):
        today_in_japan(datetime(2026, 12, 31, 15, 0))  # noqa: DTZ001 -- that is what is refused


@given(
    st.dates(date(2016, 1, 1), date(2090, 1, 1)).map(
        lambda day: datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    )
)
def test_open_years_are_this_one_and_until_january_the_last(now: datetime) -> None:
    today = today_in_japan(now)
    assert years_open(now=now)[-1] == today.year
    assert (today.year - 1 in years_open(now=now)) is (today <= last_day(today.year - 1))

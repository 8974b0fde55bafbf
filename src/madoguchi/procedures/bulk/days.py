"""Legal dates over whole columns (法定日の列計算): the same days as `madoguchi.jp.dates`, for arrays of days since 1970-01-01.

Each function takes and gives arrays of 64-bit day numbers; `COLUMN_FUNCTIONS` has one for each function of the rules, but
`open_day`, which is looked up in the city's calendar.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from madoguchi.jp import dates
from madoguchi.jp.open_days import OpenDays

Days = npt.NDArray[Any]
_EPOCH = date(1970, 1, 1).toordinal()
_APRIL = 3


def number_of(day: date) -> int:
    """Return the number of a day."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """Return the day with a number."""
    return date.fromordinal(int(number) + _EPOCH)


def _months_and_days(days: Days) -> tuple[Days, Days]:
    """Return the months since January 1970, and the day of the month from 0 on."""
    whole = np.asarray(days, np.int64)
    months = whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months, whole - _first_of(months)


def _first_of(months: Days) -> Days:
    return np.asarray(months, np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def birthday(birth: Days, age: Days) -> Days:
    """29 February becomes 1 March of itself where there is no such day."""
    months, day = _months_and_days(birth)
    return _first_of(months + 12 * np.asarray(age, np.int64)) + day


def attains(birth: Days, age: Days) -> Days:
    return birthday(birth, age) - 1


def age_on(birth: Days, on: Days) -> Days:
    after = np.asarray(on, np.int64) + 1
    years = _months_and_days(after)[0] // 12 - _months_and_days(birth)[0] // 12
    return np.asarray(years - (birthday(birth, years) > after))


def last_birthday(on: int, age: int) -> int:
    """Return the last day on which somebody of this age on a day may have been born."""
    day = day_of(on)
    number = number_of(date(day.year - age, day.month, min(day.day, 28))) + 5
    while dates.attains(day_of(number), age) > day:
        number -= 1
    return number


def fiscal_year_start(day: Days) -> Days:
    months = _months_and_days(day)[0]
    return _first_of((months - _APRIL) // 12 * 12 + _APRIL)


def fiscal_year_end(day: Days) -> Days:
    months = _months_and_days(day)[0]
    return _first_of((months - _APRIL) // 12 * 12 + _APRIL + 12) - 1


def school_entry(birth: Days) -> Days:
    return fiscal_year_end(attains(birth, np.asarray(6))) + 1


def days_after(day: Days, days: Days) -> Days:
    return np.asarray(np.asarray(day, np.int64) + days)


def months_after(day: Days, months: Days) -> Days:
    begun, of_month = _months_and_days(day)
    month = begun + np.asarray(months, np.int64)
    first = _first_of(month)
    return np.asarray(np.minimum(first + of_month, _first_of(month + 1) - 1))


def next_month_start(day: Days) -> Days:
    return _first_of(_months_and_days(day)[0] + 1)


COLUMN_FUNCTIONS: dict[str, Callable[..., Days]] = {
    "attains": attains,
    "birthday": birthday,
    "age_on": age_on,
    "fiscal_year_start": fiscal_year_start,
    "fiscal_year_end": fiscal_year_end,
    "school_entry": school_entry,
    "days_after": days_after,
    "months_after": months_after,
    "next_month_start": next_month_start,
}


def open_day(day: Days, calendar: OpenDays) -> Days:
    """Each day, or the next one on which the office is open; every different day is looked up once."""
    different, places = np.unique(np.asarray(day, np.int64), return_inverse=True)
    opened = [number_of(dates.roll_to_open_day(day_of(one), calendar.is_open)) for one in different]
    return np.asarray(opened, np.int64)[places].reshape(np.shape(day))


def due(start: Days, days: int, *, count_first_day: bool) -> Days:
    """Return the last days of periods of `days` days, as `dates.due`."""
    return np.asarray(start, np.int64) + (days - 1 if count_first_day else days)

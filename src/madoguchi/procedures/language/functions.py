"""The functions that an expression may call (式の関数): legal dates and plain arithmetic of days.

Each is monotone in every argument, so a 不詳 date is carried through by its two ends. Results are remembered
across procedures, because the same `attains(birth_date, 65)` stands in many rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from madoguchi.jp import dates
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.language.tree import DATE, Kind, Type

_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Function:
    """One function: what it takes, what it gives, and in which arguments it falls instead of rises.

    One that `asks_calendar` takes the city's `OpenDays` behind its arguments.
    """

    parameters: tuple[Kind, ...]
    result: Type
    compute: Callable[..., Any]
    falling: frozenset[int] = frozenset()
    asks_calendar: bool = False


_DATE_AND_NUMBER = (Kind.DATE, Kind.NUMBER)


def _function(
    parameters: tuple[Kind, ...],
    compute: Callable[..., Any],
    *,
    result: Type = DATE,
    falling: frozenset[int] = frozenset(),
) -> Function:
    return Function(parameters, result, lru_cache(maxsize=_REMEMBERED)(compute), falling)


@lru_cache(maxsize=_REMEMBERED)
def open_day(day: date, calendar: OpenDays) -> date:
    """Return the day, or the next one on which the city's office is open (民法142条)."""
    return dates.roll_to_open_day(day, calendar.is_open)


FUNCTIONS: dict[str, Function] = {
    "attains": _function(_DATE_AND_NUMBER, dates.attains),
    "birthday": _function(_DATE_AND_NUMBER, dates.birthday),
    "age_on": _function(
        (Kind.DATE, Kind.DATE),
        dates.age_on,
        result=Type(Kind.NUMBER, unit="years"),
        falling=frozenset({0}),
    ),
    "fiscal_year_start": _function((Kind.DATE,), dates.fiscal_year_start),
    "fiscal_year_end": _function((Kind.DATE,), dates.fiscal_year_end),
    "school_entry": _function((Kind.DATE,), dates.school_entry),
    "days_after": _function(_DATE_AND_NUMBER, dates.add_days),
    "months_after": _function(_DATE_AND_NUMBER, dates.add_months),
    "next_month_start": _function((Kind.DATE,), dates.next_month_start),
    "open_day": Function((Kind.DATE,), DATE, open_day, asks_calendar=True),
}

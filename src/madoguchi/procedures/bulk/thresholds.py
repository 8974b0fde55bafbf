"""Comparisons of a date with what does not differ from row to row (期日の境): the last day that satisfies them, found once.

`reference_date < attains(person.birth_date, 18)` holds for whoever was born after a certain day. All functions of the
rules rise with their date, so that day is found by halving, with the very functions that decide one household.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.days import day_of, number_of
from madoguchi.procedures.bulk.same import mark_of
from madoguchi.procedures.bulk.scopes import Scope
from madoguchi.procedures.facts import NOTIFIED_ON
from madoguchi.procedures.language.functions import FUNCTIONS
from madoguchi.procedures.language.tree import Call, Compare, Constant, Day, Fact, Kind, Node, Parameter

# No fact is a day outside of these; a comparison that does not turn within them is the same for all.
_FIRST, _LAST = number_of(date(1200, 1, 1)), number_of(date(3000, 1, 1))
_EVER, _NEVER = 2**31 - 1, -(2**31)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The comparison holds where the fact is on or before the last day; `opposite`: where it is after."""

    fact: Fact
    last_day: int
    opposite: bool


def threshold_of(node: Compare, scope: Scope) -> Threshold | None:
    """Return the last day of a comparison; None where it has none."""
    if node.left.type.kind is not Kind.DATE or node.operator in ("==", "!="):
        return None
    notified = scope.batch.notified(scope.event)
    days = _days(notified, scope)
    return _remembered(Known(mark_of(node).number, node), days, scope.batch.open_days)


@dataclass(frozen=True, slots=True)
class Known:
    """A comparison, told from others by its number."""

    number: int
    node: Compare = field(compare=False)


@lru_cache(maxsize=4096)
def _remembered(known: Known, days: tuple[date | None, date | None], calendar: OpenDays) -> Threshold | None:
    return _found(known.node, days, calendar)


def _days(notified: Any, scope: Scope) -> tuple[date | None, date | None]:
    """Return the day of the event and of the notice, where they are the same in every row."""
    on = day_of(int(notified.low)) if notified.low.ndim == 0 else None
    return (on if scope.event.date_key == NOTIFIED_ON else None), on


def _found(node: Compare, days: tuple[date | None, date | None], calendar: OpenDays) -> Threshold | None:
    for side, other, operator in (
        (node.left, node.right, node.operator),
        (node.right, node.left, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[node.operator]),
    ):
        written = _constant(other, days, calendar)
        rising = _rising(side, days, calendar)
        if isinstance(written, date) and rising is not None:
            fact, function = rising
            within = operator in ("<", ">=")
            last = _last(function, written, strictly=within)
            return Threshold(fact, last, operator in (">", ">="))
    return None


def _last(function: Callable[[date], date], written: date, *, strictly: bool) -> int:
    """Return the last day for which the function is before (or on) the written day."""

    def holds(number: int) -> bool:
        found = function(day_of(number))
        return found < written if strictly else found <= written

    low, high = _FIRST, _LAST
    if holds(high):
        return _EVER
    if not holds(low):
        return _NEVER
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _constant(node: Node, days: tuple[date | None, date | None], calendar: OpenDays) -> Any:
    """Return what an expression gives everywhere; None where it may differ."""
    match node:
        case Constant(value=written) | Parameter(value=written):
            return written
        case Day(name=name):
            return days[1 if name == NOTIFIED_ON else 0]
        case Call(function=function, arguments=arguments) if function in FUNCTIONS:
            given = [_constant(one, days, calendar) for one in arguments]
            if None in given:
                return None
            return FUNCTIONS[function].compute(
                *given, *([calendar] if FUNCTIONS[function].asks_calendar else [])
            )
    return None


def _rising(
    node: Node, days: tuple[date | None, date | None], calendar: OpenDays
) -> tuple[Fact, Callable[[date], date]] | None:
    """Return the one fact that a date hangs on, and the date as a function of it."""
    if isinstance(node, Fact):
        return node, lambda day: day
    if not isinstance(node, Call) or node.function not in FUNCTIONS or 0 in FUNCTIONS[node.function].falling:
        return None
    inner = _rising(node.arguments[0], days, calendar)
    rest = [_constant(one, days, calendar) for one in node.arguments[1:]]
    if inner is None or None in rest or node.type.kind is not Kind.DATE:
        return None
    compute = getattr(FUNCTIONS[node.function].compute, "__wrapped__", FUNCTIONS[node.function].compute)
    last = [calendar] if FUNCTIONS[node.function].asks_calendar else []
    fact, before = inner
    return fact, lambda day: compute(before(day), *rest, *last)


__all__ = ["Threshold", "threshold_of"]

"""Spans (幅): a value of which only the lowest and the highest possibility are known.

A 不詳 date is a span of days; a count over people some of whom are unclear is a span of numbers.
Comparisons give True or False only when every possibility agrees, else None.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final


class Span:
    """All values from `low` to `high`, both included; `low` < `high`."""

    __slots__ = ("high", "low")

    def __init__(self, low: Any, high: Any) -> None:
        self.low: Final = low
        self.high: Final = high

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and (self.low, self.high) == (other.low, other.high)

    def __hash__(self) -> int:
        return hash((self.low, self.high))

    def __repr__(self) -> str:
        return f"Span({self.low!r}, {self.high!r})"


class Nothing:
    """The smallest or largest of no values at all; every comparison with it is False."""


NOTHING: Final = Nothing()


def span(low: Any, high: Any) -> Any:
    """Return the value itself when there is only one possibility, else a span."""
    return low if low == high else Span(low, high)


def low_of(value: Any) -> Any:
    """Return the lowest possibility."""
    return value.low if value.__class__ is Span else value


def high_of(value: Any) -> Any:
    """Return the highest possibility."""
    return value.high if value.__class__ is Span else value


def less(left: Any, right: Any) -> bool | None:
    """Return whether left < right over all possibilities; None when they disagree."""
    if left is NOTHING or right is NOTHING:
        return False
    if high_of(left) < low_of(right):
        return True
    if low_of(left) >= high_of(right):
        return False
    return None


def less_or_equal(left: Any, right: Any) -> bool | None:
    """Return whether left <= right over all possibilities; None when they disagree."""
    if left is NOTHING or right is NOTHING:
        return False
    if high_of(left) <= low_of(right):
        return True
    if low_of(left) > high_of(right):
        return False
    return None


def equal(left: Any, right: Any) -> bool | None:
    """Return whether left == right over all possibilities; None when they disagree."""
    if left is NOTHING or right is NOTHING:
        return False
    if left.__class__ is not Span and right.__class__ is not Span:
        return bool(left == right)
    if high_of(left) < low_of(right) or low_of(left) > high_of(right):
        return False
    return None


def add(left: Any, right: Any) -> Any:
    """Return the sum of two numbers or spans."""
    return span(low_of(left) + low_of(right), high_of(left) + high_of(right))


def subtract(left: Any, right: Any) -> Any:
    """Return the difference; between two dates it is the number of days."""
    return span(_difference(low_of(left), high_of(right)), _difference(high_of(left), low_of(right)))


def multiply(left: Any, right: Any) -> Any:
    """Return the product of two numbers or spans."""
    return _over_ends(left, right, lambda one, other: one * other)


def divide(left: Any, right: Any) -> Any:
    """Return the whole-number quotient; None when the divisor may be zero."""
    if low_of(right) <= 0 <= high_of(right):
        return None
    return _over_ends(left, right, lambda one, other: one // other)


def _difference(left: Any, right: Any) -> int:
    difference = left - right
    return int(difference.days) if isinstance(left, date) else int(difference)


def _over_ends(left: Any, right: Any, operation: Callable[[int, int], int]) -> Any:
    ends = [
        operation(one, other)
        for one in (low_of(left), high_of(left))
        for other in (low_of(right), high_of(right))
    ]
    return span(min(ends), max(ends))

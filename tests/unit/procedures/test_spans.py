"""Values of which only the ends are known: what is said of a span holds for every value inside it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.procedures.language import spans
from madoguchi.procedures.language.spans import NOTHING, Span, high_of, low_of, span

ENDS = st.tuples(st.integers(-4, 4), st.integers(0, 3)).map(lambda one: span(one[0], one[0] + one[1]))
COMPARISONS: list[tuple[Callable[[Any, Any], bool | None], Callable[[int, int], bool]]] = [
    (spans.less, operator.lt),
    (spans.less_or_equal, operator.le),
    (spans.equal, operator.eq),
]
SUMS: list[tuple[Callable[[Any, Any], Any], Callable[[int, int], int]]] = [
    (spans.add, operator.add),
    (spans.subtract, operator.sub),
    (spans.multiply, operator.mul),
]


def inside(value: Any) -> range:
    return range(low_of(value), high_of(value) + 1)


@given(ENDS, ENDS)
@settings(max_examples=60)
def test_what_is_said_of_spans_holds_for_all_that_they_may_be(left: Any, right: Any) -> None:
    pairs = list(product(inside(left), inside(right)))
    for of_spans, exact in COMPARISONS:
        every = {exact(one, other) for one, other in pairs}
        assert of_spans(left, right) is (every.pop() if len(every) == 1 else None)
    for of_spans_, sum_of in SUMS:
        found = [sum_of(one, other) for one, other in pairs]
        assert of_spans_(left, right) == span(min(found), max(found))
    if 0 in inside(right):
        assert spans.divide(left, right) is None
    else:
        quotients = [one // other for one, other in pairs]
        assert spans.divide(left, right) == span(min(quotients), max(quotients))


def test_between_two_days_lie_days() -> None:
    first = date(2026, 4, 1)
    unclear = Span(first, first + timedelta(days=9))
    assert spans.subtract(first + timedelta(days=30), unclear) == Span(21, 30)
    assert spans.subtract(first + timedelta(days=3), first) == 3


@pytest.mark.parametrize("compare", [one for one, _exact in COMPARISONS])
def test_nothing_is_neither_less_nor_more_nor_the_same(compare: Callable[[Any, Any], bool | None]) -> None:
    for left, right in ((NOTHING, 3), (3, NOTHING), (NOTHING, NOTHING), (NOTHING, Span(1, 2))):
        assert compare(left, right) is False


def test_a_span_is_its_two_ends() -> None:
    assert Span(1, 2) == Span(1, 2) != Span(1, 3)
    assert Span(1, 2) != Span(0, 2) and Span(1, 2) != (1, 2)
    assert len({Span(1, 2), Span(1, 2), Span(1, 3)}) == 2
    assert repr(Span(1, 2)) == "Span(1, 2)"
    assert span(3, 3) == 3

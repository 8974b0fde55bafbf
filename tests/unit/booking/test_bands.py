"""A band is a band whatever was seen, few outcomes lean on the unlearned one, and a score says what was told too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.booking.waits.bands import Outcome, table_of, unlearned
from madoguchi.booking.waits.scoring import Promise, point, score


@given(st.lists(st.tuples(st.floats(0, 90), st.floats(0, 180)), max_size=60))
def test_whatever_was_seen_a_band_is_a_band(seen: list[tuple[float, float]]) -> None:
    table = table_of([Outcome(told, waited) for told, waited in seen])
    for told in (0.0, 1.0, 7.0, 33.0, 200.0):
        band = table.band(told)
        assert 0 <= band.low <= band.middle <= band.high


def test_few_outcomes_lean_on_the_unlearned_band_and_many_do_not() -> None:
    plain = unlearned().band(20)
    few = table_of([Outcome(20, 40)]).band(20)
    many = table_of([Outcome(20, 40)] * 400).band(20)
    assert plain.middle < few.middle < many.middle
    assert many.middle == pytest.approx(40, abs=1.5)


def test_the_score_says_what_was_told_too_little() -> None:
    found = score([Promise(point(5), 20), Promise(point(5), 14), Promise(point(9), 5)])
    assert found is not None
    assert (found.count, found.mean_error, found.median_error) == (3, pytest.approx(28 / 3), 9)
    assert (found.too_little, found.bias) == (pytest.approx(1 / 3), pytest.approx(-20 / 3))
    assert score([]) is None

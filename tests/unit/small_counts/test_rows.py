"""No count below ten leaves, and none can be worked out from the others, whatever the row's total is known to be."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.small_counts.hiding import SMALLEST
from madoguchi.small_counts.rows import close, published


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_nothing_small_is_shown_and_nothing_is_invented(cells: list[int]) -> None:
    shown = published(cells)
    assert all(
        one is None or (one >= SMALLEST and one == true) for one, true in zip(shown, cells, strict=True)
    )
    assert not all(true >= SMALLEST for true in cells) or shown == tuple(cells)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=4))
def test_whoever_knows_the_total_cannot_tell_a_small_count(cells: list[int]) -> None:
    shown = published(cells)
    small = [place for place, count in enumerate(cells) if count < SMALLEST]
    if not small or all(one is None for one in shown):
        return
    rest = sum(cells) - sum(one for one in shown if one is not None)
    hidden = [place for place, one in enumerate(shown) if one is None]
    companions = len(hidden) - len(small)
    for guess in range(SMALLEST):
        others = product(range(SMALLEST), repeat=len(small) - 1)
        assert any(rest - guess - sum(one) >= SMALLEST * companions for one in others), (cells, shown, guess)
    assert companions, "a small count alone would be the total less what is shown"


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([100, 50, 30], (100, 50, 30)),
        ([100, 50, 3], (100, None, None)),
        ([100, 9, 0], (None, None, None)),
        ([5, 5, 5], (None, None, None)),
        ([10], (10,)),
        ([9], (None,)),
        ([12, 3], (None, None)),
    ],
)
def test_examples(cells: list[int], shown: tuple[int | None, ...]) -> None:
    assert published(cells) == shown


ROWS = st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=6)


@given(ROWS)
def test_counts_of_several_days_are_not_subtracted_to_a_small_one(days: list[list[int]]) -> None:
    out: list[tuple[int | None, ...]] = []
    for cells in days:
        out.append(published(cells, near=close(cells, out)))
    for place in range(3):
        seen = [row[place] for row in out if row[place] is not None]
        assert all(one == other or abs(one - other) >= SMALLEST for one in seen for other in seen)


def test_what_is_near_to_what_is_out_is_hidden_with_a_companion() -> None:
    out = [(100, 50, 30), (None, 80, 30)]
    assert close([104, 60, 30], out) == {0}, "50 and 80 are ten and more away, 30 is the same"
    assert published([104, 60, 30], near={0}) == (None, 60, None)
    assert close([90, 200, 41], out) == set()

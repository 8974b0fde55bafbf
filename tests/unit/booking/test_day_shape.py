"""The shape of a day: a wait that crosses noon is known to be longer, and a queue never seen has an even day."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

import pytest
from benchmarks.queue_logs import STYLES, queue_log
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.booking.waits.day_shape import EVEN, SLOTS, Moved, shapes_of
from madoguchi.booking.waits.report import OURS, report_of
from madoguchi.booking.waits.snapshots import joins, read_snapshots

QUEUE = ("office", "queue")
NOON = 24
# Ten calls an hour all day, two an hour from twelve to one.
MOVES = [
    Moved(QUEUE, slot, 1.0 * 20 if slot in (NOON, NOON + 1) else 5.0 * 20, 600) for slot in range(17, 35)
]


def test_a_wait_that_crosses_noon_lasts_longer() -> None:
    clock = shapes_of(MOVES, 1.0).of(QUEUE)
    assert clock.lasting(11 * 60 + 45, 30) > clock.lasting(10 * 60, 30) + 30
    assert EVEN.lasting(11 * 60 + 45, 30) == pytest.approx(30)
    assert shapes_of(MOVES, 0.0).of(QUEUE) == EVEN


def test_a_queue_never_seen_has_its_offices_day_and_an_office_never_seen_an_even_one() -> None:
    shapes = shapes_of(MOVES, 1.0)
    assert shapes.of(("office", "new")).lasting(11 * 60 + 45, 30) > 45
    assert shapes.of(("elsewhere", "queue")) == EVEN


@given(
    st.lists(st.tuples(st.integers(0, SLOTS - 1), st.floats(0, 500), st.floats(0.1, 900)), max_size=60),
    st.floats(0, 1439),
    st.floats(0, 900),
)
def test_what_lasts_so_long_takes_so_many_effective_minutes(
    seen: list[tuple[int, float, float]], minute: float, effective: float
) -> None:
    clock = shapes_of([Moved(QUEUE, *one) for one in seen], 1.0).of(QUEUE)
    lasts = clock.lasting(minute, effective)
    assert lasts >= 0
    assert clock.at(minute + lasts) - clock.at(minute) == pytest.approx(effective, abs=1e-6)


@pytest.mark.parametrize("style", STYLES)
def test_logs_of_offices_that_behave_differently_are_told_better_than_by_any_rule(
    style: str, tmp_path: Path
) -> None:
    """Short of `python -m benchmarks.waits_logs`: one office of each kind, ten days."""
    path = tmp_path / "log.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(islice(queue_log(style, seed=9, days=8, offices=2), 40_000))
    read = read_snapshots(path)
    found = report_of(read, joins(read.snapshots, every=5)).scores
    ours = found[OURS]
    assert ours.mean_error < min(one.mean_error for name, one in found.items() if name != OURS)
    assert 0.68 <= ours.covered <= 0.92

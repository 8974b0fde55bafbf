"""Desks for a wait, and the day that is run: against formulas, against an own loop over events, and against each other."""

from __future__ import annotations

import heapq
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.booking.levelling.desks import ServiceTime, WaitTarget, erlang_c_wait, start_desks
from madoguchi.booking.levelling.simulation import (
    LaneDay,
    Visitors,
    checked_desks,
    drawn,
    effect_of,
    run,
)

SERVICE, TARGET = ServiceTime(14, 9), WaitTarget(10)
DAY = LaneDay(34, tuple([3.0] * 6 + [8.0] * 8 + [4.0] * 8 + [6.0] * 6 + [2.0] * 7), 0.02, SERVICE)


def test_erlang_c_is_the_formula_of_the_books() -> None:
    """One desk at 80%: wait = 4 × service. Two desks, load 1 (50% each): blocked 1/3, wait = 1/3 × service."""
    assert erlang_c_wait(15 / 10 * 0.8, 10, 1) == pytest.approx(40)
    assert erlang_c_wait(1.5, 10, 2) == pytest.approx(10 / 3)
    assert erlang_c_wait(0, 10, 1) == 0
    assert erlang_c_wait(3, 10, 2) == math.inf


@given(st.floats(0.1, 40), st.floats(1, 60), st.integers(1, 30))
def test_one_desk_more_never_makes_the_wait_longer(arrivals: float, minutes: float, desks: int) -> None:
    assert erlang_c_wait(arrivals, minutes, desks + 1) <= erlang_c_wait(arrivals, minutes, desks)


def test_what_a_quarter_leaves_over_is_served_in_the_next() -> None:
    assert start_desks((20.0, 0.0, 0.0), ServiceTime(15, 0), TARGET, most=4)[1:] == (4, 4)
    assert start_desks((0.0,), SERVICE, TARGET, most=3) == (1,)


def by_hand(visitors: Visitors, desks: tuple[int, ...]) -> list[float]:
    """Waits, by a loop over events of our own: a desk that closes finishes first; the line is in order of arrival."""
    most, beyond = max(*desks, 1), max(desks[-1], 1)
    away = []
    for desk in range(1, most + 1):
        since = None
        for place, count in enumerate([*desks, beyond, most]):
            ends = place > len(desks)
            if count < desk and since is None and not ends:
                since = place * 15.0
            elif since is not None and (count >= desk):
                away.append((since, math.inf if ends else place * 15.0))
                since = None
    events = sorted(
        [(max(begin - 1e-6, 0.0), 0, 0, end) for begin, end in away]
        + [
            (at, 1, n, minutes)
            for n, (at, minutes) in enumerate(zip(visitors.times, visitors.minutes, strict=True))
        ]
    )
    free, busy, lines, waits = most, [], ([], []), [0.0] * len(visitors.times)
    while events or busy:
        if busy and (not events or busy[0] <= events[0][0]):
            now = heapq.heappop(busy)
            if math.isinf(now):
                break
            free += 1
        else:
            event = events.pop(0)
            now = event[0]
            lines[event[1]].append(event)
        while free and (lines[0] or lines[1]):
            at, kind, number, length = (lines[0] or lines[1]).pop(0)
            free -= 1
            if kind == 0:
                heapq.heappush(busy, max(now, length))
            else:
                waits[number] = now - at
                heapq.heappush(busy, now + length)
    return waits


@settings(max_examples=60)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=10), st.integers(0, 10_000), st.floats(0.2, 6))
def test_ciw_waits_are_those_of_our_own_loop(desks: list[int], seed: int, arrivals: float) -> None:
    """Desks that open and close, also all at once: every single wait is the same."""
    day = LaneDay(34, tuple([arrivals] * len(desks)), 0.1, SERVICE)
    visitors = drawn(day, seed=seed)
    assert list(run(visitors, desks).waits) == pytest.approx(by_hand(visitors, tuple(desks)), abs=1e-4)


def test_constant_desks_come_near_erlangs_wait() -> None:
    """Exponential service, a long even day: the mean wait of M/M/c, seen over many runs."""
    day = LaneDay(0, tuple([4.0] * 400), 0.0, ServiceTime(10, 10))
    effect = effect_of(day, [4] * 400, TARGET, seed=1, runs=8)
    assert effect.wait.mean == pytest.approx(erlang_c_wait(4, 10, 4), rel=0.15)


def test_a_day_is_drawn_as_it_is_expected_and_the_same_again() -> None:
    many = [drawn(DAY, seed=seed) for seed in range(300)]
    assert sum(len(one.times) for one in many) / 300 == pytest.approx(sum(DAY.arrivals), rel=0.03)
    minutes = [one for day in many for one in day.minutes]
    assert sum(minutes) / len(minutes) == pytest.approx(14, rel=0.02)
    assert drawn(DAY, seed=7) == drawn(DAY, seed=7) != drawn(DAY, seed=8)
    assert all(list(one.times) == sorted(one.times) for one in many)


def test_more_desks_wait_less_on_the_same_people() -> None:
    few, more = (effect_of(DAY, [desks] * 35, TARGET, seed=3, runs=30) for desks in (6, 8))
    assert more.wait.mean < few.wait.mean and more.too_long.mean <= few.too_long.mean
    assert few.wait.low <= few.wait.mean <= few.wait.high
    assert len(few.by_quarter) == 35


def test_checked_desks_keep_the_wait_and_erlangs_start_did_not() -> None:
    start = start_desks(DAY.arrivals, SERVICE, TARGET, most=12)
    found = checked_desks(DAY, TARGET, most=12, seed=5, runs=40)
    assert max(effect_of(DAY, start, TARGET, seed=5, runs=40).by_quarter) > TARGET.minutes
    assert max(effect_of(DAY, found, TARGET, seed=5, runs=40).by_quarter) <= TARGET.minutes
    assert all(one <= 12 for one in found) and sum(found) <= sum(start) * 1.4


def test_too_few_desks_are_said_as_they_are() -> None:
    assert checked_desks(DAY, TARGET, most=2, seed=1, runs=5) == (2,) * 35


def test_a_day_without_people_has_no_wait() -> None:
    effect = effect_of(LaneDay(34, (0.0, 0.0), 0.1, SERVICE), (1, 1), TARGET, seed=1, runs=3)
    assert effect.wait.mean == effect.overtime.mean == 0


def test_service_times_must_be_times() -> None:
    with pytest.raises(ValueError, match="0分より長く"):
        ServiceTime(0, 1)

"""The stopwatch adds up exactly what was pressed, also for presses that arrive late and out of order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.insight.stopwatch import MEASURED, NotInTime, Phase, Press, Tally, clocked, moment_of

BEGUN = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGUN + timedelta(minutes=minutes)


def test_a_visit_by_hand() -> None:
    found = clocked(
        [
            Press(Phase.WAIT, at(0)),
            Press(Tally.COUNTER, at(12)),
            Press(Phase.TALK, at(12)),
            Press(Tally.QUESTION, at(13)),
            Press(Tally.QUESTION, at(14)),
            Press(Phase.WRITE, at(15.5)),
            Press(Phase.WALK, at(20)),
            Press(Phase.WAIT, at(21)),
            Press(Phase.END, at(30)),
            Press(Phase.TALK, at(40)),
        ],
        until=at(60),
    )
    assert found.minutes == {Phase.WAIT: 21, Phase.TALK: 3.5, Phase.WRITE: 4.5, Phase.WALK: 1}
    assert found.tallies == {Tally.COUNTER: 1, Tally.QUESTION: 2, Tally.SHEET: 0, Tally.REPEAT: 0}
    assert found.ended and found.now is None and found.total == 30


def test_what_goes_on_counts_until_now() -> None:
    found = clocked([Press(Phase.WAIT, at(1))], until=at(4))
    assert found.minutes[Phase.WAIT] == 3 and found.now is Phase.WAIT and found.since == at(1)
    assert clocked([], until=at(4)).total == 0


@given(
    st.lists(st.tuples(st.sampled_from([*MEASURED, *Tally]), st.integers(0, 7200)), min_size=1, max_size=40),
    st.randoms(),
)
def test_minutes_are_the_whole_time_whatever_the_order_of_arrival(
    presses: list[tuple[Phase | Tally, int]], chance: object
) -> None:
    made = [Press(what, BEGUN + timedelta(seconds=second)) for what, second in presses]
    phases = [one.at for one in made if isinstance(one.pressed, Phase)]
    found = clocked([*made, Press(Phase.END, at(121))], until=at(200))
    whole = (at(121) - min(phases)) / timedelta(minutes=1) if phases else 0
    assert found.total == pytest.approx(whole)
    assert sum(found.tallies.values()) == sum(isinstance(one.pressed, Tally) for one in made)
    if len({one.at for one in made}) == len(made):
        chance.shuffle(made)  # type: ignore[attr-defined]  # hypothesis gives a Random
        assert clocked([*made, Press(Phase.END, at(121))], until=at(200)) == found


@given(st.integers(0, 8 * 3600 * 1000), st.integers(0, 8 * 3600 * 1000))
def test_a_late_press_counts_from_when_it_was_made(pressed_ms: int, delay_ms: int) -> None:
    made = BEGUN + timedelta(milliseconds=pressed_ms)
    received = made + timedelta(milliseconds=delay_ms)
    assert moment_of(received=received, ago_ms=delay_ms, begun=BEGUN) == made


@pytest.mark.parametrize("ago_ms", [-1, 61_000, 9 * 3600 * 1000])
def test_a_press_out_of_time_is_refused(ago_ms: int) -> None:
    with pytest.raises(NotInTime, match="時刻が調査の時間に合いません"):
        moment_of(received=at(1), ago_ms=ago_ms, begun=BEGUN)

"""Whom staff go and ask, and in which order: the whole rule, without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.outreach.finding import Standing, verdict
from madoguchi.outreach.reach_states import (
    ANSWER_WAITED,
    REACH_ACTS,
    ReachAct,
    ReachEnd,
    ReachState,
    ReachWhy,
    need_of,
    rank,
)
from madoguchi.outreach.states import MessageState, OfferState
from madoguchi.procedures.decisions import Status
from madoguchi.residents.disclosure import JAPAN

NOW = datetime(2026, 11, 9, 10, tzinfo=JAPAN)
TODAY = NOW.date()
AGO = NOW - timedelta(days=20)
OPEN, SENT = OfferState.OPEN, MessageState.SENT


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing(True, False, OPEN, AGO, None, SENT, AGO), ReachWhy.NO_ANSWER),
        (Standing(True, False, OPEN, AGO, None, MessageState.HANDED_OVER, AGO), ReachWhy.NO_ANSWER),
        (Standing(True, False, OPEN, NOW, None, MessageState.NO_WAY, NOW), ReachWhy.NO_WAY),
        (Standing(True, False, OPEN, NOW, None, MessageState.WITHHELD, NOW), ReachWhy.NO_WAY),
        (Standing(True, False), ReachWhy.NO_WAY),
        (Standing(False, False), ReachWhy.NOBODY),
        (Standing(True, False, OPEN, AGO), ReachWhy.NO_ANSWER),
        (Standing(True, False, OfferState.USED, AGO, listed_on=TODAY + timedelta(days=11)), ReachWhy.NOT_FINISHED),
        (Standing(True, False, OPEN, NOW, None, SENT, NOW), None),
        (Standing(True, False, OPEN, AGO, None, SENT, NOW - ANSWER_WAITED + timedelta(seconds=1)), None),
        (Standing(True, False, OfferState.USED, AGO, listed_on=TODAY), None),
        (Standing(True, False, OfferState.LATER, AGO, TODAY + timedelta(days=3), SENT, AGO), None),
        (Standing(True, True, OPEN, AGO, None, SENT, AGO), None),
        (Standing(True, False, OfferState.REFUSED, AGO, None, SENT, AGO), None),
        (Standing(False, False, stopped=True), None),
    ],
)  # fmt: skip
def test_who_is_asked(standing: Standing, why: ReachWhy | None) -> None:
    assert verdict(standing, now=NOW).why is why


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Whatever a line may be like."""
    offer = draw(st.none() | st.sampled_from(OfferState))
    days = st.integers(0, 60).map(lambda some: NOW - timedelta(days=some))
    message = draw(st.none() | st.sampled_from(MessageState)) if offer else None
    return Standing(
        draw(st.booleans()), draw(st.booleans()), offer, draw(days) if offer else None,
        TODAY + timedelta(days=draw(st.integers(0, 90))) if offer is OfferState.LATER else None, message,
        draw(days) if message else None, draw(st.none() | st.dates(date(2026, 9, 1), TODAY)), draw(st.booleans()),
    )  # fmt: skip


@given(standings())
def test_nobody_is_ever_forgotten(one: Standing) -> None:
    """Every line is asked in person, looked at again on a day to come, or over for a reason: exactly one of these."""
    found = verdict(one, now=NOW)
    assert [found.why is not None, found.again is not None, found.over is not None].count(True) == 1
    assert found.again is None or found.again > NOW
    if found.over is ReachEnd.RECEIVING:
        assert one.receiving
    elif found.over is not None:
        assert one.stopped or one.offer in (OfferState.REFUSED, OfferState.ENDED)


@given(standings())
def test_whoever_does_not_answer_is_asked_in_the_end(one: Standing) -> None:
    """However it stands, an open offer of somebody who never answers comes to staff within months."""
    if (
        one.receiving
        or one.stopped
        or one.offer not in (None, OPEN)
        or one.message in (MessageState.DUE, MessageState.TO_PRINT)
    ):
        return
    now = NOW
    for _look in range(10):
        found = verdict(one, now=now)
        if found.why is not None:
            return
        assert found.again is not None
        now = found.again
    raise AssertionError(one)


@given(
    st.lists(
        st.tuples(st.none() | st.dates(date(2026, 10, 1), date(2027, 12, 1)), st.integers(0, 9)), min_size=2
    )
)
def test_what_is_due_soon_comes_first_then_need(lines: list[tuple[date | None, int]]) -> None:
    ordered = sorted(lines, key=lambda one: rank(*one, on=TODAY))
    soon = TODAY + timedelta(days=30)
    for (day, need), (after, less) in pairwise(ordered):
        if after is not None and after <= soon:
            assert day is not None and day <= after
        elif day is None or day > soon:
            assert need >= less


def test_need_grows_with_what_makes_it_hard() -> None:
    plain = need_of(Status.OPTIONAL, adults=2, people=3, age=40)
    assert need_of(Status.MUST, adults=2, people=3, age=40) > plain
    assert need_of(Status.OPTIONAL, adults=0, people=2, age=12) > plain
    assert need_of(Status.OPTIONAL, adults=1, people=1, age=81) > need_of(
        Status.OPTIONAL, adults=2, people=2, age=81
    )
    assert need_of(Status.OPTIONAL, adults=1, people=2, age=None) == plain


def test_every_state_is_left_and_every_end_can_be_begun_again() -> None:
    for state in ReachState:
        assert any(state in before for before, _after in REACH_ACTS.values()), state
    assert REACH_ACTS[ReachAct.REOPEN] == (frozenset({ReachState.ENDED}), ReachState.WAITING)
    assert ReachState.ENTRUSTED not in REACH_ACTS[ReachAct.ENTRUST][0], "to one 民生委員 at a time"

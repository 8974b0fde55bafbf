"""A proposed roster keeps every rule; where none can, that is said, and trying everything by hand finds none either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.booking.levelling.roster import (
    LaneNeed,
    NobodyThere,
    NoRoster,
    Officer,
    Roster,
    RosterRules,
    RosterTask,
    faults,
    short_of,
    stretches,
    words,
)
from madoguchi.booking.levelling.smoothing import smoothed
from madoguchi.booking.levelling.solving import propose_roster

OPEN = range(34, 69)


def need(lane: str, needed: int, *, minimum: int = 1, desks: int = 6, quarters: range = OPEN) -> LaneNeed:
    return LaneNeed(
        lane, f"{lane}窓口", dict.fromkeys(quarters, needed), dict.fromkeys(quarters, minimum), desks
    )


def officer(key: str, lanes: str, begins: int = 34, ends: int = 69, *, lunch: bool = True) -> Officer:
    return Officer(key, f"職員{key}", frozenset(lanes), begins, ends, lunch)


OFFICE = RosterTask(
    (*(officer(str(n), "ab" if n % 2 else "abc") for n in range(9)), officer("p", "ab", 36, 52, lunch=False)),
    (need("a", 3), need("b", 2), need("c", 1)),
)


def test_an_office_gets_a_roster_that_keeps_every_rule_and_is_calm() -> None:
    roster = propose_roster(OFFICE, effort=0.2)
    assert isinstance(roster, Roster)
    assert faults(OFFICE, roster) == ()
    assert short_of(OFFICE, roster) == {}
    assert roster.changes() <= 40
    assert all(len(where) <= 30 for where in roster.places.values())


def test_the_same_task_has_the_same_answer() -> None:
    task = RosterTask(OFFICE.officers[:5], (need("a", 2), need("b", 1)))
    assert propose_roster(task, effort=0.1) == propose_roster(task, effort=0.1)


def test_too_few_people_wait_longer_but_every_rule_is_kept() -> None:
    task = replace(OFFICE, lanes=(need("a", 6), need("b", 5), need("c", 1)))
    roster = propose_roster(task, effort=0.3)
    assert isinstance(roster, Roster) and faults(task, roster) == ()
    assert sum(short_of(task, roster).values()) > 50


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (RosterTask((officer("1", "a"),), (need("a", 1),)), ("昼休み", "最低1人", "1人足りません")),
        (
            RosterTask((officer("1", "a", lunch=False), officer("2", "b")), (need("a", 1), need("c", 1))),
            ("「c窓口」", "勤務している職員は0人"),
        ),
        (
            RosterTask((officer("1", "a", lunch=False),), (need("a", 1),)),
            ("続けて座るのは3時間まで",),
        ),
        (
            RosterTask(
                (officer("1", "ab", 34, 38, lunch=False),),
                (need("a", 1, quarters=range(34, 38)), need("b", 1, quarters=range(34, 38))),
            ),
            ("ほかの窓口にも要る",),
        ),
        (
            RosterTask((officer("1", "a", 34, 46),), (need("a", 1, quarters=range(34, 46)),)),
            ("職員1さん", "昼休みが入りません"),
        ),
        (
            RosterTask(
                tuple(officer(str(n), "a", lunch=False) for n in range(3)),
                (need("a", 1, minimum=3, desks=2, quarters=range(34, 38)),),
            ),
            ("席が2つしかありません",),
        ),
    ],
)
def test_where_no_roster_keeps_the_rules_it_is_said_which_and_what_is_missing(
    task: RosterTask, said: tuple[str, ...]
) -> None:
    found = propose_roster(task, effort=2)
    assert isinstance(found, NoRoster)
    for word in said:
        assert word in " ".join(found.sentences)


def test_nobody_is_no_roster() -> None:
    with pytest.raises(NobodyThere, match="職員の一覧と受付時間"):
        propose_roster(RosterTask((), (need("a", 1),)))
    with pytest.raises(NobodyThere):
        propose_roster(RosterTask((officer("1", "a"),), ()))


@st.composite
def tasks(draw: st.DrawFn, *, most_officers: int = 5, quarters: int = 12) -> RosterTask:
    """Small offices of every kind: part-time, few skills, lanes that are open only for a while."""
    begin = draw(st.integers(40, 48))
    span = range(begin, begin + quarters)
    lanes = []
    for key in "ab"[: draw(st.integers(1, 2))]:
        first = draw(st.integers(span.start, span.stop - 2))
        there = range(first, draw(st.integers(first + 1, span.stop)))
        needed = {quarter: draw(st.integers(0, 3)) for quarter in there}
        lanes.append(
            LaneNeed(key, key, needed, dict.fromkeys(there, draw(st.integers(0, 2))), draw(st.integers(1, 3)))
        )
    officers = []
    for number in range(draw(st.integers(1, most_officers))):
        first = draw(st.integers(span.start, span.stop - 1))
        officers.append(
            Officer(
                str(number),
                str(number),
                frozenset(draw(st.sets(st.sampled_from("ab"), max_size=2))),
                first,
                draw(st.integers(first + 1, span.stop)),
                draw(st.booleans()),
            )
        )
    rules = RosterRules(draw(st.integers(1, 3)), 42, 56, draw(st.integers(1, 6)))
    return RosterTask(tuple(officers), tuple(lanes), rules)


@settings(max_examples=80)
@given(tasks())
def test_whatever_is_proposed_keeps_every_rule(task: RosterTask) -> None:
    found = propose_roster(task, effort=1)
    if isinstance(found, Roster):
        assert faults(task, found) == ()
        assert smoothed(task, found).changes() <= found.changes()
    else:
        assert found.sentences


def every_roster(task: RosterTask) -> Iterator[Roster]:
    """All rosters there are of a very small office."""
    ways = []
    for one in task.officers:
        places = [
            [None, *(lane.lane for lane in task.lanes if lane.lane in one.lanes)]
            if one.is_here(quarter)
            else [None]
            for quarter in task.quarters
        ]
        lunches = list(task.lunch_starts(one)) or [None]
        ways.append([(one.key, where, lunch) for where in product(*places) for lunch in lunches])
    for chosen in product(*ways):
        yield Roster(
            {
                key: {q: lane for q, lane in zip(task.quarters, where, strict=True) if lane}
                for key, where, _ in chosen
            },
            {key: lunch for key, _, lunch in chosen if lunch is not None},
        )


@settings(max_examples=120)
@given(tasks(most_officers=2, quarters=4))
def test_it_says_there_is_none_exactly_when_trying_all_finds_none(task: RosterTask) -> None:
    found = propose_roster(task, effort=1)
    possible = [one for one in every_roster(task) if not faults(task, one)]
    assert isinstance(found, Roster) == bool(possible)
    if isinstance(found, Roster):
        assert _cost(task, found) == min(_cost(task, one) for one in possible)


def _cost(task: RosterTask, roster: Roster) -> int:
    """Desks missing for the wait, each one more than the one before."""
    return sum(short * (short + 1) // 2 for short in short_of(task, roster).values())


def test_faults_find_each_broken_rule() -> None:
    """Every rule is broken once; without it the list would be shorter."""
    task = RosterTask(
        (officer("1", "a"), officer("2", "a", 36, 50, lunch=False), officer("3", "a", lunch=False)),
        (need("a", 1, desks=1),),
    )
    good: dict[str, dict[int, str]] = {
        "1": dict.fromkeys(range(52, 64), "a"),
        "2": dict.fromkeys(range(40, 52), "a"),
        "3": {},
    }
    said = " ".join(
        faults(
            task,
            Roster(
                {
                    "1": {**dict.fromkeys(range(34, 48), "a"), 60: "b"},
                    "2": dict.fromkeys([34, 35], "a"),
                    "4": {},
                },
                {"1": 44},
            ),
        )
    )
    for words_of in (
        "「4」は、この日の職員の一覧にありません",
        "担当できません",
        "勤務していません",
        "昼休みの間に",
        "3時間より長く",
        "最低の人数に1人足りません",
        "席が1つしか",
    ):
        assert words_of in said
    assert "昼休み（60分）がありません" in " ".join(faults(task, Roster(good, {})))


def test_words_and_stretches() -> None:
    assert words(37) == "9:15" and words(96) == "24:00"
    assert stretches({3: 1, 4: 1, 7: 1}) == [(3, 5), (7, 8)]

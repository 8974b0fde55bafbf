"""A branch on its own: what it did is taken in once, whatever happens on the line, and nothing is overwritten in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import NOW
from tests.rooms.cases import line_cut_histories, walking

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing
from madoguchi.cases.line_cut import taking_in
from madoguchi.cases.line_cut.merging import in_turn, merge
from madoguchi.cases.line_cut.outbox import Outbox, outbox
from madoguchi.cases.line_cut.values import (
    PROVISIONAL,
    BranchAct,
    BranchFact,
    BranchPerson,
    CentreCase,
    HeldWhy,
)
from madoguchi.cases.models import ActRow, CaseRow, ClashRow
from madoguchi.cases.record import read_record
from madoguchi.cases.states import Act
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef

HEAD = FactRef("old_head", EVENT_SUBJECT)


def act(number: int, *facts: tuple[str, Any], kind: str = "answer", **more: Any) -> BranchAct:
    given = tuple(BranchFact(key, EVENT_SUBJECT, value, "said", "2026-11-09") for key, value in facts)
    return BranchAct("c" * 32, number, kind, "", NOW.isoformat(), None, "支所", given, **more)


def test_only_what_has_its_turn_is_done_and_once() -> None:
    acts = [act(5), act(3), act(3), act(7), act(2)]
    assert [one.number for one in in_turn(CentreCase(base=2), acts)] == [3]
    assert [one.number for one in in_turn(CentreCase(base=2), [*acts, act(4)])] == [3, 4, 5]
    assert in_turn(CentreCase(base=2, taken=5), acts) == ()


def test_a_fact_that_both_gave_differently_clashes_and_the_centres_stays() -> None:
    own = {("a", EVENT_SUBJECT): "centre", ("b", EVENT_SUBJECT): "same"}
    [one] = merge(CentreCase(base=0, own=own), [act(1, ("a", "branch"), ("b", "same"), ("c", "new"))])
    assert [fact.key for fact in one.facts] == ["b", "c"]
    [clash] = one.clashes
    assert (clash.centre, clash.branch) == ("centre", "branch")


def test_known_to_nobody_against_a_value_clashes_too() -> None:
    [one] = merge(CentreCase(base=0, own={("a", EVENT_SUBJECT): None}), [act(1, ("a", "branch"))])
    assert one.clashes[0].centre is None


def test_what_cannot_be_done_any_more_is_held_with_all_that_follows() -> None:
    assert [one.held for one in merge(CentreCase(base=0, open=False), [act(1), act(2)])] == [
        HeldWhy.CLOSED,
        HeldWhy.AFTER_HELD,
    ]
    people = (BranchPerson("p1", "", False, False, False, 1),)
    begun = act(1, kind="begin", people=people)
    assert merge(CentreCase(base=0, own_people=True), [begun])[0].held is HeldWhy.PEOPLE
    assert (
        merge(CentreCase(base=1, own_people=True), [act(2, kind="undo", undoes=1)])[0].held is HeldWhy.PEOPLE
    )
    assert merge(CentreCase(base=0), [act(1, kind="sign")])[0].held is HeldWhy.NOT_PROVISIONAL


def test_what_a_branch_may_do_are_acts_that_there_are() -> None:
    assert {one.value for one in Act} >= PROVISIONAL
    assert not PROVISIONAL & {"sign", "approve", "hand_over", "withdraw", "request_certificate", "close"}


@pytest.fixture
def shared(city: Mapping[str, Actor], procedures: str) -> tuple[str, Actor]:
    """A case with people that both sides know, in a package."""
    by = city["clerk_hana"]
    case = walking.begun(by)
    bases = taking_in.bases_of([case])
    taking_in.remember_package(
        package="a" * 32, branch=by.branch, bases=bases, people=0, day=NOW.date(), by=by, now=NOW
    )
    return case, by


def from_branch(case: str, value: str) -> Outbox:
    made = replace(act(3, ("old_head", value)), case=case)
    return Outbox("a" * 32, (), (made,))


def take(received: Outbox, by: Actor) -> taking_in.TakenIn:
    return taking_in.take_in(received=received, by=by, now=NOW + timedelta(hours=9))


def test_an_act_of_the_branch_is_an_act_of_the_case_at_its_own_time(shared: tuple[str, Actor]) -> None:
    case, by = shared
    told = take(from_branch(case, "支所 太郎"), by)
    assert (told.done, told.held, told.waiting, told.clashes) == (1, 0, 0, 0)
    assert take(from_branch(case, "支所 太郎"), by).done == 0
    last = ActRow.objects.filter(case__public_id=case).latest("number")
    assert (last.number, last.at, last.by_name) == (3, NOW, "支所")
    assert read_record(CaseRow.objects.get(public_id=case)).text(*HEAD_ARGS) == "支所 太郎"


HEAD_ARGS = ("old_head",)


@pytest.mark.parametrize(("keep", "wanted"), [("centre", "本庁 花子"), ("branch", "支所 太郎")])
def test_a_clash_has_to_be_settled_before_anything_is_signed(
    shared: tuple[str, Actor], keep: str, wanted: str
) -> None:
    case, by = shared
    walking.visited(case, by)
    hearing.correct_fact(
        case=case, ref=HEAD, value="本庁 花子", reason="聞いた", by=by, now=NOW, version=None
    )
    assert take(from_branch(case, "支所 太郎"), by).clashes == 1
    [clash] = taking_in.open_clashes()
    assert (clash.centre, clash.branch) == ("本庁 花子", "支所 太郎")
    assert read_record(CaseRow.objects.get(public_id=case)).text(*HEAD_ARGS) == "本庁 花子"
    with pytest.raises(closing.ClashesOpen):
        closing.sign(case=case, strokes=None, paper_signed=True, by=by, now=NOW, version=None)
    taking_in.settle(clash=clash.id, keep=keep, by=by, now=NOW)
    assert read_record(CaseRow.objects.get(public_id=case)).text(*HEAD_ARGS) == wanted
    assert taking_in.open_clashes() == ()
    with pytest.raises(taking_in.AlreadySettled):
        taking_in.settle(clash=clash.id, keep=keep, by=by, now=NOW)
    assert ClashRow.objects.get().kept == keep


def test_what_arrives_for_a_case_that_was_withdrawn_is_held_and_listed(shared: tuple[str, Actor]) -> None:
    case, by = shared
    closing.withdraw(case=case, reason="来られなくなった", by=by, now=NOW, version=None)
    assert take(from_branch(case, "支所 太郎"), by).held == 1
    [held] = taking_in.held_acts()
    assert held.why is HeldWhy.CLOSED and "署名・取下げ" in held.why.label


def test_of_an_unknown_package_nothing_is_taken(shared: tuple[str, Actor]) -> None:
    case, by = shared
    with pytest.raises(taking_in.NoSuchPackage):
        take(replace(from_branch(case, "x"), package="b" * 32), by)


def test_the_outbox_says_every_act_since_with_what_it_took_back(shared: tuple[str, Actor]) -> None:
    case, by = shared
    walking.visited(case, by, now=NOW + timedelta(minutes=1))
    walking.answer_once(case, by, now=NOW + timedelta(minutes=2))
    hearing.undo(case=case, by=by, now=NOW + timedelta(minutes=3), version=None)
    made = outbox(package="a" * 32, bases={case: 2})
    assert [(one.number, one.kind, one.undoes) for one in made.acts] == [
        (3, "set_visitor", None),
        (4, "answer", None),
        (5, "undo", 4),
    ]
    assert made.cases == ()
    assert Outbox.from_json(made.to_json()) == made
    [whole] = outbox(package="a" * 32, bases={}).cases
    assert whole["public_id"] == case


def test_histories_of_a_flapping_line(city: Mapping[str, Actor], procedures: str) -> None:
    by = city["clerk_hana"]
    for number in range(25):
        assert list(line_cut_histories.wrong_with(number, by=by, now=NOW)) == [], number

"""午前に転入、午後に婚姻 (E55): the second notice is decided on the state that the first one intends."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW
from tests.rooms.cases.test_living_together import moving
from tests.rooms.cases.walking import begun, seen, sign, signed, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, opening, reviewing
from madoguchi.cases.following import NotToFollow, follow_case
from madoguchi.cases.models import CaseRow
from madoguchi.cases.record import comes_together
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
CARE = FactRef("care_level", "p4")


def marriage(by: Actor, *, practice: bool = False) -> str:
    return opening.open_case(event=EventKind.marriage, by=by, now=NOW, practice=practice)


def follow(case: str, earlier: str, by: Actor) -> None:
    follow_case(case=case, earlier=earlier, by=by, now=NOW)


@pytest.mark.django_db
def test_e55_the_second_stands_on_what_the_first_intends(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    first = begun(clerk)
    moving(first, clerk, "p2", "p4", p2="世帯主", p4="子")
    second = marriage(clerk)
    follow(second, first, clerk)
    view = seen(second, clerk)
    assert view.header.follows == "A001"
    assert comes_together(view.record) == ("p2", "p4"), "who stayed behind is not there"
    assert {ref: view.record.value("moves", ref) for ref in ("p2", "p4")} == {"p2": False, "p4": False}
    assert view.record.text("relationship", "p2") == "世帯主"
    assert view.record.text("new_address") == seen(first, clerk).record.text("new_address")
    people = {person.id: person.values for person in view.judged.situation.people}
    assert people["p2"]["birth_date"] == seen(first, clerk).record.value("birth_date", "p2")
    assert {held.reason for ref, held in view.record.facts.items()} == {"受付 A001 の届出のあとの予定"}


@pytest.mark.django_db
def test_e55_a_correction_of_the_first_is_told_and_taken_over_and_what_was_heard_stands(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    first = begun(clerk)
    second = marriage(clerk)
    follow(second, first, clerk)
    hearing.answer_prompt(case=second, prompt="x", answers={CARE: "none"}, by=clerk, now=NOW, version=None)
    assert not seen(second, clerk).earlier_changed
    hearing.correct_fact(
        case=first, ref=FactRef("name", "p2"), value="引越 晴", reason="字", by=clerk, now=NOW, version=None
    )
    hearing.answer_prompt(case=first, prompt="x", answers={CARE: "care1"}, by=clerk, now=NOW, version=None)
    assert seen(second, clerk).earlier_changed
    follow(second, first, clerk)
    view = seen(second, clerk)
    assert view.record.text("name", "p2") == "引越 晴"
    assert view.record.value("care_level", "p4") == "none"
    assert not view.earlier_changed
    assert len(view.record.people) == 5


@pytest.mark.django_db
def test_e55_the_change_of_the_first_leaves_first(city: Staff, procedures: str) -> None:
    clerk, reviewer = city["clerk_hana"], city["reviewer_jiro"]
    first = begun(clerk)
    visited(first, clerk)
    second = marriage(clerk)
    follow(second, first, clerk)
    visited(second, clerk)
    for case in (first, second):
        sign(case, clerk)
        reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    with pytest.raises(reviewing.EarlierFirst, match="先に受付 A001"):
        reviewing.hand_over(case=second, by=clerk, now=NOW)
    reviewing.hand_over(case=first, by=clerk, now=NOW)
    reviewing.hand_over(case=second, by=clerk, now=NOW)


@pytest.mark.django_db
def test_e55_only_a_case_that_stands_can_be_followed(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    empty, gone, practice = marriage(clerk), signed(clerk), begun(clerk, practice=True)
    closing.withdraw(case=gone, reason="x", by=clerk, now=NOW, version=None)
    second = marriage(clerk)
    for earlier in (empty, gone, practice, second):
        with pytest.raises(NotToFollow, match="続けられません"):
            follow(second, earlier, clerk)
    first, other = begun(clerk), begun(clerk)
    follow(second, first, clerk)
    for case, earlier in ((second, other), (first, second)):
        with pytest.raises(NotToFollow):
            follow(case, earlier, clerk)
    row = CaseRow.objects.get(public_id=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseRow.objects.filter(pk=row.pk).update(follows=row.pk)


@pytest.mark.django_db
def test_e55_stepping_back_lets_go_of_the_first(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    first, other = begun(clerk), begun(clerk)
    second = marriage(clerk)
    follow(second, first, clerk)
    hearing.undo(case=second, by=clerk, now=NOW, version=None)
    view = seen(second, clerk)
    assert (view.header.follows, view.record.people) == ("", ())
    follow(second, other, clerk)
    assert seen(second, clerk).header.follows == "A002"

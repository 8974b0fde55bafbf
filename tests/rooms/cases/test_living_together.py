"""Who moves, who stays, and which household comes of it (部分転入・既存世帯への転入)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.cast import NOW, RESIDENTS, TODAY, certificate, mover
from tests.rooms.cases.walking import answered, begun, opened, seen, sign, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, opening
from madoguchi.cases.models import PersonRow
from madoguchi.cases.record import comes_together, heads_after
from madoguchi.cases.sheet_facts import PapersOfCase, facts_for_sheets
from madoguchi.connect.change_data import body_of
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef

Staff = Mapping[str, Actor]


def moving(case: str, by: Actor, *refs: str, **relationships: str) -> None:
    opening.set_who_moves(
        case=case,
        moving=frozenset(refs),
        relationships=relationships,
        claimant=None,
        keep_address_off=False,
        by=by,
        now=NOW,
        version=None,
    )


@pytest.mark.django_db
def test_e38_who_stays_behind_does_not_live_in_the_new_household(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    moving(case, clerk, "p2", "p4", p2="世帯主", p4="子")
    record = seen(case, clerk).record
    assert comes_together(record) == ("p2", "p4")
    assert {ref: record.value("lives_with_household", ref) for ref in ("p1", "p2", "p3", "p4")} == {
        "p1": False,
        "p2": True,
        "p3": False,
        "p4": True,
    }
    moving(case, clerk, "p1", "p2", "p3", "p4", "p5", p1="世帯主", p2="妻")
    assert seen(case, clerk).record.value("lives_with_household", "p1") is True


@pytest.mark.django_db
def test_e38_the_head_on_paper_is_the_one_who_moves(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    moving(case, clerk, "p2", "p4", p2="世帯主")
    facts = facts_for_sheets(PapersOfCase(case, actor=clerk, now=NOW), None)
    assert facts.known["household.head_name", ""].value.text == "引越 春"
    assert facts.people == ("p2", "p4")


@pytest.mark.django_db
def test_e38_the_core_system_is_told_of_the_new_household_only(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    moving(case, clerk, "p2", "p4", p2="世帯主")
    told = body_of(case, on=TODAY)["people"]
    assert [(person["ref"], person["moves"]) for person in told] == [("p2", True), ("p4", True)]


@pytest.mark.django_db
def test_e38_without_a_head_nothing_is_signed(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    moving(case, clerk, "p2", "p4")
    visited(case, clerk, person="p2")
    with pytest.raises(closing.HeadUnclear, match="世帯主がいません"):
        sign(case, clerk)
    moving(case, clerk, "p2", "p4", p2="世帯主")
    sign(case, clerk)


@pytest.mark.django_db
def test_e35_two_heads_are_told_with_their_names_until_one_is_left(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    opening.join_household(case=case, number=RESIDENTS["head_of_joined"].household_no, by=clerk, now=NOW)
    visited(case, clerk)
    assert heads_after(seen(case, clerk).record) == ("引越 大", "大家 一郎")
    with pytest.raises(closing.HeadUnclear, match=r"2人（引越 大、大家 一郎）"):
        sign(case, clerk)
    moving(
        case, clerk, "p1", "p2", "p3", "p4", "p5", p1="子", p2="子の妻", p3="子の子", p4="子の子", p5="同居人"
    )
    sign(case, clerk)


@pytest.mark.django_db
def test_e35_the_members_there_are_decided_again_with_the_newcomers(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    """The head's household insurance and 続柄 change for them too, so their decisions are on the list and change."""
    clerk = city["clerk_hana"]
    case = begun(clerk)
    before = seen(case, clerk)
    opening.join_household(case=case, number=RESIDENTS["head_of_joined"].household_no, by=clerk, now=NOW)
    after = seen(case, clerk)
    fresh = {one.subject for one in after.judged.decisions} - {one.subject for one in before.judged.decisions}
    assert fresh == {"p6", "p7"}
    mine = {one.procedure for one in after.judged.decisions if one.subject == "p6"}
    theirs = {one.procedure for one in after.judged.decisions if one.subject == "p1"}
    assert mine == theirs
    changed = {one.procedure: one.status for one in before.judged.decisions if one.subject == "household"}
    again = {one.procedure: one.status for one in after.judged.decisions if one.subject == "household"}
    assert changed["household-split-merge"] is Status.NOT_NEEDED
    assert again["household-split-merge"] is Status.OPTIONAL
    assert again["head-change"] is Status.ASK


@pytest.mark.django_db
def test_a_second_certificate_does_not_lend_its_people_the_first_ones_facts(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    hearing.answer_prompt(
        case=case,
        prompt="x",
        answers={FactRef("care_level", "p1"): "care2"},
        by=clerk,
        now=NOW,
        version=None,
    )
    other = certificate(mover("別人 次郎", RESIDENTS["wife"].birth, "male", "世帯主"))
    before = seen(case, clerk).record
    with pytest.raises(opening.AlreadyBegun, match="もどす"):
        opening.begin_from_certificate(case=case, certificate=other, by=clerk, now=NOW)
    assert seen(case, clerk).record.facts == before.facts
    while seen(case, clerk).can_undo:
        hearing.undo(case=case, by=clerk, now=NOW, version=None)
    opening.begin_from_certificate(case=case, certificate=other, by=clerk, now=NOW)
    record = seen(case, clerk).record
    assert [record.name_of(person.ref) for person in record.people] == ["別人 次郎"]
    assert record.value("care_level", "p1") is None


@pytest.mark.django_db
def test_nobody_is_brought_in_twice_and_everybody_has_a_name_of_their_own(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = opened(clerk)
    wanted = [residents["head"], residents["wife"]]
    opening.add_residents(case=case, resident_nos=wanted, staying=False, by=clerk, now=NOW)
    opening.add_residents(case=case, resident_nos=wanted[:1], staying=False, by=clerk, now=NOW)
    opening.add_residents(case=case, resident_nos=[residents["leap_day"]], staying=False, by=clerk, now=NOW)
    people = seen(case, clerk).record.people
    assert [person.ref for person in people] == ["p1", "p2", "p3"]
    assert len({person.resident_no for person in people}) == 3
    assert PersonRow.objects.filter(case__public_id=case).count() == 3


@pytest.mark.django_db
def test_joining_and_stepping_back_leaves_the_household_as_it_was(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    before = seen(case, clerk)
    opening.join_household(case=case, number=RESIDENTS["head_of_joined"].household_no, by=clerk, now=NOW)
    hearing.undo(case=case, by=clerk, now=NOW, version=None)
    after = seen(case, clerk)
    assert (after.record.facts, after.record.people) == (before.record.facts, before.record.people)
    assert after.judged.decisions == before.judged.decisions
    answered(case, clerk)

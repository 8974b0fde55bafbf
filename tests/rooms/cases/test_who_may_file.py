"""What a visitor may file for whom (E43–E45): never everything, never by guess."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from tests.cast import NOW, RESIDENTS
from tests.rooms.cases.walking import begun, seen, sign, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, opening
from madoguchi.cases.judging import choice_key
from madoguchi.cases.representation import SPECIAL, May, filing_right, visitor_towards
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.loader import national_pack

Staff = Mapping[str, Actor]
SIGNING, SEAL = "card-signing-certificate", "seal-registration"


def came(case: str, by: Actor, kind: VisitorKind, person: str = "") -> None:
    opening.set_visitor(
        case=case,
        kind=kind,
        person=person,
        name="" if person else "代理 良子",
        phone="",
        documents=frozenset({IdentityDocument.PASSPORT}),
        proof_seen=True,
        unproved=False,
        by=by,
        now=NOW,
        version=None,
    )


def decided(procedure: str, status: Status = Status.OPTIONAL) -> Decision:
    return Decision(procedure, "R00", "p1", status, (), None, False, None, ())


def test_the_special_rows_are_of_procedures_that_there_are() -> None:
    assert set(SPECIAL) <= {one.id for one in national_pack().procedures}


@pytest.mark.parametrize(("procedure", "kind"), list(product(["move-in-notice", *SPECIAL], VisitorKind)))
def test_every_visitor_has_an_answer_for_every_procedure(procedure: str, kind: VisitorKind) -> None:
    for status in (Status.MUST, Status.OPTIONAL):
        right = filing_right(decided(procedure, status), kind=kind)
        assert right.may is May.YES or right.note
        if kind is VisitorKind.SELF:
            assert right.may is May.YES


def test_a_messenger_hands_in_what_must_be_and_chooses_nothing() -> None:
    assert filing_right(decided("x", Status.MUST), kind=VisitorKind.MESSENGER).may is May.HAND_IN
    assert filing_right(decided("x"), kind=VisitorKind.MESSENGER).may is May.NO


def test_the_seal_of_another_takes_a_letter_and_a_second_visit() -> None:
    for kind in (VisitorKind.HOUSEHOLD, VisitorKind.AGENT):
        assert filing_right(decided(SEAL), kind=kind).may is May.TWO_VISITS


@pytest.mark.django_db
def test_one_of_the_movers_is_of_the_household_to_the_others(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    assert visitor_towards(seen(case, clerk).record, "p1") is None
    visited(case, clerk, person="p2")
    record = seen(case, clerk).record
    assert visitor_towards(record, "p2") is VisitorKind.SELF
    assert visitor_towards(record, "household") is VisitorKind.SELF
    assert visitor_towards(record, "p1") is VisitorKind.HOUSEHOLD
    rights = seen(case, clerk).rights
    assert rights[SEAL, "p2"].may is May.YES
    assert rights[SEAL, "p1"].may is May.TWO_VISITS


@pytest.mark.django_db
def test_an_agent_cannot_take_what_only_the_person_can(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    came(case, clerk, VisitorKind.AGENT)
    wanted = frozenset({f"{SEAL}:p1"})
    hearing.answer_prompt(
        case=case, prompt="x", answers={FactRef("has_card", "p1"): True}, by=clerk, now=NOW, version=None
    )
    view = seen(case, clerk)
    only = [one for one in view.judged.with_status(Status.OPTIONAL) if one.procedure == SIGNING]
    closing.choose(case=case, wanted=wanted | {choice_key(only[0])}, by=clerk, now=NOW, version=None)
    with pytest.raises(closing.VisitorMayNot, match="署名用電子証明書") as told:
        sign(case, clerk)
    assert len(told.value.procedures) == 1
    closing.choose(case=case, wanted=wanted, by=clerk, now=NOW, version=None)
    sign(case, clerk)


@pytest.mark.django_db
def test_a_messenger_does_not_sign_the_pad(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    came(case, clerk, VisitorKind.MESSENGER)
    with pytest.raises(closing.PadIsForThePerson, match="紙に署名"):
        sign(case, clerk)
    closing.sign(case=case, strokes=None, paper_signed=True, by=clerk, now=NOW, version=None)


@pytest.mark.django_db
def test_e50_identity_that_could_not_be_proved_is_kept_as_such(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    opening.set_visitor(
        case=case,
        kind=VisitorKind.SELF,
        person="p1",
        name="",
        phone="",
        documents=frozenset(),
        proof_seen=False,
        unproved=True,
        by=clerk,
        now=NOW,
        version=None,
    )
    assert seen(case, clerk).record.value("notifier_unproved") is True
    sign(case, clerk)


@pytest.mark.django_db
def test_e47_who_comes_is_no_way_to_an_address(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    """The one they are kept from joins 'their' household: no address, no sign of it, and no paper with one."""
    clerk = city["clerk_hana"]
    case = begun(clerk)
    opening.join_household(case=case, number=RESIDENTS["protected"].household_no, by=clerk, now=NOW)
    view = seen(case, clerk)
    assert not view.address_shown
    assert "蛍沢" not in repr(view.record)

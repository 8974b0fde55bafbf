"""Documents that are missing today (補正待ち), certificates asked for, and the list that forgets no case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.cast import NOW
from tests.rooms.cases.walking import begun, brought_to, opened, seen, sign, signed, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import certificate_wishes, closing, hearing, opening, queries, reviewing
from madoguchi.cases.acting import NotNow
from madoguchi.cases.models import DocumentRow
from madoguchi.cases.states import CaseStatus

Staff = Mapping[str, Actor]
ACCOUNT = ("child-allowance-claim", "請求者名義の口座が分かるもの")
CARD = ("card-continue", "マイナンバーカード")


def note(case: str, by: Actor, *missing: tuple[str, str]) -> None:
    closing.note_documents(case=case, missing=missing, by=by, now=NOW)


def due(case: str, by: Actor) -> dict[str, bool]:
    return {one.text: one.received for one in seen(case, by).documents}


@pytest.mark.django_db
def test_what_is_missing_is_noted_once_dropped_and_noted_again(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    note(case, clerk, ACCOUNT, CARD, ACCOUNT)
    assert due(case, clerk) == {ACCOUNT[1]: False, CARD[1]: False}
    note(case, clerk, CARD)
    assert due(case, clerk) == {CARD[1]: False}
    assert DocumentRow.objects.filter(case__public_id=case).count() == 2, "what was dropped stays on record"
    version = seen(case, clerk).header.version
    note(case, clerk, CARD)
    assert seen(case, clerk).header.version == version, "nothing new: no act"
    note(case, clerk, ACCOUNT, CARD)
    assert due(case, clerk) == {ACCOUNT[1]: False, CARD[1]: False}


@pytest.mark.django_db
def test_a_document_comes_once_and_belongs_to_its_case(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case, other = begun(clerk), begun(clerk)
    note(case, clerk, ACCOUNT)
    (document,) = seen(case, clerk).documents
    with pytest.raises(closing.NoSuchDocument, match="開き直して"):
        closing.receive_document(case=other, document=document.id, by=clerk, now=NOW)
    for _ in range(2):
        closing.receive_document(case=case, document=document.id, by=clerk, now=NOW)
    assert due(case, clerk) == {ACCOUNT[1]: True}
    came = [one for one in queries.history(case=case) if one.activity == "receive_document"]
    assert len(came) == 1
    note(case, clerk)
    assert due(case, clerk) == {ACCOUNT[1]: True}, "what has come is not dropped"


@pytest.mark.django_db
def test_a_case_stays_on_the_list_until_the_last_document_has_come(city: Staff, procedures: str) -> None:
    clerk, reviewer = city["clerk_hana"], city["reviewer_jiro"]
    case = begun(clerk)
    note(case, clerk, ACCOUNT)
    visited(case, clerk)
    sign(case, clerk)
    reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    reviewing.hand_over(case=case, by=clerk, now=NOW)
    reviewing.acknowledge(case=case, by=clerk, now=NOW)
    later = NOW + timedelta(days=200)

    def listed() -> list[str]:
        return [header.id for header in queries.worklist(branch="main", now=later)]

    assert listed() == [case]
    assert queries.open_documents([case]) == {case: 1}
    closing.receive_document(case=case, document=seen(case, clerk).documents[0].id, by=clerk, now=later)
    assert listed() == []


@pytest.mark.django_db
def test_a_case_that_was_put_aside_is_never_forgotten_and_found_anywhere(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    hearing.park(case=case, by=clerk, now=NOW)
    question = seen(case, clerk).prompt
    later = NOW + timedelta(days=90)
    assert [header.id for header in queries.worklist(branch="main", now=later)] == [case]
    assert queries.worklist(branch="north", now=later) == ()
    (found,) = queries.worklist(branch="north", now=later, number=" a001 ")
    assert found.id == case
    hearing.resume(case=case, by=city["clerk_north"], now=later)
    assert seen(case, city["clerk_north"]).prompt == question


@pytest.mark.django_db
def test_certificates_wait_until_the_change_is_registered(city: Staff, procedures: str) -> None:
    clerk, reviewer = city["clerk_hana"], city["reviewer_jiro"]
    case = begun(clerk)
    wish = {"resident_record": 2, "seal_certificate": 0}
    fees = {"resident_record": 300, "seal_certificate": 300}
    for _ in range(2):
        certificate_wishes.request_certificates(case=case, copies=wish, fees=fees, by=clerk, now=NOW)
    visited(case, clerk)
    sign(case, clerk)
    reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    reviewing.hand_over(case=case, by=clerk, now=NOW)

    def wishes() -> list[tuple[str, int, int, bool]]:
        return [
            (one.kind, one.copies, one.fee_yen, one.may_be_issued) for one in seen(case, clerk).certificates
        ]

    assert wishes() == [("resident_record", 2, 600, False)]
    reviewing.acknowledge(case=case, by=clerk, now=NOW)
    assert wishes() == [("resident_record", 2, 600, True)]


@pytest.mark.django_db
def test_no_certificate_of_a_person_while_their_change_is_provisional(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk, reviewer = city["clerk_hana"], city["reviewer_jiro"]
    head = residents["head"]
    case = opened(clerk)
    opening.add_residents(case=case, resident_nos=[head], staying=False, by=clerk, now=NOW)
    visited(case, clerk)
    assert queries.certificate_blocked(resident_no=head) is None
    sign(case, clerk)
    said = queries.certificate_blocked(resident_no=head)
    assert said is not None and "仮の記録" in said and "A001" in said
    assert queries.certificate_blocked(resident_no=residents["wife"]) is None
    reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    reviewing.hand_over(case=case, by=clerk, now=NOW)
    assert queries.certificate_blocked(resident_no=head) is not None
    reviewing.acknowledge(case=case, by=clerk, now=NOW)
    assert queries.certificate_blocked(resident_no=head) is None


@pytest.mark.django_db
def test_explained_once_is_explained_for_every_department(city: Staff, procedures: str) -> None:
    clerk, officer = city["clerk_hana"], city["officer_nhi"]
    case = signed(clerk)
    closing.explain(case=case, procedure="nhi-enrol", index=0, by=clerk, now=NOW)
    closing.explain(case=case, procedure="nhi-enrol", index=0, by=officer, now=NOW + timedelta(minutes=9))
    told = seen(case, officer).explained["nhi-enrol", 0]
    assert (told.by_name, told.at) == ("窓口 花", NOW)
    assert len([one for one in queries.history(case=case) if one.activity == "explain"]) == 1


@pytest.mark.django_db
def test_a_withdrawn_case_takes_no_documents(city: Staff, procedures: str) -> None:
    case = brought_to(CaseStatus.WITHDRAWN, city["clerk_hana"], city["reviewer_jiro"])
    with pytest.raises(NotNow):
        note(case, city["clerk_hana"], ACCOUNT)

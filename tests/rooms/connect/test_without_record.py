"""Nobody without a 住民票 gets into the change data, alone or beside a household of the register (E41)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from tests.cast import NOW, RESIDENTS
from tests.rooms.cases.walking import PAD, answered, visited, without_record

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, household_notice, opening
from madoguchi.cases.acting import find_case
from madoguchi.cases.judging import choice_key, judge
from madoguchi.cases.models import PersonRow
from madoguchi.cases.record import read_record
from madoguchi.cases.states import CaseStatus
from madoguchi.cases.unregistered import UnregisteredPerson, add_unregistered
from madoguchi.connect import operations
from madoguchi.connect.change_data import body_of
from madoguchi.connect.models import MessageRow
from madoguchi.connect.registering import CoreNumber, register_movers
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.models import ResidentRecord

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=30)
VISITOR, PLACE = "訪問 泊子", "まど県まどか市水車小屋9番地"


@pytest.fixture
def clerk(city: Staff, procedures: str, residents: Mapping[str, str]) -> Actor:
    return city["clerk_hana"]


def signed(case: str, by: Actor, *, who: str = "p1") -> None:
    """Everything that may be applied for is, so that every task and every line of a message is made."""
    visited(case, by, person=who)
    answered(case, by)
    row = find_case(case)
    optional = judge(row, read_record(row)).with_status(Status.OPTIONAL)
    wanted = frozenset(choice_key(one) for one in optional)
    closing.choose(case=case, wanted=wanted, by=by, now=NOW, version=None)
    closing.sign(case=case, strokes=PAD, paper_signed=False, by=by, now=LATER, version=None)


def beside_the_register(by: Actor) -> tuple[str, str]:
    """A household of the register, and somebody without a 住民票 who stays with them; the case and their ref."""
    case = opening.open_case(event=EventKind.none, by=by, now=NOW)
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=by, now=NOW)
    visitor = UnregisteredPerson(VISITOR, birth=date(1990, 3, 3), sex="female", relationship="同居人")
    add_unregistered(case=case, people=[visitor], place_of_stay=PLACE, keep_off=False, by=by, now=NOW)
    return case, f"p{len(read_record(find_case(case)).people)}"


def test_e41_a_case_of_nobody_registered_makes_no_change_data_and_ends_with_tasks(
    clerk: Actor, city: Staff
) -> None:
    case = without_record(clerk)
    signed(case, clerk)
    operations.approve_and_create(case=case, by=city["reviewer_jiro"], now=LATER, version=None)
    assert not MessageRow.objects.exists()
    assert operations.hand_over(by=clerk, now=LATER).bodies == ()
    row = find_case(case)
    assert CaseStatus(row.status) is CaseStatus.CLOSED
    assert row.tasks.exists()


def test_e41_beside_a_household_of_the_register_they_are_in_no_message(clerk: Actor, city: Staff) -> None:
    case, visitor = beside_the_register(clerk)
    signed(case, clerk, who=visitor)
    operations.approve_and_create(case=case, by=city["reviewer_jiro"], now=LATER, version=None)
    (message,) = MessageRow.objects.all()
    assert len(message.body["people"]) == 4
    assert all(person["resident_no"] for person in message.body["people"])
    assert visitor not in {one["subject"] for one in message.body["procedures"]}
    text = json.dumps(message.body, ensure_ascii=False)
    assert VISITOR not in text
    assert PLACE not in text
    assert find_case(case).tasks.filter(subject=visitor).exists(), "the departments are told all the same"


def test_even_a_message_asked_for_by_name_leaves_them_out(clerk: Actor) -> None:
    case = without_record(clerk)
    signed(case, clerk)
    body = body_of(case, on=NOW.date())
    assert body["people"] == []
    assert body["notifier"]["name"] == ""


def test_no_answer_of_the_core_system_makes_them_residents(clerk: Actor) -> None:
    case = without_record(clerk)
    before = ResidentRecord.objects.count()
    numbers = {"p1": CoreNumber("9999999999999", "999999")}
    row = find_case(case)
    first = PersonRow.objects.get(case=row, ref="p1")
    row.facts.create(
        act=first.act, key="moves", subject="p1", value=True, source="said", as_of=NOW.date(), known_since=NOW
    )
    register_movers(case, numbers, by=clerk, now=LATER)
    assert ResidentRecord.objects.count() == before


def test_put_right_after_the_end_it_ends_again_without_change_data(clerk: Actor, city: Staff) -> None:
    case = without_record(clerk)
    signed(case, clerk)
    operations.approve_and_create(case=case, by=city["reviewer_jiro"], now=LATER, version=None)
    closing.correct_after_signing(case=case, reason="呼び名の誤り", by=clerk, now=LATER, version=None)
    closing.sign(case=case, strokes=PAD, paper_signed=False, by=clerk, now=LATER, version=None)
    operations.approve_and_create(case=case, by=city["reviewer_jiro"], now=LATER, version=None)
    assert not MessageRow.objects.exists()
    assert CaseStatus(find_case(case).status) is CaseStatus.CLOSED

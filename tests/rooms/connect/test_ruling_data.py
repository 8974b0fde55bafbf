"""Decisions in the outbox: what they say and what not, when they may leave, and that leaving again is the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pytest
from tests.cast import NOW
from tests.rooms.cases.deciding import DISMISS, GRANT, GRANT_INSTEAD, signed_by_widow, task_of
from tests.rooms.cases.walking import answered, sign, signed, visited, without_record

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.messages.parties import ForWhom, cases_open_to
from madoguchi.cases.models import TaskRow
from madoguchi.cases.rulings.deciding import ProposerMayNot
from madoguchi.connect.models import RulingMessageRow
from madoguchi.connect.operations import answer, approve_and_create, hand_over
from madoguchi.connect.registering import CoreNumber
from madoguchi.connect.ruling_data import (
    COLUMNS,
    approve_ruling,
    decide,
    hand_over_rulings,
    ruling_messages,
    rulings_csv,
)
from madoguchi.jp.check_digits import with_check_digit

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]


def test_a_decision_leaves_once_and_again_the_same(city: Staff) -> None:
    there, systems = signed_by_widow(city), city["systems_saki"]
    assert decide(task=there.by_one, said=DISMISS, by=city["officer_nhi"], now=NOW, version=None)
    (first,) = hand_over_rulings(by=systems, now=NOW)
    assert first["resident_no"] == there.widow
    assert (first["decision"], first["procedure"], first["replaces"]) == ("dismissed", "high-cost-heirs", "")
    assert tuple(first) == COLUMNS
    for word in ("髙橋", "柏台", DISMISS.reason):
        assert word not in str(first)
    assert hand_over_rulings(by=systems, now=NOW) == ()
    assert hand_over_rulings(by=systems, now=NOW, again=True) == (first,)
    assert (
        EntryRow.objects.filter(activity="read", person_key=there.widow, authority="ruling_data").count() == 2
    )
    decide(task=there.by_one, said=GRANT_INSTEAD, by=city["officer_nhi"], now=NOW, version=None)
    (second,) = hand_over_rulings(by=systems, now=NOW)
    assert second["replaces"] == first["ruling_id"]
    rows = list(csv.DictReader(io.StringIO(rulings_csv([first, second]).decode("utf-8-sig"))))
    assert [row["decision"] for row in rows] == ["dismissed", "granted"]


def test_what_waits_for_the_second_person_is_in_no_outbox(city: Staff) -> None:
    there = signed_by_widow(city)
    assert not decide(task=there.by_two, said=GRANT, by=city["officer_nhi"], now=NOW, version=None)
    assert ruling_messages() == ()
    with pytest.raises(ProposerMayNot):
        approve_ruling(task=there.by_two, by=city["officer_nhi"], now=NOW, version=None)
    assert ruling_messages() == ()
    approve_ruling(task=there.by_two, by=city["officer_child"], now=NOW, version=None)
    assert len(ruling_messages()) == 1


def test_who_just_moved_in_waits_for_the_register_and_then_has_a_page(city: Staff) -> None:
    case, systems = signed(city["clerk_hana"]), city["systems_saki"]
    task = TaskRow.objects.get(case__public_id=case, procedure="nhi-enrol", subject="p1")
    decide(task=task.pk, said=GRANT, by=city["officer_nhi"], now=NOW, version=None)
    assert hand_over_rulings(by=systems, now=NOW) == ()
    assert [one.waits_for_register for one in ruling_messages()] == [True]
    approve_and_create(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    (body,) = hand_over(by=systems, now=NOW).bodies
    given = {
        person["ref"]: CoreNumber(with_check_digit(f"{900 + n:012d}"), with_check_digit("000900"))
        for n, person in enumerate(body["people"])
    }
    answer(change=body["change_id"], accepted=True, numbers=given, by=systems, now=NOW)
    (out,) = hand_over_rulings(by=systems, now=NOW)
    assert out["resident_no"] == given["p1"].resident_no
    (own,) = cases_open_to(ForWhom(given["p1"].resident_no), on=NOW.date())
    assert own[0].public_id == case


def test_practice_and_people_without_a_record_are_in_no_outbox(city: Staff) -> None:
    practice = signed(city["clerk_hana"], practice=True)
    clerk = city["clerk_taro"]
    unregistered = without_record(clerk)
    visited(unregistered, clerk)
    answered(unregistered, clerk)
    sign(unregistered, clerk)
    for case in (practice, unregistered):
        for task in TaskRow.objects.filter(case__public_id=case)[:2]:
            decide(task=task.pk, said=GRANT, by=city["officer_nhi"], now=NOW, version=None)
    assert not RulingMessageRow.objects.exists()
    assert task_of(practice, "move-in-notice")

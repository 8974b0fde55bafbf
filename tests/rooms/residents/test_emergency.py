"""Where a protected person lives is told in an emergency, to one when another agrees, for a quarter of an hour (非常時の開示)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW, PLANTED_ADDRESS, RESIDENTS

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.residents.emergency import (
    EmergencyReason,
    EmergencyRefused,
    EmergencyState,
    answer,
    ask,
    emergencies,
    end,
    see,
)
from madoguchi.residents.models import EmergencyRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "city")]
YUKI, SECOND, THIRD = (
    Actor(number, name, "main", "") for number, name in ((101, "支援 雪"), (102, "支援 霜"), (103, "支援 霧"))
)
PROTECTED = RESIDENTS["protected"].resident_no


def asked(by: Actor = YUKI) -> int:
    return ask(resident_no=PROTECTED, reason=EmergencyReason.LIFE, by=by, now=NOW)


def state() -> EmergencyState:
    return emergencies(now=NOW)[0].state


def test_one_asks_another_agrees_and_the_first_sees() -> None:
    number = asked()
    answer(number=number, agree=True, by=SECOND, now=NOW + timedelta(minutes=29))
    person = see(number=number, by=YUKI, now=NOW + timedelta(minutes=40))
    assert PLANTED_ADDRESS in (person.address or "")
    (line,) = EntryRow.objects.filter(person_key=PROTECTED, purpose=Purpose.EMERGENCY.value)
    assert line.staff_id == YUKI.staff_id
    said = list(
        EntryRow.objects.filter(activity__startswith="emergency")
        .order_by("id")
        .values_list("activity", "staff_id")
    )
    assert said == [("emergency_asked", 101), ("emergency_agreed", 102)]
    assert PLANTED_ADDRESS not in str(list(EntryRow.objects.values_list("body", flat=True)))
    assert emergencies(now=NOW)[0].times_seen == 1


def test_nobody_agrees_to_their_own_asking() -> None:
    number = asked()
    with pytest.raises(EmergencyRefused, match="別の職員"):
        answer(number=number, agree=True, by=YUKI, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyRow.objects.filter(pk=number).update(agreed=True, answered_by=YUKI.staff_id, answered_at=NOW)
    with pytest.raises(EmergencyRefused):
        see(number=number, by=YUKI, now=NOW)


@pytest.mark.parametrize("by", [SECOND, THIRD])
def test_whoever_did_not_ask_does_not_see(by: Actor) -> None:
    number = asked()
    answer(number=number, agree=True, by=SECOND, now=NOW)
    with pytest.raises(EmergencyRefused, match="申し出た人だけ"):
        see(number=number, by=by, now=NOW)
    assert not EntryRow.objects.filter(purpose=Purpose.EMERGENCY.value).exists()


def test_time_ends_it() -> None:
    late = asked()
    with pytest.raises(EmergencyRefused):
        answer(number=late, agree=True, by=SECOND, now=NOW + timedelta(minutes=30))
    number = asked()
    answer(number=number, agree=True, by=SECOND, now=NOW)
    with pytest.raises(EmergencyRefused):
        see(number=number, by=YUKI, now=NOW + timedelta(minutes=15))


def test_what_was_refused_is_refused_and_answered_once() -> None:
    number = asked()
    assert state() is EmergencyState.WAITING
    answer(number=number, agree=False, by=SECOND, now=NOW)
    assert state() is EmergencyState.REFUSED
    for by in (SECOND, THIRD):
        with pytest.raises(EmergencyRefused):
            answer(number=number, agree=True, by=by, now=NOW)
    with pytest.raises(EmergencyRefused):
        see(number=number, by=YUKI, now=NOW)


def test_it_is_for_protected_people_only() -> None:
    with pytest.raises(EmergencyRefused, match="支援措置を受けている方"):
        ask(resident_no=RESIDENTS["head"].resident_no, reason=EmergencyReason.LIFE, by=YUKI, now=NOW)


def ways_to_end() -> list[tuple[str, int]]:
    rows = EntryRow.objects.filter(activity__in=("emergency_taken_back", "emergency_ended")).order_by("id")
    return list(rows.values_list("activity", "staff_id"))


def test_whoever_asked_takes_it_back_before_anybody_agrees() -> None:
    number = asked()
    assert end(number=number, by=YUKI, now=NOW + timedelta(minutes=1)) is EmergencyState.TAKEN_BACK
    assert state() is EmergencyState.TAKEN_BACK
    for agree in (True, False):
        with pytest.raises(EmergencyRefused, match="取り下げられたとき"):
            answer(number=number, agree=agree, by=SECOND, now=NOW + timedelta(minutes=2))
    with pytest.raises(EmergencyRefused):
        see(number=number, by=YUKI, now=NOW + timedelta(minutes=2))
    assert ways_to_end() == [("emergency_taken_back", 101)]


def test_what_was_taken_back_is_agreed_to_by_no_way_round() -> None:
    number = asked()
    end(number=number, by=YUKI, now=NOW + timedelta(minutes=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyRow.objects.filter(pk=number).update(
            agreed=True, answered_by=SECOND.staff_id, answered_at=NOW + timedelta(minutes=2)
        )


def test_whoever_asked_ends_it_after_an_agreement() -> None:
    number = asked()
    answer(number=number, agree=True, by=SECOND, now=NOW)
    see(number=number, by=YUKI, now=NOW)
    assert end(number=number, by=YUKI, now=NOW + timedelta(minutes=1)) is EmergencyState.ENDED
    (one,) = emergencies(now=NOW + timedelta(minutes=2))
    assert (one.state, one.times_seen, one.agreed_by_name) == (EmergencyState.ENDED, 1, SECOND.name)
    with pytest.raises(EmergencyRefused):
        see(number=number, by=YUKI, now=NOW + timedelta(minutes=2))
    with pytest.raises(EmergencyRefused):
        end(number=number, by=YUKI, now=NOW + timedelta(minutes=2))
    assert ways_to_end() == [("emergency_ended", 101)]


@pytest.mark.parametrize("by", [SECOND, THIRD])
@pytest.mark.parametrize("agreed", [False, True])
def test_nobody_else_ends_it(by: Actor, *, agreed: bool) -> None:
    number = asked()
    if agreed:
        answer(number=number, agree=True, by=SECOND, now=NOW)
    with pytest.raises(EmergencyRefused, match="申し出た人だけ"):
        end(number=number, by=by, now=NOW)
    assert state() is (EmergencyState.AGREED if agreed else EmergencyState.WAITING)
    assert ways_to_end() == []


def test_what_is_over_or_refused_is_not_ended_any_more() -> None:
    late, refused, seen_out = asked(), asked(), asked()
    answer(number=refused, agree=False, by=SECOND, now=NOW)
    answer(number=seen_out, agree=True, by=SECOND, now=NOW)
    for number, minutes in ((late, 30), (refused, 1), (seen_out, 15)):
        with pytest.raises(EmergencyRefused):
            end(number=number, by=YUKI, now=NOW + timedelta(minutes=minutes))
    assert ways_to_end() == []

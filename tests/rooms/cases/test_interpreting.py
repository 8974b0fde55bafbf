"""An interpreter sees the case to which they are called, to read, only while they are called; and of it what was said (通訳)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW
from tests.rooms.cases.walking import answered, begun, brought_to, opened, without_record

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.acting import NoSuchCase
from madoguchi.cases.interpreting import (
    CALL_LASTS,
    InterpretedCase,
    InterpreterNotCalled,
    call_interpreter,
    called_to,
    calls_of,
    end_call,
    interpreted_case,
)
from madoguchi.cases.models import CaseRow, InterpreterCallRow
from madoguchi.cases.own_facts import ADDRESS_FACTS
from madoguchi.cases.record import ADDRESS_KEPT_OFF, PLACE_OF_STAY, POST_HELD
from madoguchi.cases.states import CaseStatus, FactSource
from madoguchi.city.operations import set_active, set_roles
from madoguchi.procedures.facts import FactRef

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
Staff = Mapping[str, Actor]


@pytest.fixture
def lin(city: Staff) -> Actor:
    return city["interpreter_lin"]


@pytest.fixture
def hana(city: Staff) -> Actor:
    return city["clerk_hana"]


@pytest.fixture
def case(hana: Actor) -> str:
    made = begun(hana)
    answered(made, hana)
    return made


def called(case: str, lin: Actor, by: Actor, **later: float) -> None:
    call_interpreter(case=case, interpreter=lin.staff_id or 0, by=by, now=NOW + timedelta(**later))


def seen(case: str, by: Actor, **later: float) -> InterpretedCase | None:
    try:
        return interpreted_case(case=case, by=by, now=NOW + timedelta(**later))
    except NoSuchCase:
        return None


def test_whoever_is_called_reads_it_and_that_is_written_down(case: str, lin: Actor, hana: Actor) -> None:
    assert seen(case, lin) is None
    called(case, lin, hana)
    found = seen(case, lin)
    assert found is not None and found.told and found.judged.decisions
    lines = EntryRow.objects.filter(purpose="interpreting", staff_id=lin.staff_id)
    assert {one.person_key for one in lines} == {f"{case}/{one.ref}" for one in found.record.people}
    act = EntryRow.objects.get(activity="interpreter_called")
    assert (act.staff_id, act.case, act.body["staff"]) == (hana.staff_id, case, lin.staff_id)


def test_what_is_told_was_said_here_and_tells_nobody_apart(case: str, lin: Actor, hana: Actor) -> None:
    called(case, lin, hana)
    found = seen(case, lin)
    assert found is not None
    told = {ref: found.record.facts[ref] for ref in found.told}
    assert {one.source for one in told.values()} == {FactSource.SAID}
    assert not {ref.key for ref in told} & (
        ADDRESS_FACTS | {"name", "kana", "birth_date", "domicile", "joined_household"}
    )
    assert FactRef("birth_date", "p1") in found.record.facts, "it is there, and from the certificate"
    kept_back = {ref.key for ref in found.record.facts} - {ref.key for ref in told}
    assert {"new_address", "name", "birth_date"} <= kept_back


def test_the_clerk_ends_it(case: str, lin: Actor, hana: Actor, city: Staff) -> None:
    called(case, lin, hana)
    (call,) = called_to(case=case, now=NOW)
    end_call(case=case, call=call.number, by=city["clerk_taro"], now=NOW + timedelta(minutes=1))
    assert seen(case, lin, minutes=1) is None
    assert calls_of(interpreter=lin.staff_id or 0, now=NOW + timedelta(minutes=1)) == ()
    with pytest.raises(InterpreterNotCalled, match="もう終わっています"):
        end_call(case=case, call=call.number, by=hana, now=NOW + timedelta(minutes=2))
    assert EntryRow.objects.get(activity="interpreter_ended").staff_id == city["clerk_taro"].staff_id


def test_time_ends_it_and_they_are_called_again(case: str, lin: Actor, hana: Actor) -> None:
    called(case, lin, hana)
    assert seen(case, lin, seconds=CALL_LASTS.total_seconds() - 1)
    assert seen(case, lin, seconds=CALL_LASTS.total_seconds()) is None
    called(case, lin, hana, hours=3)
    assert seen(case, lin, hours=4)
    assert InterpreterCallRow.objects.count() == 2


@pytest.mark.parametrize("status", [CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.REGISTERED])
def test_the_end_of_the_case_ends_it(status: CaseStatus, case: str, lin: Actor, hana: Actor) -> None:
    called(case, lin, hana)
    CaseRow.objects.filter(public_id=case).update(status=status.value)
    assert seen(case, lin) is None
    assert calls_of(interpreter=lin.staff_id or 0, now=NOW) == () == called_to(case=case, now=NOW)
    with pytest.raises(InterpreterNotCalled, match="終わった受付"):
        called(case, lin, hana, minutes=1)


def test_it_goes_on_after_the_signature(lin: Actor, hana: Actor, city: Staff) -> None:
    signed = brought_to(CaseStatus.IN_REVIEW, hana, city["reviewer_jiro"])
    called(signed, lin, hana)
    found = seen(signed, lin)
    assert found is not None and found.prompt is None


def test_nobody_else_and_no_other_case(case: str, lin: Actor, hana: Actor, city: Staff) -> None:
    other = opened(hana)
    called(case, lin, hana)
    for who in ("contract_uke", "contract_shita", "clerk_taro", "auditor_ren"):
        assert seen(case, city[who]) is None, who
    assert seen(other, lin) is None
    assert seen("0" * 32, lin) is None
    assert [one.case for one in calls_of(interpreter=lin.staff_id or 0, now=NOW)] == [case]


def test_only_somebody_with_the_role_is_called(case: str, lin: Actor, hana: Actor, city: Staff) -> None:
    for who in (city["clerk_taro"], city["contract_uke"], hana):
        with pytest.raises(InterpreterNotCalled, match="通訳の役割"):
            called(case, who, hana)
    set_active(staff=lin.staff_id or 0, active=False, by=hana, now=NOW)
    with pytest.raises(InterpreterNotCalled):
        called(case, lin, hana)
    set_active(staff=lin.staff_id or 0, active=True, by=hana, now=NOW)
    set_roles(staff=lin.staff_id or 0, roles=(), by=hana, now=NOW)
    with pytest.raises(InterpreterNotCalled):
        called(case, lin, hana)
    assert not InterpreterCallRow.objects.exists()


def test_called_twice_is_once(case: str, lin: Actor, hana: Actor, city: Staff) -> None:
    called(case, lin, hana)
    called(case, lin, city["clerk_taro"], minutes=5)
    (one,) = called_to(case=case, now=NOW + timedelta(minutes=6))
    assert (one.called_by_name, one.until) == (hana.name, NOW + CALL_LASTS)
    row = InterpreterCallRow.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_nobody_calls_themselves_whatever_writes_it(case: str, lin: Actor, hana: Actor) -> None:
    called(case, lin, hana)
    with pytest.raises(IntegrityError), transaction.atomic():
        InterpreterCallRow.objects.update(called_by=lin.staff_id)


def test_that_somebody_wants_their_address_kept_off_is_not_told(lin: Actor, hana: Actor) -> None:
    case = without_record(hana, keep_off=True)
    called(case, lin, hana)
    found = seen(case, lin)
    assert found is not None and found.record.value(ADDRESS_KEPT_OFF) is True
    kept_off = {ADDRESS_KEPT_OFF, POST_HELD, PLACE_OF_STAY}
    assert not {ref.key for ref in found.told} & kept_off
    assert not kept_off & set(
        EntryRow.objects.get(purpose="interpreting", staff_id=lin.staff_id, person_key=f"{case}/p1").body[
            "fields"
        ]
    )

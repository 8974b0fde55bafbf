"""A contractor prepares a case and hands it over; what is there already they never see (下準備の委託)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.cast import NOW, TODAY, certificate
from tests.rooms.cases.walking import answered, begun, opened, seen

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import hearing, opening
from madoguchi.cases.acting import NoSuchCase
from madoguchi.cases.models import CaseRow
from madoguchi.cases.preparing import (
    PREPARED_EVENTS,
    CannotPrepare,
    begin_preparing,
    hand_over,
    preparation,
    preparations,
)
from madoguchi.procedures.situation import EventKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
Staff = Mapping[str, Actor]


@pytest.fixture
def shita(city: Staff) -> Actor:
    return city["contract_shita"]


@pytest.fixture
def case(shita: Actor) -> str:
    return begin_preparing(event=EventKind.move_in, by=shita, now=NOW)


def test_it_is_copied_handed_over_and_gone_on_with_by_a_clerk(case: str, shita: Actor, city: Staff) -> None:
    assert [one.case for one in preparations(by=shita)] == [case]
    hand_over(case=case, certificate=certificate(), by=shita, now=NOW)
    row = CaseRow.objects.get(public_id=case)
    assert row.parked and row.status == "hearing"
    hana = city["clerk_hana"]
    hearing.resume(case=case, by=hana, now=NOW)
    assert len(seen(case, hana).record.people) == 5
    assert answered(case, hana) > 0
    assert not EntryRow.objects.filter(kind="access", staff_id=shita.staff_id).exists(), "they read nobody"


def test_after_the_handing_over_it_is_not_there_for_them(case: str, shita: Actor, city: Staff) -> None:
    hand_over(case=case, certificate=certificate(), by=shita, now=NOW)
    hearing.resume(case=case, by=city["clerk_hana"], now=NOW)
    assert preparations(by=shita) == ()
    with pytest.raises(NoSuchCase):
        preparation(case=case, by=shita)
    with pytest.raises(NoSuchCase):
        hand_over(case=case, certificate=None, by=shita, now=NOW)
    assert not CaseRow.objects.get(public_id=case).parked, "they cannot break it off under the clerk's hands"


def test_it_is_left_to_the_clerks_with_nobody_in_it(case: str, shita: Actor) -> None:
    hand_over(case=case, certificate=None, by=shita, now=NOW)
    assert CaseRow.objects.get(public_id=case).parked
    assert preparations(by=shita) == ()


@pytest.mark.parametrize("who", ["contract_uke", "clerk_hana", "interpreter_lin"])
def test_nobody_elses_is_there(who: str, case: str, city: Staff) -> None:
    with pytest.raises(NoSuchCase):
        preparation(case=case, by=city[who])
    assert preparations(by=city[who]) == ()


def test_what_a_clerk_opened_or_began_is_not_there(shita: Actor, city: Staff) -> None:
    for other in (opened(city["clerk_hana"]), begun(city["clerk_hana"]), "0" * 32):
        with pytest.raises(NoSuchCase):
            hand_over(case=other, certificate=certificate(), by=shita, now=NOW)


def test_somebody_whom_a_clerk_put_into_it_shuts_it(case: str, shita: Actor, city: Staff) -> None:
    opening.begin_from_certificate(case=case, certificate=certificate(), by=city["clerk_hana"], now=NOW)
    with pytest.raises(NoSuchCase):
        preparation(case=case, by=shita)


@pytest.mark.parametrize("event", [one for one in EventKind if one not in PREPARED_EVENTS])
def test_only_who_moves_in_is_prepared(event: EventKind, shita: Actor) -> None:
    with pytest.raises(CannotPrepare, match="転入"):
        begin_preparing(event=event, by=shita, now=NOW)
    assert not CaseRow.objects.exists()


def test_without_a_seat_nothing_is_opened(shita: Actor) -> None:
    with pytest.raises(CannotPrepare, match="席"):
        begin_preparing(event=EventKind.move_in, by=Actor(shita.staff_id, shita.name, "", ""), now=NOW)


def test_what_is_refused_leaves_the_case_with_them(case: str, shita: Actor) -> None:
    with pytest.raises(opening.DateInFuture):
        hand_over(case=case, certificate=certificate(move_date=TODAY.replace(year=2027)), by=shita, now=NOW)
    assert [one.case for one in preparations(by=shita)] == [case]

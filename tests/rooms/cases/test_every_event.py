"""Every event of a household of the register, from the person found to the signature and the papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.cast import MOVED_ON, NOW, RESIDENTS, certificate
from tests.rooms.cases.walking import answered, seen, sign, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, household_notice, opening, sheets
from madoguchi.cases.household_notice import CONCERNS, FROM_REGISTER, Newborn, SaidEvent
from madoguchi.cases.record import heads_after
from madoguchi.cases.states import CaseStatus, FactSource
from madoguchi.connect.change_data import body_of
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.operations import add_fact

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
ADDRESS = "まど県まどか市新町3番地"


@pytest.fixture
def clerk(city: Staff, procedures: str, residents: Mapping[str, str]) -> Actor:
    return city["clerk_hana"]


def opened(event: EventKind, by: Actor, person: str = "head") -> str:
    case = opening.open_case(event=event, by=by, now=NOW)
    household_notice.begin_household(case=case, resident_no=RESIDENTS[person].resident_no, by=by, now=NOW)
    return case


def said(event: EventKind, case: str, by: Actor, **more: object) -> None:
    view = seen(case, by)
    concerned = frozenset({"p1"}) if event in CONCERNS else frozenset()
    child = Newborn("髙橋 陽", "タカハシ ヒナタ", "female") if event is EventKind.birth else None
    values: dict[str, object] = {
        "day": None if event is EventKind.none else MOVED_ON,
        "concerned": frozenset(one.ref for one in view.record.people)
        if event in household_notice.LEAVING
        else concerned,
        "new_head": "p2" if event is EventKind.death else "",
        "claimant": "p1" if event is EventKind.birth else None,
        "new_address": ADDRESS,
        "newborn": child,
        **more,
    }
    household_notice.say_event(
        case=case,
        said=SaidEvent(**values),
        by=by,
        now=NOW,
        version=view.header.version,  # type: ignore[arg-type]  # of several types, by name
    )


@pytest.mark.parametrize("event", sorted(FROM_REGISTER, key=lambda one: one.value))
def test_a_notice_is_taken_from_the_first_word_to_the_papers(event: EventKind, clerk: Actor) -> None:
    case = opened(event, clerk)
    assert len(seen(case, clerk).record.people) == 4
    said(event, case, clerk)
    visited(case, clerk, person="p2")
    answered(case, clerk)
    view = seen(case, clerk)
    assert not view.judged.with_status(Status.ASK)
    assert view.judged.with_status(Status.MUST, Status.OPTIONAL)
    later = NOW + timedelta(minutes=20)
    sign(case, clerk, now=later)
    assert seen(case, clerk).header.status is CaseStatus.IN_REVIEW
    for paper in (sheets.confirmation, sheets.guide):
        assert paper(case=case, actor=clerk, now=later).pages >= 1
    body = body_of(case, on=later.date())
    assert body["reason"]
    day, key = seen(case, clerk).record.value(event.date_key), body["moved_on"]
    assert key == (MOVED_ON.isoformat() if event is not EventKind.none else ""), day
    # An ordinary household's name does not change, so nothing is filed for it.
    assert bool(body["procedures"]) is (event is not EventKind.name_change)


def test_the_whole_household_comes_in_once(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk, "april_first")
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=clerk, now=NOW)
    names = [seen(case, clerk).record.name_of(one.ref) for one in seen(case, clerk).record.people]
    assert sorted(names) == sorted(["髙橋 太郎", "髙橋 さくら", "髙橋 花", "髙橋 閏"])


def test_of_the_dead_nothing_more_is_asked_and_the_widow_becomes_head(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk)
    said(EventKind.death, case, clerk)
    view = seen(case, clerk)
    assert heads_after(view.record) == ("髙橋 さくら",)
    asked = {ref.key for one in view.judged.decisions for ref in one.missing}
    assert not asked & {"death_date", "deceased"}
    assert {one.law_id for one in view.judged.with_status(Status.MUST)} >= {"D01", "D02", "D03"}


def test_a_head_who_died_without_a_new_one_cannot_be_signed(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk)
    said(EventKind.death, case, clerk, new_head="")
    visited(case, clerk, person="p2")
    answered(case, clerk)
    with pytest.raises(closing.HeadUnclear, match="世帯主がいません"):
        sign(case, clerk)


def test_the_dead_cannot_become_head(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk)
    with pytest.raises(household_notice.NewHeadGone, match="髙橋 太郎さん"):
        said(EventKind.death, case, clerk, new_head="p1")


def test_who_died_can_be_put_right(clerk: Actor) -> None:
    case = opened(EventKind.death, clerk)
    said(EventKind.death, case, clerk)
    said(EventKind.death, case, clerk, concerned=frozenset({"p2"}), new_head="")
    record = seen(case, clerk).record
    assert record.value("death_date", "p1") is None
    assert record.value("death_date", "p2") == MOVED_ON
    assert heads_after(record) == ("髙橋 太郎",)


@pytest.mark.parametrize(
    "event", sorted(FROM_REGISTER - household_notice.LEAVING - {EventKind.none}, key=lambda one: one.value)
)
def test_what_has_not_happened_is_not_taken(event: EventKind, clerk: Actor) -> None:
    case = opened(event, clerk)
    with pytest.raises(household_notice.NotHappenedYet, match=event.label):
        said(event, case, clerk, day=NOW.date() + timedelta(days=2))
    with pytest.raises(household_notice.DayMissing):
        said(event, case, clerk, day=None)


@pytest.mark.parametrize("event", sorted(household_notice.LEAVING, key=lambda one: one.value))
def test_leaving_is_said_beforehand(event: EventKind, clerk: Actor) -> None:
    case = opened(event, clerk)
    said(event, case, clerk, day=NOW.date() + timedelta(days=10))
    assert seen(case, clerk).record.value("move_date") == NOW.date() + timedelta(days=10)


@pytest.mark.parametrize("event", sorted(CONCERNS, key=lambda one: one.value))
def test_somebody_has_to_be_named(event: EventKind, clerk: Actor) -> None:
    case = opened(event, clerk)
    with pytest.raises(household_notice.NobodyConcerned):
        said(event, case, clerk, concerned=frozenset())


def test_a_child_comes_into_the_household_and_its_name_may_come_later(clerk: Actor) -> None:
    case = opened(EventKind.birth, clerk)
    said(EventKind.birth, case, clerk, newborn=Newborn("", "", "female"))
    said(EventKind.birth, case, clerk, newborn=Newborn("髙橋 陽", "タカハシ ヒナタ", "female"))
    record = seen(case, clerk).record
    assert [record.name_of(one.ref) for one in record.people][-1] == "髙橋 陽"
    assert len(record.people) == 5
    hearing.undo(case=case, by=clerk, now=NOW, version=None)
    record = seen(case, clerk).record
    assert record.name_of(record.people[-1].ref) == household_notice.NO_NAME_YET


def test_practice_opens_no_register(clerk: Actor) -> None:
    case = opening.open_case(event=EventKind.death, by=clerk, now=NOW, practice=True)
    with pytest.raises(opening.PracticeReadsNobody):
        household_notice.begin_household(
            case=case, resident_no=RESIDENTS["head"].resident_no, by=clerk, now=NOW
        )


def test_what_the_tax_office_knows_does_not_come_in(clerk: Actor) -> None:
    facts: tuple[tuple[str, Value], ...] = (("income_yen", 550_000), ("health_insurance", "nhi"))
    for key, value in facts:
        add_fact(
            resident_no=RESIDENTS["head"].resident_no, key=key, value=value, valid_from=MOVED_ON, as_of=MOVED_ON,
            source="税務", by=clerk, now=NOW,
        )  # fmt: skip
    record = seen(opened(EventKind.death, clerk), clerk).record
    assert record.value("health_insurance", "p1") == "nhi"
    assert record.value("income_yen", "p1") is None


def test_a_family_from_abroad_comes_with_passports(clerk: Actor) -> None:
    case = opening.open_case(event=EventKind.move_in_abroad, by=clerk, now=NOW)
    shown = replace(
        certificate(), from_abroad=True, planned_move_out_date=None, old_address="カナダ", old_head=""
    )
    opening.begin_from_certificate(case=case, certificate=shown, by=clerk, now=NOW)
    visited(case, clerk)
    answered(case, clerk)
    view = seen(case, clerk)
    assert not view.judged.with_status(Status.ASK)
    assert view.record.facts[FactRef("name", "p1")].source is FactSource.PASSPORT
    assert view.record.value("used_special_move_out") is None
    sign(case, clerk, now=NOW + timedelta(minutes=20))
    assert body_of(case, on=NOW.date())["reason"] == "国外転入等"

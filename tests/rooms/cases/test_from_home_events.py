"""Events from home: what the declared channels allow is filed, the rest goes to the counter behind a code, and nobody stands at a dead end."""

from __future__ import annotations

from typing import Any

import pytest
from tests.applying import answer_once, applicant_of, begun, handed_in, ordinary, seen
from tests.cast import NOW, RESIDENTS, SETTER
from tests.personas import SELF

from madoguchi.audit.entries import Actor
from madoguchi.cases import prepared
from madoguchi.cases.from_home import answering, rest, submitting
from madoguchi.cases.from_home.answering import Step
from madoguchi.cases.from_home.following import HomeCase
from madoguchi.cases.from_home.offering import HOME_EVENTS, PREPARED_EVENTS, NotOffered, may_be_filed, offered
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HomeState
from madoguchi.cases.judging import applied_for
from madoguchi.cases.models import CaseRow, PreparedRow
from madoguchi.cases.record import read_record
from madoguchi.catalogue.queries import current
from madoguchi.connect.change_data import body_of
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import EVENT_SUBJECT, FactDefinition, FactRef, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.sheltering import protect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]
ADDRESS = "まど県はなまち市中央1番"


@pytest.fixture
def who(residents: object, procedures: str) -> Applicant:
    return applicant_of("head")


def says(event: EventKind, definition: FactDefinition, ref: FactRef) -> Value:
    """A family in which everybody moves, the child's mother has died, or nothing is out of the ordinary."""
    if ref.key == "moves":
        return True
    if ref.key == "new_address":
        return ADDRESS
    if ref.key == "deceased":
        return ref.subject == "p2"
    if ref.key == "estate":
        return frozenset({"land"})
    if ref.key == "party":
        return ref.subject in ("p1", "p2")
    return ordinary(definition, ref)


def through(number: str, who: Applicant, event: EventKind) -> HomeCase:
    """Every question answered."""
    for _question in range(80):
        view = seen(number, who)
        page = answering.page_now(view)
        if page is None:
            return view
        said = {ref: says(event, one, ref) for ref, one in zip(page.refs, page.definitions, strict=True)}
        answering.answer(
            number=number, who=who, prompt=page, answers=said, typed=0, by=SELF, now=NOW, version=view.version
        )
    raise AssertionError("the questions never end")


def test_every_event_is_applied_for_or_prepared() -> None:
    assert {*HOME_EVENTS, *PREPARED_EVENTS, EventKind.none} == set(EventKind)


def test_what_is_filed_with_somebody_else_is_never_filed_with_the_city(procedures: str) -> None:
    pack = current()
    theirs = [one for one in pack.procedures if one.department == "outside"]
    assert any(one.channels.get("online") for one in theirs), "the pack tells of their online ways"
    assert not [one.id for one in theirs if may_be_filed(one)]


@pytest.mark.parametrize("event", HOME_EVENTS, ids=lambda one: one.value)
def test_an_event_in_one_run(event: EventKind, who: Applicant, city: dict[str, Actor]) -> None:
    number = begun(who, event.value)
    view = through(number, who, event)
    here, there = applied_for(view.judged, view.record), rest.rest_of(view)
    wanted = [one for one in view.whole.decisions if one.status in (Status.MUST, Status.OPTIONAL, Status.ASK)]
    filed_or_offered = {(one.procedure, one.subject) for one in view.judged.decisions}
    assert all((one.procedure, one.subject) in filed_or_offered or one in there for one in wanted)
    pack = view.whole.pack
    assert all(may_be_filed(pack.procedure(one.procedure)) for one in here)
    assert not [one.procedure for one in there if may_be_filed(pack.procedure(one.procedure))]
    if here:
        handed_in(number, who)
        assert seen(number, who).line.state is HomeState.RECEIVED
    else:
        assert answering.step_of(view) in (Step.NOTHING, Step.CHOOSE)
    kept = rest.bring_along(number=number, view=view, who=who, days=14, now=NOW)
    assert (kept is None) == (not there)
    if kept is not None:
        assert rest.bring_along(number=number, view=view, who=who, days=14, now=NOW) == kept
        assert rest.brought_along(number=number, view=seen(number, who), who=who, now=NOW) == kept
        _at_the_counter(kept, view, city["clerk_hana"])


def _at_the_counter(kept: prepared.Preparation, view: HomeCase, clerk: Actor) -> None:
    """The clerk types the code: the same event, the same answers, and no name among them."""
    sealed = PreparedRow.objects.get().answers
    assert "髙橋" not in sealed and ADDRESS not in sealed
    case = prepared.take(code=kept.code, by=clerk, now=NOW)
    row = CaseRow.objects.get(public_id=case)
    record = read_record(row)
    assert row.event_kind == view.line.event.value
    assert [one.ref for one in record.people] == [one.ref for one in view.record.people]
    assert not any(record.text("name", one.ref) for one in record.people)
    answered = {ref for one in answering.answers_of(view.record) for ref in one.values} - {
        FactRef("name", person.ref) for person in view.record.people
    }
    for ref in answered:
        if ref in record.facts and view.record.value(ref.key, ref.subject) is not None:
            assert record.value(ref.key, ref.subject) == view.record.value(ref.key, ref.subject), ref


def test_moving_out_is_filed_with_where_to(who: Applicant) -> None:
    number = begun(who, "move_out")
    view = through(number, who, EventKind.move_out)
    assert "move-out-notice" in {one.procedure for one in applied_for(view.judged, view.record)}
    handed_in(number, who)
    body = body_of(seen(number, who).case, on=NOW.date())
    assert (body["reason"], body["new_address"]) == (EventKind.move_out.label, ADDRESS)
    assert all(one["moves"] for one in body["people"])


@pytest.mark.parametrize("event", [EventKind.birth, EventKind.death])
def test_what_follows_from_an_event_changes_nobody_on_the_register(event: EventKind, who: Applicant) -> None:
    number = begun(who, event.value)
    view = through(number, who, event)
    assert applied_for(view.judged, view.record)
    handed_in(number, who)
    body: dict[str, Any] = body_of(view.case, on=NOW.date())
    assert body["reason"] == EventKind.none.label and not body["moved_on"] and not body["new_address"]
    assert not any(one["moves"] for one in body["people"])
    assert all(one["resident_no"] for one in body["people"]), (
        "a child who is not on the register is in no change"
    )


@pytest.mark.parametrize("sheltered", [False, True])
def test_where_a_protected_household_goes_does_not_travel_behind_the_code(
    who: Applicant, sheltered: bool
) -> None:
    number = begun(who, "move_within")
    view = through(number, who, EventKind.move_within)
    if sheltered:
        wife = RESIDENTS["wife"].resident_no
        protect(resident_no=wife, begins_on=NOW.date(), ends_on=None, by=SETTER, now=NOW)
    kept = rest.bring_along(number=number, view=view, who=who, days=14, now=NOW)
    assert kept is not None
    case = prepared.take(code=kept.code, by=SETTER, now=NOW)
    told = read_record(CaseRow.objects.get(public_id=case)).text("new_address")
    assert told == ("" if sheltered else ADDRESS)


def test_who_applies_did_not_die(who: Applicant) -> None:
    number = begun(who, "death")
    while (page := answering.page_now(view := seen(number, who))) is not None:
        if page.refs[0].key == "deceased":
            said = {ref: ref.subject == "p1" for ref in page.refs}
            answering.answer(
                number=number, who=who, prompt=page, answers=said, typed=0, by=SELF, now=NOW, version=view.version
            )  # fmt: skip
        else:
            answer_once(number, who)
    view = seen(number, who)
    assert view.record.value("death_date", "p1") == view.record.value("death_date", EVENT_SUBJECT)
    with pytest.raises((submitting.ApplicantDied, submitting.NothingFiled)):
        handed_in(number, who)


def test_an_event_for_people_not_on_the_register_is_not_opened(procedures: str) -> None:
    for event in PREPARED_EVENTS:
        with pytest.raises(NotOffered):
            offered(current(), event.value)

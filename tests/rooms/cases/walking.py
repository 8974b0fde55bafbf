"""Walking a case from the first word on, as a clerk does, through the operations only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.cast import MOVED_ON, NOW, RESIDENTS, SETTER, certificate
from tests.snapshot import kept
from tests.standing import STANDING

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.cases import closing, hearing, household_notice, opening, queries, reviewing
from madoguchi.cases.household_notice import SaidEvent
from madoguchi.cases.judging import choice_key
from madoguchi.cases.states import CaseStatus, IdentityDocument, VisitorKind
from madoguchi.cases.unregistered import UnregisteredPerson, add_unregistered
from madoguchi.cases.views import CaseView
from madoguchi.catalogue.operations import publish
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import CLAIMANT, HOUSEHOLD_SUBJECT, FactDefinition, FactRef, FactType, Value
from madoguchi.procedures.loader import NATIONAL_FOLDER
from madoguchi.procedures.situation import EventKind

PAD = (((10, 10), (200, 90), (300, 20)),)


def opened(by: Actor, *, practice: bool = False, now: datetime = NOW) -> str:
    """A move-in opened and not yet begun."""
    return opening.open_case(event=EventKind.move_in, by=by, now=now, practice=practice)


def begun(by: Actor, *, practice: bool = False, now: datetime = NOW, **of_certificate: object) -> str:
    """A move-in of the five, their certificate copied."""
    case = opened(by, practice=practice, now=now)
    opening.begin_from_certificate(case=case, certificate=certificate(**of_certificate), by=by, now=now)
    return case


def bereaved(by: Actor, *, now: datetime = NOW) -> str:
    """A death of the head of the household of four, the widow named as head; she came."""
    case = opening.open_case(event=EventKind.death, by=by, now=now)
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=by, now=now)
    said = SaidEvent(day=MOVED_ON, concerned=frozenset({"p1"}), new_head="p2")
    household_notice.say_event(case=case, said=said, by=by, now=now, version=None)
    visited(case, by, now=now, person="p2")
    return case


MOTHER = UnregisteredPerson("花", birth=date(1990, 5, 2), sex="female", relationship="世帯主")
CHILD = UnregisteredPerson("", sex="male", birth=date(2024, 8, 1), relationship="子")


def without_record(
    by: Actor,
    *people: UnregisteredPerson,
    place: str = "まど県まどか市本町1番地 親類の家",
    keep_off: bool = False,
    now: datetime = NOW,
) -> str:
    """A case without an event of a mother and a child who have no 住民票 here, unless others are named."""
    case = opening.open_case(event=EventKind.none, by=by, now=now)
    add_unregistered(
        case=case, people=people or (MOTHER, CHILD), place_of_stay=place, keep_off=keep_off, by=by, now=now
    )
    return case


def seen(case: str, by: Actor, *, now: datetime = NOW) -> CaseView:
    """The case as a screen shows it."""
    return queries.case_view(case=case, actor=by, purpose=Purpose.COUNTER_CASE, screen="test", now=now)


def ordinary(definition: FactDefinition, ref: FactRef) -> Value:
    """The answer of a household in which nothing is out of the ordinary."""
    if ref.key == CLAIMANT:
        return "p1"
    codes = [choice.code for choice in definition.choices]
    match definition.type:
        case FactType.BOOLEAN:
            return False
        case FactType.NUMBER:
            return 0
        case FactType.DATE:
            return MOVED_ON
        case FactType.CHOICES:
            return frozenset()
        case FactType.CHOICE:
            return next((code for code in ("jp", "none") if code in codes), codes[0])
        case _:
            return "p1" if definition.type is FactType.PERSON else "なし"


def answer_once(case: str, by: Actor, *, now: datetime = NOW, unknown: bool = False) -> FactRef | None:
    """Answer the question on the screen; None when there is none."""
    view = seen(case, by, now=now)
    if view.prompt is None:
        return None
    answers: Mapping[FactRef, Value | None] = {
        ref: None if unknown else ordinary(definition, ref)
        for ref, definition in zip(view.prompt.refs, view.prompt.definitions, strict=True)
    }
    hearing.answer_prompt(
        case=case, prompt=view.prompt.id, answers=answers, by=by, now=now, version=view.header.version
    )
    return view.prompt.refs[0]


def answered(case: str, by: Actor, *, now: datetime = NOW) -> int:
    """Answer until nothing is asked; the number of questions."""
    for asked in range(100):
        if answer_once(case, by, now=now + timedelta(seconds=20 * asked)) is None:
            return asked
    raise AssertionError("the hearing does not end")


@kept(STANDING)
def widowed(by: Actor, **held: Value) -> str:
    """The head died: in the 国保, with a pension, with land, unless said otherwise; everything that may be is applied for."""
    case = bereaved(by)
    answered(case, by)
    facts: dict[FactRef, Value] = {
        FactRef("health_insurance", "p1"): held.get("health_insurance", "nhi"),
        FactRef("pension", "p1"): held.get("pension", "receiving"),
        FactRef("estate", HOUSEHOLD_SUBJECT): held.get("estate", frozenset({"land"})),
    }
    for ref, value in facts.items():
        hearing.correct_fact(
            case=case, ref=ref, value=value, reason="聞き直した", by=by, now=NOW, version=None
        )
    answered(case, by)
    optional = seen(case, by).judged.with_status(Status.OPTIONAL)
    wanted = frozenset(choice_key(one) for one in optional)
    closing.choose(case=case, wanted=wanted, by=by, now=NOW, version=None)
    return case


def visited(case: str, by: Actor, *, now: datetime = NOW, person: str = "p1") -> None:
    """Somebody of the household came, with a driving licence."""
    opening.set_visitor(
        case=case,
        kind=VisitorKind.SELF,
        person=person,
        name="",
        phone="048-000-0000",
        documents=frozenset({IdentityDocument.DRIVING_LICENCE}),
        proof_seen=False,
        unproved=False,
        by=by,
        now=now,
        version=None,
    )


@kept(STANDING)
def unproved(by: Actor, *, practice: bool = False, now: datetime = NOW) -> str:
    """A move-in of the five, signed by somebody whose identity was not proved."""
    case = begun(by, practice=practice, now=now)
    came_without_proof(case, by, now=now)
    answered(case, by, now=now)
    sign(case, by, now=now + timedelta(minutes=20))
    return case


def came_without_proof(case: str, by: Actor, *, person: str = "p1", now: datetime = NOW) -> None:
    """Somebody of the household came, and had nothing that proves who they are."""
    opening.set_visitor(
        case=case,
        kind=VisitorKind.SELF,
        person=person,
        name="",
        phone="",
        documents=frozenset(),
        proof_seen=False,
        unproved=True,
        by=by,
        now=now,
        version=None,
    )


@kept(STANDING)
def signed(by: Actor, *, practice: bool = False, now: datetime = NOW) -> str:
    """A move-in of the five, heard to the end and signed on the pad."""
    case = begun(by, practice=practice, now=now)
    visited(case, by, now=now)
    answered(case, by, now=now)
    sign(case, by, now=now + timedelta(minutes=20))
    return case


def sign(case: str, by: Actor, *, now: datetime = NOW) -> None:
    closing.sign(case=case, strokes=PAD, paper_signed=False, by=by, now=now, version=None)


@kept(STANDING)
def closed(by: Actor, reviewer: Actor) -> str:
    """A case of people without a 住民票 alone, signed, checked and at its end."""
    case = without_record(by)
    visited(case, by)
    answered(case, by)
    sign(case, by, now=NOW + timedelta(minutes=20))
    reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    reviewing.close(case=case, by=reviewer, now=NOW)
    return case


def brought_to(status: CaseStatus, by: Actor, reviewer: Actor) -> str:
    """A case in this state."""
    if status is CaseStatus.HEARING:
        return begun(by)
    if status is CaseStatus.CLOSED:
        return closed(by, reviewer)
    case = signed(by)
    if status is CaseStatus.WITHDRAWN:
        closing.withdraw(case=case, reason="ほかの市へ移る", by=by, now=NOW, version=None)
    if status in (CaseStatus.APPROVED, CaseStatus.SENT, CaseStatus.REGISTERED):
        reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    if status in (CaseStatus.SENT, CaseStatus.REGISTERED):
        reviewing.hand_over(case=case, by=by, now=NOW)
    if status is CaseStatus.REGISTERED:
        reviewing.acknowledge(case=case, by=by, now=NOW)
    return case


BUS_PASS = """
id = "bus-pass"
law_id = "Z99"
name = "引越バスの案内"
summary = "架空の手続きです。"
law = "市の要綱(架空)"
events = ["move_in"]
per = "household"
department = "citizens"
channels = { counter = "full" }
verified = "unverified"
[[rule]]
since = 2000-01-01
must = "any(p.moves for p in household.people)"
because = "引っ越してきた方がいます"
[[example]]
name = "引っ越してきた人"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
notified_on = 2026-11-09
people = [{ id = "p1", moves = true }]
expect = { household = "must" }
[[example]]
name = "引っ越していない人"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
notified_on = 2026-11-09
people = [{ id = "p1", moves = false }]
expect = { household = "not_needed" }
"""


def publish_with_a_bus_pass(folder: Path) -> str:
    """A newer revision that differs in one invented procedure; returns it."""
    (folder / "pack.toml").write_text('id = "bus"\nname = "まどか市の手続台帳(架空)"\n', encoding="utf-8")
    (folder / "bus-pass.toml").write_text(BUS_PASS, encoding="utf-8")
    return publish(folders=[NATIONAL_FOLDER, folder], by=SETTER, now=NOW)

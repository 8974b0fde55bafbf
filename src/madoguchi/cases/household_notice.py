"""A notice about a household of the register (市内の世帯の届出): its people come into the case, and what happened is said once.

1. Somebody of the household is found; all who live there come into the case with what the register knows of them.
2. The day, whom it concerns, the new 世帯主, and for a birth the child are said, on one screen.
Everything else is asked in the hearing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.cases.acting import Given, begin_act, finish_act
from madoguchi.cases.hearing import first_day
from madoguchi.cases.models import ActRow, CaseRow
from madoguchi.cases.opening import NoSuchHousehold, add_people, given_of, see_that_it_is_real
from madoguchi.cases.record import (
    ADDRESS_KEPT_OFF,
    BEREAVED_TEXTS,
    MOVING,
    POST_HELD,
    HeldPerson,
    Record,
    read_record,
)
from madoguchi.cases.states import Act, FactSource
from madoguchi.city.queries import profile
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.municipalities import prefecture_of
from madoguchi.procedures.facts import CLAIMANT, EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.disclosure import disclose, household_members
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.protection import Audience

FROM_REGISTER = frozenset(EventKind) - {EventKind.move_in, EventKind.move_in_abroad}
LEAVING = frozenset({EventKind.move_out, EventKind.move_out_abroad})
# By which fact of a person is said whom the event concerns.
CONCERNS: Mapping[EventKind, str] = {
    **dict.fromkeys(MOVING & FROM_REGISTER, "moves"),
    EventKind.death: "death_date",
    EventKind.marriage: "party",
    EventKind.divorce: "party",
}
NO_NAME_YET = "（名は未定）"


class NobodyConcerned(ValueError):
    """It was not said whom the notice is about."""

    def __init__(self) -> None:
        super().__init__("だれのことかを、ひとり以上選んでください。")


class DayMissing(ValueError):
    """The day of the event was not said."""

    def __init__(self) -> None:
        super().__init__("日付を入れてください。R8.11.5 のように書けます。")


class NotHappenedYet(ValueError):
    """The day is after the day of the notice, and this is no notice made beforehand."""

    def __init__(self, event: EventKind) -> None:
        super().__init__(
            f"{event.label}の日が、届出の日より後になっています。{event.label}の届出は、その日になってから受け付けます。日付を確かめてください。"
        )


class NewHeadGone(ValueError):
    """The new 世帯主 is somebody who died or leaves."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"新しい世帯主に選んだ{name}さんは、この届出で世帯からいなくなる人です。ほかの人を選んでください。"
        )


@dataclass(frozen=True, slots=True)
class Newborn:
    """The child of a notice of birth; an empty name: not given yet."""

    name: str
    kana: str
    sex: str


@dataclass(frozen=True, slots=True)
class Bereaved:
    """Who does what after a death (おくやみの手続きをする方), by name; empty: not said.

    None of them follows from another, nor from who files the notice (届出人): the 喪主 has the funeral grant, the heirs'
    representative the letters about taxes, and the unpaid pension goes to whoever lived with the dead (国民年金法19条).
    """

    funeral_host: str = ""
    heir_representative: str = ""
    pension_claimant: str = ""


@dataclass(frozen=True, slots=True)
class SaidEvent:
    """What is said of the event. `concerned`: of whom; `new_head`: a person of the case, or empty while it stays."""

    day: date | PossibleDays | None
    concerned: frozenset[str] = frozenset()
    new_head: str = ""
    claimant: str | None = None
    new_address: str = ""
    new_building: str = ""
    newborn: Newborn | None = None
    keep_address_off: bool = False
    hold_post: bool = False
    bereaved: Bereaved = Bereaved()


def begin_household(*, case: str, resident_no: str, by: Actor, now: datetime) -> None:
    """Bring the household of a person of the register into the case. Raises NoSuchHousehold, PracticeReadsNobody."""
    see_that_it_is_real(case)
    purpose, audience = Purpose.COUNTER_CASE, Audience.CLERK
    found = disclose(
        resident_nos=[resident_no],
        actor=by,
        purpose=purpose,
        audience=audience,
        case=case,
        screen="begin",
        now=now,
    )
    if not found:
        raise NoSuchHousehold
    people = household_members(
        household_no=found[0].household_no, actor=by, purpose=purpose, audience=audience, case=case, screen="begin",
        now=now,
    ) or found  # fmt: skip
    with transaction.atomic():
        row = begin_act(case, Act.BEGIN, version=None)
        record = read_record(row)
        there = {person.resident_no for person in record.people}
        fresh = [person for person in people if person.resident_no not in there]
        first = _next(record)
        moves = True if EventKind(row.event_kind) in MOVING else None
        given: dict[FactRef, Given] = {}
        for number, person in enumerate(fresh, start=first):
            given |= given_of(person, f"p{number}", moves=moves)
        given |= address_of(found[0])
        act = finish_act(row, Act.BEGIN, by=by, now=now, given=given)
        held = [HeldPerson(f"p{n}", one.resident_no, False) for n, one in enumerate(fresh, start=first)]
        add_people(row, act, held, first=first)


def _next(record: Record) -> int:
    return 1 + max((int(person.ref[1:]) for person in record.people), default=0)


def address_of(person: DisclosedPerson) -> dict[FactRef, Given]:
    """Where the register knows the household."""
    if not person.address:
        return {}
    return {FactRef("registered_address", EVENT_SUBJECT): Given(person.address, FactSource.REGISTER)}


def say_event(*, case: str, said: SaidEvent, by: Actor, now: datetime, version: int | None) -> None:
    """Say what happened. Raises DayMissing, NotHappenedYet, NobodyConcerned, NewHeadGone; saying it again replaces it."""
    with transaction.atomic():
        row = begin_act(case, Act.SAY_EVENT, version=version)
        event, record = EventKind(row.event_kind), read_record(row)
        said = replace(said, day=_known_by(said.day, row.notified_on))
        _see_that_it_can_be(event, record, said, row.notified_on)
        given = _facts_of_event(event, record, said)
        for person in record.people:
            given |= _facts_of_person(event, record, person.ref, said)
        child = next((one for one in record.people if not one.resident_no), None)
        ref = child.ref if child else f"p{_next(record)}"
        if said.newborn is not None and isinstance(said.day, date):
            given |= _facts_of_child(ref, said.newborn, said.day)
        act = finish_act(row, Act.SAY_EVENT, by=by, now=now, given=given)
        if said.newborn is not None and child is None:
            _add_child(row, act, ref)


def _known_by(day: date | PossibleDays | None, notified_on: date) -> date | PossibleDays | None:
    """A vague day with what the notice itself settles: it was not after the notice. The text stays as written."""
    if not isinstance(day, PossibleDays) or not day.earliest <= notified_on < day.latest:
        return day
    return PossibleDays(day.text, day.earliest, notified_on)


def _see_that_it_can_be(event: EventKind, record: Record, said: SaidEvent, notified_on: date) -> None:
    vague = isinstance(said.day, PossibleDays) and event is not EventKind.death
    if event is not EventKind.none and (said.day is None or vague):
        raise DayMissing
    if said.day is not None and event not in LEAVING and first_day(said.day) > notified_on:
        raise NotHappenedYet(event)
    if event in CONCERNS and not said.concerned:
        raise NobodyConcerned
    gone = said.concerned if event in LEAVING | {EventKind.death} else frozenset()
    if said.new_head in gone and said.new_head:
        raise NewHeadGone(record.name_of(said.new_head))


def _facts_of_event(event: EventKind, record: Record, said: SaidEvent) -> dict[FactRef, Given]:
    values: dict[str, Value | None] = {
        ADDRESS_KEPT_OFF: said.keep_address_off,
        POST_HELD: said.hold_post,
    }
    if said.day is not None and event is not EventKind.none:
        values[event.date_key] = said.day
    head = record.text("name", said.new_head) if said.new_head else ""
    if head or record.text("new_head"):
        values["new_head"] = head
    if event is EventKind.death:
        said_before = {key for key in BEREAVED_TEXTS if record.text(key)}
        names = {key: getattr(said.bereaved, key).strip() for key in BEREAVED_TEXTS}
        values |= {key: name for key, name in names.items() if name or key in said_before}
    if event in MOVING:
        values["old_address"] = record.text("registered_address")
        values["new_address"], values["new_building"] = said.new_address, said.new_building
        prefecture = prefecture_of(said.new_address)
        if event is EventKind.move_out and prefecture is not None:
            values["to_same_prefecture"] = prefecture == profile().prefecture
    given = {FactRef(key, EVENT_SUBJECT): Given(value, FactSource.SAID) for key, value in values.items()}
    if said.claimant in {person.ref for person in record.people}:
        given[FactRef(CLAIMANT, HOUSEHOLD_SUBJECT)] = Given(said.claimant, FactSource.SAID)
    return given


def _facts_of_person(event: EventKind, record: Record, ref: str, said: SaidEvent) -> dict[FactRef, Given]:
    key = CONCERNS.get(event)
    if key is None:
        return {}
    concerned = ref in said.concerned
    value: Value | None = concerned if key != "death_date" else said.day if concerned else None
    if record.value(key, ref) == value:
        return {}
    given = {FactRef(key, ref): Given(value, FactSource.SAID)}
    if key == "moves":  # who does not come along lives on where they were
        given[FactRef("lives_with_household", ref)] = Given(concerned, FactSource.SAID)
    return given


def _facts_of_child(ref: str, child: Newborn, born: date) -> dict[FactRef, Given]:
    values: dict[str, Value] = {
        "name": child.name or NO_NAME_YET,
        "kana": child.kana,
        "sex": child.sex,
        "birth_date": born,
        "relationship": "子",
        "lives_with_household": True,
    }
    return {FactRef(key, ref): Given(value, FactSource.SAID) for key, value in values.items()}


def _add_child(row: CaseRow, act: ActRow, ref: str) -> None:
    add_people(row, act, [HeldPerson(ref, "", False)], first=int(ref[1:]))

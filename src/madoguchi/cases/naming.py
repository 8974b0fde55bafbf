"""Who the people are that were told of beforehand (準備した人を当てる): the clerk says which person of the register each one is.

Each keeps their place in the case (p1, p2, …), so that what was answered stays theirs. What the register knows stands over
what was answered; a person who is on no certificate and in no register leaves the case, and so do their answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.cases.acting import Given, begin_act, find_case, finish_act
from madoguchi.cases.household_notice import FROM_REGISTER, address_of
from madoguchi.cases.models import ActRow, CaseRow, PersonRow
from madoguchi.cases.opening import NoSuchHousehold, given_of, see_that_it_is_real
from madoguchi.cases.record import MOVING, Record, read_record
from madoguchi.cases.states import Act
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.disclosure import disclose, household_members
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.protection import Audience

# Instead of a number: not in the register yet (the child of a birth; whoever is found later), or not of this case.
NOT_YET, NOT_HERE = "not_yet", "not_here"


class NamedTwice(ValueError):
    """One person of the register for two who were told of."""

    def __init__(self) -> None:
        super().__init__("同じ人を二度選んでいます。ひとりずつ、ちがう人を選んでください。")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the register who may be meant (当てる相手)."""

    resident_no: str
    name: str
    kana: str
    relationship: str
    birth: date | PossibleDays | None


@dataclass(frozen=True, slots=True)
class ToBeNamed:
    """Somebody who was told of, what was told, and who it seems to be (準備した人); the clerk decides."""

    ref: str
    called: str
    birth: date | PossibleDays | None
    seems: str


def members_of(*, case: str, resident_no: str, by: Actor, now: datetime) -> tuple[Member, ...]:
    """Who may be meant: the household of that person, or that person alone where nobody of the register moves.

    Raises NoSuchHousehold, PracticeReadsNobody.
    """
    return tuple(
        Member(
            one.resident_no, one.name.name, one.name.kana or "", _said(one, "relationship"),
            _birth(one.facts["birth_date"].value if "birth_date" in one.facts else None),
        )
        for one in _people(case, resident_no, by=by, now=now)
    )  # fmt: skip


def _people(case: str, resident_no: str, *, by: Actor, now: datetime) -> Sequence[DisclosedPerson]:
    see_that_it_is_real(case)
    more = {
        "actor": by, "purpose": Purpose.COUNTER_CASE, "audience": Audience.CLERK, "case": case, "screen": "name_people",
        "now": now,
    }  # fmt: skip
    found = disclose(resident_nos=[resident_no], **more)  # type: ignore[arg-type]  # the same words for both
    if not found:
        raise NoSuchHousehold
    if EventKind(find_case(case).event_kind) not in FROM_REGISTER:
        return found
    return household_members(household_no=found[0].household_no, **more) or found  # type: ignore[arg-type]  # likewise


def to_be_named(record: Record, members: Sequence[Member]) -> tuple[ToBeNamed, ...]:
    """Those who have no name yet, each with whom it seems to be by 続柄 and birthday; nobody twice."""
    left = {one.resident_no: one for one in members}
    found = []
    for ref in record.unnamed:
        birth = _birth(record.value("birth_date", ref))
        relationship = record.text("relationship", ref)
        alike = [one for one in left.values() if birth is None or _fits(birth, one.birth)]
        alike.sort(key=lambda one: one.relationship != relationship)
        sure = alike and (birth is not None or alike[0].relationship == relationship)
        seems = alike[0].resident_no if sure else ""
        left.pop(seems, None)
        found.append(ToBeNamed(ref, record.name_of(ref), birth, seems))
    return tuple(found)


def _fits(told: date | PossibleDays, known: date | PossibleDays | None) -> bool:
    if not isinstance(known, date):
        return False
    return told.earliest <= known <= told.latest if isinstance(told, PossibleDays) else told == known


def name_people(
    *,
    case: str,
    resident_no: str,
    meant: Mapping[str, str],
    by: Actor,
    now: datetime,
    version: int | None,
) -> None:
    """Say who of the household each one is: a 宛名番号, NOT_YET or NOT_HERE. The rest of the household comes in as well.

    Raises NamedTwice, NoSuchHousehold, PracticeReadsNobody.
    """
    numbers = [one for one in meant.values() if one not in (NOT_YET, NOT_HERE, "")]
    if len(numbers) != len(set(numbers)):
        raise NamedTwice
    people = {one.resident_no: one for one in _people(case, resident_no, by=by, now=now)}
    with transaction.atomic():
        row = begin_act(case, Act.NAME_PEOPLE, version=version)
        record, event = read_record(row), EventKind(row.event_kind)
        there = {person.resident_no for person in record.people if person.resident_no}
        given: dict[FactRef, Given] = {}
        rows: list[PersonRow] = []
        for ref in record.unnamed:
            chosen = meant.get(ref, NOT_YET)
            if chosen in people and chosen not in there:
                rows.append(_row(row, ref, resident_no=chosen))
                given |= _of_register(record, people[chosen], ref, event)
            elif chosen == NOT_HERE:
                rows.append(_row(row, ref, gone=True))
        taken = there | {one.resident_no for one in rows}
        further = [one for number, one in people.items() if number not in taken]
        last = max((int(person.ref[1:]) for person in record.people), default=0)
        for n, one in enumerate(further if event in FROM_REGISTER else (), start=last + 1):
            rows.append(_row(row, f"p{n}", resident_no=one.resident_no))
            given |= given_of(one, f"p{n}", moves=False if event in MOVING else None)
        if event in FROM_REGISTER and people:
            given |= address_of(people.get(resident_no) or next(iter(people.values())))
        act = finish_act(row, Act.NAME_PEOPLE, by=by, now=now, given=given)
        _write(act, rows)


def leave_out(*, case: str, ref: str, by: Actor, now: datetime, version: int | None) -> None:
    """Somebody was told of who is not of this case after all."""
    with transaction.atomic():
        row = begin_act(case, Act.NAME_PEOPLE, version=version)
        if ref in read_record(row).unnamed:
            _write(finish_act(row, Act.NAME_PEOPLE, by=by, now=now), [_row(row, ref, gone=True)])


def _of_register(record: Record, person: DisclosedPerson, ref: str, event: EventKind) -> dict[FactRef, Given]:
    """What the register knows stands over what was told, except whether they move and live with the others now."""
    given = given_of(person, ref, moves=True if event in MOVING else None)
    said = {
        FactRef(key, ref) for key in ("moves", "lives_with_household") if record.value(key, ref) is not None
    }
    return {fact: one for fact, one in given.items() if fact not in said}


def _row(case: CaseRow, ref: str, *, resident_no: str = "", gone: bool = False) -> PersonRow:
    return PersonRow(
        case=case, ref=ref, resident_no=resident_no, gone=gone, practice=case.practice, order=int(ref[1:])
    )


def _write(act: ActRow, rows: Sequence[PersonRow]) -> None:
    for one in rows:
        one.act = act
    PersonRow.objects.bulk_create(rows)


def _said(person: DisclosedPerson, key: str) -> str:
    known = person.facts.get(key)
    return known.value if known is not None and isinstance(known.value, str) else ""


def _birth(value: object) -> date | PossibleDays | None:
    return value if isinstance(value, date | PossibleDays) else None

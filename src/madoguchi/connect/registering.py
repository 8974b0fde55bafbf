"""From an acknowledged change to our register: whoever came in stands in it, under the number the core system gave.

Only people who had no 宛名番号 are entered. Whoever had one is changed by the next import from the core system, which
knows more of them than a visit does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.given_numbers import note_given_numbers
from madoguchi.cases.queries import address_may_appear
from madoguchi.cases.record import Record, read_record
from madoguchi.connect.change_data import REASONS
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.disclosure import disclose
from madoguchi.residents.operations import register
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.protection import Audience

SOURCE = "住民記録"


class NumberTaken(ValueError):
    """The core system's answer gives somebody a 宛名番号 under which another person stands in the register."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(
            f"宛名番号 {number} は、住民記録では別の人の番号です。答えのファイルの番号を確かめてください。"
        )


class NumberTwice(ValueError):
    """Two people of one answer under the same number."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"宛名番号 {number} が2人に付いています。答えのファイルを確かめてください。")


@dataclass(frozen=True, slots=True)
class CoreNumber:
    """The numbers that the core system gave a person: 宛名番号 and 世帯番号."""

    resident_no: str
    household_no: str


def see_that_numbers_are_free(
    body: Mapping[str, Any], numbers: Mapping[str, CoreNumber], *, by: Actor, now: datetime
) -> None:
    """Compare the given numbers with the register, after writing that down. Raises NumberTaken, NumberTwice."""
    people = {person["ref"]: person for person in body["people"]}
    wanted = {given.resident_no: people[ref] for ref, given in numbers.items() if ref in people}
    if len(wanted) < sum(ref in people for ref in numbers):
        taken = [given.resident_no for given in numbers.values()]
        raise NumberTwice(next(number for number in taken if taken.count(number) > 1))
    held = disclose(
        actor=by,
        purpose=Purpose.CHANGE_DATA,
        resident_nos=list(wanted),
        audience=Audience.LIST,
        case=None,
        screen="answer",
        now=now,
    )
    for person in held:
        said = wanted[person.resident_no]
        same = said["resident_no"] == person.resident_no or (
            said["name"] == person.name.name and _birth_text(person.birth) == _said_birth(said)
        )
        if not same:
            raise NumberTaken(person.resident_no)


def _birth_text(birth: date | PossibleDays) -> str:
    return birth.text if isinstance(birth, PossibleDays) else birth.isoformat()


def _said_birth(person: Mapping[str, Any]) -> str:
    return str(person["birth_date"] or person["birth_text"])


def register_movers(case: str, numbers: Mapping[str, CoreNumber], *, by: Actor, now: datetime) -> None:
    """Enter the movers who were given a number, in the caller's transaction.

    An address that had to be entered by hand in the core system comes from there with the next import, together with
    its protection; until then it stands nowhere in the register.
    """
    row = find_case(case)
    record = read_record(row)
    event = EventKind(row.event_kind)
    reason, today = REASONS.get(event, event.label), civil_day(now)
    shown = address_may_appear(record, audience=Audience.CSV_CORE, on=today)
    entries = [
        _entry(record, person.ref, numbers[person.ref], reason, row.notified_on, today, shown)
        for person in record.people
        if person.ref in numbers and person.ref in _movers(record)
    ]
    if entries:
        note_given_numbers(
            row, {ref: one.resident_no for ref, one in numbers.items() if ref in _movers(record)}
        )
        register(entries=entries, source=SOURCE, as_of=civil_day(now), now=now)
        record_act(actor=by, activity="movers_registered", now=now, case=case, people=len(entries))


def _movers(record: Record) -> set[str]:
    """Who moves and stood in no register here before."""
    return {
        person.ref
        for person in record.people
        if not person.resident_no and not person.unregistered and record.value("moves", person.ref) is True
    }


def _entry(
    record: Record,
    ref: str,
    number: CoreNumber,
    reason: str,
    notified_on: date,
    processed_on: date,
    shown: bool,
) -> RegisterEntry:
    birth, moved_on = record.value("birth_date", ref), record.value("move_date")
    assert isinstance(birth, date | PossibleDays), "a mover has a date of birth, be it 不詳"
    return RegisterEntry(
        resident_no=number.resident_no,
        name=record.names_of(ref),
        birth=birth,
        sex=record.text("sex", ref),
        relationship=record.text("relationship", ref),
        household_no=number.household_no,
        address=f"{record.text('new_address')} {record.text('new_building')}".strip() if shown else "",
        previous_address=record.text("old_address") if shown else "",
        nationality_class=record.text("nationality_class", ref) or "jp",
        reason=reason,
        moved_on=moved_on if isinstance(moved_on, date) else None,
        notified_on=notified_on,
        processed_on=processed_on,
    )

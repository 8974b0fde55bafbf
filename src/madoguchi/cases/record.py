"""Reading a case's own rows into one value: what is known now, by whom, and what was heard without an answer.

The current fact of a subject is the newest one whose act still stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from madoguchi.cases.models import ActRow, CaseRow, FactRow, PersonRow
from madoguchi.cases.states import Act, FactSource
from madoguchi.compiled import CompiledQuery
from madoguchi.jp.dates import PossibleDays, age_on
from madoguchi.jp.names import NameParts
from madoguchi.procedures.facts import CLAIMANT, EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef, Holder, Value
from madoguchi.procedures.implied import with_implied
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind, PersonFacts, Situation
from madoguchi.residents.fact_json import value_from_json

# What a case keeps beside the vocabulary of the procedures, for sheets and for the change data.
FURTHER_NAMES = ("former_surname", "alias", "kanji_alongside")
PERSON_TEXTS = ("name", "kana", *FURTHER_NAMES, "domicile", "domicile_head", "resident_code")
# After a death: who held the funeral, who speaks for the heirs, who claims what was not paid. Four people may do it.
BEREAVED_TEXTS = ("funeral_host", "heir_representative", "pension_claimant")
# Where somebody without a 住民票 stays (居所). No address of the register, and in no change data.
PLACE_OF_STAY = "place_of_stay"
EVENT_TEXTS = (
    "new_address",
    "new_building",
    "new_postal_code",
    "old_address",
    "old_building",
    "registered_address",
    PLACE_OF_STAY,
    "old_head",
    "new_head",
    *BEREAVED_TEXTS,
)
NOTIFIER_TEXTS = (
    "notifier_name",
    "notifier_kind",
    "notifier_phone",
    "notifier_documents",
    "notifier_proof",
    "notifier_ref",
)
JOINED_HOUSEHOLD = "joined_household"
ADDRESS_KEPT_OFF = "address_kept_off"
# No letter to the address on file before the counter has asked where to (郵送を止める), whatever the reason.
POST_HELD = "post_held"
CHOSEN = "chosen_procedures"
# A case that is about these procedures alone (applied for from home): nothing else is decided, asked or filed in it.
ONLY = "only_procedures"
HEAD = "世帯主"
OF_AGE = 18
# Events in which people move; in any other nobody is said to move or to stay.
MOVING = frozenset(
    {
        EventKind.move_in,
        EventKind.move_in_abroad,
        EventKind.move_within,
        EventKind.move_out,
        EventKind.move_out_abroad,
    }
)
# After these the household of the city has to have one head, if anybody is left in it.
_SOURCES = {one.value: one for one in FactSource}
_HEAD_MATTERS = frozenset(
    {
        EventKind.move_in,
        EventKind.move_in_abroad,
        EventKind.move_within,
        EventKind.household_change,
        EventKind.death,
    }
)


@dataclass(frozen=True, slots=True)
class HeldFact:
    """A fact as the case holds it; `value` None: heard, and not known."""

    value: Value | None
    source: FactSource
    as_of: date
    reason: str
    act: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HeldPerson:
    """A person of the case; `unregistered`: without a 住民票 in this city (住民票のない方)."""

    ref: str
    resident_no: str
    staying: bool
    unregistered: bool = False


@dataclass(frozen=True, slots=True)
class StandingAct:
    """An act that has not been undone."""

    number: int
    kind: str
    prompt: str
    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a case holds now."""

    facts: Mapping[FactRef, HeldFact]
    people: tuple[HeldPerson, ...]
    acts: tuple[StandingAct, ...]

    def value(self, key: str, subject: str = EVENT_SUBJECT) -> Value | None:
        held = self.facts.get(FactRef(key, subject))
        return held.value if held else None

    def text(self, key: str, subject: str = EVENT_SUBJECT) -> str:
        value = self.value(key, subject)
        return value if isinstance(value, str) else ""

    def name_of(self, ref: str) -> str:
        """The name by which screens and papers tell this person from the others of the case.

        Twins can share name and birthday: then their place in the case stands behind it. Who has no name yet is called by
        their 続柄.
        """
        name = self._called(ref)
        refs = [person.ref for person in self.people]
        namesakes = sum(self._called(one) == name for one in refs)
        return f"{name}（{refs.index(ref) + 1}人目）" if namesakes > 1 and ref in refs else name

    def _called(self, ref: str) -> str:
        return self.text("name", ref) or self.text("relationship", ref) or ref

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Who was told of before anybody came, and whom neither the register nor a certificate has named yet."""
        return tuple(person.ref for person in self.people if not self.text("name", person.ref))

    @property
    def nobody_named(self) -> bool:
        """Whether people were told of, and nobody said yet who any of them is."""
        return bool(self.people) and len(self.unnamed) == len(self.people)

    @property
    def to_confirm(self) -> tuple[FactRef, ...]:
        """What was answered beforehand and has not been confirmed with the resident yet."""
        return tuple(ref for ref, held in self.facts.items() if held.source is FactSource.PREPARED)

    def names_of(self, ref: str) -> NameParts:
        """氏名, フリガナ, 旧氏, 通称 and 併記名 of a person, as they were written."""
        kana, *further = (self.text(key, ref) or None for key in ("kana", *FURTHER_NAMES))
        return NameParts(self.text("name", ref), kana, *further)

    @property
    def unregistered(self) -> frozenset[str]:
        """Who has no 住民票 here: the register gets to know nothing of them."""
        return frozenset(person.ref for person in self.people if person.unregistered)

    @property
    def nobody_registered(self) -> bool:
        """Whether the case is about people without a 住民票 alone."""
        return bool(self.people) and all(person.unregistered for person in self.people)

    @property
    def heard_without_answer(self) -> frozenset[FactRef]:
        """What was asked and answered with わからない; not asked again until somebody takes it up again."""
        since = self._taken_up
        return frozenset(
            ref
            for ref, held in self.facts.items()
            if held.value is None and held.source is not FactSource.DERIVED and held.act > since
        )

    @property
    def answered(self) -> frozenset[FactRef]:
        """What was asked and answered at all since then.

        An answer can leave a decision open (a 続柄 that says nothing of parents): asking the same again would
        not settle it, and would never end.
        """
        since = self._taken_up
        answers = {act.number for act in self.acts if act.kind == Act.ANSWER.value and act.number > since}
        return frozenset(ref for ref, held in self.facts.items() if held.act in answers)

    @property
    def _taken_up(self) -> int:
        """The last act that took unanswered questions up again; 0: none did."""
        return max((act.number for act in self.acts if act.kind == Act.RETAKE.value), default=0)


def comes_together(record: Record) -> tuple[str, ...]:
    """Who belongs to the household that comes of the event.

    Those who move, and those of the joined household; where nobody moves, everybody whom death has not taken.
    """
    refs = [person.ref for person in record.people]
    if all(record.value("moves", ref) is None for ref in refs):
        return tuple(ref for ref in refs if record.value("death_date", ref) is None)
    return tuple(
        person.ref for person in record.people if person.staying or record.value("moves", person.ref) is True
    )


def concerned(record: Record) -> tuple[str, ...]:
    """Whom the notice is about: who moves, died, marries, parts or is born; everybody when nobody is singled out."""
    refs = [person.ref for person in record.people]
    for key, value in (("moves", True), ("party", True)):
        if found := tuple(ref for ref in refs if record.value(key, ref) is value):
            return found
    dead = tuple(ref for ref in refs if record.value("death_date", ref) is not None)
    return dead or tuple(refs)


def may_claim(record: Record, *, on: date) -> tuple[str, ...]:
    """Who of the movers may claim allowances: whoever may have come of age by that day, whatever their 続柄.

    A grown-up 子 of the head is a parent as often as not. Everybody who moves, when nobody is of age.
    """
    movers = tuple(person.ref for person in record.people if not person.staying)
    return tuple(ref for ref in movers if of_age(record, ref, on=on)) or movers


def of_age(record: Record, ref: str, *, on: date) -> bool:
    """Whether somebody may have come of age by that day; also when their birthday is not known."""
    birth = record.value("birth_date", ref)
    earliest = birth.earliest if isinstance(birth, PossibleDays) else birth
    return not isinstance(earliest, date) or age_on(earliest, on) >= OF_AGE


def heads_after(record: Record) -> tuple[str, ...]:
    """The names of every 世帯主 of that household; one, when all is in order."""
    heads = tuple(
        record.text("name", ref) or ref
        for ref in comes_together(record)
        if record.text("relationship", ref) == HEAD
    )
    new_head = record.text("new_head")
    return (new_head,) if new_head else heads


def head_is_clear(record: Record, event: EventKind) -> bool:
    """Whether the household that comes of the event has one 世帯主, or needs none."""
    return event not in _HEAD_MATTERS or not comes_together(record) or len(heads_after(record)) == 1


class _Act(NamedTuple):
    pk: int
    number: int
    kind: str
    prompt: str
    at: datetime
    by_name: str


class _Fact(NamedTuple):
    act_id: int
    key: str
    subject: str
    value: Any
    source: str
    as_of: date
    reason: str
    known_since: datetime


class _Person(NamedTuple):
    act_id: int
    ref: str
    resident_no: str
    staying: bool
    unregistered: bool
    gone: bool


_ACTS = CompiledQuery(
    lambda case: (
        ActRow.objects.filter(case=case, undone_at__isnull=True).order_by("number").values_list(*_Act._fields)
    )
)
_FACTS = CompiledQuery(
    lambda case, after: (
        FactRow.objects.filter(case=case, act__undone_at__isnull=True, act__number__gt=after)
        .order_by("act__number", "pk")
        .values_list(*_Fact._fields)
    )
)
_PEOPLE = CompiledQuery(
    lambda case: (
        PersonRow.objects.filter(case=case, act__undone_at__isnull=True)
        .order_by("order", "pk")
        .values_list(*_Person._fields)
    )
)


@dataclass(frozen=True, slots=True)
class StandingRows:
    """The rows of a case whose acts stand, read once; a record is folded from them."""

    acts: tuple[_Act, ...]
    facts: tuple[_Fact, ...]
    people: tuple[_Person, ...]


def standing_rows(case: CaseRow, *, before: StandingRows | None = None) -> StandingRows:
    """Read a case's own rows: three queries, however often a record is folded from them.

    Bare columns and no model instances: this is read with every page of every case, and its facts are many. `before`: the
    same as they were read earlier. Facts hang on their act and never change, so that those of acts which still stand
    are not read again; when one of them was undone, everything is.
    """
    acts = tuple(map(_Act._make, _ACTS.rows(case.pk)))
    goes_on = before is not None and bool(before.acts) and acts[: len(before.acts)] == before.acts
    known = before.facts if goes_on and before else ()
    after = before.acts[-1].number if goes_on and before else 0
    return StandingRows(
        acts,
        (*known, *map(_Fact._make, _FACTS.rows(case.pk, after))),
        tuple(map(_Person._make, _PEOPLE.rows(case.pk))),
    )


def read_record(case: CaseRow) -> Record:
    """The case's record now."""
    return fold(standing_rows(case))


def fold(rows: StandingRows, *, before_act: int | None = None) -> Record:
    """The record that these rows make, or as it was before an act (to show what that act changed).

    Whoever left the case took what was said of them along.
    """
    acts = [act for act in rows.acts if before_act is None or act.number < before_act]
    numbers = {act.pk: act.number for act in acts}
    left = {row.ref: numbers[row.act_id] for row in rows.people if row.gone and row.act_id in numbers}
    facts = {
        FactRef(row.key, row.subject): HeldFact(
            value=None if row.value is None else value_from_json(row.value),
            source=_SOURCES[row.source],
            as_of=row.as_of,
            reason=row.reason,
            act=numbers[row.act_id],
            at=row.known_since,
        )
        for row in rows.facts
        if row.act_id in numbers and numbers[row.act_id] > left.get(row.subject, 0)
    }
    people = {
        row.ref: None if row.gone else HeldPerson(row.ref, row.resident_no, row.staying, row.unregistered)
        for row in rows.people
        if row.act_id in numbers
    }
    done = tuple(StandingAct(act.number, act.kind, act.prompt, act.at, act.by_name) for act in acts)
    return Record(facts, tuple(one for one in people.values() if one is not None), done)


def situation_of(record: Record, *, event: EventKind, notified_on: date, pack: Pack) -> Situation:
    """What the procedures are decided on: the facts of the vocabulary, the people, who claims."""
    event_values: dict[str, Value] = {}
    household_values: dict[str, Value] = {}
    people: dict[str, dict[str, Value]] = {person.ref: {} for person in record.people}
    for ref, held in record.facts.items():
        if held.value is None:
            continue
        if ref.subject == EVENT_SUBJECT:
            if pack.fact(Holder.EVENT, ref.key):
                event_values[ref.key] = held.value
        elif ref.subject == HOUSEHOLD_SUBJECT:
            if pack.fact(Holder.HOUSEHOLD, ref.key):
                household_values[ref.key] = held.value
        elif ref.subject in people and pack.fact(Holder.PERSON, ref.key):
            people[ref.subject][ref.key] = held.value
    claimant = record.value(CLAIMANT, HOUSEHOLD_SUBJECT)
    situation = Situation(
        event=event,
        event_values=event_values,
        household_values=household_values,
        people=tuple(PersonFacts(ref, values) for ref, values in people.items()),
        relations=None,
        claimant=claimant if isinstance(claimant, str) and claimant in people else None,
        notified_on=notified_on,
    )
    return with_implied(situation)

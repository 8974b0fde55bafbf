"""A situation (世帯の状況): one event, one household and whatever is known about them.

A key that is missing from a mapping is unknown. "Has none" is a value of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from madoguchi.procedures.facts import (
    CLAIMANT,
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    NOTIFIED_ON,
    FactRef,
    Value,
)


class EventKind(Enum):
    """What happened to the household (異動事由)."""

    move_in = "move_in"
    move_in_abroad = "move_in_abroad"
    move_within = "move_within"
    move_out = "move_out"
    move_out_abroad = "move_out_abroad"
    household_change = "household_change"
    birth = "birth"
    death = "death"
    marriage = "marriage"
    divorce = "divorce"
    name_change = "name_change"
    none = "none"

    @property
    def label(self) -> str:
        """The words a clerk uses for the event."""
        return _EVENT_LABELS[self]

    @property
    def date_key(self) -> str:
        """The event fact that holds the day of the event; for no event it is the day of the notice."""
        return _EVENT_DATE_KEYS.get(self, "move_date")


_EVENT_LABELS = {
    EventKind.move_in: "転入",
    EventKind.move_in_abroad: "国外からの転入",
    EventKind.move_within: "転居",
    EventKind.move_out: "転出",
    EventKind.move_out_abroad: "国外への転出",
    EventKind.household_change: "世帯の変更",
    EventKind.birth: "出生",
    EventKind.death: "死亡",
    EventKind.marriage: "婚姻",
    EventKind.divorce: "離婚",
    EventKind.name_change: "氏名の変更",
    EventKind.none: "届出なし",
}
_EVENT_DATE_KEYS = {
    EventKind.birth: "birth_date",
    EventKind.death: "death_date",
    EventKind.none: NOTIFIED_ON,
}


class RelationKind(Enum):
    """How `is_` relates to `of`: the parent, spouse, guardian or supporter of that person."""

    parent = "parent"
    spouse = "spouse"
    guardian = "guardian"
    supports = "supports"


@dataclass(frozen=True, slots=True)
class Relation:
    """`is_` is the `kind` of `of`; both are ids of people of the situation."""

    kind: RelationKind
    of: str
    is_: str


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known about one person; a key that is missing is unknown."""

    id: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Situation:
    """One event with its household.

    `relations` None: they follow from 続柄 where that is unambiguous. `notified_on` None: the day decided on.
    """

    event: EventKind
    event_values: Mapping[str, Value]
    household_values: Mapping[str, Value]
    people: tuple[PersonFacts, ...]
    relations: tuple[Relation, ...] | None = None
    claimant: str | None = None
    notified_on: date | None = None

    def with_fact(self, ref: FactRef, value: Value) -> "Situation":
        """Return the same situation with one more fact known.

        Raises UnknownSubject when nobody of the situation has the id `ref.subject`.
        """
        if ref == FactRef(CLAIMANT, HOUSEHOLD_SUBJECT):
            return replace(self, claimant=str(value))
        if ref == FactRef(NOTIFIED_ON, EVENT_SUBJECT) and isinstance(value, date):
            return replace(self, notified_on=value)
        if ref.subject == EVENT_SUBJECT:
            return replace(self, event_values={**self.event_values, ref.key: value})
        if ref.subject == HOUSEHOLD_SUBJECT:
            return replace(self, household_values={**self.household_values, ref.key: value})
        if all(person.id != ref.subject for person in self.people):
            raise UnknownSubject(ref.subject, tuple(person.id for person in self.people))
        people = tuple(
            PersonFacts(person.id, {**person.values, ref.key: value}) if person.id == ref.subject else person
            for person in self.people
        )
        return replace(self, people=people)


class UnknownSubject(LookupError):
    """A fact was given for a person who is not part of the situation."""

    def __init__(self, subject: str, known: tuple[str, ...]) -> None:
        self.subject = subject
        self.known = known
        super().__init__(
            f"「{subject}」という人はこの世帯にいません。次のいずれかを指定してください: {'、'.join(known)}"
        )

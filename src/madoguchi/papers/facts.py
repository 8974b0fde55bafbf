"""What a sheet may be filled from (記入の材料): known values with their source and date.

Keys are written as in sheet files: `event.move_date`, `person.name`. A value that may not be shown comes as
withheld (`KnownValue.withheld`); whether it may be shown is decided where the facts come from, never here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from madoguchi.jp.dates import PossibleDays
from madoguchi.residents.protection import Audience


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name (氏名) with its reading (フリガナ). Variation selectors stay in the text."""

    text: str
    kana: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """An address (住所) with its postcode (7 digits or empty) and building or c/o line (方書)."""

    text: str
    building: str = ""
    postal: str = ""


FactValue = bool | int | str | date | frozenset[str] | Name | Address | PossibleDays


@dataclass(frozen=True, slots=True)
class KnownValue:
    """One fact's value. `source`: 住民記録, カード, 本人申告 …; `as_of`: the day it was true or recorded."""

    value: FactValue
    source: str
    as_of: date | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class FactsForSheet:
    """All that is known for one sheet.

    `known` is keyed by (fact, person); the person is "" for facts that belong to no person.
    `audience` says whose hands the paper goes to; one print run has one audience.
    `subject` is the person the sheet is about, None for a sheet about the household.
    `people` are the persons of the people table in their order; `choices` the code/label
    pairs of choice facts.
    """

    known: Mapping[tuple[str, str], KnownValue]
    people: tuple[str, ...]
    subject: str | None
    audience: Audience
    municipality: str
    number: str = ""
    received_on: date | None = None
    notified_on: date | None = None
    claimant: str | None = None
    choices: Mapping[str, tuple[tuple[str, str], ...]] | None = None

    def find(self, fact: str, person: str | None) -> KnownValue | None:
        """Return what is known of a fact; `claimant.X` is `person.X` of the claimant."""
        if fact.startswith("claimant."):
            return self.find("person." + fact.removeprefix("claimant."), self.claimant)
        return self.known.get((fact, (person or "") if fact.startswith("person.") else ""))

    def choices_of(self, fact: str) -> tuple[tuple[str, str], ...]:
        """Return the code/label pairs of a fact, empty when it has none."""
        key = "person." + fact.removeprefix("claimant.") if fact.startswith("claimant.") else fact
        return (self.choices or {}).get(key, ())

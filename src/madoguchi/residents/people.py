"""The values of the register: a person's row, a known fact, and what a reader is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import CharacterIdentity, NameParts
from madoguchi.procedures.facts import Value


class ResidentStatus(Enum):
    """住民状態: on the register, moved away, or dead."""

    RESIDENT = "resident"
    MOVED_OUT = "moved_out"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One row of the register as a core system gives it: everything that is true of a person from `moved_on`."""

    resident_no: str
    name: NameParts
    birth: date | PossibleDays
    sex: str
    relationship: str
    household_no: str
    address: str
    postal_code: str = ""
    previous_address: str = ""
    nationality_class: str = "jp"
    livelihood_no: str = ""
    insurance_no: str = ""
    reason: str = ""
    moved_on: date | None = None
    notified_on: date | None = None
    processed_on: date | None = None
    status: ResidentStatus = ResidentStatus.RESIDENT
    facts: Mapping[str, Value] = field(default_factory=dict)
    name_glyphs: tuple[CharacterIdentity, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact with where it comes from and the day on which the source says it was so."""

    value: Value
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class DisclosedPerson:
    """A person as read by someone with a purpose. `address` None: not shown here, for whatever reason.

    `status` MOVED_OUT: the facts are of the time before they left.
    """

    resident_no: str
    name: NameParts
    birth: date | PossibleDays
    sex: str
    relationship: str
    household_no: str
    address: str | None
    postal_code: str | None
    facts: Mapping[str, KnownFact]
    status: ResidentStatus = ResidentStatus.RESIDENT


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found. No address is ever listed, for anybody: so nothing can be read from its absence."""

    resident_no: str
    name: str
    kana: str
    birth: date | PossibleDays
    relationship: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found; `more` when there were more than shown."""

    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What a clerk knows of a person; blank means not known."""

    number: str = ""
    name: str = ""
    kana: str = ""
    birth: date | None = None
    address: str = ""

    def empty(self) -> bool:
        return not (self.number or self.name or self.kana or self.birth or self.address)

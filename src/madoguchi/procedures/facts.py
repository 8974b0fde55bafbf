"""Facts (事実項目): what can be known about an event, a person or a household, and what is not known.

A fact is named by its key and its holder; a `FactRef` adds whose fact it is.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from madoguchi.jp.dates import PossibleDays

EVENT_SUBJECT = "event"
HOUSEHOLD_SUBJECT = "household"
CLAIMANT = "claimant"
NOTIFIED_ON = "notified_on"
RELATIONSHIP = "relationship"


class Holder(Enum):
    """Who or what a fact belongs to."""

    EVENT = "event"
    PERSON = "person"
    HOUSEHOLD = "household"


class FactType(Enum):
    """The kind of value a fact has; `CHOICE` is one code, `CHOICES` a set of codes."""

    BOOLEAN = "boolean"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    PERSON = "person"


class Unknown(Enum):
    """The one value that says "not known" (わからない)."""

    UNKNOWN = "unknown"


Value = bool | int | str | date | frozenset[str] | PossibleDays


@dataclass(frozen=True, slots=True)
class FactChoice:
    """One allowed code of a choice and the words a clerk reads for it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One fact of the vocabulary (事実の定義).

    `prompt` joins facts that are asked on one screen; it is the key itself unless the pack says otherwise.
    `unit` is "yen", "days", "months", "years" or "grade" for numbers that must not be mixed, else None.
    """

    key: str
    holder: Holder
    type: FactType
    choices: tuple[FactChoice, ...]
    label: str
    question: str
    why: str
    prompt: str
    source: str
    statute: str
    unit: str | None = None
    asked_from: str | None = None

    def label_of(self, code: str) -> str:
        """Return the words for a code, or the code itself when the pack does not know it."""
        return next((choice.label for choice in self.choices if choice.code == code), code)


@dataclass(frozen=True, slots=True)
class FactRef:
    """One fact of one subject: a person's id, "event" or "household"."""

    key: str
    subject: str


@lru_cache(maxsize=8192)
def ref_to(key: str, subject: str) -> FactRef:
    """Return the reference to a fact of a subject, made once."""
    return FactRef(key, subject)

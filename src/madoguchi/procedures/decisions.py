"""What the engine answers (判定結果): decisions, questions and what changed between two answers."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal

from madoguchi.procedures.facts import FactRef


class Status(Enum):
    """The four outcomes; never two."""

    MUST = "must"
    ASK = "ask"
    OPTIONAL = "optional"
    NOT_NEEDED = "not_needed"

    @property
    def label(self) -> str:
        """The word a clerk reads."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.MUST: "必要",
    Status.ASK: "要確認",
    Status.OPTIONAL: "任意",
    Status.NOT_NEEDED: "不要",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence that says why, with its law and whether the rule was checked against a source."""

    text: str
    law: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in yen, per month, once or per year, from and until a day (both included; None: open), and who gets it."""

    yen: int
    per: Literal["month", "once", "year"]
    start: date | None
    until: date | None
    payee: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One procedure for one subject: a person's id or "household".

    `missing` is filled only for ASK: the facts that can still change the outcome. `deadline_at_most`: where the event's own
    day is a span, `deadline` counts from its first day and this from its last; `overdue` is what is late by both.
    """

    procedure: str
    law_id: str
    subject: str
    status: Status
    because: tuple[Reason, ...]
    deadline: date | None
    overdue: bool
    amount: Amount | None
    missing: tuple[FactRef, ...]
    deadline_at_most: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One fact worth asking and the ids of the procedures that it can settle."""

    ref: FactRef
    label: str
    settles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything decided on one day, and all open questions in asking order."""

    on: date
    revision: str
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One procedure and subject whose status differs between two answers; None: was or is not decided."""

    procedure: str
    subject: str
    before: Status | None
    after: Status | None

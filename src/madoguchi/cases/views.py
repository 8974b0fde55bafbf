"""What a screen is given of a case, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from madoguchi.audit.entries import Channel
from madoguchi.cases.judging import Judged
from madoguchi.cases.record import Record
from madoguchi.cases.representation import FilingRight
from madoguchi.cases.states import CaseStatus, TaskAct, TaskState
from madoguchi.procedures.decisions import Change
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.questions import Prompt
from madoguchi.procedures.situation import EventKind


@dataclass(frozen=True, slots=True)
class CaseHeader:
    """The line that names a case; no personal data."""

    id: str
    number: str
    code: str
    event: EventKind
    status: CaseStatus
    branch: str
    desk: str
    practice: bool
    parked: bool
    version: int
    signed_round: int
    notified_on: date
    late_reason: str
    opened_at: datetime
    opened_by: int | None
    opened_by_name: str
    last_entered_by: int | None
    revision: str
    language: str
    follows: str = ""
    channel: Channel = Channel.COUNTER

    @property
    def signed(self) -> bool:
        return self.status not in (CaseStatus.HEARING, CaseStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Explained:
    """When and by whom something was explained."""

    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DocumentDue:
    """A document that was missing on the day."""

    id: int
    procedure: str
    text: str
    received: bool


@dataclass(frozen=True, slots=True)
class CertificateWish:
    """Certificates wanted in this visit."""

    kind: str
    copies: int
    fee_yen: int
    may_be_issued: bool = False


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """Certificates asked for, for whoever issues them; `blocked`: not before the change is registered."""

    case: str
    day: date
    number: str
    kind: str
    copies: int
    fee_yen: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """A department's task."""

    id: int
    case: str
    number: str
    branch: str
    desk: str
    department: str
    procedure: str
    subject: str
    state: TaskState
    version: int
    by_name: str
    made_at: datetime
    changed_at: datetime
    acts: tuple[TaskAct, ...]
    missing: int
    practice: bool
    notes: tuple[str, ...] = ()
    channel: Channel = Channel.COUNTER


@dataclass(frozen=True, slots=True)
class CaseView:
    """A whole case, as the clerk's screens need it."""

    header: CaseHeader
    record: Record
    judged: Judged
    prompt: Prompt | None
    changes: tuple[Change, ...]
    explained: Mapping[tuple[str, int], Explained]
    documents: tuple[DocumentDue, ...]
    certificates: tuple[CertificateWish, ...]
    tasks: tuple[TaskView, ...]
    address_shown: bool
    can_undo: bool
    earlier_changed: bool
    newer_revision: bool
    rights: Mapping[tuple[str, str], FilingRight]


@dataclass(frozen=True, slots=True)
class NewerProcedures:
    """A newer revision of the procedures, and what it would change in a case."""

    revision: str
    pack: Pack
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class VisitMark:
    """What a statistic may know of a case: what kind of event, where, and whether it was practice."""

    event: EventKind
    branch: str
    desk: str
    practice: bool


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A case that waits for a second officer."""

    header: CaseHeader
    may_review: bool

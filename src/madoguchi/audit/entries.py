"""The values of the audit: who acted, for which purpose, and what one step of a case was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Purpose(Enum):
    """Why a person's data was read (閲覧の目的)."""

    COUNTER_CASE = "counter_case"
    REVIEW = "review"
    DEPARTMENT_TASK = "department_task"
    IMPORT = "import"
    CHANGE_DATA = "change_data"
    CERTIFICATE_REQUEST = "certificate_request"
    CORRECTION = "correction"
    AUDIT = "audit"
    PRACTICE = "practice"
    HANDLING = "handling"
    LETTER = "letter"
    OWN = "own"
    MATCHING = "matching"
    MANDATE = "mandate"
    GIFT = "gift"
    FROM_HOME = "from_home"
    OUTREACH = "outreach"
    STATISTICS = "statistics"
    VISIT = "visit"
    EMERGENCY = "emergency"
    INTERPRETING = "interpreting"


class Kind(Enum):
    """What an entry records: a reading, an act of the office, a step of a case."""

    ACCESS = "access"
    ACT = "act"
    STEP = "step"


class Lifecycle(Enum):
    """XES lifecycle transition."""

    START = "start"
    COMPLETE = "complete"


class Channel(Enum):
    """Where a step happened."""

    COUNTER = "counter"
    DEPARTMENT = "department"
    BACKOFFICE = "backoffice"
    SYSTEM = "system"
    KIOSK = "kiosk"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Actor:
    """The member of staff (or the system, staff_id None) who acts, and from where."""

    staff_id: int | None
    name: str
    branch: str
    desk: str
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class StepDetail:
    """What a step carries for the office's own figures; keys and counts only, never a resident's data."""

    procedure: str | None = None
    explanation: str | None = None
    prompt: str | None = None
    fields_asked: int = 0
    asked_again: int = 0
    characters_typed_by_resident: int = 0
    signatures: int = 0
    resident_moves: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit as it is read back."""

    id: int
    kind: Kind
    at: datetime
    activity: str
    staff_id: int | None
    staff_name: str
    branch: str
    desk: str
    case: str
    person_key: str
    purpose: str
    body: dict[str, object] = field(default_factory=dict)
    lifecycle: str = "complete"
    channel: str = ""


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step of a day that is over (過去の手順), to be written with many others at once."""

    actor: Actor
    case: str
    activity: str
    channel: Channel
    at: datetime
    lifecycle: Lifecycle = Lifecycle.COMPLETE
    detail: StepDetail = StepDetail()

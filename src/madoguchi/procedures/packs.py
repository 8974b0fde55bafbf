"""A pack (手続台帳の版): procedures, vocabulary and a municipality's own settings as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Literal

from madoguchi.procedures.facts import FactDefinition, Holder, Value
from madoguchi.procedures.language.dated_tables import DatedTable
from madoguchi.procedures.language.tree import Expression, Node
from madoguchi.procedures.situation import EventKind, Situation

CHANNEL_LEVELS = ("information", "questionnaire", "reservation", "prefill", "submission", "visit", "full")
# The department of what is filed with somebody else than the city (法務局, 年金事務所): the city only tells of it.
OUTSIDE = "outside"
DOUBTFUL = "?"
LOSSES = ("none", "month", "yen", "fine", "right")


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the rule was checked against a source, when, and which one; else the screen says so.

    `source` `DOUBTFUL`: the rule itself is unsure and must never make anything necessary.
    """

    verified: bool
    on: date | None
    source: str


class FromHome(Enum):
    """What becomes of a thing to bring when it is applied for from home (自宅からのとき).

    A picture or PDF of it; nothing, because the sign-in shows it already; or the thing itself, brought or sent later.
    """

    FILE = "file"
    SHOWN = "shown"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Bring:
    """One thing to bring (持ち物); `when` None: always."""

    text: str
    when: Expression | None
    from_home: FromHome = FromHome.FILE


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A sentence for "not needed", said when `when` holds."""

    when: Expression
    because: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated rule; rules with the same `since` and `until` are alternatives."""

    since: date
    until: date | None
    must: Expression | None
    optional: Expression | None
    because: str
    otherwise: tuple[Otherwise, ...]
    law: str | None
    law_note: str
    verification: Verification | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A legal period counted from a day; several of one event: the earliest counts."""

    event: EventKind
    start: Expression
    days: int
    count_first_day: bool
    roll_to_open_day: bool


@dataclass(frozen=True, slots=True)
class AmountRule:
    """What is paid out or charged, in yen, for as long as it lasts; of several the first that applies counts.

    It applies when the day of the law is from `valid_from` to `valid_until` (None: open) and `when` holds (None: always).
    `payee` says who gets it.
    """

    valid_from: date | None
    valid_until: date | None
    when: Expression | None
    yen: Expression
    per: Literal["month", "once", "year"]
    start: Expression | None
    until: Expression | None
    payee: str


@dataclass(frozen=True, slots=True)
class FeeReduction:
    """When less is charged (減免), how much then, why, and who says so."""

    when: Expression
    yen: Expression | int
    because: str
    law: str


@dataclass(frozen=True, slots=True)
class FeeRule:
    """One line of what is charged (手数料の決め), for each copy or once; of its reductions the first that applies counts."""

    label: str
    yen: Expression | int
    per_copy: bool
    when: Expression | None
    valid_from: date | None
    valid_until: date | None
    law: str
    verification: Verification | None
    reductions: tuple[FeeReduction, ...]


class FeeTime(Enum):
    """When the fee of an application from home is paid (手数料を納めるとき): before it counts as filed, or after it was filed."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Late:
    """What being late costs; `loses` is one of `LOSSES`."""

    text: str
    loses: str


class FilingRole(Enum):
    """In whose name a procedure after a death is filed, where that need not be whoever came (手続きをする方)."""

    FUNERAL_HOST = "funeral_host"
    PENSION_CLAIMANT = "pension_claimant"
    HEIR_REPRESENTATIVE = "heir_representative"

    @property
    def label(self) -> str:
        """The word a clerk reads."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    FilingRole.FUNERAL_HOST: "葬祭を行った方（喪主）",
    FilingRole.PENSION_CLAIMANT: "年金を請求する方",
    FilingRole.HEIR_REPRESENTATIVE: "相続人の代表の方",
}


class RecordNeed(Enum):
    """Whether a procedure is there for people without a 住民票 in this city (住民票がないとき)."""

    OPEN = "open"
    NEEDED = "needed"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The word a clerk reads; none of them sends anybody away."""
        return _NEED_LABELS[self]


_NEED_LABELS = {
    RecordNeed.OPEN: "居所だけで受けられる",
    RecordNeed.NEEDED: "住民票が要る",
    RecordNeed.UNKNOWN: "担当課が確かめる",
}


@dataclass(frozen=True, slots=True)
class WithoutRecord:
    """What a procedure says of people without a 住民票; `name`: what it is called then, empty: as ever."""

    need: RecordNeed
    text: str
    law: str
    name: str
    verification: Verification


@dataclass(frozen=True, slots=True)
class RulingTerms:
    """How a procedure is decided (決定の決め): by how many, within how many days, and where one may object.

    `days` None: the city has set no 標準処理期間. `objection` empty: whoever dismisses says where one may object.
    `appeal_first`: no court before the body to object to has decided (審査請求前置). `pauses`: the days in which the resident is
    asked and has not answered do not count.
    """

    two_persons: bool
    days: int | None
    objection: str
    law: str
    appeal_first: bool
    verification: Verification
    pauses: bool = True


# Nothing said: one member of staff decides, no days are set, and no body to object to is made up.
ORDINARY_RULING = RulingTerms(False, None, "", "", False, Verification(False, None, ""))


# Until somebody looked it up, the department does: never a refusal at the door.
NOT_LOOKED_UP = WithoutRecord(RecordNeed.UNKNOWN, "", "", "", Verification(False, None, ""))


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of a procedure: facts in, outcome out; `expect` maps a subject to a status."""

    name: str
    on: date
    situation: Situation
    expect: Mapping[str, str]
    deadline: Mapping[str, date]
    missing: Mapping[str, tuple[str, ...]]
    amount: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """One procedure (手続) with its rules, deadlines and everything said about it.

    `registers`: filing it changes the residents' register (異動の届出).
    """

    id: str
    law_id: str
    name: str
    summary: str
    law: str
    events: frozenset[EventKind]
    per: Literal["person", "household"]
    department: str
    channels: Mapping[str, str]
    fee_yen: int | None
    fee_note: str
    bring: tuple[Bring, ...]
    rules: tuple[Rule, ...]
    deadlines: tuple[Deadline, ...]
    late: Late
    sheet: str | None
    verified: Verification
    examples: tuple[Example, ...]
    notes: str
    tell: tuple[str, ...]
    amounts: tuple[AmountRule, ...] = ()
    fees: tuple[FeeRule, ...] = ()
    defined: Mapping[str, Node] = field(default_factory=dict)
    role: FilingRole | None = None
    income_from_month: int | None = None
    without_record: WithoutRecord = NOT_LOOKED_UP
    ruling: RulingTerms = ORDINARY_RULING
    fee_paid: FeeTime = FeeTime.AFTER
    registers: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Department:
    """A department (担当課) of the municipality."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a municipality sets: an age, an amount, a switch."""

    name: str
    type: str
    value: bool | int | str | date
    label: str
    unit: str | None
    note: str


@dataclass(frozen=True, slots=True)
class PromptText:
    """The words of one screen that asks the facts of the same prompt; smaller `order` is asked earlier."""

    id: str
    question: str
    why: str
    order: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Other words for a fact, or for a prompt by its id, where the event is one of `events`; empty: the usual ones."""

    of: tuple[Holder, str] | str
    events: frozenset[EventKind]
    label: str
    question: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A complete, checked set of procedures; `revision` is 12 hex digits of its content.

    `translations`: by a language's tag, what the Japanese sentences are in it (`translations.py`).
    """

    id: str
    name: str
    revision: str
    procedures: tuple[Procedure, ...]
    vocabulary: tuple[FactDefinition, ...]
    parameters: Mapping[str, Parameter]
    departments: Mapping[str, Department]
    sheets: Mapping[str, Mapping[str, object]]
    prompts: Mapping[str, PromptText]
    wordings: tuple[Wording, ...] = ()
    tables: Mapping[str, DatedTable] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _by_event: Mapping[EventKind, tuple[Procedure, ...]] = field(init=False, repr=False)
    _by_id: Mapping[str, Procedure] = field(init=False, repr=False)
    _by_fact: Mapping[tuple[Holder, str], FactDefinition] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_event = {
            event: tuple(procedure for procedure in self.procedures if event in procedure.events)
            for event in EventKind
        }
        object.__setattr__(self, "_by_event", by_event)
        object.__setattr__(self, "_by_id", {procedure.id: procedure for procedure in self.procedures})
        by_fact = {(definition.holder, definition.key): definition for definition in self.vocabulary}
        object.__setattr__(self, "_by_fact", by_fact)

    def procedures_of(self, event: EventKind) -> tuple[Procedure, ...]:
        """Return the procedures that an event can cause, in the order of the pack."""
        return self._by_event[event]

    def procedure(self, procedure_id: str) -> Procedure:
        """Return the procedure of that id; raises KeyError when the pack has none."""
        return self._by_id[procedure_id]

    def has_procedure(self, procedure_id: str) -> bool:
        """Say whether the pack has a procedure of that id."""
        return procedure_id in self._by_id

    def fact(self, holder: Holder, key: str) -> FactDefinition | None:
        """Return the definition of a fact, or None when the vocabulary has none."""
        return self._by_fact.get((holder, key))

    def parameter_values(self) -> dict[str, Value]:
        """Return the value of each parameter by its name."""
        return {name: parameter.value for name, parameter in self.parameters.items()}

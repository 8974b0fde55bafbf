"""What travels between branch and centre: acts by number, each once, and what the centre has of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from madoguchi.cases.states import HeldWhy as HeldWhy

# Acts that a branch may do on its own (仮受付): everything is heard, nothing is signed, decided or handed on.
PROVISIONAL = frozenset(
    {
        "resume", "begin", "set_who_moves", "say_event", "set_visitor", "answer", "correct_fact", "retake", "undo", "park",
        "take_prepared", "name_people", "confirm_prepared",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BranchFact:
    """One fact of an act, as the case keeps it; `value` in JSON, None: heard, and not known."""

    key: str
    subject: str
    value: Any
    source: str
    as_of: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BranchPerson:
    """A person whom an act brought into the case."""

    ref: str
    resident_no: str
    staying: bool
    unregistered: bool
    gone: bool
    order: int


@dataclass(frozen=True, slots=True)
class BranchAct:
    """One act at the branch (支所での行為): its case and number are its identity. `undoes`: the act that it took back."""

    case: str
    number: int
    kind: str
    prompt: str
    at: str
    by: int | None
    by_name: str
    facts: tuple[BranchFact, ...] = ()
    people: tuple[BranchPerson, ...] = ()
    undoes: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is written into a file."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> BranchAct:
        """What `to_json` wrote."""
        facts = tuple(BranchFact(**one) for one in said["facts"])
        people = tuple(BranchPerson(**one) for one in said["people"])
        return cls(**{**said, "facts": facts, "people": people})


@dataclass(frozen=True, slots=True)
class Clash:
    """A fact that both sides gave since the line was cut, differently (食い違い); both values."""

    key: str
    subject: str
    centre: Any
    branch: Any


@dataclass(frozen=True, slots=True)
class CentreCase:
    """What the centre has of a case: how far the branch's acts are in, and what it did itself since the package was made.

    `base`: the last act that both sides know. `taken`: how many of the branch's acts are in or held. `own`: the facts that the
    centre's own acts since then gave and that stand. `own_people`: whether one of them brought people.
    """

    base: int
    taken: int = 0
    open: bool = True
    held: bool = False
    own: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    own_people: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of one act: done with these facts, or held; and what clashes."""

    act: BranchAct
    facts: tuple[BranchFact, ...] = ()
    clashes: tuple[Clash, ...] = ()
    held: HeldWhy | None = None

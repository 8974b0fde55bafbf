"""What a process keeps of its decisions (判定の記憶), so that an answer re-decides only what it touches.

For one revision, event, day and calendar:

1. A decision is found again by the facts that it depends on.
2. What an open outcome still needs is found again by what the rule's clauses say, whoever the subject is:
   two people of whom the same is unknown need the same questions.

Held in memory only, without names, and emptied when it grows too large. Forgetting it changes no answer.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from madoguchi.procedures.decisions import Decision, Reason, Status
from madoguchi.procedures.facts import FactRef

_MOST_CONTEXTS = 32
_MOST_REMEMBERED = 20_000
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome as it is told: its reasons and, for ASK, the facts that still matter in asking order."""

    status: Status
    missing: tuple[FactRef, ...]
    because: tuple[Reason, ...]


class Memory(dict[tuple[Any, ...], _Thing], Generic[_Thing]):
    """A store that empties itself when it is full."""

    def __setitem__(self, key: tuple[Any, ...], thing: _Thing) -> None:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        super().__setitem__(key, thing)


@dataclass(frozen=True, slots=True)
class Remembered:
    """The decisions by their facts, and what is open by the answers of the clauses."""

    decisions: Memory[Decision]
    open: Memory[Told]


@lru_cache(maxsize=_MOST_CONTEXTS)
def remembered_for(context: tuple[Any, ...]) -> Remembered:
    """Return what is remembered for one revision, event, day and calendar."""
    return Remembered(Memory(), Memory())


def forget_decisions() -> None:
    """Drop everything remembered; the next answers are worked out anew and are the same."""
    remembered_for.cache_clear()

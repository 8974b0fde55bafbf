"""What a process keeps of its decisions (判定の記憶), so that an answer re-decides only what it touches.

For one revision, event, day and calendar:

1. A decision is found again by the facts that it depends on.
2. What an open outcome still needs is found again by what the rule's clauses say, whoever the subject is:
   two people of whom the same is unknown need the same questions.

Held in memory only, without names, and bounded; the oldest goes first. Forgetting it changes no answer.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from madoguchi.procedures.decisions import Decision, Reason, Status
from madoguchi.procedures.facts import FactRef

_MOST_CONTEXTS = 32
_MOST_DECISIONS = 20_000
_MOST_OPEN = 50_000
Key = tuple[Any, ...]


# An outcome as it is told: for ASK the facts that still matter, in asking order, and always the reasons.
Told = tuple[Status, tuple[FactRef, ...], tuple[Reason, ...]]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The decisions by their facts, and what is open by the answers of the clauses."""

    decisions: dict[Key, Decision]
    open: dict[Key, Told]

    def trim(self) -> None:
        """Let go of the oldest decisions when there are too many; emptying all at once would hold up one answer."""
        for key in list(islice(self.decisions, max(0, len(self.decisions) - _MOST_DECISIONS))):
            self.decisions.pop(key, None)
        if len(self.open) > _MOST_OPEN:
            self.open.clear()


@lru_cache(maxsize=_MOST_CONTEXTS)
def remembered_for(context: tuple[Any, ...]) -> Remembered:
    """Return what is remembered for one revision, event, day and calendar."""
    return Remembered({}, {})


def forget_decisions() -> None:
    """Drop everything remembered; the next answers are worked out anew and are the same."""
    remembered_for.cache_clear()

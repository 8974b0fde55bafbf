"""What a proof is: a promise, a quick and a full form that must lose nothing, and a control that must lose something.

A form gets a folder of its own and returns a `Result`. It runs in a process of its own, so that it may set up Django as
it likes; it may be killed and is called again with the same folder, so that a long one goes on from what it left there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class NotHere(Exception):
    """This machine has not what the form needs; the sentence says what, and how to get it. Counted, never taken for a proof."""


@dataclass(frozen=True, slots=True)
class Result:
    """How often it was tried, how often the promise was broken, and what else is worth a reader's while."""

    n: int
    losses: int
    detail: str = ""

    def __add__(self, other: Result) -> Result:
        """Two parts of one promise: whatever either lost is lost."""
        told = "; ".join(one for one in (self.detail, other.detail) if one)
        return Result(self.n + other.n, self.losses + other.losses, told)


Form = Callable[[Path], Result]


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise and what shows it.

    `quick` (seconds to a minute) and `full` (as large as was promised) must lose nothing. `control` is small and has the
    guard taken out: it must lose something, else the other two would find nothing. `limits`: what they do not show here.
    """

    key: str
    promise: str
    quick: Form
    full: Form
    control: Form
    limits: str = ""


def weakest(*controls: Result) -> Result:
    """Of several guards taken out one by one, the control that lost least: each of them has to lose something."""
    told = "; ".join(f"{one.detail} {one.losses:,}".strip() for one in controls)
    least = min(controls, key=lambda one: one.losses)
    return Result(least.n, least.losses, told)

"""How long somebody will still wait, as a band of minutes (待ち時間の幅), from whoever can say; nobody can: no band is shown."""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.booking.estimates import shown
from madoguchi.booking.tickets.values import BranchNow, QueuedStep


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high` minutes; `reason` says why it rose since it was last shown, "" when it did not."""

    low: int
    high: int
    reason: str = ""


def told_band(now: BranchNow, step: QueuedStep) -> Band | None:
    """The band that is shown to one who waits, and kept: it never rises by more than five minutes unsaid."""
    found = shown(now=now, ticket=step.ticket)
    low, high = found.estimate.minutes
    return Band(low, high, found.reason.sentence)

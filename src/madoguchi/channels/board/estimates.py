"""How long somebody will still wait, as a band of minutes (待ち時間の幅), from whoever can say; nobody can: no band is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from madoguchi.booking.estimates import foreseen, shown
from madoguchi.booking.tickets.states import StepState
from madoguchi.booking.tickets.values import BranchNow, QueuedStep


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high` minutes; `reason` says why it rose since it was last shown, "" when it did not."""

    low: int
    high: int
    reason: str = ""


def band_of(now: BranchNow, step: QueuedStep) -> Band | None:
    """The band for one who waits, told to nobody: for a whole lane."""
    low, high = foreseen(now=now, ticket=step.ticket).minutes
    return Band(low, high)


def told_band(now: BranchNow, step: QueuedStep) -> Band | None:
    """The band that is shown to one who waits, and kept: it never rises by more than five minutes unsaid."""
    found = shown(now=now, ticket=step.ticket)
    low, high = found.estimate.minutes
    return Band(low, high, found.reason.sentence)


def longest_wait(now: BranchNow, lane: str) -> int:
    """Minutes that the one who waits longest in a lane has waited already; 0 when nobody waits. A fact, no forecast."""
    waiting = (one.waiting_since for one in now.steps if one.lane == lane and one.state is StepState.WAITING)
    return max((_minutes(since, now.at) for since in waiting), default=0)


def _minutes(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))

"""How long somebody will still wait, as a band of minutes (待ち時間の幅), from whoever can say; nobody can: no band is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from madoguchi.booking.tickets.states import StepState
from madoguchi.booking.tickets.values import BranchNow, QueuedStep


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high` minutes; `reason` says why it rose since it was last shown, "" when it did not."""

    low: int
    high: int
    reason: str = ""


def band_of(now: BranchNow, step: QueuedStep) -> Band | None:
    """The band for one who waits."""
    return None


def longest_wait(now: BranchNow, lane: str) -> int:
    """Minutes that the one who waits longest in a lane has waited already; 0 when nobody waits. A fact, no forecast."""
    waiting = (one.waiting_since for one in now.steps if one.lane == lane and one.state is StepState.WAITING)
    return max((_minutes(since, now.at) for since in waiting), default=0)


def _minutes(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))

"""How full a lane is (混み具合), for everybody who wants to know before setting out: counts and minutes, nobody's number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from madoguchi.booking.estimates import foreseen
from madoguchi.booking.tickets.states import StepState
from madoguchi.booking.tickets.values import BranchNow


class Crowding(Enum):
    """How full a lane is (混み具合)."""

    CLOSED = "closed"
    QUIET = "quiet"
    FILLING = "filling"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many minutes on a lane is filling (やや混み), and full (混雑)."""

    filling: int = 20
    full: int = 40

    def level(self, minutes: int) -> Crowding:
        """How full a lane with this wait is."""
        if minutes < self.filling:
            return Crowding.QUIET
        return Crowding.FILLING if minutes < self.full else Crowding.FULL


@dataclass(frozen=True, slots=True)
class LaneCrowd:
    """A lane at one moment: desks that are open, how many wait, minutes that the longest waits already, how full that is."""

    open_desks: int
    waiting: int
    longest: int
    crowding: Crowding


def crowd_of(now: BranchNow, lane: str, thresholds: Thresholds) -> LaneCrowd:
    """How full a lane is: by what whoever came last may expect, and by how long one waits already."""
    waiting, open_desks, longest = now.waiting(lane), now.open_desks(lane), longest_wait(now, lane)
    expected = foreseen(now=now, ticket=waiting[-1].ticket).minutes[1] if waiting else 0
    closed = not open_desks and not waiting
    level = Crowding.CLOSED if closed else thresholds.level(max(expected, longest))
    return LaneCrowd(open_desks, len(waiting), longest, level)


def longest_wait(now: BranchNow, lane: str) -> int:
    """Minutes that the one who waits longest in a lane has waited already; 0 when nobody waits. A fact, no forecast."""
    waiting = (one.waiting_since for one in now.steps if one.lane == lane and one.state is StepState.WAITING)
    return max((_minutes(since, now.at) for since in waiting), default=0)


def _minutes(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))

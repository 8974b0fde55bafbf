"""The work before one person, laid on the desks (前にある仕事): who is called when, if everything takes as long as usual.

Desks: those that are open now, and from the quarter-hours to come those that are planned (fewer at noon). A difference
between plan and now is believed for half an hour. Called as the office calls: need of care, bookings whose time has
come, the others by their place. What lies on a desk already takes the less the longer it has lasted,
down to a share of the usual.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from madoguchi.booking.hours import QUARTERS_A_DAY, Quarter
from madoguchi.booking.services import QUARTER_MINUTES
from madoguchi.booking.tickets.states import Priority, StepState
from madoguchi.booking.tickets.values import BranchNow, QueuedStep

JAPAN = ZoneInfo("Asia/Tokyo")
QUARTER_SECONDS = QUARTER_MINUTES * 60
BELIEVED_QUARTERS = 2
STILL_AT_DESK = 0.35  # however long it has lasted, this share of the usual minutes is still to come
LINES = (Priority.CARE, Priority.BOOKED, Priority.WALK_IN)
AT_DESK = (StepState.CALLED, StepState.SERVING)


@dataclass(frozen=True, slots=True)
class WorkAhead:
    """When one person would be called: seconds from now, how many are called before, the desks that counted now."""

    seconds: float
    ahead: int
    desks: int


def work_ahead(
    now: BranchNow, own: QueuedStep, planned: Sequence[Quarter], minutes: Mapping[str, float]
) -> WorkAhead:
    """Lay the lane's work on its desks until `own` is called. `minutes`: at the desk, by service of this lane.

    A lane in which no desk is open or planned any more counts as one desk: somebody has to come.
    """
    began = _second_of_day(now.at)
    desks = _Desks(began, now.open_desks(own.lane), planned)
    free: list[float] = []
    for one in now.steps:
        if one.lane == own.lane and one.state in AT_DESK:
            heapq.heappush(free, began + _left(one, now.at, minutes))
    for _ in range(desks.at(began) - len(free)):
        heapq.heappush(free, began)
    waiting = [_Place(one, began, now.at) for one in now.waiting(own.lane)]
    ahead, at = 0, began
    while True:
        at = _next_free(free, desks, at)
        due = [one for one in waiting if one.ready <= at]
        if not due:
            ready = min(one.ready for one in waiting)
            heapq.heappush(free, ready)
            continue
        chosen = min(due, key=lambda one: one.key)
        if chosen.step is own:
            return WorkAhead(max(0.0, at - began), ahead, desks.at(began))
        waiting.remove(chosen)
        heapq.heappush(free, at + 60 * minutes.get(chosen.step.service, 10.0))
        ahead += 1


class _Place:
    """One who waits, as the order goes."""

    def __init__(self, step: QueuedStep, began: float, now: datetime) -> None:
        self.step = step
        ready_at = step.ready_at or (step.booked_for if step.priority is Priority.BOOKED else None)
        until = (ready_at - now).total_seconds() if ready_at else 0.0
        self.ready = began + max(0.0, until)
        self.key = (LINES.index(step.priority), step.position or 0)


class _Desks:
    """How many desks there are at a second of the day: as now at first, then as planned."""

    def __init__(self, began: float, open_now: int, planned: Sequence[Quarter]) -> None:
        self._plan = {one.number: one.desks for one in planned}
        self._last = max(self._plan, default=0)
        self._now = int(began // QUARTER_SECONDS)
        self._more = open_now - self._planned(self._now) if self._plan else 0
        self._open_now = open_now

    def _planned(self, number: int) -> int:
        return self._plan.get(min(number, self._last), 0)

    def at(self, second: float) -> int:
        """Desks at that second; at least one now and after the last quarter-hour."""
        number = int(second // QUARTER_SECONDS)
        if not self._plan or number <= self._now:
            return max(1, self._open_now)
        desks = self._planned(number)
        if number <= self._now + BELIEVED_QUARTERS:
            desks += self._more
        return max(desks, 1) if number >= self._last else max(desks, 0)

    def next_change(self, second: float) -> float:
        """The beginning of the next quarter-hour."""
        return (int(second // QUARTER_SECONDS) + 1) * QUARTER_SECONDS


def _next_free(free: list[float], desks: _Desks, since: float) -> float:
    """When the next desk can call: desks that close finish what they have, desks that open are free at once."""
    at = since
    while True:
        count = desks.at(at)
        busy = sum(one > at for one in free)
        ready = len(free) - busy
        while ready and busy + ready > max(count, busy):  # a desk that closed calls nobody
            heapq.heappop(free)
            ready -= 1
        for _ in range(count - busy - ready):
            heapq.heappush(free, at)
            ready += 1
        if ready and busy < count:
            heapq.heappop(free)
            return at
        change = desks.next_change(at)
        if at > QUARTERS_A_DAY * QUARTER_SECONDS * 2:
            return at
        at = min([change, *(one for one in free if one > at)])


def _left(step: QueuedStep, now: datetime, minutes: Mapping[str, float]) -> float:
    """Seconds that a service which has begun will still hold its desk."""
    usual = 60 * minutes.get(step.service, 10.0)
    lasted = max(0.0, (now - (step.called_at or step.started_at or now)).total_seconds())
    return max(usual - lasted, STILL_AT_DESK * usual)


def _second_of_day(at: datetime) -> float:
    there = at.astimezone(JAPAN)
    return there.hour * 3600 + there.minute * 60 + there.second + there.microsecond / 1e6

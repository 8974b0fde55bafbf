"""What the screens, the boards and the estimates get to see of a branch's queue (待ち列の今). No name, no case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from madoguchi.booking.tickets.states import DeskState, Priority, StepState


@dataclass(frozen=True, slots=True)
class QueuedStep:
    """One service of one ticket, as the queue sees it.

    `label` is the number that is called ("A012"); `arrived_at` never changes, `waiting_since` is when this step began to
    wait; `position` counts from 1 in the order in which the lane would call, None when it is not waiting. `desk`: where
    the resident is called to or sits, which is not the officer's own desk when officers come; "" while they wait in the
    hall. `ready_at`: from when on the lane may call one who waits, None when it is not known. `version`: to be sent back with an act, so that two people do not act on one ticket unseen.
    """

    ticket: str
    label: str
    step: int
    service: str
    lane: str
    state: StepState
    priority: Priority
    arrived_at: datetime
    waiting_since: datetime
    booked_for: datetime | None
    desk: str
    called_at: datetime | None
    started_at: datetime | None
    calls: int
    position: int | None
    steps_after: int
    language: str
    version: int = 0
    officer_desk: str = ""
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeskNow:
    """A desk and what happens there: the ticket's number, "" when nobody is there."""

    key: str
    name: str
    lanes: tuple[str, ...]
    state: DeskState
    label: str
    step_state: StepState | None
    since: datetime | None
    staff_id: int | None


@dataclass(frozen=True, slots=True)
class BranchNow:
    """A branch's queue at one moment. `sequence`: the last number of its outbox, read before everything else.

    `steps`: every step that is not over, those that wait in calling order lane by lane. `issuing`: whether numbers are
    still given today.
    """

    branch: str
    at: datetime
    sequence: int
    steps: tuple[QueuedStep, ...]
    desks: tuple[DeskNow, ...]
    issuing: bool = True

    def waiting(self, lane: str) -> tuple[QueuedStep, ...]:
        """Those who wait in a lane, in the order in which they will be called."""
        return tuple(one for one in self.steps if one.lane == lane and one.state is StepState.WAITING)

    def open_desks(self, lane: str) -> int:
        """How many desks serve a lane just now."""
        return sum(lane in one.lanes and one.state is DeskState.OPEN for one in self.desks)


@dataclass(frozen=True, slots=True)
class StepLine:
    """One service of a visit as its own holder sees it, in the order of the visit."""

    service: str
    service_name: str
    lane: str
    state: StepState
    desk: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """One ticket as its holder sees it. `now`: the step it is at, None when the visit is over; `ahead`: people before."""

    ticket: str
    branch: str
    label: str
    code: str
    language: str
    arrived_at: datetime
    live: bool
    steps: tuple[StepLine, ...]
    now: QueuedStep | None
    ahead: int | None
    prints: int = 0


@dataclass(frozen=True, slots=True)
class LaneDay:
    """A lane's day in figures (窓口の列の1日): minutes are of those whose service began."""

    lane: str
    name: str
    served: int
    left: int
    waiting: int
    median_wait: float | None
    longest_wait: float | None
    median_service: float | None


@dataclass(frozen=True, slots=True)
class DayReport:
    """The end of a day (窓口の日計): what was issued, and each lane's figures."""

    branch: str
    day: date
    issued: int
    ended: int
    recalls: int
    not_here: int
    lanes: tuple[LaneDay, ...]

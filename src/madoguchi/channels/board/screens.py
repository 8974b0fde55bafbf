"""What each board and each phone shows of a branch's queue (表示の内容), as values. Numbers and places only; nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from madoguchi.booking.crowding import Crowding, Thresholds, crowd_of
from madoguchi.booking.services import Names
from madoguchi.booking.tickets.states import DeskState, StepState
from madoguchi.booking.tickets.values import BranchNow, QueuedStep
from madoguchi.channels.board.estimates import Band, told_band

MOST_CALLED = 6
MOST_NEXT = 8
MOST_MISSED = 8
NEW_SECONDS = 30


@dataclass(frozen=True, slots=True)
class BoardNames:
    """The names that boards write: of the branch, its lanes in order, its desks and the services.

    `lanes_said` and `services_said`: what the city calls them in other languages.
    """

    branch: str
    lanes: tuple[tuple[str, str], ...]
    desks: Mapping[str, str]
    services: Mapping[str, str]
    lanes_said: Mapping[str, Names] = field(default_factory=dict)
    services_said: Mapping[str, Names] = field(default_factory=dict)

    def desk(self, key: str) -> str:
        """A desk as its sign says."""
        return self.desks.get(key, key)


@dataclass(frozen=True, slots=True)
class CalledNumber:
    """A number that is called to a place; `new`: a moment ago."""

    label: str
    desk: str
    new: bool


@dataclass(frozen=True, slots=True)
class LaneLine:
    """A lane with who waits: how many, and the next numbers in the order in which they will be called."""

    name: str
    open_desks: int
    waiting: int
    labels: tuple[str, ...]
    more: int
    longest: int
    crowding: Crowding


@dataclass(frozen=True, slots=True)
class WallScreen:
    """The board of the hall: who is called, who is served, who waits, who did not come."""

    branch: str
    called: tuple[CalledNumber, ...]
    serving: tuple[CalledNumber, ...]
    lanes: tuple[LaneLine, ...]
    missed: tuple[str, ...]


class BoothState(Enum):
    """What a board over one desk says."""

    CLOSED = "closed"
    PAUSED = "paused"
    FREE = "free"
    CALLED = "called"
    SERVING = "serving"


@dataclass(frozen=True, slots=True)
class BoothScreen:
    """The board over one desk."""

    desk: str
    state: BoothState
    label: str


class PhoneState(Enum):
    """What the phone of whoever holds a number says."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    AWAY = "away"
    MISSED = "missed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PhoneScreen:
    """One number as its holder sees it; `later`: the services of the visit that are still to come.

    `comes`: they sit at `desk` already and an officer comes there, so that nobody shall walk.
    """

    state: PhoneState
    service: str
    lane: str
    desk: str
    ahead: int | None
    band: Band | None
    later: tuple[str, ...]
    may_leave: bool
    may_return: bool
    comes: bool = False


def wall(now: BranchNow, names: BoardNames, thresholds: Thresholds) -> WallScreen:
    """The board of the hall. The newest call comes first."""
    walking = (one for one in _at(now, StepState.CALLED) if not seated(one))
    called = sorted(walking, key=lambda one: one.called_at or now.at, reverse=True)
    there = (one for one in now.steps if one.state is StepState.SERVING or seated(one))
    serving = sorted(there, key=lambda one: one.started_at or now.at, reverse=True)
    return WallScreen(
        branch=names.branch,
        called=tuple(_number(one, now, names) for one in called[:MOST_CALLED]),
        serving=tuple(_number(one, now, names) for one in serving),
        lanes=lanes(now, names, thresholds),
        missed=tuple(sorted(one.label for one in _at(now, StepState.MISSED))[:MOST_MISSED]),
    )


def lanes(now: BranchNow, names: BoardNames, thresholds: Thresholds) -> tuple[LaneLine, ...]:
    """Every lane of the branch, in the city's order."""
    return tuple(_lane(now, key, name, thresholds) for key, name in names.lanes)


def booth(now: BranchNow, names: BoardNames, desk: str) -> BoothScreen:
    """The board over one desk: whoever is called to it or sits there, whichever officer is there or comes."""
    there = next(
        (
            one
            for one in now.steps
            if one.desk == desk and (seated(one) or one.state in (StepState.CALLED, StepState.SERVING))
        ),
        None,
    )
    if there is not None:
        walks = there.state is StepState.CALLED and not seated(there)
        state = BoothState.CALLED if walks else BoothState.SERVING
        return BoothScreen(names.desk(desk), state, there.label)
    found = next((one.state for one in now.desks if one.key == desk), DeskState.CLOSED)
    states = {DeskState.OPEN: BoothState.FREE, DeskState.PAUSED: BoothState.PAUSED}
    return BoothScreen(names.desk(desk), states.get(found, BoothState.CLOSED), "")


def phone(now: BranchNow, names: BoardNames, ticket: str) -> PhoneScreen:
    """One number; whoever is no longer in the queue is through."""
    own = [one for one in now.steps if one.ticket == ticket]
    later = tuple(_service(one, names) for one in own if one.state is StepState.PLANNED)
    step = next((one for one in own if one.state is not StepState.PLANNED), None)
    if step is None:
        return PhoneScreen(PhoneState.OVER, "", "", "", None, None, (), False, False)
    states = {
        StepState.WAITING: PhoneState.WAITING,
        StepState.CALLED: PhoneState.CALLED,
        StepState.SERVING: PhoneState.SERVING,
        StepState.HELD: PhoneState.AWAY,
        StepState.MISSED: PhoneState.MISSED,
    }
    waiting = step.state is StepState.WAITING
    return PhoneScreen(
        state=states.get(step.state, PhoneState.OVER),
        service=_service(step, names),
        lane=dict(names.lanes).get(step.lane, step.lane),
        desk=names.desk(step.desk) if step.desk else "",
        ahead=step.position - 1 if step.position else None,
        band=told_band(now, step) if waiting else None,
        later=later,
        # What was called once may have been set aside by an officer: from then on it goes by them, not by the phone.
        may_leave=waiting and not step.calls,
        may_return=step.state is StepState.MISSED or (step.state is StepState.HELD and not step.calls),
        comes=seated(step),
    )


def seated(step: QueuedStep) -> bool:
    """Whether they sit at `desk` already and an officer comes: nobody calls them there, unless they are called a second time."""
    comes = step.state is StepState.CALLED and step.desk != step.officer_desk and step.calls == 1
    return bool(step.desk) and (step.state is StepState.WAITING or comes)


def _at(now: BranchNow, state: StepState) -> list[QueuedStep]:
    return [one for one in now.steps if one.state is state]


def _number(step: QueuedStep, now: BranchNow, names: BoardNames) -> CalledNumber:
    new = step.called_at is not None and now.at - step.called_at < timedelta(seconds=NEW_SECONDS)
    return CalledNumber(step.label, names.desk(step.desk), new)


def _service(step: QueuedStep, names: BoardNames) -> str:
    return names.services.get(step.service, step.service)


def _lane(now: BranchNow, key: str, name: str, thresholds: Thresholds) -> LaneLine:
    waiting, crowd = now.waiting(key), crowd_of(now, key, thresholds)
    return LaneLine(
        name=name,
        open_desks=crowd.open_desks,
        waiting=crowd.waiting,
        labels=tuple(one.label for one in waiting[:MOST_NEXT]),
        more=max(0, len(waiting) - MOST_NEXT),
        longest=crowd.longest,
        crowding=crowd.crowding,
    )

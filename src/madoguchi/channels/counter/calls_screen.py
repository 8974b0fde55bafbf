"""What the screen of the calls shows, from the branch's queue of this moment. Numbers and services, never a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.booking.offering import Offer
from madoguchi.booking.tickets.desks import OwnDesk
from madoguchi.booking.tickets.states import ACTS, DeskState, Priority, StepState, TicketAct
from madoguchi.booking.tickets.values import BranchNow, DeskNow, QueuedStep

LONG_CALLED_MINUTES = 3
# Order and keys of the buttons for the number in hand; the first that is allowed is the one to press.
BUTTONS = (
    (TicketAct.START, "対応を始める", "s"),
    (TicketAct.FINISH, "終わり（つぎの用件へ）", "f"),
    (TicketAct.RECALL, "もう一度呼ぶ", "r"),
    (TicketAct.NOT_HERE, "いない", "m"),
    (TicketAct.HOLD, "保留", "h"),
    (TicketAct.BACK_IN_LINE, "列にもどす", "b"),
    (TicketAct.LEAVE, "帰った（取りやめ）", ""),
)


@dataclass(frozen=True, slots=True)
class ActButton:
    """One act with its key."""

    act: str
    label: str
    key: str
    variant: str


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One number on the screen."""

    ticket: str
    version: int
    label: str
    service_key: str
    service: str
    priority: str
    minutes: int
    ahead: int | None
    place: str
    booked_for: datetime | None
    more: int
    early: bool


@dataclass(frozen=True, slots=True)
class InHand:
    """The number that this desk has called or serves."""

    line: QueueLine
    state: str
    serving: bool
    calls: int
    since: datetime | None
    buttons: tuple[ActButton, ...]
    plan: tuple[tuple[str, str], ...]
    next_service: str


@dataclass(frozen=True, slots=True)
class LaneLines:
    """A lane: who waits, in the order in which they are called."""

    key: str
    name: str
    own: bool
    open_desks: int
    longest: int
    lines: tuple[QueueLine, ...]


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A desk and what happens there; `take`: its number can be taken over by this desk."""

    name: str
    state: str
    staff: str
    lanes: str
    label: str
    doing: str
    minutes: int | None
    forgotten: bool
    ticket: str
    version: int
    own: bool


def queue_line(one: QueuedStep, offered: Offer, places: Mapping[str, str], now: datetime) -> QueueLine:
    """One number, its service in words and its wait in whole minutes."""
    return QueueLine(
        ticket=one.ticket,
        version=one.version,
        label=one.label,
        service_key=one.service,
        service=service_name(offered, one.service),
        priority="" if one.priority is Priority.WALK_IN else _(one.priority.label),
        minutes=whole_minutes(one.waiting_since, now),
        ahead=None if one.position is None else one.position - 1,
        place=places.get(one.desk, one.desk),
        booked_for=one.booked_for,
        more=one.steps_after,
        early=bool(one.ready_at and one.ready_at > now),
    )


def lanes_of(
    found: BranchNow, offered: Offer, own: OwnDesk | None, places: Mapping[str, str]
) -> tuple[LaneLines, ...]:
    """Every lane of the branch, those of this desk first."""
    made = []
    for lane in offered.lanes_at(found.branch):
        waiting = found.waiting(lane.key)
        lines = tuple(queue_line(one, offered, places, found.at) for one in waiting)
        made.append(
            LaneLines(
                key=lane.key,
                name=lane.name,
                own=own is not None and lane.key in own.lanes,
                open_desks=found.open_desks(lane.key),
                longest=max((line.minutes for line in lines), default=0),
                lines=lines,
            )
        )
    return tuple(sorted(made, key=lambda lane: not lane.own))


def in_hand(found: BranchNow, offered: Offer, own: OwnDesk, places: Mapping[str, str]) -> InHand | None:
    """The number that this desk has called or serves; None when nobody is there."""
    one = next(
        (
            step
            for step in found.steps
            if step.officer_desk == own.desk and step.state in (StepState.CALLED, StepState.SERVING)
        ),
        None,
    )
    if one is None:
        return None
    planned = [step for step in found.steps if step.ticket == one.ticket and step.state is StepState.PLANNED]
    planned.sort(key=lambda step: step.step)
    return InHand(
        line=queue_line(one, offered, places, found.at),
        state=_(one.state.label),
        serving=one.state is StepState.SERVING,
        calls=one.calls,
        since=one.started_at or one.called_at,
        buttons=_buttons(one.state),
        plan=tuple((step.service, service_name(offered, step.service)) for step in planned),
        next_service=service_name(offered, planned[0].service) if planned else "",
    )


def aside(found: BranchNow, offered: Offer, places: Mapping[str, str]) -> tuple[tuple[QueueLine, str], ...]:
    """Those on hold and those who missed their call, with the word for it."""
    return tuple(
        (queue_line(one, offered, places, found.at), _(one.state.label))
        for one in found.steps
        if one.state in (StepState.HELD, StepState.MISSED)
    )


def desk_lines(
    found: BranchNow, offered: Offer, own: OwnDesk | None, staff: Mapping[int, str]
) -> tuple[DeskLine, ...]:
    """All desks of the branch: who sits there, whom they have in hand and for how long."""
    lanes = {lane.key: lane.name for lane in offered.lanes_at(found.branch)}
    at_desk = {
        step.officer_desk: step for step in found.steps if step.state in (StepState.CALLED, StepState.SERVING)
    }
    return tuple(_desk_line(desk, at_desk.get(desk.key), lanes, own, staff, found.at) for desk in found.desks)


def service_name(offered: Offer, key: str) -> str:
    """A service in words; one that is no longer offered by its key."""
    return next((one.name for one in offered.services if one.key == key), key)


def whole_minutes(since: datetime, now: datetime) -> int:
    """Whole minutes that have passed."""
    return max(0, int((now - since).total_seconds() // 60))


def case_address(cases: Sequence[str]) -> str:
    """Where the case of the number is gone on with; "" when it has none."""
    return reverse("counter:resume", args=[cases[-1]]) if cases else ""


def _buttons(state: StepState) -> tuple[ActButton, ...]:
    allowed = [one for one in BUTTONS if one[0] in ACTS[state]]
    return tuple(
        ActButton(act.value, _(label), key, _variant(act, first=not at))
        for at, (act, label, key) in enumerate(allowed)
    )


def _variant(act: TicketAct, *, first: bool) -> str:
    if act is TicketAct.LEAVE:
        return "text"
    return "primary" if first else "secondary"


def _desk_line(
    desk: DeskNow,
    step: QueuedStep | None,
    lanes: Mapping[str, str],
    own: OwnDesk | None,
    staff: Mapping[int, str],
    now: datetime,
) -> DeskLine:
    minutes = None if desk.since is None or step is None else whole_minutes(desk.since, now)
    away = desk.state is not DeskState.OPEN
    slow = step is not None and step.state is StepState.CALLED and (minutes or 0) >= LONG_CALLED_MINUTES
    is_own = own is not None and own.desk == desk.key
    return DeskLine(
        name=desk.name,
        state=_(desk.state.label),
        staff=staff.get(desk.staff_id or 0, ""),
        lanes="・".join(lanes.get(key, key) for key in desk.lanes),
        label=desk.label,
        doing=_(step.state.label) if step else "",
        minutes=minutes,
        forgotten=step is not None and not is_own and (away or slow),
        ticket=step.ticket if step else "",
        version=step.version if step else 0,
        own=is_own,
    )

"""Reading the queue: a branch's now, one ticket by its secret or code, why one came before another, the day's figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from statistics import median

from django.db.models import Count, Q, Sum

from madoguchi.audit.queries import outbox_head
from madoguchi.booking.models import (
    CallRow,
    OpenDeskRow,
    QueueRow,
    ReservedNumberRow,
    TicketRow,
    TicketStepRow,
)
from madoguchi.booking.models.tickets import AT_DESK, CURRENT
from madoguchi.booking.offering import Offer, offer
from madoguchi.booking.services import Lane
from madoguchi.booking.tickets.issuing import digest_of, number_in
from madoguchi.booking.tickets.order import QueueRules, order
from madoguchi.booking.tickets.queue import NoSuchTicket, civil_day, label_of, rules_of, waiting_of
from madoguchi.booking.tickets.reasons import why_called_before
from madoguchi.booking.tickets.states import CallKind, DeskState, Priority, StepState
from madoguchi.booking.tickets.values import (
    BranchNow,
    DayReport,
    DeskNow,
    LaneDay,
    QueuedStep,
    StepLine,
    TicketView,
)
from madoguchi.city.queries import desks_in

__all__ = [
    "branch_now",
    "day_report",
    "reserved_numbers",
    "ticket_by_code",
    "ticket_by_id",
    "ticket_by_label",
    "ticket_by_secret",
    "why_called_before",
]


def branch_now(*, branch: str, now: datetime, offered: Offer | None = None) -> BranchNow:
    """A branch's queue at this moment: today's living tickets, and the desks. Keys and numbers only.

    `offered`: the offer, where the caller has read it already.
    """
    sequence = outbox_head(branch)
    queue = QueueRow.objects.filter(branch=branch).first()
    rules = rules_of(queue) if queue else QueueRules()
    rows = _current(branch, civil_day(now))
    steps = _queued(rows, rules, now)
    issuing = queue is None or queue.issuing or queue.day < civil_day(now)
    return BranchNow(branch, now, sequence, steps, _desks(branch, offered or offer(), rows), issuing)


def ticket_by_secret(*, secret: str, now: datetime) -> TicketView | None:
    """The ticket whose phone page this secret opens; None for any other."""
    return _view(TicketRow.objects.filter(secret_digest=digest_of(secret)).first(), now)


def ticket_by_code(*, branch: str, code: str, now: datetime) -> TicketView | None:
    """The living ticket of a branch with this code of four digits. The caller limits how often may be asked."""
    return _view(TicketRow.objects.filter(branch=branch, code=code, live=True).first(), now)


def ticket_by_id(*, branch: str, ticket: str, now: datetime) -> TicketView:
    """A ticket of this branch, for staff. Raises NoSuchTicket."""
    found = _view(TicketRow.objects.filter(public_id=ticket, branch=branch).first(), now)
    if found is None:
        raise NoSuchTicket
    return found


def ticket_by_label(*, branch: str, label: str, day: date) -> str | None:
    """The ticket that had a number on a day (the last one, when the numbers went round); None for no such number."""
    wanted = label.strip().upper()
    number = number_in(wanted)
    if not number:
        return None
    rows = TicketRow.objects.filter(branch=branch, day=day, letter=wanted[:1], number=number)
    return rows.order_by("-pk").values_list("public_id", flat=True).first()


def reserved_numbers(*, branch: str, day: date) -> tuple[str, ...]:
    """The numbers that are set aside for a cut line and were not entered yet."""
    rows = ReservedNumberRow.objects.filter(branch=branch, day=day, used=False).order_by("letter", "pk")
    return tuple(f"{letter}{number:03d}" for letter, number in rows.values_list("letter", "number"))


def day_report(*, branch: str, day: date) -> DayReport:
    """The figures of one day: waits in minutes from the beginning of the wait to the call, service from start to end."""
    tickets = TicketRow.objects.filter(branch=branch, day=day)
    calls = CallRow.objects.filter(ticket__branch=branch, ticket__day=day)
    by_lane: dict[str, list[TicketStepRow]] = {}
    for step in TicketStepRow.objects.filter(branch=branch, ticket__day=day).order_by("pk"):
        by_lane.setdefault(step.lane, []).append(step)
    counted = tickets.aggregate(issued=Count("pk"), ended=Count("pk", filter=Q(live=False)))
    missed = TicketStepRow.objects.filter(branch=branch, ticket__day=day).aggregate(times=Sum("missed"))
    return DayReport(
        branch=branch,
        day=day,
        issued=counted["issued"],
        ended=counted["ended"],
        recalls=calls.filter(kind=CallKind.RECALL.value).count(),
        not_here=missed["times"] or 0,
        lanes=tuple(_lane_day(lane, by_lane.get(lane.key, [])) for lane in offer().lanes_at(branch)),
    )


def _lane_day(lane: Lane, steps: Sequence[TicketStepRow]) -> LaneDay:
    waits = [_minutes(one.waiting_since, one.called_at) for one in steps if one.called_at and one.started_at]
    served = [
        _minutes(one.started_at, one.finished_at) for one in steps if one.started_at and one.finished_at
    ]
    states = [StepState(one.state) for one in steps]
    return LaneDay(
        lane=lane.key,
        name=lane.name,
        served=states.count(StepState.DONE),
        left=states.count(StepState.DROPPED),
        waiting=sum(one.value in CURRENT for one in states),
        median_wait=median(waits) if waits else None,
        longest_wait=max(waits, default=None),
        median_service=median(served) if served else None,
    )


def _minutes(begin: datetime, end: datetime) -> float:
    return max(0.0, (end - begin).total_seconds() / 60)


def _current(branch: str, day: date) -> list[TicketStepRow]:
    """The steps of today's visits that are not over, and what is still at a desk from before midnight."""
    return list(
        TicketStepRow.objects.filter(Q(ticket__day=day) | Q(state__in=AT_DESK))
        .filter(branch=branch, state__in=(*CURRENT, StepState.PLANNED.value), ticket__live=True)
        .select_related("ticket")
        .annotate(after=Count("ticket__steps", filter=Q(ticket__steps__state=StepState.PLANNED.value)))
        .order_by("lane", "pk")
    )


def _queued(rows: Iterable[TicketStepRow], rules: QueueRules, now: datetime) -> tuple[QueuedStep, ...]:
    """All of them; those who wait in the order of their lane, behind those who are called, served or aside."""
    by_lane: dict[str, list[TicketStepRow]] = {}
    for row in rows:
        by_lane.setdefault(row.lane, []).append(row)
    found: list[QueuedStep] = []
    for lane_rows in by_lane.values():
        waiting = {one.ticket.public_id: one for one in lane_rows if one.state == StepState.WAITING.value}
        found += [
            queued_step(one.ticket, one, None) for one in lane_rows if one.state != StepState.WAITING.value
        ]
        ordered = order((waiting_of(one.ticket, one) for one in waiting.values()), rules=rules, now=now)
        found += [
            queued_step(waiting[one.waiting.ticket].ticket, waiting[one.waiting.ticket], at, one.ready_at)
            for at, one in enumerate(ordered, start=1)
        ]
    return tuple(found)


def queued_step(
    ticket: TicketRow, row: TicketStepRow, position: int | None, ready_at: datetime | None = None
) -> QueuedStep:
    """One step as the screens see it; `position` is its place in the order, None once it is called."""
    return QueuedStep(
        ticket=ticket.public_id,
        label=label_of(ticket),
        step=row.order,
        service=row.service,
        lane=row.lane,
        state=StepState(row.state),
        priority=Priority(ticket.priority),
        arrived_at=ticket.arrived_at,
        waiting_since=row.waiting_since,
        booked_for=ticket.booked_for,
        desk=row.place or ticket.booth,
        called_at=row.called_at,
        started_at=row.started_at,
        calls=row.calls,
        position=position,
        steps_after=getattr(row, "after", 0),
        language=ticket.language,
        version=ticket.version,
        officer_desk=row.desk,
        ready_at=ready_at,
    )


def _desks(branch: str, offered: Offer, rows: Sequence[TicketStepRow]) -> tuple[DeskNow, ...]:
    names = desks_in(branch)
    opened = {one.desk: one for one in OpenDeskRow.objects.filter(branch=branch)}
    there = {one.desk: one for one in rows if one.state in AT_DESK}
    keys = dict.fromkeys(key for lane in offered.lanes_at(branch) for key in lane.desks)
    keys |= dict.fromkeys(there)
    return tuple(_desk(key, names.get(key, key), opened.get(key), there.get(key)) for key in keys)


def _desk(key: str, name: str, row: OpenDeskRow | None, step: TicketStepRow | None) -> DeskNow:
    state = DeskState(row.state) if row else DeskState.CLOSED
    return DeskNow(
        key=key,
        name=name,
        lanes=tuple(row.lanes) if row and state is not DeskState.CLOSED else (),
        state=state,
        label=label_of(step.ticket) if step else "",
        step_state=StepState(step.state) if step else None,
        since=(step.started_at or step.called_at) if step else (row.since if row else None),
        staff_id=row.staff if row and state is not DeskState.CLOSED else None,
    )


def _view(row: TicketRow | None, now: datetime) -> TicketView | None:
    if row is None:
        return None
    steps = list(TicketStepRow.objects.filter(ticket=row).order_by("order"))
    offered = offer()
    current = next(
        (
            one
            for one in branch_now(branch=row.branch, now=now, offered=offered).steps
            if one.ticket == row.public_id and one.state is not StepState.PLANNED
        ),
        None,
    )
    names = {one.key: one.name for one in offered.services}
    return TicketView(
        ticket=row.public_id,
        branch=row.branch,
        label=label_of(row),
        code=row.code,
        language=row.language,
        arrived_at=row.arrived_at,
        live=row.live,
        steps=tuple(
            StepLine(
                one.service, names.get(one.service, one.service), one.lane, StepState(one.state), one.place
            )
            for one in steps
        ),
        now=current,
        ahead=current.position - 1 if current and current.position else None,
        prints=row.prints,
    )

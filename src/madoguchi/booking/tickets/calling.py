"""Calling numbers and what follows (呼出し・対応・終わり). Every act locks the branch, so that the order is strict.

1. 「つぎを呼ぶ」 takes the first who is due of the lanes that the desk serves; who was passed is counted.
2. Each call keeps by which rule it came and why each other one did not (`reasons`).
3. A state is changed on the condition that it still is what it was; the constraints of the tables stand behind it.
4. Finishing leads to the next service of the same number: the resident walks on, or stays and an officer comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max

from madoguchi.audit.entries import Actor
from madoguchi.booking.models import LaneRow, TicketRow, TicketStepRow
from madoguchi.booking.models.tickets import NEXT_VERSION
from madoguchi.booking.offering import offer
from madoguchi.booking.tickets.desks import free_desk, nobody_sits_at, own_row
from madoguchi.booking.tickets.order import Placed, order, overtaken_by, place_of_returned
from madoguchi.booking.tickets.queue import (
    Held,
    LockedQueue,
    NoSuchTicket,
    TicketNotNow,
    end_ticket,
    hold_ticket,
    label_of,
    locked,
    move,
    wait_over,
    waiting_of,
    write,
)
from madoguchi.booking.tickets.reasons import keep_call
from madoguchi.booking.tickets.states import CallKind, Priority, StepState, TicketAct
from madoguchi.booking.told import realised


class NotAtThisDesk(ValueError):
    """What a colleague has in hand is taken over first."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label} は、ほかの席で呼び出しています。代わりに受けるときは「引き継ぐ」を押してください。"
        )


class NotPlanned(ValueError):
    """A service that is not to come in this visit."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} のこのあとの予定に、その用件はありません。予定から選んでください。")


@dataclass(frozen=True, slots=True)
class Called:
    """Who was called to where."""

    ticket: str
    label: str
    service: str
    place: str


def call_next(*, branch: str, desk: str, by: Actor, now: datetime) -> Called | None:
    """Call the first who is due in the lanes of this desk; None when nobody is. Raises DeskNotOpen, DeskBusy."""
    with locked(branch, now) as queue:
        lanes = list(free_desk(queue, desk, by).lanes)
        steps, ordered = waiting_in(queue, lanes, now)
        if not ordered or not ordered[0].due:
            return None
        chosen = ordered[0]
        step = steps[chosen.waiting.ticket]
        return _call(
            queue,
            Held(step.ticket, step, StepState.WAITING),
            CallKind.NEXT,
            ordered,
            desk=desk,
            by=by,
            now=now,
        )


def call_ticket(
    *, branch: str, ticket: str, desk: str, by: Actor, now: datetime, version: int | None = None
) -> Called:
    """Call this number, whatever the order says: one who waits, is on hold, or missed the call and is back.

    Raises NoSuchTicket, TicketNotNow (a colleague was faster), TicketChanged, DeskNotOpen, DeskBusy.
    """
    with locked(branch, now) as queue:
        held = hold_ticket(queue, ticket, TicketAct.CALL, version=version)
        free_desk(queue, desk, by)
        _, ordered = waiting_in(queue, [held.step.lane], now)
        return _call(queue, held, CallKind.SPECIFIC, ordered, desk=desk, by=by, now=now)


def recall(
    *, branch: str, ticket: str, desk: str, by: Actor, now: datetime, version: int | None = None
) -> Called:
    """Ring again for the number that is called to this desk: a line of its own in the outbox."""
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.RECALL, desk, by, version)
        move(held, calls=F("calls") + 1)
        keep_call(held, CallKind.RECALL, (), at=now, desk=desk, place=held.step.place, staff=by.staff_id)
        write(held.ticket, "ticket_recalled", by=by, now=now)
        return Called(ticket, label_of(held.ticket), held.step.service, held.step.place)


def take_over(
    *, branch: str, ticket: str, desk: str, by: Actor, now: datetime, version: int | None = None
) -> Called:
    """Take what a colleague's desk has called or is serving: they went away, or their browser died.

    One who is called is called again, to this desk. Raises as `call_ticket`.
    """
    with locked(branch, now) as queue:
        row = TicketRow.objects.filter(public_id=ticket, branch=branch).first()
        if row is None:
            raise NoSuchTicket
        step = TicketStepRow.objects.filter(
            ticket=row, state__in=(StepState.CALLED.value, StepState.SERVING.value)
        ).first()
        if step is None:
            raise TicketNotNow(label_of(row), None)
        act = TicketAct.RECALL if step.state == StepState.CALLED.value else TicketAct.FINISH
        held = hold_ticket(queue, ticket, act, version=version)
        if step.desk != desk:
            free_desk(queue, desk, by)
        place = step.place if step.place != step.desk else desk
        move(held, desk=desk, place=place, staff=by.staff_id, calls=F("calls") + 1)
        keep_call(held, CallKind.TAKEN_OVER, (), at=now, desk=desk, place=place, staff=by.staff_id)
        write(held.ticket, "ticket_taken_over", by=by, now=now)
        return Called(ticket, label_of(row), step.service, place)


def start(
    *, branch: str, ticket: str, desk: str, by: Actor, now: datetime, version: int | None = None
) -> None:
    """They are here: the service begins."""
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.START, desk, by, version)
        move(held, state=StepState.SERVING.value, started_at=now)
        write(held.ticket, "ticket_started", by=by, now=now, start=True)


def not_here(
    *, branch: str, ticket: str, desk: str, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Called, and nobody came (不在). The number lives on; who comes back is put in line again."""
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.NOT_HERE, desk, by, version)
        _leave_desk(held, StepState.MISSED, missed=F("missed") + 1)
        write(held.ticket, "ticket_not_here", by=by, now=now)


def hold(
    *, branch: str, ticket: str, by: Actor, now: datetime, desk: str = "", version: int | None = None
) -> None:
    """Set aside (保留): never called by 「つぎを呼ぶ」 until put back in line or called by number."""
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.HOLD, desk, by, version)
        wait_over(held, now)
        _leave_desk(held, StepState.HELD)
        write(held.ticket, "ticket_held", by=by, now=now)


def back_in_line(
    *, branch: str, ticket: str, by: Actor, now: datetime, desk: str = "", version: int | None = None
) -> None:
    """Wait again. The place of before is kept; one who missed the call comes behind as many as the rule says."""
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.BACK_IN_LINE, desk, by, version)
        changes: dict[str, Any] = {}
        if held.state is StepState.MISSED:
            _, ordered = waiting_in(queue, [held.step.lane], now)
            changes["place_at"] = place_of_returned(
                waiting_of(held.ticket, held.step), ordered, rules=queue.rules, now=now
            )
        if held.state is not StepState.CALLED:
            changes["waiting_since"] = now
        _leave_desk(held, StepState.WAITING, **changes)
        write(held.ticket, "ticket_back_in_line", by=by, now=now)


def transfer(
    *,
    branch: str,
    ticket: str,
    service: str,
    by: Actor,
    now: datetime,
    desk: str = "",
    version: int | None = None,
) -> None:
    """Send to the lane of another service. Number, arrival and priority stay. Raises NoSuchService, NotOffered."""
    offered = offer()
    lane = offered.lane_of(branch, offered.service(service).key)
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.TRANSFER, desk, by, version)
        stays = held.state is StepState.SERVING and lane.officers_come
        wait_over(held, now)
        _leave_desk(
            held,
            StepState.WAITING,
            booth=held.step.place if stays else "",
            service=service,
            lane=lane.key,
            waiting_since=now,
        )
        write(held.ticket, "ticket_transferred", by=by, now=now, reason=lane.key)


def finish(
    *, branch: str, ticket: str, desk: str, by: Actor, now: datetime, version: int | None = None
) -> str | None:
    """This service is done. Returns the next service of the visit, which waits now, or None: the visit is over."""
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.FINISH, desk, by, version)
        move(held, state=StepState.DONE.value, finished_at=now)
        write(held.ticket, "ticket_finished", by=by, now=now)
        return _go_on(held, now)


def leave(
    *, branch: str, ticket: str, by: Actor, now: datetime, desk: str = "", version: int | None = None
) -> None:
    """They go home without the rest: the whole visit is over and the number is free."""
    with locked(branch, now) as queue:
        held = _in_hand(queue, ticket, TicketAct.LEAVE, desk, by, version)
        wait_over(held, now)
        move(held, state=StepState.DROPPED.value, finished_at=now)
        end_ticket(held.ticket, now=now)
        write(held.ticket, "ticket_left", by=by, now=now)


def add_service(*, branch: str, ticket: str, service: str, by: Actor, now: datetime) -> None:
    """One more service in the same visit, after those that are planned; one that is still to come is not added twice."""
    offered = offer()
    lane = offered.lane_of(branch, offered.service(service).key)
    with locked(branch, now) as queue:
        row = _living(queue, ticket)
        to_come = TicketStepRow.objects.filter(ticket=row, service=service).exclude(
            state__in=(StepState.DONE.value, StepState.DROPPED.value)
        )
        if to_come.exists():
            return
        last = TicketStepRow.objects.filter(ticket=row).aggregate(last=Max("order"))["last"]
        TicketStepRow.objects.create(
            ticket=row,
            branch=branch,
            order=last + 1,
            service=service,
            lane=lane.key,
            waiting_since=now,
            place_at=row.arrived_at,
        )
        TicketRow.objects.filter(pk=row.pk).update(version=NEXT_VERSION)
        write(row, "ticket_changed", by=by, now=now, reason="service_added")


def cancel_service(*, branch: str, ticket: str, service: str, by: Actor, now: datetime) -> None:
    """A planned service that is not wanted any more. What has begun to wait is left or transferred instead."""
    with locked(branch, now) as queue:
        row = _living(queue, ticket)
        planned = TicketStepRow.objects.filter(ticket=row, state=StepState.PLANNED.value)
        wanted = [one.pk for one in planned if one.service == service]
        if not wanted:
            raise NotPlanned(label_of(row))
        planned.filter(pk__in=wanted).update(state=StepState.DROPPED.value, finished_at=now)
        TicketRow.objects.filter(pk=row.pk).update(version=NEXT_VERSION)
        write(row, "ticket_changed", by=by, now=now, reason="service_cancelled")


def edit(*, branch: str, ticket: str, language: str, by: Actor, now: datetime) -> None:
    """Change what is called in which language. It takes nobody's place: the order knows no language."""
    with locked(branch, now) as queue:
        row = _living(queue, ticket)
        TicketRow.objects.filter(pk=row.pk).update(language=language, version=NEXT_VERSION)
        write(row, "ticket_changed", by=by, now=now, reason="language")


def set_priority(*, branch: str, ticket: str, priority: Priority, by: Actor, now: datetime) -> None:
    """Give or take the care line (配慮). An act of its own, in the audit, because it does change the order."""
    with locked(branch, now) as queue:
        row = _living(queue, ticket)
        given = priority
        if priority is Priority.BOOKED and row.booked_for is None:
            given = Priority.WALK_IN
        TicketRow.objects.filter(pk=row.pk).update(priority=given.value, version=NEXT_VERSION)
        write(row, "ticket_priority_set", by=by, now=now, reason=given.value)


def waiting_in(
    queue: LockedQueue, lanes: list[str], now: datetime
) -> tuple[dict[str, TicketStepRow], tuple[Placed, ...]]:
    """Those of today who wait in these lanes: their steps by ticket, and the order."""
    rows = TicketStepRow.objects.filter(
        branch=queue.branch, lane__in=lanes, state=StepState.WAITING.value, ticket__day=queue.day
    ).select_related("ticket")
    steps = {row.ticket.public_id: row for row in rows}
    ordered = order((waiting_of(row.ticket, row) for row in steps.values()), rules=queue.rules, now=now)
    return steps, ordered


def _call(
    queue: LockedQueue,
    held: Held,
    kind: CallKind,
    ordered: tuple[Placed, ...],
    *,
    desk: str,
    by: Actor,
    now: datetime,
) -> Called:
    ticket, step = held.ticket, held.step
    lane = LaneRow.objects.get(branch=queue.branch, key=step.lane)
    place = ticket.booth if lane.officers_come and ticket.booth else desk
    if place == desk:
        nobody_sits_at(queue, desk, but=ticket)
    before = _last_place(ticket)
    move(
        held,
        state=StepState.CALLED.value,
        called_at=now,
        started_at=None,
        desk=desk,
        place=place,
        staff=by.staff_id,
        calls=F("calls") + 1,
    )
    realised(ticket=ticket.public_id, step=step.order, now=now)
    if place != ticket.booth and ticket.booth:
        TicketRow.objects.filter(pk=ticket.pk).update(booth="")
    chosen = next((one for one in ordered if one.waiting.ticket == ticket.public_id), None)
    if chosen is not None:
        passed = overtaken_by(chosen, ordered)
        TicketStepRow.objects.filter(
            branch=queue.branch, state=StepState.WAITING.value, ticket__public_id__in=passed
        ).update(overtaken=F("overtaken") + 1)
    why = keep_call(held, kind, ordered, at=now, desk=desk, place=place, staff=by.staff_id)
    write(ticket, "ticket_called", by=by, now=now, reason=why.value, moves=int(before not in ("", place)))
    return Called(ticket.public_id, label_of(ticket), step.service, place)


def _in_hand(
    queue: LockedQueue, ticket: str, act: TicketAct, desk: str, by: Actor, version: int | None
) -> Held:
    """The ticket for an act; what is at a desk may only be moved by whoever has that desk open."""
    held = hold_ticket(queue, ticket, act, version=version)
    if held.state in (StepState.CALLED, StepState.SERVING):
        if held.step.desk != desk:
            raise NotAtThisDesk(label_of(held.ticket))
        own_row(queue, desk, by)
    return held


def _leave_desk(held: Held, state: StepState, booth: str = "", **changes: Any) -> None:
    move(held, state=state.value, desk="", place="", started_at=None, staff=None, **changes)
    if held.ticket.booth != booth:
        TicketRow.objects.filter(pk=held.ticket.pk).update(booth=booth)


def _go_on(held: Held, now: datetime) -> str | None:
    """The next planned service begins to wait, by the arrival of the visit; without one the visit is over."""
    ticket, step = held.ticket, held.step
    following = (
        TicketStepRow.objects.filter(ticket=ticket, state=StepState.PLANNED.value).order_by("order").first()
    )
    if following is None:
        end_ticket(ticket, now=now)
        return None
    TicketStepRow.objects.filter(pk=following.pk).update(
        state=StepState.WAITING.value, waiting_since=now, place_at=ticket.arrived_at
    )
    stays = LaneRow.objects.filter(branch=ticket.branch, key=following.lane, officers_come=True).exists()
    TicketRow.objects.filter(pk=ticket.pk).update(booth=step.place if stays else "")
    return following.service


def _living(queue: LockedQueue, ticket: str) -> TicketRow:
    row = TicketRow.objects.filter(public_id=ticket, branch=queue.branch).first()
    if row is None:
        raise NoSuchTicket
    if not row.live:
        raise TicketNotNow(label_of(row), None)
    return row


def _last_place(ticket: TicketRow) -> str:
    """Where the service before took place; "" before the first."""
    done = TicketStepRow.objects.filter(ticket=ticket, state=StepState.DONE.value).order_by(
        "-finished_at", "-order"
    )
    return done.values_list("place", flat=True).first() or ""

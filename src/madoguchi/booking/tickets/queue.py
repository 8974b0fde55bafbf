"""The lock of a branch's queue, and how every act in it is written: state, outbox and audit in one transaction.

1. `locked` takes the row of the branch (SQLite: the write lock itself); everything in one branch happens one by one.
2. On the first act of a new day it ends what is left of earlier days; whoever sits at a desk is let finish.
3. An act compares the state in the table with `states.ACTS`, changes it, writes one step and one line of the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404

from madoguchi.audit.entries import Actor, Channel, Lifecycle, StepDetail
from madoguchi.audit.operations import announce, record_step
from madoguchi.booking.models import QueueRow, TicketRow, TicketStepRow
from madoguchi.booking.models.tickets import AT_DESK, CURRENT, NEXT_VERSION
from madoguchi.booking.tickets.order import QueueRules, Waiting
from madoguchi.booking.tickets.states import ACTS, Priority, StepState, TicketAct
from madoguchi.booking.told import ended

JAPAN = ZoneInfo("Asia/Tokyo")
ONE_DAY = timedelta(days=1)


class NoSuchTicket(LookupError, Http404):
    """No such ticket in this branch; a screen that does not catch it answers 404."""

    def __init__(self) -> None:
        super().__init__("その番号は、この庁舎では見つかりません。一覧から選び直してください。")


class TicketNotNow(ValueError):
    """The act does not fit the state of the ticket."""

    def __init__(self, label: str, state: StepState | None) -> None:
        said = f"「{state.label}」のため" if state else "もう終わっているため"
        super().__init__(f"{label} は{said}、この操作はできません。いまの一覧を確かめてください。")


class TicketChanged(ValueError):
    """Somebody else did something with this ticket since the screen was shown."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label} は、ほかの席か別の画面で先に動きました。新しい内容を表示しています。確かめてから、もう一度押してください。"
        )


@dataclass(frozen=True, slots=True)
class LockedQueue:
    """What may be relied on while the branch is locked."""

    row: QueueRow
    branch: str
    day: date
    rules: QueueRules


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket and the step it is at, while the branch is locked."""

    ticket: TicketRow
    step: TicketStepRow
    state: StepState


def civil_day(now: datetime) -> date:
    """The day in Japan."""
    return now.astimezone(JAPAN).date()


def label_of(row: TicketRow) -> str:
    """The number as it is called: "A012"."""
    return f"{row.letter}{row.number:03d}"


def rules_of(row: QueueRow) -> QueueRules:
    """The rules of a branch."""
    return QueueRules(
        row.most_overtakings, row.early_minutes, row.late_minutes, row.returns_after, row.only_in_hours
    )


def waiting_of(ticket: TicketRow, step: TicketStepRow) -> Waiting:
    """A step as the order sees it. Whoever was called once is here: nothing of their visit waits for the booked time any more."""
    booked, begun = ticket.booked_for, step.order > 0 or step.calls > 0
    return Waiting(
        ticket=ticket.public_id,
        serial=ticket.pk,
        priority=Priority(ticket.priority),
        arrived_at=ticket.arrived_at,
        place_at=step.place_at,
        booked_for=min(booked, ticket.arrived_at) if booked and begun else booked,
        overtaken=step.overtaken,
    )


@contextmanager
def locked(branch: str, now: datetime) -> Iterator[LockedQueue]:
    """A transaction in which nothing else happens in this branch."""
    day = civil_day(now)
    with transaction.atomic():
        QueueRow.objects.get_or_create(branch=branch, defaults={"day": day})
        row = QueueRow.objects.select_for_update().get(branch=branch)
        if row.day < day:
            _begin_day(row, day, now)
        yield LockedQueue(row, branch, day, rules_of(row))


def hold_ticket(
    queue: LockedQueue, public_id: str, act: TicketAct, *, version: int | None, state: StepState | None = None
) -> Held:
    """The ticket and its current step, when the act is allowed now. Raises NoSuchTicket, TicketNotNow, TicketChanged."""
    ticket = TicketRow.objects.filter(public_id=public_id, branch=queue.branch).first()
    if ticket is None:
        raise NoSuchTicket
    if version is not None and version != ticket.version:
        raise TicketChanged(label_of(ticket))
    step = current_step(ticket)
    if step is None:
        raise TicketNotNow(label_of(ticket), None)
    found = StepState(step.state)
    if act not in ACTS[found] or (state is not None and found is not state):
        raise TicketNotNow(label_of(ticket), found)
    return Held(ticket, step, found)


def current_step(ticket: TicketRow) -> TicketStepRow | None:
    """The step that a ticket is at; None when its visit is over."""
    return TicketStepRow.objects.filter(ticket=ticket, state__in=CURRENT).first()


def move(held: Held, **changes: object) -> None:
    """Change the step, on the condition that it still is where it was, and count the ticket's version."""
    moved = TicketStepRow.objects.filter(pk=held.step.pk, state=held.state.value).update(**changes)
    if moved != 1:
        raise TicketChanged(label_of(held.ticket))
    TicketRow.objects.filter(pk=held.ticket.pk).update(version=NEXT_VERSION)


def wait_over(held: Held, now: datetime) -> None:
    """A wait that ends without a call: what was told of it is never scored."""
    if held.state is StepState.WAITING:
        ended(ticket=held.ticket.public_id, step=held.step.order, now=now)


def write(
    ticket: TicketRow,
    activity: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    moves: int = 0,
    start: bool = False,
    channel: Channel = Channel.COUNTER,
) -> None:
    """One step of the visit in the audit, and one line in the branch's outbox."""
    record_step(
        actor=Actor(by.staff_id, by.name, ticket.branch, by.desk, by.terminal),
        case=ticket.public_id,
        activity=activity,
        channel=channel,
        now=now,
        lifecycle=Lifecycle.START if start else Lifecycle.COMPLETE,
        detail=StepDetail(explanation=reason or None, resident_moves=moves),
    )


def end_ticket(ticket: TicketRow, *, now: datetime) -> None:
    """The visit is over: its number and its code are free again, its booth too."""
    TicketStepRow.objects.filter(ticket=ticket, state=StepState.PLANNED.value).update(
        state=StepState.DROPPED.value, finished_at=now
    )
    TicketRow.objects.filter(pk=ticket.pk).update(live=False, ended_at=now, booth="", version=NEXT_VERSION)


def end_those_left(branch: str, *, until: date, by: Actor, now: datetime) -> int:
    """End every ticket of the days up to `until` that is not at a desk; returns how many."""
    busy = TicketStepRow.objects.filter(state__in=AT_DESK).values("ticket_id")
    rows = (
        TicketRow.objects.filter(branch=branch, live=True, day__lte=until).exclude(pk__in=busy).order_by("pk")
    )
    ended = 0
    for ticket in rows:
        TicketStepRow.objects.filter(ticket=ticket, state__in=CURRENT).update(
            state=StepState.DROPPED.value, finished_at=now
        )
        end_ticket(ticket, now=now)
        write(ticket, "ticket_day_ended", by=by, now=now, channel=Channel.SYSTEM)
        ended += 1
    return ended


def _begin_day(row: QueueRow, day: date, now: datetime) -> None:
    end_those_left(row.branch, until=day - ONE_DAY, by=Actor(None, "待ち列", row.branch, ""), now=now)
    row.day, row.issuing = day, True
    row.save(update_fields=["day", "issuing"])
    announce(branch=row.branch, topic="queue_day_begun", subject=day.isoformat(), now=now)

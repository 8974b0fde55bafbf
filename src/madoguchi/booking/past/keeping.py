"""Making a past and keeping it (過去を作る): open days before today, played in memory, written at once, marked as invented.

1. `invent_past` plays the days branch by branch; each morning the office has learned from the days before, as `learning` does.
2. Everything goes into the tables with a few bulk inserts in one transaction: tickets, steps, calls, estimates, the audit.
3. Each of the days is marked (`InventedDayRow`), so that every page with figures of it says that they are invented.
4. The counts for levelling are taken in from the tickets by levelling's own operation.
A branch that has tickets on any of these days already is refused: an office with a past of its own gets no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act, record_past_steps
from madoguchi.booking.hours import Quarter, quarters_of
from madoguchi.booking.learning import told_of
from madoguchi.booking.levelling.from_tickets import take_tickets_in
from madoguchi.booking.models import (
    CallRow,
    EstimateOutcome,
    EstimateRow,
    InventedDayRow,
    LearnedWaitsRow,
    NumberRow,
    TicketRow,
    TicketStepRow,
)
from madoguchi.booking.offering import Offer
from madoguchi.booking.past.playing import DayPlay, PastOffice, true_minutes
from madoguchi.booking.past.queue import PastQueue
from madoguchi.booking.tickets.days import rules
from madoguchi.booking.tickets.states import StepState
from madoguchi.booking.waits.kept import as_kept
from madoguchi.booking.waits.learned import JAPAN, LearnedWaits, learn
from madoguchi.booking.waits.parameters import municipal_day
from madoguchi.booking.waits.values import ServedCall, ToldWait
from madoguchi.city.queries import open_days
from madoguchi.jp.open_days import OpenDays

ROWS_AT_ONCE = 1000
LEARNS_AT = timedelta(hours=5)


class PastThere(ValueError):
    """The branch has tickets of these days already."""

    def __init__(self, branch: str) -> None:
        super().__init__(
            f"庁舎「{branch}」には、この期間の番号票がもうあります。過去を作れるのは、番号票のない新しい実演の市だけです。"
        )


@dataclass(frozen=True, slots=True)
class PastMade:
    """What was made (作った過去): days, tickets."""

    days: int
    tickets: int


def invent_past(
    *,
    offered: Offer,
    weeks: int,
    seed: int,
    at_desk: Callable[[str, str], Actor],
    by: Actor,
    now: datetime,
    booked_only: frozenset[tuple[str, str]] = frozenset(),
) -> PastMade:
    """Give every branch the open days of the last `weeks` weeks before today. The same seed gives the same days.

    Raises PastThere.
    """
    today = now.astimezone(JAPAN).date()
    first = today - timedelta(weeks=weeks)
    minutes = true_minutes(offered, Random(seed))
    office = PastOffice(offered, municipal_day(), minutes, at_desk, booked_only)
    calendar, queues, learned = open_days(), [], []
    branches = list(dict.fromkeys(lane.branch for lane in offered.lanes))
    for branch in branches:
        queue = PastQueue(branch, offered, rules(branch=branch), Random(f"{seed} {branch}"))
        learned += _played(office, queue, first, today, calendar)
        queues.append(queue)
    with transaction.atomic():
        made = keep_past(queues=queues, learned=learned, by=by, now=now)
        for branch in branches:
            take_tickets_in(branch=branch, first=first, last=today - timedelta(days=1), by=by, now=now)
    return made


def keep_past(
    *, queues: Sequence[PastQueue], learned: Iterable[LearnedWaitsRow], by: Actor, now: datetime
) -> PastMade:
    """Write what was done in these queues, all or nothing. Raises PastThere."""
    with transaction.atomic():
        for queue in queues:
            days = {one.row.day for one in queue.tickets}
            if days and TicketRow.objects.filter(branch=queue.branch, day__gte=min(days)).exists():
                raise PastThere(queue.branch)
            assert all(not one.row.live for one in queue.tickets), "every day was closed"
            _store(queue)
        LearnedWaitsRow.objects.bulk_create(learned, batch_size=ROWS_AT_ONCE)
        steps = [step for queue in queues for step in queue.written]
        record_past_steps(sorted(steps, key=lambda one: one.at))
        for queue in queues:
            for at, ended in queue.closed:
                closer = Actor(None, "待ち列", queue.branch, "")
                record_act(actor=closer, activity="day_closed", now=at, ended=ended)
        days_there = {(queue.branch, one.row.day) for queue in queues for one in queue.tickets}
        InventedDayRow.objects.bulk_create(
            InventedDayRow(branch=branch, day=day) for branch, day in sorted(days_there)
        )
        made = PastMade(len({day for _, day in days_there}), sum(len(queue.tickets) for queue in queues))
        record_act(actor=by, activity="past_invented", now=now, days=made.days, tickets=made.tickets)
    return made


def _store(queue: PastQueue) -> None:
    TicketRow.objects.bulk_create([one.row for one in queue.tickets], batch_size=ROWS_AT_ONCE)
    steps = []
    for one in queue.tickets:
        for step in one.steps:
            step.ticket = one.row
            steps.append(step)
    TicketStepRow.objects.bulk_create(steps, batch_size=ROWS_AT_ONCE)
    CallRow.objects.bulk_create(queue.calls, batch_size=ROWS_AT_ONCE)
    EstimateRow.objects.bulk_create(queue.estimates(), batch_size=ROWS_AT_ONCE)
    NumberRow.objects.bulk_create(
        NumberRow(branch=queue.branch, day=day, letter=letter, last=last)
        for (day, letter), last in queue.numbers.items()
    )


def _played(
    office: PastOffice, queue: PastQueue, first: date, until: date, calendar: OpenDays
) -> list[LearnedWaitsRow]:
    """Play a branch's days in order; returns what it had learned on each of their mornings."""
    offered, lanes = office.offered, office.offered.lanes_at(queue.branch)
    declared = {
        (lane.key, key): float(offered.service(key).minutes) for lane in lanes for key in lane.services
    }
    state, rows = LearnedWaits(), []
    served: list[ServedCall] = []
    told: list[ToldWait] = []
    day, after_closed = first, True
    while day < until:
        planned = {lane.key: _quarters(offered, lane.branch, lane.key, day, calendar) for lane in lanes}
        if any(planned.values()):
            state = learn(before=state, day=day, served=served, told=told, declared=declared)
            at = datetime(day.year, day.month, day.day, tzinfo=JAPAN) + LEARNS_AT
            rows.append(LearnedWaitsRow(branch=queue.branch, day=day, state=as_kept(state), made_at=at))
            there = len(queue.tickets)
            DayPlay(office, queue, day, planned, state, after_closed=after_closed).run()
            _remember(queue, there, served, told)
        after_closed = not any(planned.values())
        day += timedelta(days=1)
    return rows


def _quarters(offered: Offer, branch: str, lane: str, day: date, calendar: OpenDays) -> tuple[Quarter, ...]:
    place = (branch, lane)
    return quarters_of(day, offered.hours.get(place, ()), offered.single_days.get(place, ()), calendar)


def _remember(queue: PastQueue, since: int, served: list[ServedCall], told: list[ToldWait]) -> None:
    """What the next morning learns from: who was served, and what became of what was told."""
    for ticket in queue.tickets[since:]:
        for step in ticket.steps:
            if step.state == StepState.DONE.value and step.called_at and step.finished_at:
                lasted = (step.finished_at - step.called_at).total_seconds() / 60
                served.append(ServedCall(step.lane, step.service, ticket.row.day, lasted))
        if ticket.told is not None:
            row = ticket.told
            if not row.outcome:
                row.outcome, row.ended_at = EstimateOutcome.LEFT.value, row.told_at
            told.append(told_of(row))

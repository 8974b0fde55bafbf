"""One branch's queue in memory (過去の待ち列): the acts of `tickets`, for days that are over, without a database.

It calls by the same pure order, counts the same versions and keeps the same reasons, estimates and steps as single
operations do; `tests/rooms/booking/test_past.py` holds the rows of a day to those of the operations.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from madoguchi.audit.entries import Actor, Channel, Lifecycle, PastStep, StepDetail
from madoguchi.booking.estimates import kept_row
from madoguchi.booking.hours import Quarter
from madoguchi.booking.models import CallRow, EstimateOutcome, EstimateRow, TicketRow, TicketStepRow
from madoguchi.booking.models.tickets import HIGHEST_NUMBER
from madoguchi.booking.offering import Offer
from madoguchi.booking.tickets.issuing import digest_of, secret_of
from madoguchi.booking.tickets.order import Placed, QueueRules, Waiting, Why, order, overtaken_by
from madoguchi.booking.tickets.queries import queued_step
from madoguchi.booking.tickets.states import CallKind, DeskState, Priority, StepState
from madoguchi.booking.tickets.values import BranchNow, DeskNow
from madoguchi.booking.waits.learned import LearnedWaits
from madoguchi.booking.waits.prediction import estimate
from madoguchi.booking.waits.showing import to_show

ASIDE = {StepState.HELD.value: Why.HELD, StepState.MISSED.value: Why.MISSED}
AT_DESK = (StepState.CALLED.value, StepState.SERVING.value)


@dataclass(slots=True)
class PastTicket:
    """A ticket of a day that is over (過去の番号票), with its steps and what was told of its wait."""

    row: TicketRow
    steps: list[TicketStepRow]
    serial: int
    told: EstimateRow | None = None

    @property
    def current(self) -> TicketStepRow:
        """The step that it is at."""
        over = (StepState.DONE.value, StepState.DROPPED.value, StepState.PLANNED.value)
        return next(one for one in self.steps if one.state not in over)


@dataclass(slots=True)
class PastQueue:
    """A branch's queue of the past: what was done in it, as rows that are not written yet."""

    branch: str
    offered: Offer
    rules: QueueRules
    random: Random
    day: date = date.min
    tickets: list[PastTicket] = field(default_factory=list)
    calls: list[CallRow] = field(default_factory=list)
    written: list[PastStep] = field(default_factory=list)
    numbers: dict[tuple[date, str], int] = field(default_factory=dict)
    closed: list[tuple[datetime, int]] = field(default_factory=list)
    open_desks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _living: dict[str, PastTicket] = field(default_factory=dict)
    _waiting: list[PastTicket] = field(default_factory=list)

    def begin_day(self, day: date) -> None:
        """A new day; the one before has been closed."""
        assert not self._living, "the day before was closed"
        self.day = day

    def issue(
        self,
        services: Sequence[str],
        *,
        by: Actor,
        now: datetime,
        priority: Priority = Priority.WALK_IN,
        booked_for: datetime | None = None,
        language: str = "ja",
    ) -> PastTicket:
        """Give the next number, as `issuing.issue`."""
        letter = self.offered.service(services[0]).letter
        public_id = uuid.UUID(int=self.random.getrandbits(128), version=4).hex
        row = TicketRow(
            public_id=public_id,
            branch=self.branch,
            day=self.day,
            letter=letter,
            number=self._next_number(letter),
            code=self._free_code(),
            secret_digest=digest_of(secret_of(public_id)),
            arrived_at=now,
            priority=priority.value,
            booked_for=booked_for,
            language=language,
        )
        steps = [
            TicketStepRow(
                branch=self.branch,
                order=at,
                service=service,
                lane=self.offered.lane_of(self.branch, service).key,
                state=(StepState.PLANNED if at else StepState.WAITING).value,
                waiting_since=now,
                place_at=now,
            )
            for at, service in enumerate(services)
        ]
        ticket = PastTicket(row, steps, len(self.tickets))
        self.tickets.append(ticket)
        self._living[public_id] = ticket
        self._waiting.append(ticket)
        self._write(ticket, "ticket_issued", by=by, now=now, channel=Channel.KIOSK)
        return ticket

    def tell(
        self,
        ticket: PastTicket,
        *,
        now: datetime,
        planned: Sequence[Quarter],
        declared: Mapping[str, float],
        learned: LearnedWaits,
    ) -> None:
        """Tell a number how long it will wait, as `estimates.shown` does for the first time."""
        seen = self._branch_now(ticket.current.lane, now)
        public_id = ticket.row.public_id
        found = estimate(now=seen, ticket=public_id, planned=planned, declared=declared, learned=learned)
        own = next(one for one in seen.steps if one.ticket == public_id)
        ticket.told = kept_row(seen, own, 1, to_show(None, 0, found))

    def waiting(self, lanes: Iterable[str], now: datetime) -> tuple[Placed, ...]:
        """Those who wait in these lanes, in the order in which they are called."""
        there = set(lanes)
        found = (_waiting(one) for one in self._waiting if one.current.lane in there)
        return order(found, rules=self.rules, now=now)

    @property
    def waits(self) -> bool:
        """Whether anybody waits."""
        return bool(self._waiting)

    def call_next(self, desk: str, *, by: Actor, now: datetime) -> PastTicket | None:
        """Call the first who is due in the lanes of this desk; None when nobody is, or a booth is kept there."""
        ordered = self.waiting(self.open_desks[desk], now)
        if not ordered or not ordered[0].due:
            return None
        chosen = ordered[0]
        ticket = self._living[chosen.waiting.ticket]
        row, step = ticket.row, ticket.current
        comes = self.offered.lane_of(self.branch, step.service).officers_come
        place = row.booth if comes and row.booth else desk
        if place == desk and any(one.row.booth == desk for one in self._living.values() if one is not ticket):
            return None
        self._waiting.remove(ticket)
        before = _last_place(ticket)
        step.state, step.called_at, step.started_at = StepState.CALLED.value, now, None
        step.desk, step.place, step.staff = desk, place, by.staff_id
        step.calls += 1
        row.version += 1
        self._told(ticket, EstimateOutcome.CALLED, now)
        if place != row.booth:
            row.booth = ""
        for passed in overtaken_by(chosen, ordered):
            self._living[passed].current.overtaken += 1
        moves = int(before not in ("", place))
        self._kept(ticket, chosen, ordered, desk=desk, place=place, now=now)
        self._write(ticket, "ticket_called", by=by, now=now, reason=chosen.why.value, moves=moves)
        return ticket

    def start(self, ticket: PastTicket, *, by: Actor, now: datetime) -> None:
        """They are here."""
        step = ticket.current
        step.state, step.started_at = StepState.SERVING.value, now
        ticket.row.version += 1
        self._write(ticket, "ticket_started", by=by, now=now, start=True)

    def finish(self, ticket: PastTicket, *, by: Actor, now: datetime) -> None:
        """This service is done; the next of the visit begins to wait, or the visit is over."""
        step = ticket.current
        step.state, step.finished_at = StepState.DONE.value, now
        ticket.row.version += 1
        self._write(ticket, "ticket_finished", by=by, now=now)
        following = next((one for one in ticket.steps if one.state == StepState.PLANNED.value), None)
        if following is None:
            self._end(ticket, now)
            return
        following.state, following.waiting_since = StepState.WAITING.value, now
        following.place_at = ticket.row.arrived_at
        stays = self.offered.lane_of(self.branch, following.service).officers_come
        ticket.row.booth = step.place if stays else ""
        self._waiting.append(ticket)

    def not_here(self, ticket: PastTicket, *, by: Actor, now: datetime) -> None:
        """Called, and nobody came."""
        step = ticket.current
        step.state, step.desk, step.place, step.staff = StepState.MISSED.value, "", "", None
        step.started_at = None
        step.missed += 1
        ticket.row.booth = ""
        ticket.row.version += 1
        self._write(ticket, "ticket_not_here", by=by, now=now)

    def leave(self, ticket: PastTicket, *, by: Actor, now: datetime) -> None:
        """One who waits gives the number back."""
        step = ticket.current
        self._told(ticket, EstimateOutcome.LEFT, now)
        step.state, step.finished_at = StepState.DROPPED.value, now
        ticket.row.version += 1
        self._waiting.remove(ticket)
        self._end(ticket, now)
        self._write(ticket, "ticket_left", by=by, now=now)

    def close_day(self, *, by: Actor, now: datetime) -> None:
        """End what is left, as `days.close_day`. Nobody is at a desk any more."""
        assert not any(one.current.state in AT_DESK for one in self._living.values()), "served to the end"
        left = list(self._living.values())
        for ticket in left:
            ticket.current.finished_at, ticket.current.state = now, StepState.DROPPED.value
            self._end(ticket, now)
            self._write(ticket, "ticket_day_ended", by=by, now=now, channel=Channel.SYSTEM)
        self._waiting.clear()
        self.open_desks.clear()
        self.closed.append((now, len(left)))

    def estimates(self) -> list[EstimateRow]:
        """What was told; a wait that ended without a call is closed as the next morning's learning would."""
        rows = [one.told for one in self.tickets if one.told is not None]
        for row in rows:
            if not row.outcome:
                row.outcome, row.ended_at = EstimateOutcome.LEFT.value, row.told_at
        return rows

    def _next_number(self, letter: str) -> int:
        taken = {one.row.number for one in self._living.values() if one.row.letter == letter}
        number = self.numbers.get((self.day, letter), 0) % HIGHEST_NUMBER + 1
        while number in taken:
            number = number % HIGHEST_NUMBER + 1
        self.numbers[self.day, letter] = number
        return number

    def _free_code(self) -> str:
        taken = {one.row.code for one in self._living.values()}
        while (code := f"{self.random.randrange(10_000):04d}") in taken:
            pass
        return code

    def _end(self, ticket: PastTicket, now: datetime) -> None:
        for step in ticket.steps:
            if step.state == StepState.PLANNED.value:
                step.state, step.finished_at = StepState.DROPPED.value, now
        row = ticket.row
        row.live, row.ended_at, row.booth = False, now, ""
        row.version += 1
        del self._living[row.public_id]

    def _told(self, ticket: PastTicket, outcome: EstimateOutcome, now: datetime) -> None:
        told = ticket.told
        if told is not None and not told.outcome and told.step == ticket.current.order:
            told.outcome, told.ended_at = outcome.value, now

    def _kept(
        self,
        ticket: PastTicket,
        chosen: Placed,
        ordered: Sequence[Placed],
        *,
        desk: str,
        place: str,
        now: datetime,
    ) -> None:
        step = ticket.current
        said = {one.waiting.ticket: [one.why.value, one.ready_at.isoformat()] for one in ordered}
        own = said[ticket.row.public_id]
        for other in self._living.values():
            there = other.current
            if there.lane == step.lane and there.state in ASIDE:
                said[other.row.public_id] = [ASIDE[there.state].value, there.place_at.isoformat()]
        self.calls.append(
            CallRow(
                ticket=ticket.row,
                step=step,
                kind=CallKind.NEXT.value,
                at=now,
                lane=step.lane,
                desk=desk,
                place=place,
                staff=step.staff,
                why=chosen.why.value,
                others={**said, ticket.row.public_id: own},
            )
        )

    def _write(
        self,
        ticket: PastTicket,
        activity: str,
        *,
        by: Actor,
        now: datetime,
        reason: str = "",
        moves: int = 0,
        start: bool = False,
        channel: Channel = Channel.COUNTER,
    ) -> None:
        self.written.append(
            PastStep(
                actor=Actor(by.staff_id, by.name, self.branch, by.desk, by.terminal),
                case=ticket.row.public_id,
                activity=activity,
                channel=channel,
                at=now,
                lifecycle=Lifecycle.START if start else Lifecycle.COMPLETE,
                detail=StepDetail(explanation=reason or None, resident_moves=moves),
            )
        )

    def _branch_now(self, lane: str, now: datetime) -> BranchNow:
        """The queue as an estimate of this lane sees it."""
        places = {one.waiting.ticket: at for at, one in enumerate(self.waiting((lane,), now), start=1)}
        steps = [
            queued_step(one.row, one.current, places.get(one.row.public_id))
            for one in self._living.values()
            if one.current.lane == lane
        ]
        steps.sort(key=lambda one: one.position or 0)
        desks = tuple(
            DeskNow(desk, desk, lanes, DeskState.OPEN, "", None, None, None)
            for desk, lanes in self.open_desks.items()
        )
        return BranchNow(self.branch, now, 0, tuple(steps), desks)


def _waiting(one: PastTicket) -> Waiting:
    row, step = one.row, one.current
    return Waiting(
        row.public_id, one.serial, Priority(row.priority), row.arrived_at, step.place_at, row.booked_for,
        step.overtaken,
    )  # fmt: skip


def _last_place(ticket: PastTicket) -> str:
    done = [one for one in ticket.steps if one.state == StepState.DONE.value]
    return done[-1].place if done else ""

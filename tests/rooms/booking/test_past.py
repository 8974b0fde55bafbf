"""A past that is made at once is what single operations would have left, is refused where there is one, and says what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from tests.cast import NOW, SETTER, TODAY
from tests.rooms.booking.queueing import BRANCH, lay_out, officer
from tests.snapshot import kept
from tests.standing import STANDING

from madoguchi.audit.entries import Actor, Channel
from madoguchi.audit.models import EntryRow, OutboxRow
from madoguchi.audit.verifying import verify
from madoguchi.booking import estimates
from madoguchi.booking.accuracy import accuracy
from madoguchi.booking.hours import quarters_of
from madoguchi.booking.invented import invented_days
from madoguchi.booking.learning import close_earlier_days
from madoguchi.booking.levelling import history
from madoguchi.booking.models import (
    ArrivalRow,
    CallRow,
    EstimateRow,
    InventedDayRow,
    LearnedWaitsRow,
    NumberRow,
    TicketRow,
    TicketStepRow,
)
from madoguchi.booking.offering import Offer, offer
from madoguchi.booking.past.keeping import PastThere, invent_past, keep_past
from madoguchi.booking.past.playing import DayPlay, PastOffice, true_minutes
from madoguchi.booking.past.queue import PastQueue, PastTicket
from madoguchi.booking.tickets import calling, days, desks, issuing
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.queries import branch_now
from madoguchi.booking.waits.learned import LearnedWaits
from madoguchi.booking.waits.parameters import municipal_day
from madoguchi.city.queries import open_days

pytestmark = pytest.mark.django_db
PLAYED = TODAY + timedelta(days=1)
HIDDEN = ("id", "ticket_id", "step_id", "public_id", "secret_digest", "code", "digest", "case", "ticket")


@dataclass(slots=True)
class Recording(PastQueue):
    """Remembers every act that was done, with the desks that were open then."""

    acts: list[tuple[str, dict[str, Any], Any, dict[str, tuple[str, ...]]]] = field(default_factory=list)

    def did(self, name: str, said: dict[str, Any], what: Any) -> None:
        self.acts.append((name, said, what, dict(self.open_desks)))

    def issue(self, services: Any, **said: Any) -> PastTicket:
        ticket = PastQueue.issue(self, services, **said)
        self.did("issue", {"services": services, **said}, ticket)
        return ticket

    def tell(self, ticket: PastTicket, **said: Any) -> None:
        self.did("tell", said, ticket)
        PastQueue.tell(self, ticket, **said)

    def call_next(self, desk: str, **said: Any) -> PastTicket | None:
        ticket = PastQueue.call_next(self, desk, **said)
        if ticket is not None:
            self.did("call_next", {"desk": desk, **said}, ticket)
        return ticket

    def start(self, ticket: PastTicket, **said: Any) -> None:
        self.did("start", {"desk": ticket.current.desk, **said}, ticket)
        PastQueue.start(self, ticket, **said)

    def finish(self, ticket: PastTicket, **said: Any) -> None:
        self.did("finish", {"desk": ticket.current.desk, **said}, ticket)
        PastQueue.finish(self, ticket, **said)

    def not_here(self, ticket: PastTicket, **said: Any) -> None:
        self.did("not_here", {"desk": ticket.current.desk, **said}, ticket)
        PastQueue.not_here(self, ticket, **said)

    def leave(self, ticket: PastTicket, **said: Any) -> None:
        self.did("leave", said, ticket)
        PastQueue.leave(self, ticket, **said)

    def close_day(self, **said: Any) -> None:
        self.did("close_day", said, None)
        PastQueue.close_day(self, **said)


def at_desk(branch: str, desk: str) -> Actor:
    return officer(int(desk[-1]), branch)


def played(seed: int) -> Recording:
    """One day of the branch, in memory."""
    offered = offer()
    queue = Recording(BRANCH, offered, days.rules(branch=BRANCH), Random(seed))
    office = PastOffice(offered, municipal_day(), true_minutes(offered, Random(seed)), at_desk)
    planned = {
        lane.key: quarters_of(PLAYED, offered.hours[BRANCH, lane.key], (), open_days())
        for lane in offered.lanes_at(BRANCH)
    }
    DayPlay(office, queue, PLAYED, planned, LearnedWaits(), after_closed=False).run()
    return queue


def done_singly(queue: Recording, offered: Offer) -> list[str]:
    """The same acts by the operations; returns the tickets in the order in which they were issued."""
    made: list[str] = []
    opened: dict[str, tuple[str, ...]] = {}
    place = {id(ticket): at for at, ticket in enumerate(queue.tickets)}
    for name, given, what, open_then in queue.acts:
        said = dict(given)
        _set_desks(opened, open_then, said["now"])
        if name == "issue":
            made.append(issuing.issue(branch=BRANCH, channel=Channel.KIOSK, **said).ticket)
        elif name == "tell":
            seen = branch_now(branch=BRANCH, now=said["now"], offered=offered)
            estimates.shown(now=seen, ticket=made[place[id(what)]], offered=offered)
        elif name == "call_next":
            called = calling.call_next(branch=BRANCH, **said)
            assert called is not None and called.ticket == made[place[id(what)]]
        elif name == "close_day":
            days.close_day(branch=BRANCH, **said)
        else:
            getattr(calling, name)(branch=BRANCH, ticket=made[place[id(what)]], **said)
    close_earlier_days(now=NOW + timedelta(days=3))
    return made


def _set_desks(
    opened: dict[str, tuple[str, ...]], wanted: Mapping[str, tuple[str, ...]], now: datetime
) -> None:
    for desk in opened.keys() - wanted.keys():
        desks.pause_desk(branch=BRANCH, desk=desk, by=at_desk(BRANCH, desk), now=now)
        del opened[desk]
    for desk, lanes in wanted.items():
        if opened.get(desk) != lanes:
            desks.open_desk(branch=BRANCH, desk=desk, lanes=lanes, by=at_desk(BRANCH, desk), now=now)
            opened[desk] = lanes


def rows_of(tickets: list[str]) -> dict[str, list[Any]]:
    """Everything that is kept of these tickets, each called by its place; secrets and keys left out."""
    name = {ticket: f"#{at}" for at, ticket in enumerate(tickets)}

    def plain(row: Mapping[str, Any], ticket: str) -> dict[str, Any]:
        said: dict[str, Any] = {key: value for key, value in row.items() if key not in HIDDEN}
        if "others" in said:
            said["others"] = {name[one]: reason for one, reason in said["others"].items()}
        return {**said, "of": name[ticket]}

    owner = {row["id"]: row["public_id"] for row in TicketRow.objects.filter(public_id__in=tickets).values()}
    steps = TicketStepRow.objects.filter(ticket__public_id__in=tickets).order_by("ticket__pk", "order")
    calls = CallRow.objects.filter(ticket__public_id__in=tickets).order_by("pk")
    told = EstimateRow.objects.filter(ticket__in=tickets).order_by("told_at", "pk")
    entries = EntryRow.objects.filter(case__in=tickets).order_by("pk")
    return {
        "tickets": [plain(row, row["public_id"]) for row in TicketRow.objects.order_by("pk").values()],
        "steps": [plain(row, owner[row["ticket_id"]]) for row in steps.values()],
        "calls": [plain(row, owner[row["ticket_id"]]) for row in calls.values()],
        "told": [plain(row, row["ticket"]) for row in told.values()],
        "written": [plain(row, row["case"]) for row in entries.values()],
        "numbers": list(NumberRow.objects.order_by("letter").values("branch", "day", "letter", "last")),
    }


def test_a_day_made_at_once_is_the_day_that_single_operations_leave() -> None:
    lay_out(rules=QueueRules(only_in_hours=False))
    queue = played(11)
    kinds = {name for name, *_ in queue.acts}
    # A day on which all of it happens: somebody leaves, somebody is not there, somebody comes for two services.
    assert kinds == {"issue", "tell", "call_next", "start", "finish", "not_here", "leave", "close_day"}
    assert len(queue.tickets) > 40
    assert any(len(one.steps) > 1 for one in queue.tickets)
    singly = rows_of(done_singly(queue, offer()))
    TicketRow.objects.all().delete()
    NumberRow.objects.all().delete()
    keep_past(queues=[queue], learned=[], by=SETTER, now=NOW + timedelta(days=2))
    assert rows_of([one.row.public_id for one in queue.tickets]) == singly


def invented(seed: int = 5, weeks: int = 3, now: datetime = NOW) -> Any:
    return invent_past(offered=offer(), weeks=weeks, seed=seed, at_desk=at_desk, by=SETTER, now=now)


@kept(STANDING)
def with_a_past() -> Any:
    """An office with three invented weeks; what was made."""
    lay_out()
    return invented()


def test_every_open_day_before_today_has_its_tickets_and_is_marked_as_invented() -> None:
    made = with_a_past()
    there = sorted(set(TicketRow.objects.filter(branch=BRANCH).values_list("day", flat=True)))
    first = TODAY - timedelta(weeks=3)
    days_between = [first + timedelta(days=step) for step in range(21)]
    assert there == [one for one in days_between if open_days().is_open(one)]
    assert TicketRow.objects.filter(live=True).count() == 0 < made.tickets == TicketRow.objects.count()
    assert invented_days(first=first, last=TODAY) == made.days == len(there)
    assert invented_days(first=TODAY, last=TODAY + timedelta(days=9)) == 0
    assert invented_days(first=first, last=there[0], branch=BRANCH) == 1
    assert not OutboxRow.objects.filter(topic="ticket_issued").exists()
    assert EntryRow.objects.filter(activity="past_invented").count() == 1
    assert not verify().faults


def test_nobody_is_at_a_desk_where_somebody_else_sits() -> None:
    with_a_past()
    by_desk: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for step in TicketStepRow.objects.filter(state="done"):
        assert step.called_at and step.started_at and step.finished_at
        assert step.waiting_since <= step.called_at <= step.started_at <= step.finished_at
        by_desk.setdefault((step.branch, step.desk), []).append((step.called_at, step.finished_at))
    for spans in by_desk.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_the_same_seed_is_the_same_past() -> None:
    def said() -> list[Any]:
        return list(TicketStepRow.objects.order_by("ticket__public_id", "order").values_list(
            "ticket__public_id", "service", "state", "called_at", "finished_at", "desk"))  # fmt: skip

    lay_out()
    invented(weeks=1)
    once = said()
    for model in (TicketRow, NumberRow, EstimateRow, LearnedWaitsRow, ArrivalRow, InventedDayRow):
        model.objects.all().delete()
    invented(weeks=1)
    assert said() == once


def test_an_office_that_has_tickets_gets_no_other_past() -> None:
    lay_out()
    issuing.issue(branch=BRANCH, services=["moving"], by=SETTER, now=NOW - timedelta(days=3))
    before = EntryRow.objects.count()
    with pytest.raises(PastThere, match="番号票がもうあります"):
        invented()
    assert TicketRow.objects.count() == 1 and EntryRow.objects.count() == before
    assert invented_days(first=date.min, last=date.max) == 0


def test_levelling_and_accuracy_have_figures_from_it() -> None:
    with_a_past()
    lanes = {one.lane: one.days for one in history.known(BRANCH)}
    assert set(lanes) == {"residents", "insurance", "children"} and min(lanes.values()) >= 10
    found = accuracy(today=TODAY)
    assert found.whole is not None and found.whole.count > 100 and 0.6 < found.whole.covered < 0.95
    learned = LearnedWaitsRow.objects.filter(branch=BRANCH).order_by("day")
    assert [row.made_at.date() for row in learned] == [row.day - timedelta(days=1) for row in learned]
    assert all(row.state["day"] == row.day.isoformat() for row in learned)

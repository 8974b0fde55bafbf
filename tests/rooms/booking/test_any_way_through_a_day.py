"""Whatever a hall does in whatever order: a plain model of the queue, written a second time, agrees with the product.

Quick in `make test`; `make proofs` runs 10,000 histories (marker `slow`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import BRANCH, lay_out, officer

from madoguchi.audit.queries import outbox_after
from madoguchi.booking.models import TicketRow, TicketStepRow
from madoguchi.booking.tickets import calling, desks, issuing, queries
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.queue import TicketNotNow
from madoguchi.booking.tickets.states import Priority

pytestmark = pytest.mark.django_db
MOST = 2
RULES = QueueRules(most_overtakings=MOST, returns_after=1, only_in_hours=False)
LANE_OF = {
    "moving": "residents",
    "certificates": "residents",
    "insurance": "insurance",
    "children": "children",
}
SERVES = {"desk1": ["residents"], "desk2": ["residents"], "desk4": ["insurance", "children"]}
REFUSED = (TicketNotNow, calling.NotAtThisDesk, desks.DeskBusy, desks.DeskNotOpen)
# What may be done when, written a second time by hand.
ALLOWED = {
    "waiting": {"call_ticket", "hold", "transfer", "leave"},
    "called": {"recall", "start", "not_here", "hold", "back_in_line", "transfer", "leave"},
    "serving": {"hold", "transfer", "finish", "leave"},
    "held": {"call_ticket", "back_in_line", "transfer", "leave"},
    "missed": {"call_ticket", "back_in_line", "leave"},
}
ACTS = sorted(set().union(*ALLOWED.values()))


@dataclass
class Known:
    """A ticket as the model knows it."""

    one: issuing.IssuedTicket
    serial: int
    priority: str
    arrived: datetime
    plan: list[str]
    booked: datetime | None = None
    place: datetime = NOW
    state: str = "waiting"
    desk: str = ""
    booth: str = ""
    passed: int = 0
    over: bool = False

    @property
    def lane(self) -> str:
        return LANE_OF[self.plan[0]]


@dataclass
class Model:
    """The hall on one page: a list, and a sentence for each rule."""

    tickets: list[Known] = field(default_factory=list)
    open: set[str] = field(default_factory=set)

    def key(self, one: Known, now: datetime) -> tuple[object, ...] | None:
        """Where one stands; None: not due."""
        ready, line = one.place, 2
        if one.booked and one.priority != "walk_in" and one.arrived <= one.booked + timedelta(minutes=15):
            ready = max(one.place, one.booked)
            if now < ready:
                return None
            line = 1
        if one.priority == "care":
            line = 0
        return (line, ready, one.arrived, one.serial)

    def line(self, lanes: list[str], now: datetime) -> list[Known]:
        """Those who are due, in order."""
        due = [
            (key, one)
            for one in self.tickets
            if not one.over
            and one.state == "waiting"
            and one.lane in lanes
            and (key := self.key(one, now)) is not None
        ]
        enough = [key[1] for key, one in due if one.passed >= MOST]
        if enough:
            until = max(enough)
            due = [((-1, *key[1:]) if key[1] <= until else key, one) for key, one in due]
        return [one for _, one in sorted(due, key=lambda pair: pair[0])]

    def there(self, desk: str) -> Known | None:
        """Who is called to or served from a desk."""
        return next((one for one in self.tickets if not one.over and one.desk == desk), None)

    def place_for(self, one: Known, desk: str) -> str:
        """Where one who is called goes, or stays."""
        return one.booth if one.lane == "children" and one.booth else desk

    def may_call(self, one: Known, desk: str) -> bool:
        """Whether the desk is open and free for this one."""
        if desk not in self.open or self.there(desk):
            return False
        seated = any(o.booth == desk and not o.over and o is not one for o in self.tickets)
        return not (self.place_for(one, desk) == desk and seated)

    def call(self, one: Known, desk: str, lanes: list[str], now: datetime) -> None:
        """Call, and count who was passed."""
        mine = self.key(one, now)
        if one.state == "waiting" and mine is not None:
            for other in self.line(lanes, now):
                theirs = self.key(other, now)
                if other is not one and theirs is not None and theirs[1:] < mine[1:]:
                    other.passed += 1
        one.booth = self.place_for(one, desk) if one.booth == self.place_for(one, desk) else ""
        one.state, one.desk = "called", desk

    def away(self, one: Known, state: str, booth: str = "") -> None:
        one.state, one.desk, one.booth = state, "", booth


class Day(RuleBasedStateMachine):
    """A day in the hall, done twice: by the product and by the model."""

    @initialize()
    def begin(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.model, self.now, self.serials, self.told = Model(), NOW, count(1), 0

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(minutes=st.integers(1, 12))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        services=st.lists(st.sampled_from(sorted(LANE_OF)), min_size=1, max_size=3, unique=True),
        priority=st.sampled_from([*Priority, Priority.WALK_IN, Priority.WALK_IN]),
        ahead=st.integers(-30, 20),
    )
    def arrive(self, services: list[str], priority: Priority, ahead: int) -> None:
        serial = next(self.serials)
        booked = self.now + timedelta(minutes=ahead) if priority is Priority.BOOKED else None
        one = issuing.issue(
            branch=BRANCH, services=services, by=SETTER, now=self.now, priority=priority,
            booking=f"b{serial}" if booked else "", booked_for=booked,
        )  # fmt: skip
        self.model.tickets.append(
            Known(one, serial, priority.value, self.now, list(services), booked, self.now)
        )

    @rule(desk=st.sampled_from(sorted(SERVES)))
    def open(self, desk: str) -> None:
        desks.open_desk(branch=BRANCH, desk=desk, lanes=SERVES[desk], by=officer(int(desk[-1])), now=self.now)
        self.model.open.add(desk)

    @rule(desk=st.sampled_from(sorted(SERVES)))
    def sign_out(self, desk: str) -> None:
        desks.close_desks_of(by=officer(int(desk[-1])), now=self.now)
        self.model.open.discard(desk)

    @rule(desk=st.sampled_from(sorted(SERVES)))
    def press_next(self, desk: str) -> None:
        self._next(desk)

    @rule(desk=st.sampled_from(sorted(SERVES)))
    def serve_one(self, desk: str) -> None:
        """The usual way: whoever comes is served to the end."""
        self.open(desk)
        self._next(desk)
        mine = self.model.there(desk)
        if mine is not None:
            if mine.state == "called":
                self._act("start", mine, desk)
            self._act("finish", mine, desk)

    @rule(
        act=st.sampled_from(ACTS),
        which=st.integers(0, 30),
        desk=st.sampled_from(sorted(SERVES)),
        own=st.booleans(),
    )
    def anything(self, act: str, which: int, desk: str, own: bool) -> None:
        if not self.model.tickets:
            return
        one = self.model.tickets[which % len(self.model.tickets)]
        self._act(act, one, one.desk if own and one.desk else desk)

    def _next(self, desk: str) -> None:
        line = self.model.line(SERVES[desk], self.now)
        free = desk in self.model.open and not self.model.there(desk)
        by = officer(int(desk[-1]))
        if not free or (line and not self.model.may_call(line[0], desk)):
            with pytest.raises((desks.DeskNotOpen, desks.DeskBusy)), transaction.atomic():
                calling.call_next(branch=BRANCH, desk=desk, by=by, now=self.now)
            return
        called = calling.call_next(branch=BRANCH, desk=desk, by=by, now=self.now)
        assert (called.ticket if called else None) == (line[0].one.ticket if line else None)
        if line:
            self.model.call(line[0], desk, SERVES[desk], self.now)

    def _act(self, act: str, one: Known, desk: str) -> None:
        allowed = not one.over and act in ALLOWED[one.state]
        if allowed and one.state in ("called", "serving"):
            allowed = one.desk == desk and desk in self.model.open
        if allowed and act == "call_ticket":
            allowed = self.model.may_call(one, desk)
        more = {"service": "insurance"} if act == "transfer" else {}
        function = getattr(calling, act)

        def do() -> None:
            function(
                branch=BRANCH,
                ticket=one.one.ticket,
                desk=desk,
                by=officer(int(desk[-1])),
                now=self.now,
                **more,
            )

        if not allowed:
            with pytest.raises(REFUSED), transaction.atomic():
                do()
            return
        do()
        self._follow(act, one, desk)

    def _follow(self, act: str, one: Known, desk: str) -> None:
        model = self.model
        if act == "call_ticket":
            model.call(one, desk, [one.lane], self.now)
        elif act == "start":
            one.state = "serving"
        elif act in ("not_here", "hold"):
            model.away(one, "missed" if act == "not_here" else "held")
        elif act == "transfer":
            model.away(one, "waiting")
            one.plan[0] = "insurance"
        elif act == "back_in_line":
            if one.state == "missed":
                self._return(one)
            model.away(one, "waiting")
        elif act == "finish":
            place = model.place_for(one, desk)
            one.plan.pop(0)
            model.away(one, "waiting", place if one.plan and one.lane == "children" else "")
            one.place, one.passed, one.over = one.arrived, 0, not one.plan
        elif act == "leave":
            one.over, one.desk, one.booth = True, "", ""

    def _return(self, one: Known) -> None:
        """Behind the next one of the same line."""

        def line(other: Known) -> int | None:
            key = self.model.key(other, self.now)
            return None if key is None else int(str(key[0]))

        mine = line(one)
        same = [other for other in self.model.line([one.lane], self.now) if line(other) == mine]
        if same:
            key = self.model.key(same[0], self.now)
            assert key is not None and isinstance(key[1], datetime)
            one.place = max(one.place, key[1] + timedelta(microseconds=1))

    @invariant()
    def both_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        living = [one for one in self.model.tickets if not one.over]
        rows = {
            row.ticket.public_id: row
            for row in TicketStepRow.objects.exclude(state__in=("planned", "done", "dropped")).select_related(
                "ticket"
            )
        }
        assert {key: (row.state, row.desk, row.ticket.booth) for key, row in rows.items()} == {
            one.one.ticket: (one.state, one.desk, one.booth) for one in living
        }
        assert {row.public_id for row in TicketRow.objects.filter(live=True)} == set(rows)

    @invariant()
    def lines_agree_and_the_outbox_has_no_gap(self) -> None:
        if not hasattr(self, "model"):
            return
        now = queries.branch_now(branch=BRANCH, now=self.now)
        for lane in ("residents", "insurance", "children"):
            due = self.model.line([lane], self.now)
            assert [one.ticket for one in now.waiting(lane)][: len(due)] == [one.one.ticket for one in due]
        lines = [number for number, _, _ in outbox_after(BRANCH, 0, limit=10_000)]
        assert lines == list(range(1, len(lines) + 1))
        assert len(lines) == now.sequence >= self.told
        self.told = len(lines)


def _run(examples: int) -> None:
    lay_out(rules=RULES)
    quick = settings(
        max_examples=examples,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Day, settings=quick)


def test_any_way_through_a_day(city: object) -> None:
    _run(15)


@pytest.mark.slow
def test_ten_thousand_ways_through_a_day(city: object) -> None:
    _run(10_000)

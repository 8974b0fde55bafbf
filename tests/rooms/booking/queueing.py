"""A branch with lanes and open desks for the tests of the queue, and short ways to do what a clerk does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count

from tests.cast import NOW, SETTER
from tests.snapshot import kept
from tests.standing import STANDING

from madoguchi.audit.entries import Actor
from madoguchi.booking.offering import Offer, set_offer
from madoguchi.booking.services import Hours, Lane, Service, Weekday
from madoguchi.booking.tickets import calling, desks, issuing, queries
from madoguchi.booking.tickets.days import set_rules
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.states import Priority, StepState
from madoguchi.booking.tickets.values import QueuedStep

BRANCH = "main"
SERVICES = (
    Service("moving", "住所の変更", 20, "A", "citizens", "move_in"),
    Service("certificates", "証明書", 5, "A", "citizens"),
    Service("insurance", "国民健康保険", 15, "B", "insurance"),
    Service("children", "子育て", 15, "C", "childcare"),
)
LANES = (
    Lane(BRANCH, "residents", "住民の窓口", ("moving", "certificates"), ("desk1", "desk2", "desk3")),
    Lane(BRANCH, "insurance", "保険の窓口", ("insurance",), ("desk3", "desk4")),
    Lane(BRANCH, "children", "子育ての窓口", ("children",), ("desk4",), officers_come=True),
    Lane("north", "residents", "住民の窓口", ("moving", "certificates"), ("desk1", "desk2")),
)
ALL_DAY = tuple(Hours(day, time(8, 30), time(17, 15), desks=2, seats=1) for day in Weekday)


@kept(STANDING)
def lay_out(
    *, hours: Sequence[Hours] = ALL_DAY, rules: QueueRules = QueueRules(), branch: str = BRANCH
) -> None:
    """Set the offer and the branch's rules."""
    places = {(lane.branch, lane.key): tuple(hours) for lane in LANES}
    set_offer(offer=Offer(SERVICES, LANES, places, {}), by=SETTER, now=NOW)
    set_rules(branch=branch, rules=rules, by=SETTER, now=NOW)


def officer(number: int, branch: str = BRANCH) -> Actor:
    """Somebody who calls; needs no row of the staff."""
    return Actor(9000 + number, f"担当 {number}", branch, "")


@dataclass(slots=True)
class Hall:
    """A hall full of people, and a clock that only the test moves."""

    now: datetime = NOW
    branch: str = BRANCH

    def later(self, minutes: float = 1) -> datetime:
        """Let time pass."""
        self.now += timedelta(minutes=minutes)
        return self.now

    def open(
        self,
        desk: str,
        lanes: Sequence[str] = ("residents",),
        by: Actor | None = None,
        *,
        instead: bool = False,
    ) -> Actor:
        """Open a desk; each desk has its own officer unless another is given."""
        who = by or officer(int(desk[-1]), self.branch)
        desks.open_desk(branch=self.branch, desk=desk, lanes=lanes, by=who, now=self.now, instead=instead)
        return who

    def arrive(
        self,
        *services: str,
        priority: Priority = Priority.WALK_IN,
        booked_for: datetime | None = None,
        booking: str = "",
        minutes: float = 1,
    ) -> issuing.IssuedTicket:
        """One more comes, a minute after the one before."""
        self.later(minutes)
        return issuing.issue(
            branch=self.branch,
            services=services or ("moving",),
            by=SETTER,
            now=self.now,
            priority=priority,
            booked_for=booked_for,
            booking=booking,
        )

    def next(self, desk: str = "desk1", by: Actor | None = None) -> str | None:
        """Press 「つぎを呼ぶ」; the number that came."""
        who = by or officer(int(desk[-1]), self.branch)
        called = calling.call_next(branch=self.branch, desk=desk, by=who, now=self.now)
        return called.label if called else None

    def act(self, name: str, one: issuing.IssuedTicket, desk: str = "desk1", **more: object) -> object:
        """Do one of the acts of `calling` at a desk."""
        who = officer(int(desk[-1]) if desk else 1, self.branch)
        function = getattr(calling, name)
        return function(branch=self.branch, ticket=one.ticket, desk=desk, by=who, now=self.now, **more)

    def serve_all(self, desk: str = "desk1") -> list[str]:
        """Call, serve and finish until nobody is due; the numbers in the order in which they came."""
        came = []
        for _ in count():
            label = self.next(desk)
            if label is None:
                return came
            came.append(label)
            one = self.step(label)
            ticket = issuing.IssuedTicket(one.ticket, label, "", "", (), self.branch, self.now)
            self.act("start", ticket, desk)
            self.later(1)
            self.act("finish", ticket, desk)
        return came

    def steps(self) -> Mapping[str, QueuedStep]:
        """The step that each number is at."""
        found = queries.branch_now(branch=self.branch, now=self.now).steps
        return {one.label: one for one in found if one.state is not StepState.PLANNED}

    def step(self, label: str) -> QueuedStep:
        """The step that this number is at."""
        return self.steps()[label]

    def waiting(self, lane: str = "residents") -> list[str]:
        """The numbers that wait in a lane, in the order in which they will be called."""
        return [one.label for one in queries.branch_now(branch=self.branch, now=self.now).waiting(lane)]

"""What the pages read of levelling: demand of coming days, proposals, and what became of an adopted one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from madoguchi.booking.hours import quarters_of
from madoguchi.booking.levelling import history
from madoguchi.booking.levelling.backtest import Backtest, backtest
from madoguchi.booking.levelling.demand import DayDemand, demand_of, learned_from
from madoguchi.booking.levelling.proposing import LanePlan, LevellingPlan
from madoguchi.booking.levelling.written import read
from madoguchi.booking.models import ProposalRow, ProposalState
from madoguchi.booking.offering import Offer
from madoguchi.booking.services import Lane
from madoguchi.city.queries import open_days


@dataclass(frozen=True, slots=True)
class LaneDemand:
    """What is expected of a lane on several days (窓口の来庁見込み), and how good such forecasts were so far."""

    lane: Lane
    days: tuple[DayDemand, ...]
    past_days: int
    backtest: Backtest | None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in a list."""

    id: int
    branch: str
    day: date
    target_minutes: int
    state: ProposalState
    percent: int
    sentence: str
    asked_by: str
    asked_at: datetime
    adopted: bool
    adopted_by: str
    based_on: int | None

    @property
    def under_way(self) -> bool:
        return self.state in (ProposalState.WAITING, ProposalState.WORKING)


@dataclass(frozen=True, slots=True)
class Compared:
    """A lane of an adopted plan beside the day as it was (結果との比較)."""

    plan: LanePlan
    arrivals: int | None
    wait: float | None

    @property
    def arrivals_within(self) -> bool | None:
        """Whether as many came as the band said; None: not known."""
        total = self.plan.demand.total
        return None if self.arrivals is None else total.low <= self.arrivals <= total.high

    @property
    def wait_within(self) -> bool | None:
        """Whether the mean wait lay where four of five simulated days lie; None: not known."""
        effect = self.plan.effect_after
        if self.wait is None or effect is None:
            return None
        return effect.wait.low <= self.wait <= effect.wait.high


def demand_of_days(
    *, branch: str, days: Sequence[date], offered: Offer, today: date
) -> tuple[LaneDemand, ...]:
    """The demand of every lane of a branch on these days; days on which a lane is closed are left out."""
    calendar = open_days()
    found = []
    for lane in offered.lanes_at(branch):
        place = (branch, lane.key)
        past = history.past_days(branch=branch, lane=lane.key, offered=offered, until=today)
        learned = learned_from(past, calendar, as_of=today)
        demands = []
        for day in days:
            quarters = [
                one.number
                for one in quarters_of(
                    day, offered.hours.get(place, ()), offered.single_days.get(place, ()), calendar
                )
            ]
            if quarters:
                booked = history.booked_on(branch, lane.key, day)
                demands.append(demand_of(learned, day, quarters, calendar, booked=booked))
        found.append(
            LaneDemand(lane, tuple(demands), len(past), backtest(past, calendar, last=BACKTEST_DAYS))
        )
    return tuple(found)


BACKTEST_DAYS = 20


def proposals(branch: str, *, limit: int = 20) -> tuple[ProposalLine, ...]:
    """The newest proposals of a branch."""
    rows = ProposalRow.objects.filter(branch=branch).defer("plan", "given").order_by("-pk")[:limit]
    return tuple(_line(row) for row in rows)


def proposal(number: int) -> tuple[ProposalLine, LevellingPlan | None] | None:
    """A proposal, with its plan once it is ready."""
    row = ProposalRow.objects.filter(pk=number).first()
    return (_line(row), read(row.plan) if row.plan else None) if row else None


def compared(branch: str, plan: LevellingPlan, *, today: date) -> tuple[Compared, ...]:
    """The plan beside the day as it was; nothing before the day is over."""
    if plan.day >= today:
        return ()
    found = []
    for lane in plan.lanes:
        seen = history.measured(branch, lane.lane, plan.day)
        found.append(Compared(lane, seen.arrivals, seen.wait))
    return tuple(found)


def week_from(day: date) -> list[date]:
    """A day and the six after it."""
    return [day + timedelta(days=ahead) for ahead in range(7)]


def _line(row: ProposalRow) -> ProposalLine:
    return ProposalLine(
        row.pk, row.branch, row.day, row.target_minutes, ProposalState(row.state), row.percent, row.sentence,
        row.asked_by, row.asked_at, bool(row.adopted), row.adopted_by, row.based_on_id,
    )  # fmt: skip

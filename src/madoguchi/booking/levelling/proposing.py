"""The whole of it for one day of a branch (平準化の案): demand, desks, roster, and what it changes for those who wait.

Progress is told in percent. What the desks stand at today (`before`) is run on the same people as the proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from madoguchi.booking.levelling.demand import DayDemand, PastDay, demand_of, learned_from
from madoguchi.booking.levelling.desks import ServiceTime, WaitTarget
from madoguchi.booking.levelling.roster import (
    EFFORT,
    LaneNeed,
    NoRoster,
    Officer,
    Roster,
    RosterRules,
    RosterTask,
)
from madoguchi.booking.levelling.simulation import RUNS, Effect, LaneDay, checked_desks, effect_of
from madoguchi.jp.open_days import OpenDays

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class LaneQuestion:
    """What is known of a lane: its past, when it serves and with how many desks by today's hours, the desks there are, bookings."""

    lane: str
    name: str
    past: tuple[PastDay, ...]
    planned: Mapping[int, int]
    desks: int
    service: ServiceTime
    booked: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class LevellingQuestion:
    """What a proposal is asked for: a day, its lanes and people, the wait to be kept, the rules. `given`: a roster to be judged."""

    day: date
    lanes: tuple[LaneQuestion, ...]
    officers: tuple[Officer, ...]
    target: WaitTarget = field(default_factory=WaitTarget)
    rules: RosterRules = field(default_factory=RosterRules)
    given: Roster | None = None


@dataclass(frozen=True, slots=True)
class LanePlan:
    """One lane of a proposal. Desks by quarter-hour from `first` on: needed for the wait, as it stands today, as proposed."""

    lane: str
    name: str
    desks: int
    demand: DayDemand
    first: int
    needed: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    effect_before: Effect
    effect_after: Effect | None


@dataclass(frozen=True, slots=True)
class LevellingPlan:
    """A proposal (平準化の案): its lanes, the people it was made with, and the roster or why there is none."""

    day: date
    target: WaitTarget
    rules: RosterRules
    officers: tuple[Officer, ...]
    lanes: tuple[LanePlan, ...]
    roster: Roster | NoRoster

    @property
    def task(self) -> RosterTask:
        """What the roster was asked to fulfil, for judging one that comes back from Excel."""
        return RosterTask(self.officers, tuple(need_of(one) for one in self.lanes), self.rules)


class NothingToPlan(ValueError):
    """The branch is closed on that day, or has no lanes."""

    def __init__(self) -> None:
        super().__init__("この日に開いている窓口がありません。日を選び直すか、受付時間を確かめてください。")


def plan_day(
    question: LevellingQuestion,
    calendar: OpenDays,
    *,
    as_of: date,
    progress: Progress,
    runs: int = RUNS,
    effort: float = EFFORT,
) -> LevellingPlan:
    """Propose. `as_of`: nothing from this day on is learned. Raises NothingToPlan, NobodyThere, NotFoundInTime."""
    # The solver brings pandas with it, some 44 MB in a process that only serves pages: loaded where something is solved.
    from madoguchi.booking.levelling.solving import propose_roster

    lanes = [one for one in question.lanes if one.planned]
    if not lanes:
        raise NothingToPlan
    seed = question.day.toordinal()
    demands, days, needed = {}, {}, {}
    for number, lane in enumerate(lanes):
        learned = learned_from(lane.past, calendar, as_of=min(as_of, question.day))
        demands[lane.lane] = demand_of(
            learned, question.day, sorted(lane.planned), calendar, booked=lane.booked
        )
        days[lane.lane] = lane_day(lane, demands[lane.lane])
        found = checked_desks(
            days[lane.lane], question.target, most=lane.desks, seed=seed, runs=max(runs // 2, 1)
        )
        first = days[lane.lane].first
        needed[lane.lane] = {quarter: found[quarter - first] for quarter in lane.planned}
        progress(5 + 40 * (number + 1) // len(lanes))
    needs = tuple(
        LaneNeed(one.lane, one.name, needed[one.lane], dict.fromkeys(one.planned, 1), one.desks)
        for one in lanes
    )
    task = RosterTask(question.officers, needs, question.rules)
    roster = question.given or propose_roster(task, effort=effort)
    progress(70)
    plans = []
    for number, lane in enumerate(lanes):
        plans.append(
            _lane_plan(lane, demands[lane.lane], days[lane.lane], needed[lane.lane], roster, question, runs)
        )
        progress(70 + 29 * (number + 1) // len(lanes))
    return LevellingPlan(
        question.day, question.target, question.rules, question.officers, tuple(plans), roster
    )


def _lane_plan(
    lane: LaneQuestion,
    demand: DayDemand,
    day: LaneDay,
    needed: Mapping[int, int],
    roster: Roster | NoRoster,
    question: LevellingQuestion,
    runs: int,
) -> LanePlan:
    """A lane as the roster leaves it, with both effects on the same people."""
    seed = question.day.toordinal() + 1
    before = _row(day, lane.planned)
    after: tuple[int, ...] = ()
    if isinstance(roster, Roster):
        after = _row(day, {quarter: roster.at(lane.lane, quarter) for quarter in lane.planned})
    return LanePlan(
        lane.lane,
        lane.name,
        lane.desks,
        demand,
        day.first,
        _row(day, needed),
        before,
        after,
        effect_of(day, before, question.target, seed=seed, runs=runs),
        effect_of(day, after, question.target, seed=seed, runs=runs) if after else None,
    )


def lane_day(lane: LaneQuestion, demand: DayDemand) -> LaneDay:
    """The demand as a day to be run; quarters in which the lane is closed bring nobody."""
    expected = {one.quarter: one.band.expected for one in demand.quarters}
    first, last = min(expected), max(expected)
    arrivals = tuple(expected.get(quarter, 0.0) for quarter in range(first, last + 1))
    return LaneDay(first, arrivals, demand.spread, lane.service)


def need_of(lane: LanePlan) -> LaneNeed:
    """What the roster of this lane was asked for."""
    quarters = [one.quarter for one in lane.demand.quarters]
    needed = {quarter: lane.needed[quarter - lane.first] for quarter in quarters}
    return LaneNeed(lane.lane, lane.name, needed, dict.fromkeys(quarters, 1), lane.desks)


def _row(day: LaneDay, desks: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(desks.get(day.first + place, 0) for place in range(len(day.arrivals)))


def learned_service(minutes: Sequence[float], declared: float) -> ServiceTime:
    """Time at the desk from finished visits, drawn to what the office declares as if VISITS_BEFORE had been seen.

    The deviation that is assumed before anything is learned is ours: SPREAD_BEFORE of the mean.
    """
    count = len(minutes)
    mean = (sum(minutes) + declared * VISITS_BEFORE) / (count + VISITS_BEFORE)
    squares = sum((one - mean) ** 2 for one in minutes) + VISITS_BEFORE * (declared * SPREAD_BEFORE) ** 2
    return ServiceTime(max(mean, 0.5), (squares / (count + VISITS_BEFORE)) ** 0.5)


VISITS_BEFORE, SPREAD_BEFORE = 20, 0.6

"""Where a visit reaches most people without a card (出張先を選ぶ): stops, their order, and how near to the best that is.

1. A stop in a town serves every town within walking reach of it, be there one person or a hundred.
2. The budget is so many stops and so many minutes from setting out to coming back; the way is the crow's times a factor.
3. A greedy plan is made first: again and again the stop that adds most people a minute.
4. CP-SAT then looks for the best tour (maximal covering, orienteering), beginning with the greedy one; the better counts.
5. What no plan could exceed is worked out beside it: by the solver where it saw all stops, else by a problem that asks less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from madoguchi.residents.places import Town, distance_km

# It brings pandas with it, some 44 MB in a process that only serves pages: loaded where something is solved.
if TYPE_CHECKING:
    from ortools.sat.python import cp_model

# Work, not time: the same task has the same answer on any machine.
EFFORT = 2.0
SEED = 20261127
MOST_CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class OutingBudget:
    """What a visit may take (出張の枠). All of it is set by the city; the usual values are ours."""

    stops: int = 4
    minutes: int = 360
    stay: int = 45
    reach_km: float = 1.0
    speed_kmh: float = 30.0
    detour: float = 1.3


@dataclass(frozen=True, slots=True)
class OutingTask:
    """The towns of one area, how many people without a card each has, from where, and the budget.

    `doors`: a stop is somebody's door and serves them alone; several may stand in one town.
    """

    start: Town
    towns: tuple[Town, ...]
    people: tuple[int, ...]
    budget: OutingBudget = field(default_factory=OutingBudget)
    doors: bool = False


@dataclass(frozen=True, slots=True)
class Tour:
    """A plan: the stops in order, the towns they serve, the people of these, minutes, and what no plan exceeds."""

    stops: tuple[int, ...]
    covered: frozenset[int]
    people: int
    minutes: int
    bound: int


class Ways:
    """Minutes between the start (0) and the towns (1…), and which towns a stop serves."""

    def __init__(self, task: OutingTask) -> None:
        self.task = task
        self.points = (task.start, *task.towns)
        self.count = len(task.towns)
        budget = task.budget
        self.serves = [
            frozenset(
                other
                for other in range(0 if task.doors else self.count)
                if distance_km(one, task.towns[other]) <= budget.reach_km
            )
            | {place}
            for place, one in enumerate(task.towns)
        ]
        self._known: dict[tuple[int, int], int] = {}

    def minutes(self, one: int, other: int) -> int:
        """From point to point, rounded up."""
        key = (min(one, other), max(one, other))
        if key not in self._known:
            budget = self.task.budget
            way = distance_km(self.points[one], self.points[other]) * budget.detour
            self._known[key] = ceil(round(60 * way / budget.speed_kmh, 6))
        return self._known[key]

    def taken(self, stops: Sequence[int]) -> int:
        """Minutes of a tour through these towns in this order, with the stays."""
        points = [0, *(stop + 1 for stop in stops), 0]
        return sum(self.minutes(*leg) for leg in pairwise(points)) + len(stops) * self.task.budget.stay

    def covered(self, stops: Sequence[int]) -> frozenset[int]:
        return frozenset().union(*(self.serves[stop] for stop in stops))

    def people(self, towns: frozenset[int]) -> int:
        return sum(self.task.people[town] for town in towns)


def greedy(task: OutingTask, ways: Ways | None = None) -> tuple[int, ...]:
    """The stops of the greedy plan in order: each time the one with most new people a minute, put in where it costs least."""
    ways = ways or Ways(task)
    stops: list[int] = []
    covered: frozenset[int] = frozenset()
    while len(stops) < task.budget.stops:
        best: tuple[float, int, list[int]] | None = None
        had, spent = ways.people(covered), ways.taken(stops)
        for town in range(ways.count):
            gain = ways.people(covered | ways.serves[town]) - had
            if town in stops or not gain:
                continue
            tours = ([*stops[:at], town, *stops[at:]] for at in range(len(stops) + 1))
            tour = min(tours, key=ways.taken)
            if ways.taken(tour) > task.budget.minutes:
                continue
            rate = gain / max(ways.taken(tour) - spent, 1)
            if best is None or rate > best[0]:
                best = (rate, town, tour)
        if best is None:
            break
        stops, covered = best[2], covered | ways.serves[best[1]]
    return tuple(stops)


def plan_tour(task: OutingTask, *, effort: float = EFFORT) -> Tour:
    """The best tour found: never fewer people than the greedy one. Empty when nothing can be reached."""
    ways = Ways(task)
    first = greedy(task, ways)
    within = [
        town
        for town in range(ways.count)
        if ways.taken([town]) <= task.budget.minutes and ways.people(ways.serves[town])
    ]
    ranked = sorted(
        within, key=lambda town: (-ways.people(ways.serves[town]), ways.minutes(0, town + 1), town)
    )
    candidates = sorted({*ranked[:MOST_CANDIDATES], *first})
    found, bound = _solved(ways, candidates, first, effort) if candidates else (first, 0)
    if len(candidates) < len(within):
        bound = _loose_bound(ways, within, effort)
    best = max((first, found), key=lambda stops: (ways.people(ways.covered(stops)), -ways.taken(stops)))
    covered = ways.covered(best)
    people = ways.people(covered)
    return Tour(best, covered, people, ways.taken(best) if best else 0, max(bound, people))


def _solved(
    ways: Ways, candidates: Sequence[int], first: Sequence[int], effort: float
) -> tuple[tuple[int, ...], int]:
    """The tour by CP-SAT and the bound that it proved for these candidates."""
    from ortools.sat.python import cp_model

    budget, model = ways.task.budget, cp_model.CpModel()
    visits, total = _covering(ways, candidates, model)
    arcs: list[tuple[int, int, cp_model.IntVar]] = []
    points = [0, *(town + 1 for town in candidates)]
    for one in points:
        for other in points:
            if one != other:
                arcs.append((one, other, model.new_bool_var("")))
    place = {point: number for number, point in enumerate(points)}
    circuit: list[tuple[int, int, cp_model.LiteralT]] = [
        (place[one], place[other], arc) for one, other, arc in arcs
    ]
    circuit += [(place[town + 1], place[town + 1], ~visits[town]) for town in candidates]
    stays_home = model.new_bool_var("")
    circuit.append((0, 0, stays_home))
    for visit in visits.values():  # else a tour could leave the start out
        model.add_implication(stays_home, ~visit)
    model.add_circuit(circuit)
    way = cp_model.LinearExpr.weighted_sum(
        [arc for _, _, arc in arcs], [ways.minutes(one, other) for one, other, _ in arcs]
    )
    model.add(way + budget.stay * sum(visits.values()) <= budget.minutes)
    # Most people first; of equals the shorter way.
    model.maximize(total * (budget.minutes + 1) - way)
    legs = set(pairwise([0, *(stop + 1 for stop in first), 0]))
    for town in candidates:
        model.add_hint(visits[town], town in first)
    for one, other, arc in arcs:
        model.add_hint(arc, (one, other) in legs)
    solver = _solver(effort)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return tuple(first), ways.people(frozenset(range(ways.count)))
    after = {one: other for one, other, arc in arcs if solver.boolean_value(arc)}
    tour: list[int] = []
    at = after.get(0, 0)
    while at:
        tour.append(at - 1)
        at = after[at]
    return tuple(tour), ceil((solver.best_objective_bound + budget.minutes) // (budget.minutes + 1))


def _loose_bound(ways: Ways, within: Sequence[int], effort: float) -> int:
    """What no tour exceeds: each stop costs at least half of its two shortest ways, whatever the order."""
    from ortools.sat.python import cp_model

    budget, model = ways.task.budget, cp_model.CpModel()
    visits, total = _covering(ways, within, model)
    cost: list[cp_model.LinearExprT] = []
    points = [0, *(town + 1 for town in within)]
    for town in within:
        near = sorted(ways.minutes(town + 1, other) for other in points if other != town + 1)[:2]
        least = sum(near) if len(near) == 2 else 2 * sum(near)
        cost.append((least + 2 * budget.stay) * visits[town])
    from_start = sorted(ways.minutes(0, town + 1) for town in within)[:2]
    model.add(sum(cost) + (sum(from_start) if len(from_start) == 2 else 0) <= 2 * budget.minutes)
    model.maximize(total)
    solver = _solver(effort)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ways.people(frozenset(range(ways.count)))
    return int(solver.best_objective_bound + 1e-6)


def _covering(
    ways: Ways, candidates: Sequence[int], model: cp_model.CpModel
) -> tuple[dict[int, cp_model.IntVar], cp_model.LinearExpr]:
    """Stops and the people they serve, each person once."""
    from ortools.sat.python import cp_model

    visits = {town: model.new_bool_var("") for town in candidates}
    model.add(sum(visits.values()) <= ways.task.budget.stops)
    served: list[cp_model.LinearExprT] = []
    for town in range(ways.count):
        by = [visits[stop] for stop in candidates if town in ways.serves[stop]]
        if by and ways.task.people[town]:
            covered = model.new_bool_var("")
            model.add(covered <= sum(by))
            served.append(ways.task.people[town] * covered)
    return visits, cp_model.LinearExpr.sum(served)


def _solver(effort: float) -> cp_model.CpSolver:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.interleave_search = True
    solver.parameters.random_seed = SEED
    solver.parameters.max_deterministic_time = effort
    return solver

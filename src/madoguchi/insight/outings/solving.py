"""The best tour of a visit by CP-SAT (maximal covering, orienteering), and what no tour could exceed.

`planning` asks for both, with its greedy tour to begin from. Work is bounded, not time: the same task has the same answer on any machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from ortools.sat.python import cp_model

from madoguchi.insight.outings.ways import Ways

SEED = 20261127


def solved(
    ways: Ways, candidates: Sequence[int], first: Sequence[int], effort: float
) -> tuple[tuple[int, ...], int]:
    """The tour by CP-SAT and the bound that it proved for these candidates."""
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


def loose_bound(ways: Ways, within: Sequence[int], effort: float) -> int:
    """What no tour exceeds: each stop costs at least half of its two shortest ways, whatever the order."""
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
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.interleave_search = True
    solver.parameters.random_seed = SEED
    solver.parameters.max_deterministic_time = effort
    return solver

"""Somebody who has every table that left the office, and looks for a small count in them by linear programming.

Written without the room's own hiding: one unknown for every group of the full cross product, one equation for every number.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import ceil, floor
from random import Random

from ortools.linear_solver import pywraplp

from madoguchi.insight.coverage.tables import KINDS, CountKind, lines_of
from madoguchi.residents.card_counts import AgeBand, CardGroup, CardState, HouseholdKind, WorkKind
from madoguchi.residents.places import Town

Groups = dict[CardGroup, int]
MOST = 100_000


def places(districts: int, towns_each: int) -> dict[str, Town]:
    """A small city: so many districts of so many towns, a kilometre or so apart."""
    return {
        f"町{district}の{town}": Town(
            f"町{district}の{town}", f"地区{district}", "市内", 35 + district / 50, 135 + town / 80
        )
        for district in range(districts)
        for town in range(towns_each)
    }


def invented(seed: int, towns: Mapping[str, Town], size: int) -> Groups:
    """People who fall into the groups by chance, some groups often and some hardly ever."""
    random = Random(seed)
    lacking = random.choice((0.03, 0.2, 0.5))
    names, weights = list(towns), [random.random() ** 2 for _ in towns]
    older, other, idle = random.random(), random.random(), 5 * random.random()
    found: Groups = {}
    for town, age, household, work in zip(
        random.choices(names, weights, k=size),
        random.choices(list(AgeBand), (3, 5, 6, 3, older), k=size),
        random.choices(list(HouseholdKind), (2, 3, 3, 5, other), k=size),
        random.choices(list(WorkKind), (5, 1, 1, 2, idle), k=size),
        strict=True,
    ):
        card = CardState.LACKS if random.random() < lacking else CardState.HAS
        group = CardGroup(town, age, household, work, card)
        found[group] = found.get(group, 0) + 1
    return found


def belongs(key: str, group: CardGroup, towns: Mapping[str, Town]) -> bool:
    """Whether a group is counted in the number of this key."""
    stem, _, kind = key.rpartition(":")
    if not next(one for one in CountKind if one.key == kind).counts(group.card):
        return False
    table, _, line = stem.partition(":")
    district = towns[group.town].district
    values = {
        "all": "", "district": district, "age": group.age.key, "household": group.household.key, "work": group.work.key,
        "district_age": f"{district}/{group.age.key}",
    }  # fmt: skip
    return values[table] == line


def every_key(towns: Mapping[str, Town]) -> list[str]:
    stems = ["all", *(f"{kind.key}:{key}" for kind in KINDS.values() for key, _ in lines_of(kind, towns))]
    return [f"{stem}:{kind.key}" for stem in stems for kind in CountKind]


class Attacker:
    """Every number that is out as an equation over all groups that there could be."""

    def __init__(self, towns: Mapping[str, Town], numbers: Mapping[str, int | None]) -> None:
        self.towns = towns
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        states = (CardState.HAS, CardState.LACKS)
        every = [CardGroup(*one) for one in product(towns, AgeBand, HouseholdKind, WorkKind, states)]
        self.people = {one: self.solver.NumVar(0, MOST, "") for one in every}
        for key, number in numbers.items():
            if number is not None:
                row = self.solver.Constraint(number, number)
                for group, variable in self.people.items():
                    if belongs(key, group, towns):
                        row.SetCoefficient(variable, 1)

    def bounds(self, key: str) -> tuple[int, int]:
        """The whole numbers between which the count of this key must be."""
        found = []
        for maximize in (False, True):
            objective = self.solver.Objective()
            objective.Clear()
            for group, variable in self.people.items():
                if belongs(key, group, self.towns):
                    objective.SetCoefficient(variable, 1)
            objective.SetOptimizationDirection(maximize)
            status = self.solver.Solve()
            assert status == pywraplp.Solver.OPTIMAL, status
            found.append(objective.Value())
        return ceil(found[0] - 1e-5), floor(found[1] + 1e-5)


def true_numbers(groups: Mapping[CardGroup, int], towns: Mapping[str, Town]) -> dict[str, int]:
    return {
        key: sum(number for group, number in groups.items() if belongs(key, group, towns))
        for key in every_key(towns)
    }


def found_out(groups: Groups, towns: Mapping[str, Town], numbers: Mapping[str, int | None]) -> list[str]:
    """The small counts that are out or that can be bounded to fewer than ten apart."""
    truth = true_numbers(groups, towns)
    attacker = Attacker(towns, numbers)
    found = []
    for key, number in truth.items():
        if number >= 10:
            continue
        if numbers.get(key) is not None:
            found.append(f"{key} is shown")
            continue
        low, high = attacker.bounds(key)
        assert low <= number <= high, "the attacker's equations are not the truth"
        if high - low < 10:
            found.append(f"{key} is {low} to {high}")
    return found

"""What a visit may take and what it reaches (出張の枠と道のり): the budget, the towns, minutes between them, whom a stop serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

from madoguchi.residents.places import Town, distance_km


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

"""What to tell somebody who comes (待ち時間の見込み): the work ahead, let run over the desks, with what was learned.

1. Of each service the minutes at the desk are learned, recent days counting more; few of them lean on the declared ones.
2. The work at the desks and ahead is let run over the desks that are open and that the plan opens and shuts: an estimate.
3. What earlier estimates were worth makes it a band (`bands`).
It works from the first ticket of a new office: nothing learned means declared minutes and a wide band.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from madoguchi.booking.waits.bands import Band, BandTable, Outcome, table_of, unlearned

HALF_LIFE_DAYS = 12.0
DECLARED_COUNTS_AS = 20.0  # so many served people weigh as much as the declared minutes
STILL_AT_DESK = 0.35  # whoever is at a desk needs at least this share of the usual minutes more
LONGEST = 600.0


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody who was served: which service, minutes at the desk, how many days ago."""

    service: str
    minutes: float
    days_ago: float


@dataclass(frozen=True, slots=True)
class Situation:
    """What can be seen when somebody comes.

    `ahead`: services of those who are called before, in order; `at_desks`: services at the desks and for how many minutes;
    `desks`: open now; `plan`: from now on, after how many minutes how many desks are planned, the first at 0.
    """

    ahead: tuple[str, ...]
    at_desks: tuple[tuple[str, float], ...]
    desks: int
    plan: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """What an office has learned: minutes of each service, and what its estimates were worth."""

    minutes: Mapping[str, float]
    bands: BandTable


def new_office(declared: Mapping[str, float]) -> Learned:
    """Nothing learned yet: the declared minutes and a wide band."""
    return Learned(dict(declared), unlearned())


def minutes_of(declared: Mapping[str, float], served: Iterable[Served]) -> dict[str, float]:
    """Minutes at the desk of each service: learned ones, leaning on the declared while they are few."""
    sums = {key: [DECLARED_COUNTS_AS * minutes, DECLARED_COUNTS_AS] for key, minutes in declared.items()}
    for one in served:
        weight = 0.5 ** (one.days_ago / HALF_LIFE_DAYS)
        total = sums.setdefault(one.service, [0.0, 0.0])
        total[0] += weight * one.minutes
        total[1] += weight
    return {key: total / weight for key, (total, weight) in sums.items()}


def learn(
    declared: Mapping[str, float],
    served: Iterable[Served],
    told: Iterable[tuple[Situation, float, float]],
) -> Learned:
    """Learn from those who were served and from (situation, minutes waited, days ago) of those who waited."""
    minutes = minutes_of(declared, served)
    outcomes = (
        Outcome(estimate(minutes, situation), waited, 0.5 ** (days_ago / HALF_LIFE_DAYS))
        for situation, waited, days_ago in told
    )
    return Learned(minutes, table_of(outcomes))


def foresee(learned: Learned, situation: Situation) -> Band:
    """The band to tell somebody who comes now."""
    return learned.bands.band(estimate(learned.minutes, situation))


def estimate(minutes: Mapping[str, float], situation: Situation) -> float:
    """Minutes until whoever comes now is called, were everybody to take the usual time.

    The desks serve those ahead in order; a desk that the plan shuts finishes whom it has. Nobody at a desk: 0 or more.
    """
    usual = sum(minutes.values()) / len(minutes) if minutes else 10.0
    free = [
        max(STILL_AT_DESK * minutes.get(service, usual), minutes.get(service, usual) - since)
        for service, since in situation.at_desks
    ]
    free += [0.0] * max(0, situation.desks - len(free))
    heapq.heapify(free)
    changes = _changes(situation.plan)
    for service in situation.ahead:
        heapq.heappush(free, _next_free(free, changes) + minutes.get(service, usual))
    return min(LONGEST, _next_free(free, changes))


def _changes(plan: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """After how many minutes how many desks more (or fewer) are planned, the next one last."""
    steps = [(at, desks - before) for (_, before), (at, desks) in pairwise(plan) if desks != before]
    return steps[::-1]


def _next_free(free: list[float], changes: list[tuple[float, int]]) -> float:
    """When the next desk is free. A desk that the plan shuts until then finishes whom it has and takes nobody more."""
    while True:
        at = free[0] if free else LONGEST
        if not changes or changes[-1][0] > at:
            return heapq.heappop(free) if free else LONGEST
        when, more = changes.pop()
        for _ in range(abs(more)):
            if more > 0:
                heapq.heappush(free, when)
            elif free:
                heapq.heappop(free)

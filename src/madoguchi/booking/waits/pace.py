"""Foreseeing the waits of an office of which only snapshots are known (番号の進みからの見込み).

Known are people ahead, desks open, and how fast the numbers went: of this queue on earlier days, and today. How much each
of them counts is what was best on earlier days; the rest is as for our own queues: what estimates were worth, as a band.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import fmean, median

from madoguchi.booking.waits.bands import Band, BandTable, Outcome, table_of, unlearned
from madoguchi.booking.waits.snapshots import Joined

LEANS_LIKE = (
    15.0  # so many waits of a queue weigh as much as those of its office, and these as much as everybody's
)
HALF_LIFE_DAYS = 20.0
UNKNOWN_PACE = 6.0
FASTEST, SLOWEST = 0.2, 90.0
TODAY = (0.0, 0.15, 0.3, 0.45, 0.6)
DESKS = (0.0, 0.25, 0.5, 0.75, 1.0)
CROWD = (-0.1, 0.0, 0.1, 0.2, 0.3)
SEARCHED = 4000


@dataclass(frozen=True, slots=True)
class Weights:
    """How much today's pace counts, how much the number of desks, and how much less each further person ahead."""

    today: float = 0.4
    desks: float = 0.5
    crowd: float = 0.0


@dataclass(frozen=True, slots=True)
class LearnedPace:
    """What earlier days taught: minutes per number and usual desks of each queue, the weights, the bands."""

    paces: Mapping[tuple[str, ...], float]
    desks: Mapping[tuple[str, ...], float]
    weights: Weights
    bands: BandTable

    def band(self, joined: Joined) -> Band:
        """The band to tell somebody who joins."""
        return self.bands.band(self.estimate(joined, self.weights))

    def estimate(self, joined: Joined, weights: Weights) -> float:
        """Minutes until somebody who joins is called."""
        pace = self._of(self.paces, joined.queue, self._declared(joined))
        if joined.pace is not None:
            pace = pace ** (1 - weights.today) * _within(joined.pace) ** weights.today
        usual = self._of(self.desks, joined.queue, float(joined.desks))
        pace *= (usual / joined.desks) ** weights.desks
        return float(pace * math.pow(joined.ahead + 1, 1 - weights.crowd))

    @staticmethod
    def _declared(joined: Joined) -> float:
        return _within(joined.declared / joined.desks) if joined.declared else UNKNOWN_PACE

    @staticmethod
    def _of(known: Mapping[tuple[str, ...], float], queue: tuple[str, str], otherwise: float) -> float:
        return known.get(queue, known.get(queue[:1], known.get((), otherwise)))


def learn(past: Sequence[Joined]) -> LearnedPace:
    """Learn from the waits of earlier days; without any, declared minutes and a wide band."""
    if not past:
        return LearnedPace({}, {}, Weights(), unlearned())
    newest = max(one.day for one in past)
    aged = [(one, 0.5 ** ((newest - one.day).days / HALF_LIFE_DAYS)) for one in past]
    paces = _leaning([(one.queue, _within(one.waited / (one.ahead + 1)), weight) for one, weight in aged])
    desks = _leaning([(one.queue, float(one.desks), weight) for one, weight in aged])
    plain = LearnedPace(paces, desks, Weights(), unlearned())
    weights = _best(plain, past[-SEARCHED:])
    outcomes = [Outcome(plain.estimate(one, weights), one.waited, weight) for one, weight in aged]
    return LearnedPace(paces, desks, weights, table_of(outcomes))


def _best(plain: LearnedPace, past: Sequence[Joined]) -> Weights:
    """The weights with the smallest mean error once the middle is put right."""

    def missed(weights: Weights) -> float:
        pairs = [(plain.estimate(one, weights), one.waited) for one in past]
        right = median((waited + 1) / (told + 1) for told, waited in pairs)
        return fmean(abs((told + 1) * right - 1 - waited) for told, waited in pairs)

    return min((Weights(*each) for each in product(TODAY, DESKS, CROWD)), key=missed)


def _leaning(
    seen: Sequence[tuple[tuple[str, str], float, float]],
) -> dict[tuple[str, ...], float]:
    """A typical value of each queue; with few of its own it leans on its office, and that on all."""
    sums: dict[tuple[str, ...], list[float]] = {}
    for queue, value, weight in seen:
        keys: tuple[tuple[str, ...], ...] = ((), queue[:1], queue)
        for key in keys:
            total = sums.setdefault(key, [0.0, 0.0])
            total[0] += weight * math.log(value)
            total[1] += weight
    found: dict[tuple[str, ...], float] = {}
    for key in sorted(sums, key=len):
        logs, weight = sums[key]
        if key:
            logs, weight = logs + LEANS_LIKE * math.log(found[key[:-1]]), weight + LEANS_LIKE
        found[key] = math.exp(logs / weight)
    return found


def _within(pace: float) -> float:
    return min(SLOWEST, max(FASTEST, pace))

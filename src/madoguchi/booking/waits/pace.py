"""Foreseeing the waits of an office of which only snapshots are known (番号の進みからの見込み).

Known are people ahead, desks open, and how fast the numbers went: of this queue on earlier days, in each half hour of them
(`day_shape`), and today. How much each of them counts is what was best on earlier days; the rest is as for our own queues:
what estimates were worth, as a band.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean, median

from madoguchi.booking.waits.bands import Band, BandTable, Outcome, table_of, unlearned
from madoguchi.booking.waits.day_shape import NO_SHAPES, DayShapes, Moved, shapes_of
from madoguchi.booking.waits.snapshots import TODAY_WINDOW, Joined

LEANS_LIKE = (
    15.0  # so many waits of a queue weigh as much as those of its office, and these as much as everybody's
)
HALF_LIFE_DAYS = 20.0
UNKNOWN_PACE = 6.0
FASTEST, SLOWEST = 0.2, 90.0
TODAY = (0.0, 0.15, 0.3, 0.45, 0.6)
DESKS = (0.0, 0.25, 0.5, 0.75, 1.0)
CROWD = (-0.1, 0.0, 0.1, 0.2, 0.3)
SHAPES = (0.0, 0.5, 1.0)
ROUNDS = 2
FOLDS = 5
SEARCHED = 4000
TODAY_MINUTES = TODAY_WINDOW.total_seconds() / 60


@dataclass(frozen=True, slots=True)
class Weights:
    """How much today's pace counts, the number of desks, how much less each further person ahead, the shape of the day."""

    today: float = 0.4
    desks: float = 0.5
    crowd: float = 0.0
    shape: float = 1.0


@dataclass(frozen=True, slots=True)
class LearnedPace:
    """What earlier days taught: minutes per number and usual desks of each queue, the weights, the bands."""

    paces: Mapping[tuple[str, ...], float]
    desks: Mapping[tuple[str, ...], float]
    weights: Weights
    bands: BandTable
    shapes: DayShapes = NO_SHAPES

    def band(self, joined: Joined) -> Band:
        """The band to tell somebody who joins."""
        return self.bands.band(self.estimate(joined, self.weights))

    def estimate(self, joined: Joined, weights: Weights) -> float:
        """Minutes until somebody who joins is called."""
        pace = self._of(self.paces, joined.queue, self._declared(joined))
        clock, minute = self.shapes.of(joined.queue), minute_of(joined)
        if joined.pace is not None:
            began = max(0.0, minute - TODAY_MINUTES)
            lately = (clock.at(minute) - clock.at(began)) / max(minute - began, 1.0)
            pace = pace ** (1 - weights.today) * _within(joined.pace * lately) ** weights.today
        usual = self._of(self.desks, joined.queue, float(joined.desks))
        pace *= (usual / joined.desks) ** weights.desks
        return float(clock.lasting(minute, pace * math.pow(joined.ahead + 1, 1 - weights.crowd)))

    @staticmethod
    def _declared(joined: Joined) -> float:
        return _within(joined.declared / joined.desks) if joined.declared else UNKNOWN_PACE

    @staticmethod
    def _of(known: Mapping[tuple[str, ...], float], queue: tuple[str, str], otherwise: float) -> float:
        return known.get(queue, known.get(queue[:1], known.get((), otherwise)))


def learn(past: Sequence[Joined], moves: Iterable[tuple[date, Moved]] = ()) -> LearnedPace:
    """Learn from the waits and moves of earlier days; without any, declared minutes and a wide band."""
    if not past:
        return LearnedPace({}, {}, Weights(), unlearned())
    newest = max(one.day for one in past)
    aged = [(one, 0.5 ** ((newest - one.day).days / HALF_LIFE_DAYS)) for one in past]
    seen = list(moves)
    plain = {shape: _plain(aged, shapes_of((move for _, move in seen), shape)) for shape in SHAPES}
    weights = _best(plain, past[-SEARCHED:])
    chosen = plain[weights.shape]
    return replace(chosen, weights=weights, bands=table_of(_outcomes(chosen, weights, aged, seen)))


def _outcomes(
    chosen: LearnedPace,
    weights: Weights,
    aged: Sequence[tuple[Joined, float]],
    moves: Sequence[tuple[date, Moved]],
) -> list[Outcome]:
    """What estimates were worth on days that they were not learned from: on their own days they look better than they are."""
    days = sorted({one.day for one, _ in aged})
    if len(days) < 2:
        return [Outcome(chosen.estimate(one, weights), one.waited, weight) for one, weight in aged]
    found = []
    for fold in range(min(FOLDS, len(days))):
        held = frozenset(days[fold::FOLDS])
        others = [(one, weight) for one, weight in aged if one.day not in held]
        shapes = shapes_of((move for on, move in moves if on not in held), weights.shape)
        plain = _plain(others, shapes)
        found += [
            Outcome(plain.estimate(one, weights), one.waited, weight)
            for one, weight in aged
            if one.day in held
        ]
    return found


def minute_of(joined: Joined) -> float:
    """The minute of the day at which somebody joins."""
    return joined.at.hour * 60 + joined.at.minute + joined.at.second / 60


def _plain(aged: Sequence[tuple[Joined, float]], shapes: DayShapes) -> LearnedPace:
    """Paces and desks of each queue, waits measured along the shape of the day."""

    def effective(one: Joined) -> float:
        clock, minute = shapes.of(one.queue), minute_of(one)
        return clock.at(minute + one.waited) - clock.at(minute)

    paces = _leaning([(one.queue, _within(effective(one) / (one.ahead + 1)), weight) for one, weight in aged])
    desks = _leaning([(one.queue, float(one.desks), weight) for one, weight in aged])
    return LearnedPace(paces, desks, Weights(), unlearned(), shapes)


def _best(plain: Mapping[float, LearnedPace], past: Sequence[Joined]) -> Weights:
    """The weights with the smallest mean error once the middle is put right; each in turn, twice."""

    def missed(weights: Weights) -> float:
        pairs = [(plain[weights.shape].estimate(one, weights), one.waited) for one in past]
        right = median((waited + 1) / (told + 1) for told, waited in pairs)
        return fmean(abs((told + 1) * right - 1 - waited) for told, waited in pairs)

    best = Weights()
    for _ in range(ROUNDS):
        best = min([replace(best, shape=each) for each in SHAPES], key=missed)
        best = min([replace(best, desks=each) for each in DESKS], key=missed)
        best = min([replace(best, today=each) for each in TODAY], key=missed)
        best = min([replace(best, crowd=each) for each in CROWD], key=missed)
    return best


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

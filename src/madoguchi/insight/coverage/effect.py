"""What a visit changed (効果): districts that were visited against those that were not, before and after, with an interval.

1. Of each district: the share with a card after, less the share before.
2. The effect is the mean of the visited less the mean of the others (difference in differences). Each district is one
   observation, so that what its people share is not counted as often as there are people (Bertrand, Duflo & Mullainathan
   2004, QJE 119(1): averages before and after, one change a cluster).
3. The interval is Welch's, with Satterthwaite's degrees of freedom (Welch 1947, Biometrika 34).
4. Both are rounded so coarsely that ten people more or less in one district move them by no more than one step; the
   interval is rounded outwards. It supposes that without a visit both would have changed alike, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, lgamma, log1p, pi, sqrt
from statistics import fmean, variance

from madoguchi.small_counts.hiding import SMALLEST

FEWEST = 4
LEVEL = 0.95
FINEST = 0.1


@dataclass(frozen=True, slots=True)
class DistrictChange:
    """A district before and after: people and how many of them had the card."""

    visited: bool
    people_before: int
    with_before: int
    people_after: int
    with_after: int

    @property
    def change(self) -> float:
        return self.with_after / self.people_after - self.with_before / self.people_before


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect in points of a hundred, with its interval, rounded to `step`."""

    points: float
    low: float
    high: float
    visited: int
    compared: int
    step: float


class TooFewDistricts(ValueError):
    """Too few districts on one side to say anything of chance."""

    def __init__(self, visited: int, compared: int) -> None:
        super().__init__(
            f"比べるには、出張した地区としていない地区がそれぞれ{FEWEST}つ以上要ります（いまは{visited}と{compared}）。"
            "出張が終わった地区が増えてから、もう一度開いてください。"
        )


def effect_of(changes: Sequence[DistrictChange]) -> Effect:
    """The effect as it may be shown. Districts with nobody on one day are left out. Raises TooFewDistricts."""
    counted = [one for one in changes if one.people_before and one.people_after]
    points, low, high = exact_effect(counted)
    sides = [sum(one.visited is side for one in counted) for side in (True, False)]
    fewest = min(min(one.people_before, one.people_after) for one in counted)
    step = max(FINEST, ceil(1000 * SMALLEST / (fewest * min(sides))) / 10)
    return Effect(
        _rounded(round(points / step), step), _rounded(floor(low / step), step), _rounded(ceil(high / step), step),
        sides[0], sides[1], step,
    )  # fmt: skip


def exact_effect(changes: Sequence[DistrictChange]) -> tuple[float, float, float]:
    """The effect and its interval in points, not rounded: for tests, never for a page. Raises TooFewDistricts."""
    sides = [[100 * one.change for one in changes if one.visited is side] for side in (True, False)]
    if min(map(len, sides)) < FEWEST:
        raise TooFewDistricts(len(sides[0]), len(sides[1]))
    points = fmean(sides[0]) - fmean(sides[1])
    parts = [variance(side) / len(side) for side in sides]
    if not sum(parts):
        return points, points, points
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(side) - 1) for part, side in zip(parts, sides, strict=True)
    )
    half = _students_t(LEVEL, freedom) * sqrt(sum(parts))
    return points, points - half, points + half


def _rounded(steps: int, step: float) -> float:
    return round(steps * step, 1)


def _students_t(level: float, freedom: float) -> float:
    """The t that |T| stays under with this probability: Simpson's rule on the density, then halving."""
    factor = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)

    def density(t: float) -> float:
        return factor * exp(-(freedom + 1) / 2 * log1p(t * t / freedom))

    def inside(t: float) -> float:
        parts = 200
        width = t / parts
        inner = sum((4 if place % 2 else 2) * density(place * width) for place in range(1, parts))
        return 2 * width / 3 * (density(0) + inner + density(t))

    low, high = 0.0, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle) < level else (low, middle)
    return (low + high) / 2

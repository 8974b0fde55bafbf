"""How far a count may be from what is expected (見込みの幅): quantiles of counts that vary more than chance alone.

A count with mean m and spread s has the variance m + s·m²: the negative binomial distribution; without spread, Poisson.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Band:
    """An expected count with a band in which four of five days lie (見込みと幅)."""

    expected: float
    low: int
    high: int


def band(expected: float, spread: float) -> Band:
    """The band from the tenth to the ninetieth percentile. `spread` 0 or more."""
    return Band(expected, quantile(expected, spread, LOW), quantile(expected, spread, HIGH))


def quantile(mean: float, spread: float, share: float) -> int:
    """The smallest count that is not exceeded with probability `share`."""
    if mean <= 0:
        return 0
    chance = _chance_of_none(mean, spread)
    if chance < 1e-280:  # a mean so large that the sum could not begin
        return max(0, round(mean + _normal(share) * math.sqrt(mean + spread * mean * mean)))
    count, below = 0, chance
    while below < share:
        count += 1
        if spread > 0:
            size = 1 / spread
            chance *= (size + count - 1) / count * mean / (mean + size)
        else:
            chance *= mean / count
        below += chance
        if count > 20 * mean + 1000:  # the sum of rounded terms may end just below `share`
            break
    return count


def _chance_of_none(mean: float, spread: float) -> float:
    if spread <= 0:
        return math.exp(-mean)
    return math.exp(-math.log1p(spread * mean) / spread)


def _normal(share: float) -> float:
    """Quantiles of the normal distribution that bands need."""
    return {LOW: -1.2815515655, HIGH: 1.2815515655, 0.5: 0.0}[share]


def mean_and_band(values: list[float]) -> tuple[float, float, float]:
    """The mean of measured values and where four of five of them lie. Raises ValueError without values."""
    if not values:
        raise ValueError("値がひとつもありません。")
    ordered = sorted(values)
    return sum(ordered) / len(ordered), percentile(ordered, LOW), percentile(ordered, HIGH)


def percentile(ordered: list[float], share: float) -> float:
    """The value at a share of a sorted list, between neighbours by proportion."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

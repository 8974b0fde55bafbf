"""A band for every estimate (幅のある見込み): what past estimates were worth, kept as quantiles of the ratio that came true.

An estimate e and the wait w that came of it are compared as (w + 1) / (e + 1), minutes. Estimates of like size share their
ratios; few of them lean on all the others. The middle is the median of what came true, the band holds eight of ten:
how far in its ends lie is chosen so that eight of ten was true of the latest waits, judged by those before them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

EDGES = (0.5, 2.0, 5.0, 10.0, 15.0, 25.0, 40.0, 70.0)
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
WANTED = HIGH - LOW
TAILS = tuple(LOW + step / 200 for step in range(-6, 17))
RECENT = 0.7  # outcomes that still count more than this are the latest: they say how far in the ends lie
ENOUGH_RECENT = 200
LEANS_LIKE = 30.0  # a bucket with this many estimates counts as much as all the others together
# Before anything is learned: an estimate from declared minutes may be half or nearly twice of it.
UNLEARNED = (0.45, 0.95, 1.9)
SHORTEST_BAND = 1.0


@dataclass(frozen=True, slots=True)
class Band:
    """Minutes: eight of ten wait between `low` and `high`, as many longer than `middle` as shorter."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """An estimate in minutes, the wait that came of it, and how much it still counts (1: today's)."""

    estimate: float
    waited: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class BandTable:
    """Ratios at the three quantiles, for each size of estimate; the first of them the smallest estimates."""

    ratios: tuple[tuple[float, float, float], ...]

    def band(self, estimate: float) -> Band:
        """The band around an estimate in minutes."""
        low, middle, high = (max(0.0, (estimate + 1) * ratio - 1) for ratio in self.ratios[_bucket(estimate)])
        return Band(low, middle, max(high, middle + SHORTEST_BAND / 2, low + SHORTEST_BAND))


def unlearned() -> BandTable:
    """The table of a new office."""
    return BandTable((UNLEARNED,) * (len(EDGES) + 1))


def table_of(outcomes: Iterable[Outcome]) -> BandTable:
    """Learn the table; without outcomes it is that of a new office."""
    found = list(outcomes)
    if not found:
        return unlearned()
    return _Ratios(found).table(_tail(found))


def _tail(found: Sequence[Outcome]) -> float:
    """How far in the ends lie: what was learned before the latest outcomes is asked how many of those it holds."""
    latest = [one for one in found if one.weight > RECENT]
    before = [one for one in found if one.weight <= RECENT]
    if len(latest) < ENOUGH_RECENT or len(before) < ENOUGH_RECENT:
        return LOW
    ratios = _Ratios(before)

    def missed(tail: float) -> float:
        table = ratios.table(tail)
        bands = ((table.band(one.estimate), one.waited) for one in latest)
        return abs(fmean(band.low <= waited <= band.high for band, waited in bands) - WANTED)

    return min(TAILS, key=missed)


class _Ratios:
    """The ratios that came true, by size of estimate, each in order with the weights up to it."""

    def __init__(self, found: Sequence[Outcome]) -> None:
        pairs = [(one.estimate, (one.waited + 1) / (one.estimate + 1), one.weight) for one in found]
        self.all = _in_order([(ratio, weight) for _, ratio, weight in pairs])
        by_bucket: list[list[tuple[float, float]]] = [[] for _ in range(len(EDGES) + 1)]
        for estimate, ratio, weight in pairs:
            by_bucket[_bucket(estimate)].append((ratio, weight))
        self.buckets = [_in_order(own) for own in by_bucket]

    def table(self, tail: float) -> BandTable:
        """The table whose band leaves this share out at either end."""
        shares = (tail, MIDDLE, 1 - tail)
        learned = min(1.0, self.all[1][-1] / LEANS_LIKE)
        everywhere = _towards(_quantiles(self.all, shares), UNLEARNED, learned)
        rows = []
        for own in self.buckets:
            count = own[1][-1] if own[1] else 0.0
            rows.append(
                _towards(_quantiles(own, shares), everywhere, count / (count + LEANS_LIKE))
                if count
                else everywhere
            )
        return BandTable(tuple(rows))


Ordered = tuple[list[float], list[float]]


def _in_order(weighted: Sequence[tuple[float, float]]) -> Ordered:
    ordered = sorted(weighted)
    return [ratio for ratio, _ in ordered], list(accumulate(weight for _, weight in ordered))


def _quantiles(own: Ordered, shares: tuple[float, float, float]) -> tuple[float, float, float]:
    ratios, passed = own
    low, middle, high = (
        ratios[min(len(ratios) - 1, bisect_left(passed, share * passed[-1]))] for share in shares
    )
    return low, middle, high


def _bucket(estimate: float) -> int:
    return bisect_right(EDGES, estimate)


def _towards(
    own: tuple[float, float, float], others: tuple[float, float, float], share: float
) -> tuple[float, float, float]:
    low, middle, high = (a**share * b ** (1 - share) for a, b in zip(own, others, strict=True))
    return low, middle, high

"""Letting a day run (来庁の模擬): people come, wait in one line and are served, many times over, each time by chance anew.

Ciw runs the line. A desk that closes finishes with whoever sits there: a closed desk is somebody who comes before everybody
else and stays until the desk opens again; Ciw's own schedules would keep busy desks beside the new ones.
Two plans are run on the same people on the same days, so that their difference is theirs and not chance.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ciw

from madoguchi.booking.levelling.bands import mean_and_band, percentile
from madoguchi.booking.levelling.desks import ServiceTime, WaitTarget, start_desks
from madoguchi.booking.services import QUARTER_MINUTES

RUNS = 100
JUST_BEFORE = 1e-6
FOREVER = 14 * 24 * 60.0


@dataclass(frozen=True, slots=True)
class LaneDay:
    """What a day brings to a lane: the first quarter-hour, expected arrivals by quarter-hour, how far days vary, time at the desk."""

    first: int
    arrivals: tuple[float, ...]
    spread: float
    service: ServiceTime


@dataclass(frozen=True, slots=True)
class Visitors:
    """Those who come on one drawn day, in minutes from the first quarter-hour, each with the time they need at the desk."""

    times: tuple[float, ...]
    minutes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """One day that was run: each wait in minutes, in the order of arrival, and minutes after closing until the last was done."""

    waits: tuple[float, ...]
    overtime: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure over all runs (模擬の結果): its mean, and where four of five days lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan of desks does to a day (効果): mean and ninetieth percentile of the wait in minutes, the share that waits
    longer than meant, minutes of overtime; and the mean wait by quarter-hour of arrival."""

    wait: Measured
    nine_of_ten: Measured
    too_long: Measured
    overtime: Measured
    by_quarter: tuple[float, ...]
    runs: int


def drawn(day: LaneDay, *, seed: int) -> Visitors:
    """One day by chance: as busy a day as days are, times within a quarter at random, minutes by a gamma distribution."""
    chance = random.Random(seed)
    busy = chance.gammavariate(1 / day.spread, day.spread) if day.spread > 0 else 1.0
    times: list[float] = []
    for place, expected in enumerate(day.arrivals):
        begin = place * QUARTER_MINUTES
        times += [begin + chance.random() * QUARTER_MINUTES for _ in range(_poisson(expected * busy, chance))]
    times.sort()
    return Visitors(tuple(times), tuple(_minutes(day.service, chance) for _ in times))


def run(visitors: Visitors, desks: Sequence[int]) -> Ran:
    """Run one day with so many desks by quarter-hour; after the last quarter its desks (one at least) go on to the last person."""
    most = max(*desks, 1)
    if not visitors.times:
        return Ran((), 0.0)
    away = _away(desks, most)
    network = ciw.create_network(
        arrival_distributions={
            "Away": [ciw.dists.Sequential(_gaps([max(begin - JUST_BEFORE, 0.0) for begin, _ in away]))],
            "Visitor": [ciw.dists.Sequential(_gaps(visitors.times))],
        },
        service_distributions={
            "Away": [_UntilItOpens(end for _, end in away)],
            "Visitor": [ciw.dists.Sequential(list(visitors.minutes))],
        },
        priority_classes={"Away": 0, "Visitor": 1},
        number_of_servers=[most],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(FOREVER)
    served = sorted(
        (one for one in simulation.get_all_records() if one.customer_class == "Visitor"),
        key=lambda one: (one.arrival_date, one.id_number),
    )
    closing = len(desks) * QUARTER_MINUTES
    last = max((one.service_end_date for one in served), default=0.0)
    return Ran(tuple(float(one.waiting_time) for one in served), max(0.0, last - closing))


def effect_of(
    day: LaneDay, desks: Sequence[int], target: WaitTarget, *, seed: int, runs: int = RUNS
) -> Effect:
    """What these desks do, over `runs` drawn days; equal seeds draw equal days."""
    waits, tails, late, over = [], [], [], []
    sums = [0.0] * len(day.arrivals)
    counts = [0] * len(day.arrivals)
    for number in range(runs):
        visitors = drawn(day, seed=seed * 100_003 + number)
        ran = run(visitors, desks)
        ordered = sorted(ran.waits)
        waits.append(sum(ordered) / len(ordered) if ordered else 0.0)
        tails.append(percentile(ordered, 0.9) if ordered else 0.0)
        late.append(sum(one > target.minutes for one in ordered) / len(ordered) if ordered else 0.0)
        over.append(ran.overtime)
        for at, wait in zip(visitors.times, ran.waits, strict=True):
            place = min(int(at // QUARTER_MINUTES), len(sums) - 1)
            sums[place] += wait
            counts[place] += 1
    by_quarter = tuple(total / count if count else 0.0 for total, count in zip(sums, counts, strict=True))
    mean, tail, share, closing = (Measured(*mean_and_band(each)) for each in (waits, tails, late, over))
    return Effect(mean, tail, share, closing, by_quarter, runs)


def checked_desks(
    day: LaneDay, target: WaitTarget, *, most: int, seed: int, runs: int = RUNS // 2
) -> tuple[int, ...]:
    """Desks by quarter-hour that keep the target in the run, beginning with Erlang's; `most` where even those do not.

    Where people still wait too long, a desk opens for three quarters of an hour; what proves needless closes again.
    """
    start = start_desks(day.arrivals, day.service, target, most=most)
    desks = list(start)

    def late() -> list[int]:
        seen = effect_of(day, desks, target, seed=seed, runs=runs).by_quarter
        return [place for place, wait in enumerate(seen) if wait > target.minutes]

    left = late()
    for _ in range(most * len(desks)):
        # What one more desk does for the first of several late quarters is seen before the others get theirs.
        first = [place for place in left if place - 1 not in left]
        if not sum(_one_more(desks, place, most) for place in first):
            break
        left = late()
    for place in range(len(desks)):
        if desks[place] > start[place]:
            desks[place] -= 1
            if len(late()) > len(left):
                desks[place] += 1
    return tuple(desks)


def _one_more(desks: list[int], place: int, most: int) -> bool:
    """One desk more around this quarter, or in the nearest earlier ones within an hour; False: all are open."""
    for middle in range(place, max(place - 4, -1), -1):
        there = [
            one for one in (middle - 1, middle, middle + 1) if 0 <= one < len(desks) and desks[one] < most
        ]
        for one in there:
            desks[one] += 1
        if there:
            return True
    return False


class _UntilItOpens(ciw.dists.Distribution):  # type: ignore[misc]  # Ciw has no types
    """How long a closed desk stays closed, from when whoever sat there left until it opens again."""

    def __init__(self, ends: Iterator[float]) -> None:
        self.ends = iter(tuple(ends))

    def sample(self, t: float | None = None, ind: object = None) -> float:
        return max(0.0, next(self.ends) - (t or 0.0))


def _away(desks: Sequence[int], most: int) -> list[tuple[float, float]]:
    """When each of `most` desks is closed, in order."""
    found = []
    for desk in range(1, most + 1):
        begins: int | None = None
        for place, count in enumerate([*desks, max(desks[-1], 1)]):
            if count < desk and begins is None:
                begins = place
            elif count >= desk and begins is not None:
                found.append((float(begins * QUARTER_MINUTES), float(place * QUARTER_MINUTES)))
                begins = None
        if begins is not None:
            found.append((float(begins * QUARTER_MINUTES), FOREVER))
    return sorted(found)


def _gaps(times: Sequence[float]) -> list[float]:
    return [*(later - earlier for earlier, later in zip((0.0, *times), times, strict=False)), math.inf]


def _minutes(service: ServiceTime, chance: random.Random) -> float:
    if service.deviation <= 0:
        return service.mean
    shape = (service.mean / service.deviation) ** 2
    return chance.gammavariate(shape, service.mean / shape)


def _poisson(mean: float, chance: random.Random) -> int:
    if mean <= 0:
        return 0
    count, at = 0, chance.expovariate(mean)
    while at < 1:
        count += 1
        at += chance.expovariate(mean)
    return count

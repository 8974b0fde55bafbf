"""What is learned of an office's waits (待ちの学習), one state a day, from the days before it. Plain Python.

1. Minutes at the desk of each service in each lane: what the office declares counts as `PRIOR_CALLS` calls, and every
   call weighs half as much after `HALF_LIFE_DAYS`. Few calls: the declared minutes. Many: what was measured.
2. How far the work that was counted is from the wait that came: the miss in proportion, by lane, people ahead and time of
   day. A cell with few waits leans on the one above it: lane and people ahead, people ahead, everything, our first guess.
3. How wide the band has to be: every day on which more than a fifth were outside widens it a little, every other narrows it
   (adaptive conformal inference, Gibbs and Candès 2021), so that a changing office does not fool it for long.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from madoguchi.booking.waits.values import ServedCall, ToldWait

JAPAN = ZoneInfo("Asia/Tokyo")
PRIOR_CALLS = 12.0
HALF_LIFE_DAYS = 14.0
DAYS_REMEMBERED = 120
# A miss is measured against the work and these seconds, so that very short waits do not count as huge misses.
GRACE_SECONDS = 180.0
AHEAD_FROM = (0, 1, 3, 6, 10, 16, 25)
HOURS_FROM = (0, 10, 12, 13, 15)
TAIL = 0.10
TAIL_STEP = 0.05
NARROWEST_TAIL, WIDEST_TAIL = 0.01, 0.30
LEVELS = 41
LEANS_ON_ABOVE = 40.0
# Before anything is learned: from 60 % less to 60 % more than the work. Ours, not measured.
FIRST_GUESS = tuple(1.2 * place / (LEVELS - 1) - 0.6 for place in range(LEVELS))

Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LearnedWaits:
    """What is known at the beginning of a day (学習の状態). Empty: nothing was learned yet.

    `minutes`: by lane and service. `calls`: how many calls that rests on, older ones for less than one; `people`: how many
    they were. `cells`: the miss in proportion at `LEVELS`
    even levels from 0 to 1. `tails`: below and above which levels a wait lies outside the band.
    """

    day: date | None = None
    minutes: Mapping[tuple[str, str], float] = field(default_factory=dict)
    calls: Mapping[tuple[str, str], float] = field(default_factory=dict)
    cells: Mapping[Cell, tuple[float, ...]] = field(default_factory=dict)
    tails: tuple[float, float] = (TAIL, TAIL)
    people: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def minutes_of(self, lane: str, service: str, declared: float) -> float:
        """Minutes at the desk of one person of this service: learned, or as declared while nothing is."""
        return self.minutes.get((lane, service), declared)

    def misses(self, lane: str, ahead: int, hour: int) -> tuple[float, float, float]:
        """The miss in proportion at the lower end, the middle and the upper end of the band."""
        levels = next(
            (self.cells[one] for one in cells_of(lane, ahead, hour) if one in self.cells), FIRST_GUESS
        )
        low, high = self.tails
        return _at(levels, low), _at(levels, 0.5), _at(levels, 1 - high)


def cells_of(lane: str, ahead: int, hour: int) -> tuple[Cell, ...]:
    """The cells that a wait belongs to, the finest first."""
    people, part = str(bisect_right(AHEAD_FROM, ahead)), str(bisect_right(HOURS_FROM, hour))
    return (lane, people, part), (lane, people), (people,), ()


def miss_of(work: float, realised: float) -> float:
    """How far a wait was from the work counted before it, in proportion."""
    return (realised - work) / (work + GRACE_SECONDS)


def learn(
    *,
    before: LearnedWaits,
    day: date,
    served: Iterable[ServedCall],
    told: Sequence[ToldWait],
    declared: Mapping[tuple[str, str], float],
) -> LearnedWaits:
    """What is known when `day` begins, from everything of earlier days; `before` is the state of the last day that served.

    What was served or told on `day` itself or later is not looked at.
    """
    minutes, calls, people = _minutes(day, served, declared)
    earlier = [one for one in told if one.told_at.astimezone(JAPAN).date() < day]
    return LearnedWaits(day, minutes, calls, _cells(day, earlier), _tails(before, earlier), people)


def _weight(age: int) -> float:
    return float(0.5 ** (age / HALF_LIFE_DAYS))


def _minutes(
    day: date, served: Iterable[ServedCall], declared: Mapping[tuple[str, str], float]
) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float], dict[tuple[str, str], int]]:
    total: dict[tuple[str, str], float] = defaultdict(float)
    weights: dict[tuple[str, str], float] = defaultdict(float)
    people: dict[tuple[str, str], int] = defaultdict(int)
    for one in served:
        age = (day - one.day).days
        if 0 < age <= DAYS_REMEMBERED:
            weight = _weight(age)
            total[one.lane, one.service] += weight * one.minutes
            weights[one.lane, one.service] += weight
            people[one.lane, one.service] += 1
    minutes = {}
    for key, prior in declared.items():
        minutes[key] = (prior * PRIOR_CALLS + total[key]) / (PRIOR_CALLS + weights[key])
    for key in weights.keys() - declared.keys():
        minutes[key] = total[key] / weights[key]
    return minutes, dict(weights), dict(people)


def _cells(day: date, told: Iterable[ToldWait]) -> dict[Cell, tuple[float, ...]]:
    seen = []
    for one in told:
        at = one.told_at.astimezone(JAPAN)
        age = (day - at.date()).days
        if one.realised is not None and age <= DAYS_REMEMBERED:
            seen.append(
                (one.lane, one.estimate.ahead, at.hour, one.estimate.work, one.realised, _weight(age))
            )
    return cells_from(seen)


def cells_from(seen: Iterable[tuple[str, int, int, float, float, float]]) -> dict[Cell, tuple[float, ...]]:
    """The misses in every cell, from waits as lane, people ahead, hour, work, realised seconds and weight."""
    found: dict[Cell, list[tuple[float, float]]] = defaultdict(list)
    for lane, ahead, hour, work, realised, weight in seen:
        miss = miss_of(work, realised)
        for cell in cells_of(lane, ahead, hour):
            found[cell].append((miss, weight))
    cells: dict[Cell, tuple[float, ...]] = {}
    for cell in sorted(found, key=len):
        above = FIRST_GUESS if not cell else cells[_above(cell)]
        cells[cell] = _leaning(found[cell], above)
    return cells


def _above(cell: Cell) -> Cell:
    return {3: cell[:2], 2: cell[1:], 1: ()}[len(cell)]


def _leaning(found: list[tuple[float, float]], above: Sequence[float]) -> tuple[float, ...]:
    """The levels of one cell: its own as far as it has waits, the rest from the cell above."""
    found.sort()
    total = sum(weight for _, weight in found)
    own, passed, place = [], 0.0, 0
    for level in range(LEVELS):
        wanted = total * level / (LEVELS - 1)
        while place < len(found) - 1 and passed + found[place][1] < wanted:
            passed += found[place][1]
            place += 1
        own.append(found[place][0])
    share = total / (total + LEANS_ON_ABOVE)
    return tuple(share * mine + (1 - share) * theirs for mine, theirs in zip(own, above, strict=True))


def _tails(before: LearnedWaits, told: Sequence[ToldWait]) -> tuple[float, float]:
    """The tails after the last day on which anything was told."""
    last = max(
        (one.told_at.astimezone(JAPAN).date() for one in told if one.realised is not None), default=None
    )
    if last is None or (before.day is not None and last < before.day):
        return before.tails
    ended = [one for one in told if one.realised is not None and one.told_at.astimezone(JAPAN).date() == last]
    below = sum(one.realised < one.estimate.low for one in ended if one.realised is not None) / len(ended)
    above = sum(one.realised > one.estimate.high for one in ended if one.realised is not None) / len(ended)
    return _moved(before.tails[0], below), _moved(before.tails[1], above)


def _moved(tail: float, outside: float) -> float:
    return min(WIDEST_TAIL, max(NARROWEST_TAIL, tail + TAIL_STEP * (TAIL - outside)))


def _at(levels: Sequence[float], level: float) -> float:
    place = level * (len(levels) - 1)
    below = min(int(place), len(levels) - 2)
    return levels[below] + (levels[below + 1] - levels[below]) * (place - below)

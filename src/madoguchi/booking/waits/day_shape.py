"""How fast a queue moves in each half hour of its day (一日の進み方): fewer calls at noon, none while it is closed.

A wait is measured along this shape, so that one that begins before noon is known to be longer. A queue leans on its
office, an office on an even day; half hours without anybody waiting say nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

SLOT_MINUTES = 30
SLOTS = 48
DAY_MINUTES = SLOT_MINUTES * SLOTS
LEANS_LIKE = 15.0  # so many calls of a half hour weigh as much as the shape of the office
SLOWEST, FASTEST = 0.05, 3.0

Queue = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Moved:
    """How a queue moved in one half hour (列の動き): numbers called while people waited, and for how many minutes."""

    queue: Queue
    slot: int
    calls: float
    minutes: float


@dataclass(frozen=True, slots=True)
class DayClock:
    """A day along its shape (列の時計): effective minutes passed at the beginning of each half hour."""

    passed: tuple[float, ...]

    def at(self, minute: float) -> float:
        """Effective minutes from midnight to a minute of the day; beyond midnight as on an even day."""
        if minute >= DAY_MINUTES:
            return self.passed[-1] + minute - DAY_MINUTES
        slot = int(minute // SLOT_MINUTES)
        share = minute / SLOT_MINUTES - slot
        return self.passed[slot] + share * (self.passed[slot + 1] - self.passed[slot])

    def lasting(self, minute: float, effective: float) -> float:
        """Minutes on the wall until so many effective ones have passed after `minute`."""
        wanted = self.at(minute) + effective
        if wanted >= self.passed[-1]:
            return DAY_MINUTES + wanted - self.passed[-1] - minute
        slot = bisect_right(self.passed, wanted) - 1
        share = (wanted - self.passed[slot]) / (self.passed[slot + 1] - self.passed[slot])
        return max(0.0, (slot + share) * SLOT_MINUTES - minute)


EVEN = DayClock(tuple(float(slot * SLOT_MINUTES) for slot in range(SLOTS + 1)))


@dataclass(frozen=True, slots=True)
class DayShapes:
    """The clocks of queues and offices (一日の進み方の一覧)."""

    queues: Mapping[Queue, DayClock]
    offices: Mapping[str, DayClock]

    def of(self, queue: Queue) -> DayClock:
        """The clock of a queue; its office's, or an even one, for a queue that was never seen."""
        return self.queues.get(queue) or self.offices.get(queue[0]) or EVEN


NO_SHAPES = DayShapes({}, {})


def shapes_of(moves: Iterable[Moved], power: float) -> DayShapes:
    """The clocks that these moves tell; `power` 0: even days, 1: the shape as it was seen."""
    if not power:
        return NO_SHAPES
    calls: dict[Queue, list[float]] = defaultdict(lambda: [0.0] * SLOTS)
    minutes: dict[Queue, list[float]] = defaultdict(lambda: [0.0] * SLOTS)
    for one in moves:
        calls[one.queue][one.slot] += one.calls
        minutes[one.queue][one.slot] += one.minutes
    expected = {
        queue: [there * sum(called) / max(sum(minutes[queue]), 1.0) for there in minutes[queue]]
        for queue, called in calls.items()
    }
    by_office: dict[str, tuple[list[float], list[float]]] = defaultdict(
        lambda: ([0.0] * SLOTS, [0.0] * SLOTS)
    )
    for queue, called in calls.items():
        for slot in range(SLOTS):
            by_office[queue[0]][0][slot] += called[slot]
            by_office[queue[0]][1][slot] += expected[queue][slot]
    offices = {name: _speeds(*there, [1.0] * SLOTS) for name, there in by_office.items()}
    queues = {queue: _speeds(called, expected[queue], offices[queue[0]]) for queue, called in calls.items()}
    return DayShapes(
        {queue: _clock(one, power) for queue, one in queues.items()},
        {name: _clock(one, power) for name, one in offices.items()},
    )


def _speeds(calls: Sequence[float], expected: Sequence[float], above: Sequence[float]) -> list[float]:
    return [
        min(FASTEST, max(SLOWEST, (called + LEANS_LIKE * usual) / (wanted + LEANS_LIKE)))
        for called, wanted, usual in zip(calls, expected, above, strict=True)
    ]


def _clock(speeds: Sequence[float], power: float) -> DayClock:
    return DayClock(tuple(accumulate((one**power * SLOT_MINUTES for one in speeds), initial=0.0)))

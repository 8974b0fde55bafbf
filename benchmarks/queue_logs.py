"""Logs of queues that behave differently from the built-in simulator, to score the predictor on (作った待ち列の記録).

Stepped by half minutes, with its own people, desks and habits; nothing of `madoguchi` is used. All of it is invented.

    steady      queues with desks of their own, a lunch with fewer
    drift       services become slower from day to day, another queue faster
    closing     no desk at noon, desks that close early, one day with half the desks
    shared      all queues of an office share their desks; the column says how many there are for all
    bursts      people come in groups, services of very unequal length, many do not appear when called
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

STYLES = ("steady", "drift", "closing", "shared", "bursts")
STEP = 30
FIRST_MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001 -- the clock on the wall, as such logs have it


@dataclass
class Queue:
    """One queue of an invented office and how it is today."""

    name: str
    declared: int
    mean: float
    desks: int
    rate: float
    spread: float
    modulus: int
    waiting: list[int] = field(default_factory=list)
    issued: int = 0
    called: int = 0
    busy: list[float] = field(default_factory=list)


def queue_log(style: str, *, seed: int, days: int = 16, offices: int = 4) -> Iterator[list[str]]:
    """The rows of a log, the heading first."""
    random = Random(f"{style}{seed}")
    yield ["time", "office", "queue", "waiting", "desks", "last_called", "service_minutes"]
    for office in range(offices):
        queues = [_queue(random, style, number) for number in range(random.randint(3, 7))]
        every = random.choice((2, 4, 6))
        for day in range(days):
            begins = FIRST_MONDAY + timedelta(days=day // 5 * 7 + day % 5, hours=8, minutes=30)
            yield from _day(random, style, f"office {office + 1}", queues, begins, day, every)


def _queue(random: Random, style: str, number: int) -> Queue:
    desks = random.randint(1, 4)
    mean = random.choice((4.0, 7.0, 11.0, 16.0, 24.0))
    load = random.uniform(0.35, 0.68)
    return Queue(
        name=f"queue {number + 1}",
        declared=max(3, round(mean * random.uniform(0.5, 1.9))),
        mean=mean,
        desks=desks,
        rate=load * desks / mean / 60,
        spread=1.2 if style == "bursts" else random.uniform(0.35, 0.8),
        modulus=random.choice((99, 999)),
    )


def _day(
    random: Random, style: str, office: str, queues: list[Queue], begins: datetime, day: int, every: int
) -> Iterator[list[str]]:
    crowd = random.lognormvariate(0, 0.18)
    short = style == "closing" and random.random() < 0.2
    for queue in queues:
        queue.waiting, queue.issued, queue.called, queue.busy = [], 0, 0, []
        if style == "drift":
            queue.mean *= math.exp(0.015 if queue.desks % 2 else -0.01)
    gap = random.randint(100, 800) if random.random() < 0.2 else -100
    for step in range(9 * 3600 // STEP):
        share = step * STEP / 3600
        shared = sum(one.desks for one in queues) * 2 // 3 if style == "shared" else 0
        for queue in queues:
            _arrive(random, style, queue, crowd, share)
            desks = shared or _desks(style, queue, share, short)
            others = sum(at > step for one in queues if one is not queue for at in one.busy) if shared else 0
            _serve(random, style, queue, step, desks - others)
            if step % every == 0 and not gap <= step < gap + 90:
                number = (queue.called - 1) % queue.modulus + 1 if queue.called else 0
                at = begins + timedelta(seconds=step * STEP)
                yield [
                    at.isoformat(sep=" "), office, queue.name, str(len(queue.waiting)), str(desks), str(number),
                    str(queue.declared),
                ]  # fmt: skip


def _arrive(random: Random, style: str, queue: Queue, crowd: float, hour: float) -> None:
    if hour > 8.25:
        return
    wave = 1 + 0.5 * math.cos((hour - 1.5) / 8.5 * 2 * math.pi)
    expected = queue.rate * crowd * wave * STEP
    size = 4 if style == "bursts" else 1
    if random.random() < expected / size:
        for _ in range(random.randint(1, 2 * size - 1) if size > 1 else 1):
            queue.issued += 1
            queue.waiting.append(queue.issued)


def _desks(style: str, queue: Queue, hour: float, short: bool) -> int:
    desks = max(1, queue.desks // 2) if short else queue.desks
    if 3.5 <= hour < 4.5:
        return 0 if style == "closing" else max(1, desks * 2 // 3)
    if style == "closing" and hour > 7:
        return max(1, desks - 1)
    return desks


def _serve(random: Random, style: str, queue: Queue, step: int, desks: int) -> None:
    queue.busy = [one for one in queue.busy if one > step]
    while queue.waiting and len(queue.busy) < desks:
        queue.called = queue.waiting.pop(0)
        missing = random.random() < (0.2 if style == "bursts" else 0.06)
        sigma = math.sqrt(math.log(1 + queue.spread**2))
        minutes = 1.2 if missing else queue.mean * random.lognormvariate(-sigma * sigma / 2, sigma) + 0.5
        queue.busy.append(step + minutes * 60 / STEP)

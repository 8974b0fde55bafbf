"""Virtual customers in a log of queues (仮の来庁者): each joins the end of a queue as it was seen, and is called when the
number that was served reaches theirs.

Numbers are taken to be called in order. They begin anew each day and may wrap (999 → 1); a small step back is a recall.
A larger one within a day cuts the queue's day: nobody waits across it. Whoever would wait more than three hours, is
never reached that day, or is reached somewhere within a long gap in the log, is dropped and counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from madoguchi.booking.waits.snapshots import Snapshot

LONGEST_WAIT = 180 * 60.0
LONGEST_GAP = 30 * 60.0
RECENT = 60 * 60.0
THROUGHPUT = 30 * 60.0
RECALLED_AT_MOST = 25
SLOT_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class VirtualCustomer:
    """One who joined a queue as it was seen (仮の来庁者), what could be known then, and the wait that came, in seconds.

    `recent_calls` in `recent_seconds`: how fast the queue moved in the last hour while people waited.
    `last_wait`: how long the last one waited who had been reached by then (LES), None when nobody was.
    `calls_in_half_hour`: numbers called in the last 30 minutes; None while the log of the day is shorter.
    """

    office: str
    queue: str
    at: float
    day: int
    ahead: int
    desks: int
    minutes: float | None
    recent_calls: int
    recent_seconds: float
    last_wait: float | None
    calls_in_half_hour: int | None
    realised: float


@dataclass(frozen=True, slots=True)
class Flow:
    """How a queue moved in one half hour of a day (列の動き): numbers called while people waited, and for how long."""

    office: str
    queue: str
    day: int
    slot: int
    calls: float
    seconds: float


@dataclass(frozen=True, slots=True)
class VirtualCustomers:
    """All who could be followed to their call, and how many could not, by reason (仮の来庁者の一覧)."""

    customers: tuple[VirtualCustomer, ...]
    flow: tuple[Flow, ...]
    dropped: dict[str, int]


DROPPED = {
    "too_long": "待ちが180分を超えた",
    "never_reached": "その日のうちに番号が届かなかった",
    "gap": "記録が30分より長くとぎれた間に呼ばれた",
    "no_desk": "待つ人がいて、席が開いていなかった",
    "duplicate": "同じ列・同じ時刻の行が重なった",
}


def virtual_customers(snapshots: Iterable[Snapshot]) -> VirtualCustomers:
    """Everybody who could have joined a queue with somebody waiting and a desk open, in the log's order of time."""
    days: dict[tuple[str, str, int], list[Snapshot]] = defaultdict(list)
    highest: dict[tuple[str, str], int] = defaultdict(int)
    for one in snapshots:
        days[one.office, one.queue, one.day].append(one)
        highest[one.office, one.queue] = max(highest[one.office, one.queue], one.number)
    dropped: Counter[str] = Counter()
    found: list[VirtualCustomer] = []
    flow: list[Flow] = []
    for (office, queue, _), seen in days.items():
        seen.sort(key=lambda one: one.at)
        single = [one for at, one in enumerate(seen) if at == 0 or one.at > seen[at - 1].at]
        dropped["duplicate"] += len(seen) - len(single)
        for part, counted in _counted(single, highest[office, queue]):
            found += _followed(part, counted, dropped)
            flow += _flow(part, counted)
    found.sort(key=lambda one: (one.at, one.office, one.queue))
    return VirtualCustomers(tuple(found), tuple(flow), {key: dropped[key] for key in DROPPED})


def _counted(seen: Sequence[Snapshot], highest: int) -> list[tuple[list[Snapshot], list[int]]]:
    """The parts of a queue's day between cuts, each with how many numbers were called since it began."""
    parts: list[tuple[list[Snapshot], list[int]]] = []
    part: list[Snapshot] = []
    counted: list[int] = []
    for one in seen:
        if not part:
            part, counted, last = [one], [0], one.number
            continue
        step = one.number - last
        if step < -max(highest // 2, RECALLED_AT_MOST):
            step += highest
        elif step < -RECALLED_AT_MOST:
            parts.append((part, counted))
            part, counted, last = [one], [0], one.number
            continue
        if step > 0:
            last = one.number
        part.append(one)
        counted.append(counted[-1] + max(step, 0))
    return [*parts, (part, counted)] if part else parts


def _followed(part: list[Snapshot], counted: list[int], dropped: Counter[str]) -> list[VirtualCustomer]:
    """Everybody of one part, in order of time. `reached`: when each who was followed is called, and after which wait."""
    times = [one.at for one in part]
    busy = _busy_seconds(part)
    reached: deque[tuple[int, float]] = deque()
    last_wait: float | None = None
    found = []
    for place, one in enumerate(part):
        while reached and reached[0][0] <= place:
            last_wait = reached.popleft()[1]
        if one.waiting < 1:
            continue
        if one.desks < 1:
            dropped["no_desk"] += 1
            continue
        at = bisect_left(counted, counted[place] + one.waiting + 1)
        if at == len(part):
            dropped["never_reached"] += 1
            continue
        wait = times[at] - one.at
        reached.append((at, wait))
        if wait > LONGEST_WAIT:
            dropped["too_long"] += 1
        elif times[at] - times[at - 1] > LONGEST_GAP:
            dropped["gap"] += 1
        else:
            found.append(_customer(part, counted, busy, place, wait, last_wait))
    return found


def _flow(part: Sequence[Snapshot], counted: Sequence[int]) -> list[Flow]:
    """The moves between two looks count for the half hour in which they began; what lies in a long gap is not known."""
    calls: dict[int, float] = defaultdict(float)
    seconds: dict[int, float] = defaultdict(float)
    for place, (before, after) in enumerate(pairwise(part)):
        if before.waiting > 0 and after.at - before.at <= LONGEST_GAP:
            slot = int(before.at % 86_400 // SLOT_SECONDS)
            calls[slot] += counted[place + 1] - counted[place]
            seconds[slot] += after.at - before.at
    one = part[0]
    return [
        Flow(one.office, one.queue, one.day, slot, calls[slot], lasted) for slot, lasted in seconds.items()
    ]


def _busy_seconds(part: Sequence[Snapshot]) -> list[float]:
    """Seconds with somebody waiting and a desk open, from the beginning to each snapshot."""
    passed = [0.0]
    for before, after in pairwise(part):
        passed.append(passed[-1] + (after.at - before.at) * (before.waiting > 0 and before.desks > 0))
    return passed


def _customer(
    part: Sequence[Snapshot],
    counted: Sequence[int],
    busy: Sequence[float],
    place: int,
    wait: float,
    last_wait: float | None,
) -> VirtualCustomer:
    one = part[place]
    recent = bisect_left(part, one.at - RECENT, hi=place, key=lambda seen: seen.at)
    half = bisect_left(part, one.at - THROUGHPUT, hi=place, key=lambda seen: seen.at)
    whole = one.at - part[0].at >= THROUGHPUT
    return VirtualCustomer(
        office=one.office,
        queue=one.queue,
        at=one.at,
        day=one.day,
        ahead=one.waiting,
        desks=one.desks,
        minutes=one.minutes,
        recent_calls=counted[place] - counted[recent],
        recent_seconds=busy[place] - busy[recent],
        last_wait=last_wait,
        calls_in_half_hour=counted[place] - counted[half] if whole else None,
        realised=wait,
    )

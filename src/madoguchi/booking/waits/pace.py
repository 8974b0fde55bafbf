"""How fast each queue of a log moves (列の進み方), learned on whole days: effective seconds for each number called.

1. The shape of a queue's day: how fast numbers are called in each half hour while people wait, against the usual (fewer at
   noon, none while it is closed). A queue leans on its office, an office on an even day.
2. The pace of a queue: the median of wait by place, recent days weighing more, waits measured along the shape. It leans on
   the declared minutes and the whole log while there are few waits.
3. How far the shape counts, how much more desks help, how far today's last hour is believed: chosen from a few values by
   leaving each day out in turn. No day that is tested on is looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, product
from statistics import median
from typing import TypeVar

from madoguchi.booking.waits.virtual import SLOT_SECONDS, Flow, VirtualCustomer

LEANS_ON_ABOVE = 12.0
HALF_LIFE_DAYS = 7.0
SHAPE_CALLS = 15.0
SLOWEST, FASTEST = 0.05, 3.0
SHAPE_POWERS = (0.0, 0.5, 1.0)
DESK_POWERS = (0.0, 0.35, 0.7, 1.0)
TODAY_BELIEVED = (0.0, 0.5, 1.0)
TODAY_PRIOR_CALLS = 12.0
LONGEST_PACE = 3600.0
SLOTS = 48
DAY_SECONDS = SLOT_SECONDS * SLOTS
FOLDS = 6

Key = tuple[str, str]
K = TypeVar("K")
Shape = tuple[float, ...]
EVEN: Shape = (1.0,) * SLOTS


@dataclass(frozen=True, slots=True)
class PaceChoice:
    """How far the shape of the day, the desks and today's last hour count (進み方の選び方)."""

    shape: float
    desks: float
    today: float


@dataclass(frozen=True, slots=True)
class Clock:
    """A queue's day along its shape (列の時計): effective seconds passed at the beginning of each half hour."""

    passed: tuple[float, ...]

    def at(self, second: float) -> float:
        """Effective seconds from midnight to a second of the day; beyond midnight as on an even day."""
        if second >= DAY_SECONDS:
            return self.passed[-1] + second - DAY_SECONDS
        slot = int(second // SLOT_SECONDS)
        share = second / SLOT_SECONDS - slot
        return self.passed[slot] + share * (self.passed[slot + 1] - self.passed[slot])

    def after(self, second: float, effective: float) -> float:
        """Seconds of the wall until that many effective seconds have passed after `second`."""
        wanted = self.at(second) + effective
        if wanted >= self.passed[-1]:
            return DAY_SECONDS + wanted - self.passed[-1] - second
        slot = bisect_right(self.passed, wanted) - 1
        share = (wanted - self.passed[slot]) / (self.passed[slot + 1] - self.passed[slot])
        return (slot + share) * SLOT_SECONDS - second


@dataclass(frozen=True, slots=True)
class QueuePace:
    """How fast each queue moves (列の進み方). `declared`: effective seconds for each declared minute."""

    choice: PaceChoice
    seconds: Mapping[Key, float] = field(default_factory=dict)
    desks: Mapping[Key, float] = field(default_factory=dict)
    clocks: Mapping[Key, Clock] = field(default_factory=dict)
    offices: Mapping[str, Clock] = field(default_factory=dict)
    office: Mapping[str, float] = field(default_factory=dict)
    whole: float = 600.0
    declared: float | None = None

    def work(self, one: VirtualCustomer) -> float:
        """The seconds until this customer is called, as far as the pace tells."""
        key = (one.office, one.queue)
        clock = self.clock(key)
        pace = self.seconds.get(key)
        if pace is None and one.minutes is not None and self.declared is not None:
            pace = one.minutes * self.declared
        if pace is None:
            pace = self.office.get(one.office, self.whole)
        usual = self.desks.get(key)
        if usual is not None:
            pace *= (usual / one.desks) ** self.choice.desks
        second = one.at % DAY_SECONDS
        if self.choice.today and one.recent_seconds > 0:
            recent = (clock.at(second) - clock.at(max(0.0, second - 3600))) / 3600 * one.recent_seconds
            seen = (pace * TODAY_PRIOR_CALLS + recent) / (TODAY_PRIOR_CALLS + one.recent_calls)
            pace = pace ** (1 - self.choice.today) * seen**self.choice.today
        return clock.after(second, (one.ahead + 1) * min(pace, LONGEST_PACE))

    def clock(self, key: Key) -> Clock:
        """The clock of a queue; its office's or an even one for a queue never seen."""
        return self.clocks.get(key) or self.offices.get(key[0]) or _clock(EVEN, 0.0)


def learn_pace(customers: Sequence[VirtualCustomer], flow: Sequence[Flow]) -> QueuePace:
    """The pace of every queue, with the choices made by leaving each day out in turn."""
    choices = [PaceChoice(*one) for one in product(SHAPE_POWERS, DESK_POWERS, TODAY_BELIEVED)]
    folds = [_Fold(customers, flow, held) for held in _folds(customers)]
    if not folds:
        return _pace(customers, flow, PaceChoice(0.5, 0.0, 0.5))
    return _pace(customers, flow, min(choices, key=lambda choice: sum(one.missed(choice) for one in folds)))


def out_of_fold(
    customers: Sequence[VirtualCustomer], flow: Sequence[Flow], choice: PaceChoice
) -> list[tuple[VirtualCustomer, float]]:
    """Every customer with the work that days other than their own tell."""
    folds = _folds(customers)
    if not folds:
        pace = _pace(customers, flow, choice)
        return [(one, pace.work(one)) for one in customers]
    found = []
    for held in folds:
        fold = _Fold(customers, flow, held)
        pace = fold.pace(choice)
        found += [(one, pace.work(one)) for one in fold.held]
    return found


def _folds(customers: Iterable[VirtualCustomer]) -> list[frozenset[int]]:
    """The days in turn in a few groups; none where there is only one day."""
    days = sorted({one.day for one in customers})
    count = min(FOLDS, len(days))
    return [frozenset(days[place::count]) for place in range(count)] if count > 1 else []


class _Fold:
    """Some days held out, the pace learned on the others."""

    def __init__(
        self, customers: Sequence[VirtualCustomer], flow: Sequence[Flow], held: frozenset[int]
    ) -> None:
        self.held = [one for one in customers if one.day in held]
        self._others = [one for one in customers if one.day not in held]
        self._flow = [one for one in flow if one.day not in held]
        self._by_shape: dict[float, QueuePace] = {}

    def pace(self, choice: PaceChoice) -> QueuePace:
        if choice.shape not in self._by_shape:
            self._by_shape[choice.shape] = _pace(self._others, self._flow, choice)
        return replace(self._by_shape[choice.shape], choice=choice)

    def missed(self, choice: PaceChoice) -> float:
        pace = self.pace(choice)
        return sum(abs(pace.work(one) - one.realised) for one in self.held)


def _pace(customers: Sequence[VirtualCustomer], flow: Sequence[Flow], choice: PaceChoice) -> QueuePace:
    shapes, office_shapes = _shapes(flow)
    bare = QueuePace(
        choice,
        clocks={key: _clock(one, choice.shape) for key, one in shapes.items()},
        offices={key: _clock(one, choice.shape) for key, one in office_shapes.items()},
    )
    newest = max((one.day for one in customers), default=0)
    paces = [(one, _place_pace(one, bare)) for one in customers]
    whole = median([pace for _, pace in paces]) if paces else 600.0
    against = [pace / one.minutes for one, pace in paces if one.minutes]
    declared = median(against) if against else None
    office = {
        name: _leaning(there, whole, newest)
        for name, there in _grouped(paces, lambda one: one.office).items()
    }
    seconds, desks = {}, {}
    for key, there in _grouped(paces, lambda one: (one.office, one.queue)).items():
        said = next((one.minutes for one, _ in there if one.minutes), None)
        above = office[key[0]] if said is None or declared is None else said * declared
        seconds[key] = _leaning(there, above, newest)
        desks[key] = sum(one.desks for one, _ in there) / len(there)
    return replace(bare, seconds=seconds, desks=desks, office=office, whole=whole, declared=declared)


def _shapes(flow: Iterable[Flow]) -> tuple[dict[Key, Shape], dict[str, Shape]]:
    """How fast numbers were called in each half hour against the usual of the queue, by queue and by office."""
    calls: dict[Key, list[float]] = defaultdict(lambda: [0.0] * SLOTS)
    seconds: dict[Key, list[float]] = defaultdict(lambda: [0.0] * SLOTS)
    for one in flow:
        calls[one.office, one.queue][one.slot] += one.calls
        seconds[one.office, one.queue][one.slot] += one.seconds
    expected = {
        key: [there * sum(calls[key]) / max(sum(seconds[key]), 1.0) for there in seconds[key]]
        for key in calls
    }
    office_calls: dict[str, list[float]] = defaultdict(lambda: [0.0] * SLOTS)
    office_expected: dict[str, list[float]] = defaultdict(lambda: [0.0] * SLOTS)
    for key in calls:
        for slot in range(SLOTS):
            office_calls[key[0]][slot] += calls[key][slot]
            office_expected[key[0]][slot] += expected[key][slot]
    offices = {name: _against(office_calls[name], office_expected[name], EVEN) for name in office_calls}
    return {key: _against(calls[key], expected[key], offices[key[0]]) for key in calls}, offices


def _against(calls: Sequence[float], expected: Sequence[float], above: Shape) -> Shape:
    return tuple(
        min(FASTEST, max(SLOWEST, (called + SHAPE_CALLS * usual) / (wanted + SHAPE_CALLS)))
        for called, wanted, usual in zip(calls, expected, above, strict=True)
    )


def _clock(shape: Shape, power: float) -> Clock:
    return Clock(tuple(accumulate((one**power * SLOT_SECONDS for one in shape), initial=0.0)))


def _grouped(
    paces: Sequence[tuple[VirtualCustomer, float]], key: Callable[[VirtualCustomer], K]
) -> dict[K, list[tuple[VirtualCustomer, float]]]:
    found: dict[K, list[tuple[VirtualCustomer, float]]] = defaultdict(list)
    for one, pace in paces:
        found[key(one)].append((one, pace))
    return found


def _place_pace(one: VirtualCustomer, along: QueuePace) -> float:
    """Effective seconds for each number until this customer was called."""
    clock, second = along.clock((one.office, one.queue)), one.at % DAY_SECONDS
    return max(clock.at(second + one.realised) - clock.at(second), 1.0) / (one.ahead + 1)


def _leaning(paces: Sequence[tuple[VirtualCustomer, float]], above: float, newest: int) -> float:
    """The median, recent days weighing more, as far as there are waits; the rest from above, in proportion."""
    weighed = sorted((pace, 0.5 ** ((newest - one.day) / HALF_LIFE_DAYS)) for one, pace in paces)
    left, at = sum(weight for _, weight in weighed) / 2, 0
    while at < len(weighed) - 1 and weighed[at][1] < left:
        left -= weighed[at][1]
        at += 1
    share = len(weighed) / (len(weighed) + LEANS_ON_ABOVE)
    return float(weighed[at][0] ** share * above ** (1 - share))

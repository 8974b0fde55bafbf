"""Scoring the predictor on a log of queues that it has never seen (待ち列の記録での成績).

Learned on the earlier days, tested on the last 30 % of the days: by day, never by row. The band is set on days left out
in turn (conformalised quantiles, Romano, Patterson and Candès 2019), then used on the last days as it is. Beside it, on
exactly the same customers: the constant mean, queue × declared minutes / desks, the last wait that ended (LES), and the
throughput of the last half hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from madoguchi.booking.waits.learned import GRACE_SECONDS, LearnedWaits, cells_from
from madoguchi.booking.waits.pace import PaceChoice, QueuePace, learn_pace, out_of_fold
from madoguchi.booking.waits.scoring import HIGH, LOW, Guess, WaitScore, quantile, score
from madoguchi.booking.waits.virtual import Flow, VirtualCustomer, VirtualCustomers

TESTED_SHARE = 0.30
EVERY = 5
ENOUGH_CUSTOMERS = 1000
METHODS = {
    "madoguchi": "この製品の予想",
    "constant_mean": "いつも平均",
    "declared": "待ち人数×届出所要分÷席",
    "les": "直前の人の待ち（LES）",
    "throughput": "直近30分の進み",
}


class TooLittle(ValueError):
    """The log is too small to learn on some days and test on others. The sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class LogScore:
    """The figures on a log (待ち列の記録での成績): days learned on and tested on, and each method on the same customers."""

    learned_days: tuple[date, ...]
    tested_days: tuple[date, ...]
    learned: int
    tested: int
    every: int
    methods: dict[str, WaitScore]
    by_queue: dict[str, dict[str, WaitScore]]
    by_hour: dict[str, dict[str, WaitScore]]
    choice: PaceChoice


@dataclass(frozen=True, slots=True)
class BandPredictor:
    """What was learned of a log (列の予想): the pace of each queue, how it misses, and how far the band is moved."""

    pace: QueuePace
    misses: LearnedWaits
    below: float = 0.0
    above: float = 0.0

    def guess(self, one: VirtualCustomer) -> Guess:
        """The band and its middle for one customer, in minutes, beside what came."""
        return self._guess(one, self.pace.work(one))

    def _guess(self, one: VirtualCustomer, work: float) -> Guess:
        low, middle, high = self.bounds(one, work)
        scale = work + GRACE_SECONDS
        low, high = low - self.below * scale, high + self.above * scale
        return Guess(
            told=middle / 60,
            realised=one.realised / 60,
            low=max(0.0, min(low, middle)) / 60,
            high=max(high, middle) / 60,
        )

    def bounds(self, one: VirtualCustomer, work: float) -> tuple[float, float, float]:
        """Low, middle and high in seconds, before the band is moved."""
        misses = self.misses.misses(f"{one.office}/{one.queue}", one.ahead, hour_of(one))
        low, middle, high = (max(0.0, work + miss * (work + GRACE_SECONDS)) for miss in misses)
        return low, middle, high


def score_log(found: VirtualCustomers) -> LogScore:
    """Learn on the earlier days, test on the last. Raises TooLittle."""
    customers = found.customers
    days = sorted({one.day for one in customers})
    if len(days) < 2:
        raise TooLittle(
            f"待った人のいる日が{len(days)}日しかありません。学ぶ日と試す日に分けるため、2日以上の記録を渡してください。"
        )
    tested_days = days[-max(1, round(len(days) * TESTED_SHARE)) :]
    chosen, every = _thinned(customers)
    earlier = [one for one in chosen if one.day < tested_days[0]]
    later = [one for one in chosen if one.day >= tested_days[0]]
    if not earlier or not later:
        raise TooLittle("学ぶ日か試す日に、待った人がいません。もっと長い期間の記録を渡してください。")
    predictor = learn_predictor(earlier, [one for one in found.flow if one.day < tested_days[0]])
    guesses = {"madoguchi": [predictor.guess(one) for one in later], **_baselines(earlier, later)}
    return LogScore(
        learned_days=tuple(date.fromordinal(one) for one in days if one < tested_days[0]),
        tested_days=tuple(date.fromordinal(one) for one in tested_days),
        learned=len(earlier),
        tested=len(later),
        every=every,
        methods={name: made for name, there in guesses.items() if (made := score(there)) is not None},
        by_queue=_parts(later, guesses, lambda one: " ".join(filter(None, (one.office, one.queue)))),
        by_hour=_parts(later, guesses, lambda one: f"{hour_of(one):02}"),
        choice=predictor.pace.choice,
    )


def learn_predictor(customers: Sequence[VirtualCustomer], flow: Sequence[Flow]) -> BandPredictor:
    """What whole days tell; the band is moved so far that on days left out one in five lies outside."""
    pace = learn_pace(customers, flow)
    left_out = out_of_fold(customers, flow, pace.choice)
    days = sorted({one.day for one, _ in left_out})
    below: list[float] = []
    above: list[float] = []
    for held in [frozenset(days[place::3]) for place in range(min(3, len(days)))]:
        others = [pair for pair in left_out if pair[0].day not in held] or left_out
        predictor = BandPredictor(pace, _misses(others))
        for one, work in left_out:
            if one.day in held:
                low, _, high = predictor.bounds(one, work)
                below.append((low - one.realised) / (work + GRACE_SECONDS))
                above.append((one.realised - high) / (work + GRACE_SECONDS))
    return BandPredictor(
        pace, _misses(left_out), quantile(sorted(below), 1 - LOW), quantile(sorted(above), HIGH)
    )


def hour_of(one: VirtualCustomer) -> int:
    """The hour of the office's clock."""
    return datetime.fromtimestamp(one.at, UTC).hour


def _misses(worked: Sequence[tuple[VirtualCustomer, float]]) -> LearnedWaits:
    cells = cells_from(
        (f"{one.office}/{one.queue}", one.ahead, hour_of(one), work, one.realised, 1.0)
        for one, work in worked
    )
    return LearnedWaits(cells=cells)


def _thinned(customers: Sequence[VirtualCustomer]) -> tuple[list[VirtualCustomer], int]:
    """Every fifth of each queue's customers, who else would overlap in time; all of them where that leaves few."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    found = []
    for one in customers:
        if seen[one.office, one.queue] % EVERY == 0:
            found.append(one)
        seen[one.office, one.queue] += 1
    return (found, EVERY) if len(found) >= ENOUGH_CUSTOMERS else (list(customers), 1)


def _baselines(
    earlier: Sequence[VirtualCustomer], later: Sequence[VirtualCustomer]
) -> dict[str, list[Guess]]:
    mean = sum(one.realised for one in earlier) / len(earlier)
    declared = [one.minutes for one in earlier if one.minutes]
    usual = sum(declared) / len(declared) if declared else None

    def by_declared(one: VirtualCustomer) -> float:
        minutes = one.minutes or usual
        return mean if minutes is None else one.ahead * minutes * 60 / one.desks

    def by_throughput(one: VirtualCustomer) -> float:
        return mean if not one.calls_in_half_hour else (one.ahead + 1) * 1800 / one.calls_in_half_hour

    methods: dict[str, Callable[[VirtualCustomer], float]] = {
        "constant_mean": lambda one: mean,
        "declared": by_declared,
        "les": lambda one: mean if one.last_wait is None else one.last_wait,
        "throughput": by_throughput,
    }
    return {
        name: [Guess(told(one) / 60, one.realised / 60) for one in later] for name, told in methods.items()
    }


def _parts(
    later: Sequence[VirtualCustomer],
    guesses: dict[str, list[Guess]],
    key: Callable[[VirtualCustomer], str],
) -> dict[str, dict[str, WaitScore]]:
    found: dict[str, dict[str, list[Guess]]] = defaultdict(lambda: defaultdict(list))
    for place, one in enumerate(later):
        for name, there in guesses.items():
            found[key(one)][name].append(there[place])
    return {
        part: {name: made for name, there in methods.items() if (made := score(there)) is not None}
        for part, methods in sorted(found.items())
    }

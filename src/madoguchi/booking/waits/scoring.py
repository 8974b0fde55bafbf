"""How true what was told was (予想の正しさ). Only the first estimate told to a person counts; days are never cut in two.

All figures in minutes. Whoever left before being called (censored) is in no figure but counted beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from madoguchi.booking.waits.values import ToldWait

TOO_LITTLE_MINUTES = 10.0
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess beside what came, in minutes (予想と実際). A method that tells no band has none."""

    told: float
    realised: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class WaitScore:
    """The figures of one method over some waits (予想の成績), in minutes; shares of 1.

    `bias`: told less realised. `too_little`: the share told more than ten minutes too little, the side that does harm.
    `coverage`: the share within the band. `pinball`: the loss of the three quantiles together, lower is better.
    """

    count: int
    mean_wait: float
    mae: float
    median: float
    p90: float
    bias: float
    too_little: float
    coverage: float | None
    width: float | None
    pinball: float | None


def score(guesses: Sequence[Guess]) -> WaitScore | None:
    """The figures over these guesses; None when there are none."""
    if not guesses:
        return None
    misses = sorted(abs(one.told - one.realised) for one in guesses)
    count = len(guesses)
    bands = [(one, one.low, one.high) for one in guesses if one.low is not None and one.high is not None]
    return WaitScore(
        count=count,
        mean_wait=sum(one.realised for one in guesses) / count,
        mae=sum(misses) / count,
        median=quantile(misses, 0.5),
        p90=quantile(misses, 0.9),
        bias=sum(one.told - one.realised for one in guesses) / count,
        too_little=sum(one.realised - one.told > TOO_LITTLE_MINUTES for one in guesses) / count,
        coverage=sum(low <= one.realised <= high for one, low, high in bands) / len(bands) if bands else None,
        width=sum(high - low for _, low, high in bands) / len(bands) if bands else None,
        pinball=sum(
            pinball(low, one.realised, LOW)
            + pinball(one.told, one.realised, MIDDLE)
            + pinball(high, one.realised, HIGH)
            for one, low, high in bands
        )
        / len(bands)
        if bands
        else None,
    )


def quantile(ordered: Sequence[float], level: float) -> float:
    """The value at a level of a sorted sequence, between two where the level lies between them."""
    place = level * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def pinball(told: float, realised: float, level: float) -> float:
    """The loss of a quantile: too little weighs `level`, too much the rest."""
    return level * (realised - told) if realised >= told else (1 - level) * (told - realised)


def guess_of(one: ToldWait) -> Guess | None:
    """What was told beside what came; None for one who left before."""
    if one.realised is None:
        return None
    told = one.estimate
    return Guess(told.middle / 60, one.realised / 60, told.low / 60, told.high / 60)


@dataclass(frozen=True, slots=True)
class ScoredWaits:
    """The figures of all and of their parts, with those who left before being called."""

    whole: WaitScore | None
    censored: int
    by_service: dict[str, WaitScore]
    by_hour: dict[str, WaitScore]
    by_kind: dict[str, WaitScore]


def scored(told: Sequence[ToldWait], local: Callable[[datetime], datetime]) -> ScoredWaits:
    """The figures of first estimates, whole and by service, hour (as `local` says) and booking or walk-in."""

    def parts(key: Callable[[ToldWait], str]) -> dict[str, WaitScore]:
        found: dict[str, list[Guess]] = defaultdict(list)
        for one in told:
            guess = guess_of(one)
            if guess is not None:
                found[key(one)].append(guess)
        return {name: made for name in sorted(found) if (made := score(found[name])) is not None}

    return ScoredWaits(
        whole=score(_guesses(told)),
        censored=sum(one.realised is None for one in told),
        by_service=parts(lambda one: one.service),
        by_hour=parts(lambda one: f"{local(one.told_at).hour:02}"),
        by_kind=parts(lambda one: "booked" if one.booked else "walk_in"),
    )


def _guesses(told: Iterable[ToldWait]) -> list[Guess]:
    return [guess for one in told if (guess := guess_of(one)) is not None]

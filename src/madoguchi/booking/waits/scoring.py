"""How good the promises were (見込みの当たり外れ): errors, the harmful side, and whether the band kept its word."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from madoguchi.booking.waits.bands import HIGH, LOW, Band

TOO_LITTLE_MINUTES = 10.0


@dataclass(frozen=True, slots=True)
class Promise:
    """What was told first, and what came true, in minutes. A point without a band has `low` and `high` alike."""

    told: Band
    waited: float


@dataclass(frozen=True, slots=True)
class Score:
    """Of `count` promises, in minutes: mean, median and 90% absolute error; `bias` above zero: told too much.

    `too_little`: share told more than ten minutes too little; `covered`: share within the band; `width`: of the band;
    `pinball`: mean loss of the two ends of the band.
    """

    count: int
    mean_error: float
    median_error: float
    p90_error: float
    bias: float
    too_little: float
    covered: float
    width: float
    pinball: float


def point(minutes: float) -> Band:
    """A promise without a band."""
    return Band(minutes, minutes, minutes)


def score(promises: Sequence[Promise]) -> Score | None:
    """The score of promises; None without any."""
    if not promises:
        return None
    errors = sorted(abs(one.told.middle - one.waited) for one in promises)
    return Score(
        count=len(promises),
        mean_error=fmean(errors),
        median_error=median(errors),
        p90_error=errors[min(len(errors) - 1, int(0.9 * len(errors)))],
        bias=fmean(one.told.middle - one.waited for one in promises),
        too_little=fmean(one.waited - one.told.middle > TOO_LITTLE_MINUTES for one in promises),
        covered=fmean(one.told.low <= one.waited <= one.told.high for one in promises),
        width=fmean(one.told.high - one.told.low for one in promises),
        pinball=fmean(
            _pinball(LOW, one.told.low, one.waited) + _pinball(HIGH, one.told.high, one.waited)
            for one in promises
        )
        / 2,
    )


def by_group(
    promises: Iterable[tuple[Hashable, Promise]], name: Callable[[Hashable], str] = str, *, least: int = 1
) -> Mapping[str, Score]:
    """The score of each group with at least `least` promises, by name."""
    groups: dict[Hashable, list[Promise]] = {}
    for key, one in promises:
        groups.setdefault(key, []).append(one)
    found = {name(key): score(members) for key, members in groups.items() if len(members) >= least}
    return {key: one for key, one in sorted(found.items()) if one is not None}


def _pinball(share: float, told: float, came: float) -> float:
    return (share if came >= told else share - 1) * (came - told)

"""How true the estimates were (予想の当たり具合), for a page that anyone may see. Groups of few people are not shown.

Only the first estimate told to a person counts; who left before being called is counted, and scored nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from madoguchi.booking.learning import told_waits
from madoguchi.booking.offering import offer
from madoguchi.booking.waits.bands import Band
from madoguchi.booking.waits.learned import JAPAN
from madoguchi.booking.waits.scoring import Promise, Score, by_group, score
from madoguchi.booking.waits.values import ToldWait

DAYS_SHOWN = 30
LEAST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class DayAccuracy:
    """One day of estimates (その日の当たり具合): `score` is None where too few people waited to be shown."""

    day: date
    score: Score | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How true the estimates of some days were (予想の当たり具合). `whole`: None when too few people were told anything.

    `left`: how many left before being called; None where that is too few to be shown.
    """

    first: date
    last: date
    whole: Score | None
    left: int | None
    days: tuple[DayAccuracy, ...]
    by_service: dict[str, Score]
    by_hour: dict[str, Score]
    by_kind: dict[str, Score]


def accuracy(*, today: date, days: int = DAYS_SHOWN) -> Accuracy:
    """The figures of the last `days` days before today, over all branches."""
    first = today - timedelta(days=days)
    told = told_waits(since=first, until=today)
    promises = [(one, _promise(one)) for one in told if one.realised is not None]
    names = {one.key: one.name for one in offer().services}
    left = sum(one.realised is None for one in told)

    def groups(key: Callable[[ToldWait], str]) -> dict[str, Score]:
        return dict(by_group(((key(one), promise) for one, promise in promises), least=LEAST_SHOWN))

    by_day: dict[date, list[Promise]] = {}
    for one, promise in promises:
        by_day.setdefault(one.told_at.astimezone(JAPAN).date(), []).append(promise)
    return Accuracy(
        first=first,
        last=today - timedelta(days=1),
        whole=_if_enough([promise for _, promise in promises]),
        left=left if left == 0 or left >= LEAST_SHOWN else None,
        days=tuple(DayAccuracy(day, _if_enough(there)) for day, there in sorted(by_day.items())),
        by_service=groups(lambda one: names.get(one.service, one.service)),
        by_hour=groups(lambda one: f"{one.told_at.astimezone(JAPAN).hour:02}"),
        by_kind=groups(lambda one: "booked" if one.booked else "walk_in"),
    )


def _promise(one: ToldWait) -> Promise:
    told = one.estimate
    return Promise(Band(told.low / 60, told.middle / 60, told.high / 60), (one.realised or 0.0) / 60)


def _if_enough(promises: Sequence[Promise]) -> Score | None:
    return score(promises) if len(promises) >= LEAST_SHOWN else None

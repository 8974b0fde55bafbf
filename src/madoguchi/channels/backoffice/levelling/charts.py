"""Demand as drawings: where each bar and its band go, in the units of an SVG of 720 × 260. The table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.booking.levelling.demand import DayDemand
from madoguchi.booking.levelling.roster import words
from madoguchi.channels.backoffice.chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Mark
from madoguchi.jp.wareki import format_wareki_short

MOST_LABELS = 9
WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its corner and size, and the line from the low to the high end of its band."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DemandChart:
    """The drawing of several counts with their bands, and desks as steps ("" where there are none)."""

    bars: tuple[Bar, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    steps: str


def day_chart(demand: DayDemand, desks: Sequence[int] = ()) -> DemandChart:
    """A day by quarter-hour, with desks as steps in the same unit (people, desks)."""
    labels = [words(one.quarter) if one.quarter % 4 == 0 else "" for one in demand.quarters]
    counts = [(one.band.expected, one.band.low, one.band.high) for one in demand.quarters]
    return _chart(counts, labels, desks)


def week_chart(days: Sequence[DayDemand]) -> DemandChart:
    """Several days by their totals."""
    labels = [
        f"{format_wareki_short(one.day).split('.', 1)[1]} {WEEKDAYS[one.day.weekday()]}" for one in days
    ]
    return _chart([(one.total.expected, one.total.low, one.total.high) for one in days], labels, ())


def _chart(
    counts: Sequence[tuple[float, int, int]], labels: Sequence[str], desks: Sequence[int]
) -> DemandChart:
    most = max([1.0, *(max(one) for one in counts), *desks])
    step = (WIDTH - LEFT - RIGHT) / max(len(counts), 1)

    def height(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most, 1)

    bars = []
    for place, (expected, low, high) in enumerate(counts):
        x = LEFT + place * step
        y = height(expected)
        bars.append(
            Bar(
                round(x + step * 0.15, 1), y, round(step * 0.7, 1), round(HEIGHT - BOTTOM - y, 1),
                round(x + step / 2, 1), height(low), height(high),
            )
        )  # fmt: skip
    across = tuple(
        Mark(round(LEFT + (place + 0.5) * step, 1), HEIGHT - BOTTOM + 20, text)
        for place, text in enumerate(labels)
        if text
    )
    values = sorted({0, round(most / 2), round(most)})
    up = tuple(Mark(LEFT - 8, height(value), f"{value:,}") for value in values)
    edges = [
        f"{round(LEFT + (place + side) * step, 1)},{height(count)}"
        for place, count in enumerate(desks)
        for side in (0, 1)
    ]
    return DemandChart(tuple(bars), across, up, " ".join(edges))

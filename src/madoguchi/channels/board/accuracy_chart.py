"""The accuracy of each day as one drawing: where each bar goes, in the units of an SVG of 720 × 260. The table says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from madoguchi.booking.accuracy import DayAccuracy

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 40
MOST_LABELS = 8
LEAST_TOP = 10.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar: where, how high, and the label under it ("" for none)."""

    x: float
    y: float
    width: float
    height: float
    label_x: float
    label: str


@dataclass(frozen=True, slots=True)
class LevelMark:
    """A line across at so many minutes."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class AccuracyChart:
    """The drawing: a bar for each day that is shown, and the minutes beside it."""

    bars: tuple[Bar, ...]
    marks: tuple[LevelMark, ...]
    base: int = HEIGHT - BOTTOM


def accuracy_chart(days: Sequence[DayAccuracy]) -> AccuracyChart | None:
    """The mean error of each day; None when there is no day to draw."""
    shown = [(one.day, one.score.mean_error) for one in days if one.score is not None]
    if not shown:
        return None
    most = max(LEAST_TOP, *(minutes for _, minutes in shown))
    top = -(-most // 10) * 10
    step = (WIDTH - LEFT - RIGHT) / len(shown)
    every = max(1, -(-len(shown) // MOST_LABELS))
    marks = tuple(LevelMark(_y(level, top), f"{level:.0f}") for level in (0.0, top / 2, top))
    return AccuracyChart(tuple(_bar(place, *one, step, top, every) for place, one in enumerate(shown)), marks)


def _bar(place: int, day: date, minutes: float, step: float, top: float, every: int) -> Bar:
    width = min(step * 0.7, 48.0)
    middle = LEFT + (place + 0.5) * step
    y = _y(minutes, top)
    label = f"{day.month}/{day.day}" if place % every == 0 else ""
    return Bar(
        round(middle - width / 2, 1),
        y,
        round(width, 1),
        round(HEIGHT - BOTTOM - y, 1),
        round(middle, 1),
        label,
    )


def _y(minutes: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * minutes / top, 1)

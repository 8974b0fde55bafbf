"""The burn-up as one drawing: where each line goes, in the units of an SVG of 720 × 260. The table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.catalogue.inventory.plan import BurnUpPoint

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 40
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an axis: where, and its text."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing: lines as points of a polyline, labels of both axes, and the rows of the table."""

    planned: str
    done: str
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    points: tuple[BurnUpPoint, ...]


def burn_up_chart(points: Sequence[BurnUpPoint], total: int) -> Chart | None:
    """The drawing of a burn-up; None when there is nothing to draw."""
    if not points or not total:
        return None
    most = max(total, *(one.planned for one in points), *(one.done or 0 for one in points))
    step = (WIDTH - LEFT - RIGHT) / max(len(points) - 1, 1)

    def place(at: int, count: int) -> tuple[float, float]:
        return round(LEFT + at * step, 1), round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / most, 1)

    def drawn(counts: Sequence[int]) -> str:
        return " ".join(f"{x},{y}" for x, y in (place(at, count) for at, count in enumerate(counts)))

    every = max(1, -(-len(points) // MOST_LABELS))
    across = tuple(
        Mark(place(at, 0)[0], HEIGHT - BOTTOM + 20, one.quarter.short)
        for at, one in enumerate(points)
        if at % every == 0
    )
    up = tuple(Mark(LEFT - 8, place(0, count)[1], f"{count:,}") for count in sorted({0, most // 2, most}))
    return Chart(
        drawn([one.planned for one in points]),
        drawn([one.done for one in points if one.done is not None]),
        across,
        up,
        tuple(points),
    )

"""When each procedure goes online: quarters filled by capacity, and the burn-up that says how far it got.

Easier steps come first, and within a step what saves residents most hours; days of work that do not fit in a quarter go on
in the next. What waits for the law is planned last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from madoguchi.jp.wareki import Era, era_of

FARTHEST_YEARS = 30


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a fiscal year (年度の四半期): the first is April to June."""

    fiscal_year: int
    number: int

    def __str__(self) -> str:
        return f"{self.fiscal_year}Q{self.number}"

    @property
    def next(self) -> Quarter:
        return (
            Quarter(self.fiscal_year + 1, 1)
            if self.number == 4
            else Quarter(self.fiscal_year, self.number + 1)
        )

    def after(self, quarters: int) -> Quarter:
        """The quarter so many later."""
        place = self.fiscal_year * 4 + self.number - 1 + quarters
        return Quarter(place // 4, place % 4 + 1)

    @property
    def label(self) -> str:
        """As an office says it."""
        months = ("4〜6月", "7〜9月", "10〜12月", "1〜3月")[self.number - 1]
        era, year = self._era_year
        return f"{era.name}{year}年度 {months}"

    @property
    def short(self) -> str:
        """As it stands below a chart."""
        era, year = self._era_year
        return f"{era.kanji}{year}年度{'①②③④'[self.number - 1]}"

    @property
    def _era_year(self) -> tuple[Era, str]:
        first = date(self.fiscal_year, 4, 1)
        era = era_of(first)
        year = first.year - era.first.year + 1
        return era, "元" if year == 1 else str(year)


def quarter_of(day: date) -> Quarter:
    """The quarter in which a day falls."""
    return Quarter(day.year - (day.month < 4), (day.month - 4) % 12 // 3 + 1)


def quarter_from(text: str) -> Quarter | None:
    """Read "2026Q3"; None when it is none."""
    year, _q, number = text.strip().upper().partition("Q")
    if len(year) == 4 and year.isascii() and year.isdigit() and number in ("1", "2", "3", "4"):
        return Quarter(int(year), int(number))
    return None


@dataclass(frozen=True, slots=True)
class Work:
    """A procedure to be planned: number, step, working days, and residents' hours saved a year (None: unknown)."""

    number: str
    step: int
    days: int
    saved_hours: float | None


def order_of(works: Iterable[Work]) -> list[Work]:
    """Easier first; within a step most hours saved first; then by number."""
    return sorted(
        works, key=lambda one: (one.step, one.saved_hours is None, -(one.saved_hours or 0.0), one.number)
    )


def fill(works: Iterable[Work], *, days_a_quarter: int, first: Quarter) -> dict[str, Quarter]:
    """Give each procedure the quarter in which it is finished, by its number."""
    if days_a_quarter < 1:
        raise ValueError("1四半期に使える日数は1日以上にしてください。")
    planned: dict[str, Quarter] = {}
    spent = 0
    for one in order_of(works):
        spent += one.days
        planned[one.number] = first.after(min((spent - 1) // days_a_quarter, FARTHEST_YEARS * 4))
    return planned


@dataclass(frozen=True, slots=True)
class BurnUpPoint:
    """By the end of a quarter: how many were planned, how many are online (None: the quarter has not begun)."""

    quarter: Quarter
    planned: int
    done: int | None


def burn_up(
    planned: Mapping[str, Quarter], done: Mapping[str, date | None], *, today: date
) -> tuple[BurnUpPoint, ...]:
    """The two lines of the chart. `done` with None: online since nobody knows when, counted from the first quarter."""
    now = quarter_of(today)
    quarters: Sequence[Quarter] = [
        *planned.values(), *(quarter_of(day) for day in done.values() if day is not None), now
    ]  # fmt: skip
    first, last = min(quarters), max(quarters)
    points, quarter = [], first
    while quarter <= last:
        here = quarter
        by_plan = sum(1 for one in planned.values() if one <= here)
        online = sum(1 for day in done.values() if day is None or quarter_of(day) <= here)
        points.append(BurnUpPoint(here, by_plan, online if here <= now else None))
        quarter = quarter.next
    return tuple(points)

"""How good the forecast would have been (見込みの答え合わせ): each past day is foretold from the days before it alone.

Beside it stands what anyone would say without learning: as many as on the same weekday last week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from madoguchi.booking.levelling.demand import PastDay, demand_of, learned_from
from madoguchi.jp.open_days import OpenDays

BEFORE_DAYS = 14
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Backtest:
    """Weighted errors (Σ|actual − foretold| ÷ Σ actual) of the forecast and of last week's day, by quarter-hour and by day.

    `within`: share of the days whose total lay in the band, of which four of five should.
    """

    days: int
    by_quarter: float
    by_quarter_last_week: float
    by_day: float
    by_day_last_week: float
    within: float

    @property
    def gain(self) -> float:
        """By which share the error by quarter-hour is smaller than that of last week's day."""
        return 1 - self.by_quarter / self.by_quarter_last_week if self.by_quarter_last_week else 0.0


def backtest(
    past: Sequence[PastDay], calendar: OpenDays, *, lead_days: int = 1, last: int = 60
) -> Backtest | None:
    """Try the forecast on the last days; None with too few of them.

    `lead_days`: how long before the day the forecast is made; `last`: how many days are tried at most.
    """
    by_day = {one.day: one for one in past}
    tried = [day for day in sorted(by_day) if _weeks_before(day, by_day) is not None]
    error = error_naive = day_error = day_error_naive = actual = 0.0
    count = within = 0
    first = min(by_day, default=None)
    for day in tried[-last:]:
        assert first is not None
        as_of = day - timedelta(days=lead_days - 1)
        if (as_of - first).days < BEFORE_DAYS:
            continue
        here = by_day[day]
        before = _weeks_before(day, by_day)
        assert before is not None
        quarters = sorted(here.arrivals)
        known = here.booked if here.bookings else None
        foretold = demand_of(learned_from(past, calendar, as_of=as_of), day, quarters, calendar, booked=known)
        for one in foretold.quarters:
            came = here.arrivals[one.quarter]
            error += abs(came - one.band.expected)
            error_naive += abs(came - before.arrivals.get(one.quarter, 0))
            actual += came
        total = sum(here.arrivals.values())
        day_error += abs(total - foretold.total.expected)
        day_error_naive += abs(total - sum(before.arrivals.values()))
        within += foretold.total.low <= total <= foretold.total.high
        count += 1
    if not count or not actual:
        return None
    return Backtest(
        count,
        error / actual,
        error_naive / actual,
        day_error / actual,
        day_error_naive / actual,
        within / count,
    )


def _weeks_before(day: date, by_day: dict[date, PastDay]) -> PastDay | None:
    """The same weekday of the week before, or of the last week in which that day was open; a month is looked back."""
    for weeks in range(1, 5):
        if (found := by_day.get(day - ONE_WEEK * weeks)) is not None:
            return found
    return None

"""How many come to a lane in each quarter of an hour of a day (来庁見込み), learned from the days that were.

A day's count is level × weekday × kinds of the day; it falls on quarters by the profile of its weekday. Each factor is drawn
to 1 (each profile to that of all days) as if a few ordinary days had been seen before: with few weeks little is believed,
and every count has a band. Booked visits are known before: they are counted as they stand, times the share that comes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from madoguchi.booking.levelling.bands import Band, band
from madoguchi.booking.levelling.day_kinds import DayKind, kinds_of
from madoguchi.booking.services import Weekday
from madoguchi.jp.open_days import OpenDays

# As if so many ordinary days had been seen before anything was learned. Ours.
PRIOR_DAYS = 3.0
PRIOR_SPREAD = 0.04
PRIOR_SPREAD_DAYS = 8.0
SHOWN_OF_BOOKED, PRIOR_BOOKINGS = 0.9, 20.0
HALF_LIFE_DAYS = 56
ROUNDS = 12
FEW_DAYS = 20
UNSEEN_SPREAD = 0.1

Kind = DayKind | int
"""A weekday (0 is Monday) or a kind of day: each has its factor."""


@dataclass(frozen=True, slots=True)
class PastDay:
    """One day of a lane as it was: who came by quarter-hour, how many of them had booked, how many had booked in all."""

    day: date
    arrivals: Mapping[int, int]
    booked: Mapping[int, int] = field(default_factory=dict)
    bookings: int = 0

    @property
    def walk_ins(self) -> int:
        """Those who came without a booking."""
        return sum(self.arrivals.values()) - sum(self.booked.values())


@dataclass(frozen=True, slots=True)
class QuarterDemand:
    """One quarter-hour: expected with its band, and the part of it that is booked already."""

    quarter: int
    band: Band
    booked: float


@dataclass(frozen=True, slots=True)
class DayDemand:
    """A day's demand in a lane (来庁見込み). `unseen`: kinds of this day that no learned day had, so that nothing is known of them."""

    day: date
    quarters: tuple[QuarterDemand, ...]
    total: Band
    kinds: frozenset[DayKind]
    unseen: frozenset[DayKind]
    learned_days: int
    spread: float

    @property
    def few(self) -> bool:
        """Whether so little was learned that the band says more than the number."""
        return self.learned_days < FEW_DAYS


@dataclass(frozen=True, slots=True)
class Learned:
    """What the past days of a lane say: a level, factors, profiles, and how far days are from them."""

    level: float
    factors: Mapping[Kind, float]
    profiles: Mapping[int, Mapping[int, float]]
    profile: Mapping[int, float]
    booked_share: Mapping[int, float]
    bookings_a_day: float
    shown: float
    day_spread: float
    quarter_spread: float
    days: int
    seen: frozenset[Kind]

    def of_day(self, day: date, kinds: frozenset[DayKind]) -> float:
        """Expected walk-ins of a day."""
        expected = self.level
        own: tuple[Kind, ...] = (day.weekday(), *kinds)
        for kind in own:
            expected *= self.factors.get(kind, 1.0)
        return expected


def learned_from(past: Sequence[PastDay], calendar: OpenDays, *, as_of: date) -> Learned:
    """Learn from the days before `as_of`; later ones are left out, so that nothing is known beforehand."""
    days = sorted((one for one in past if one.day < as_of), key=lambda one: one.day)
    kinds: dict[date, tuple[Kind, ...]] = {
        one.day: (one.day.weekday(), *sorted(_kinds(one.day, calendar), key=lambda kind: kind.value))
        for one in days
    }
    weights = {one.day: 0.5 ** ((as_of - one.day).days / HALF_LIFE_DAYS) for one in days}
    level, factors = _factors(days, kinds, weights)
    profile = _profile(days, weights, None, None)
    booked_days = [one for one in days if one.bookings]
    bookings = sum(one.bookings for one in booked_days)
    came = sum(sum(one.booked.values()) for one in booked_days)
    found = Learned(
        level,
        factors,
        {
            weekday: _profile(days, weights, weekday, profile)
            for weekday in {one.day.weekday() for one in days}
        },
        profile,
        _booked_profile(days),
        sum(one.bookings for one in days) / len(days) if days else 0.0,
        (came + SHOWN_OF_BOOKED * PRIOR_BOOKINGS) / (bookings + PRIOR_BOOKINGS),
        PRIOR_SPREAD,
        PRIOR_SPREAD,
        len(days),
        frozenset(kind for one in kinds.values() for kind in one),
    )
    return _with_spread(found, days, kinds)


def demand_of(
    learned: Learned,
    day: date,
    quarters: Sequence[int],
    calendar: OpenDays,
    *,
    booked: Mapping[int, int] | None = None,
) -> DayDemand:
    """The demand of a day on the quarter-hours on which its lane serves.

    `booked`: visits booked already, by quarter-hour; None when bookings are not known, then the usual number is expected.
    """
    kinds = _kinds(day, calendar)
    walk_ins = learned.of_day(day, kinds)
    shares = _on(learned.profiles.get(day.weekday(), learned.profile), quarters)
    comes = _booked(learned, quarters, booked)
    # What is learned from few days may be wrong itself; of a kind of day that was never there nothing is known.
    wrong = (learned.day_spread + 1 / max(walk_ins, 1.0)) / (learned.days / len(Weekday) + 1)
    unsure = wrong + sum(UNSEEN_SPREAD for kind in kinds if kind not in learned.seen)
    found = tuple(
        QuarterDemand(
            quarter,
            band(
                walk_ins * shares[quarter] + comes[quarter],
                learned.quarter_spread + learned.day_spread + unsure,
            ),
            comes[quarter],
        )
        for quarter in quarters
    )
    total = sum(one.band.expected for one in found)
    return DayDemand(
        day,
        found,
        band(total, learned.day_spread + unsure),
        kinds,
        frozenset(kind for kind in kinds if kind not in learned.seen),
        learned.days,
        learned.day_spread + unsure,
    )


@lru_cache(maxsize=4096)
def _kinds(day: date, calendar: OpenDays) -> frozenset[DayKind]:
    return kinds_of(day, calendar)


def _factors(
    days: Sequence[PastDay], kinds: Mapping[date, tuple[Kind, ...]], weights: Mapping[date, float]
) -> tuple[float, dict[Kind, float]]:
    """Level and factors, fitted in turns; each factor is drawn to 1 by PRIOR_DAYS ordinary days.

    The level follows the last weeks; factors are learned from all days alike, for a season comes once a year.
    """
    if not days:
        return 0.0, {}
    factors: dict[Kind, float] = {kind: 1.0 for one in kinds.values() for kind in one}
    came = {one.day: one.walk_ins for one in days}
    whole = sum(came.values())
    with_it = {kind: [one.day for one in days if kind in kinds[one.day]] for kind in factors}
    others = {kind: [[one for one in kinds[day] if one != kind] for day in with_it[kind]] for kind in factors}
    actual = {kind: sum(came[day] for day in with_it[kind]) for kind in factors}
    for _ in range(ROUNDS):
        level = whole / sum(math.prod(factors[kind] for kind in kinds[one.day]) for one in days)
        prior = PRIOR_DAYS * level
        for kind in factors:
            expected = sum(level * math.prod([factors[one] for one in beside]) for beside in others[kind])
            factors[kind] = (actual[kind] + prior) / (expected + prior) if level > 0 else 1.0
    usual = sum(weights[one.day] * math.prod(factors[kind] for kind in kinds[one.day]) for one in days)
    return sum(weights[day] * count for day, count in came.items()) / usual, factors


def _profile(
    days: Sequence[PastDay],
    weights: Mapping[date, float],
    weekday: int | None,
    to: Mapping[int, float] | None,
) -> dict[int, float]:
    """Which share of the walk-ins comes in which quarter-hour, smoothed by its neighbours and drawn to `to`."""
    counts: dict[int, float] = {}
    seen = 0.0
    for one in days:
        if weekday is None or one.day.weekday() == weekday:
            for quarter, count in one.arrivals.items():
                alone = (count - one.booked.get(quarter, 0)) * weights[one.day]
                counts[quarter] = counts.get(quarter, 0.0) + alone
                seen += alone
    smooth = {
        quarter: 0.5 * count + 0.25 * counts.get(quarter - 1, count) + 0.25 * counts.get(quarter + 1, count)
        for quarter, count in counts.items()
    }
    whole = sum(smooth.values())
    if to is None:
        flat = 1.0
        return {quarter: (count + flat) / (whole + flat * len(smooth)) for quarter, count in smooth.items()}
    a_day = seen / max(sum(weights[one.day] for one in days if one.day.weekday() == weekday), 1e-9)
    prior = PRIOR_DAYS * max(a_day, 1.0)
    return {
        quarter: (smooth.get(quarter, 0.0) + prior * share) / (whole + prior) for quarter, share in to.items()
    }


def _booked_profile(days: Sequence[PastDay]) -> dict[int, float]:
    counts: dict[int, float] = {}
    for one in days:
        for quarter, count in one.booked.items():
            counts[quarter] = counts.get(quarter, 0.0) + count
    whole = sum(counts.values())
    return {quarter: count / whole for quarter, count in counts.items()} if whole else {}


def _on(profile: Mapping[int, float], quarters: Sequence[int]) -> dict[int, float]:
    """The profile on these quarter-hours alone; where nothing is known, evenly."""
    known = {quarter: profile.get(quarter, 0.0) for quarter in quarters}
    whole = sum(known.values())
    return {quarter: share / whole if whole else 1 / len(known) for quarter, share in known.items()}


def _booked(learned: Learned, quarters: Sequence[int], booked: Mapping[int, int] | None) -> dict[int, float]:
    """Booked visits that will come: those known, and those that are still to be made on a usual day."""
    known = {quarter: (booked or {}).get(quarter, 0) for quarter in quarters}
    still = max(0.0, learned.bookings_a_day - sum(known.values()))
    shares = _on(learned.booked_share, quarters)
    return {quarter: learned.shown * (known[quarter] + still * shares[quarter]) for quarter in quarters}


def _with_spread(
    learned: Learned, days: Sequence[PastDay], kinds: Mapping[date, tuple[Kind, ...]]
) -> Learned:
    """How much more days and quarters vary than chance alone, by moments, drawn to PRIOR_SPREAD."""
    day_excess = day_square = quarter_excess = quarter_square = 0.0
    known: dict[tuple[int, ...], dict[int, float]] = {}
    for one in days:
        expected, came = (
            learned.level * math.prod(learned.factors[kind] for kind in kinds[one.day]),
            one.walk_ins,
        )
        day_excess += (came - expected) ** 2 - expected
        day_square += expected**2
        weekday, quarters = one.day.weekday(), sorted(one.arrivals)
        shares = known.get((weekday, *quarters))
        if shares is None:
            shares = known[weekday, *quarters] = _on(learned.profiles[weekday], quarters)
        for quarter, count in one.arrivals.items():
            part = came * shares[quarter]
            quarter_excess += (count - one.booked.get(quarter, 0) - part) ** 2 - part
            quarter_square += part**2
    return Learned(
        learned.level, learned.factors, learned.profiles, learned.profile, learned.booked_share,
        learned.bookings_a_day, learned.shown,
        _spread(day_excess, day_square, len(days)), _spread(quarter_excess, quarter_square, len(days)),
        learned.days, learned.seen,
    )  # fmt: skip


def _spread(excess: float, square: float, days: int) -> float:
    if not square:
        return PRIOR_SPREAD
    seen = max(0.0, excess / square)
    return (seen * days + PRIOR_SPREAD * PRIOR_SPREAD_DAYS) / (days + PRIOR_SPREAD_DAYS)

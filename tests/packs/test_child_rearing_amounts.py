"""児童扶養手当の月額: the tables of four periods, worked out child by child, against what the pack says.

児童扶養手当法5条・9条・10条, 施行令2条の4. Full below the full limit; between the limits reduced by a rate on what exceeds
it, rounded to ten yen; nothing from the upper limit on or when a parent who lives along reaches theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest

from .benefits import attains, end_of_school_year, next_month, yen

DEPENDANT, KIN = 380_000, 2_360_000
NO_GRADE = {f"{kind}_disability_grade": "none" for kind in ("physical", "intellectual", "mental")}


@dataclass(frozen=True)
class Period:
    """The numbers of one period: full amounts, rates, and the limits without dependants."""

    first: date
    last: date
    full: tuple[int, int, int]
    rates: tuple[str, str, str]
    limits: tuple[int, int]
    least: tuple[int, int, int]  # what is left of each just below the upper limit


PERIODS = (
    Period(date(2023, 4, 1), date(2024, 3, 31), (44_140, 10_420, 6_250), ("0.0235804", "0.0036364", "0.0021748"), (490_000, 1_920_000), (10_410, 5_210, 3_130)),
    Period(date(2024, 4, 1), date(2024, 10, 31), (45_500, 10_750, 6_450), ("0.0243007", "0.0037483", "0.0022448"), (490_000, 1_920_000), (10_740, 5_380, 3_230)),
    Period(date(2024, 11, 1), date(2025, 3, 31), (45_500, 10_750, 10_750), ("0.0250000", "0.0038561", "0.0038561"), (690_000, 2_080_000), (10_740, 5_380, 5_380)),
    Period(date(2025, 4, 1), date(2026, 3, 31), (46_690, 11_030, 11_030), ("0.0256619", "0.0039568", "0.0039568"), (690_000, 2_080_000), (11_010, 5_520, 5_520)),
)  # fmt: skip


def by_hand(births: list[date], income: int, dependants: int, month: date) -> int | None:
    period = next((one for one in PERIODS if one.first <= month <= one.last), None)
    if period is None:
        return None
    children = sum(month <= end_of_school_year(birth, 18) for birth in births)
    full, part = (limit + DEPENDANT * dependants for limit in period.limits)
    if children == 0 or income >= part:
        return 0
    total = 0
    for place in range(children):
        kind = min(place, 2)
        amount = period.full[kind]
        if income >= full:
            cut = Decimal(income - full) * Decimal(period.rates[kind])
            amount -= int((cut / 10).quantize(Decimal(1), ROUND_HALF_UP)) * 10 + 10
        total += amount
    return total


def said(births: list[date], income: int, dependants: int, day: date) -> tuple[int, date | None] | None:
    parent = {
        "id": "p1",
        "birth_date": "1985-05-02",
        "relationship": "世帯主",
        "income_yen": income,
        "tax_dependants": dependants,
    }
    children = [
        {"id": f"c{number}", "birth_date": birth.isoformat(), "relationship": "子", "income_yen": 0, "tax_dependants": 0, **NO_GRADE}
        for number, birth in enumerate(births)
    ]  # fmt: skip
    return yen("child-rearing-allowance", [parent, *children], day)


@pytest.mark.parametrize("seed", range(160))
def test_a_month_of_any_period(seed: int) -> None:
    chance = Random(seed)
    day = date(2023, 3, 1) + timedelta(days=chance.randint(0, 1125))
    births = [day - timedelta(days=chance.randint(1, 6700)) for _ in range(chance.randint(1, 5))]
    dependants, income = chance.randint(0, 5), chance.choice((0, chance.randint(0, 4_500_000)))
    expected = by_hand(births, income, dependants, next_month(day))
    found = said(births, income, dependants, day)
    assert (None if found is None else found[0]) == expected


@pytest.mark.parametrize("period", PERIODS, ids=lambda one: one.first.isoformat())
@pytest.mark.parametrize("dependants", range(5))
@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize("children", [1, 2, 3, 4])
def test_incomes_around_both_limits(period: Period, dependants: int, step: int, children: int) -> None:
    day = period.last - timedelta(days=40)
    births = [date(2016, 5, number + 1) for number in range(children)]
    for limit in period.limits:
        income = limit + DEPENDANT * dependants + step
        expected = by_hand(births, income, dependants, next_month(day))
        assert said(births, income, dependants, day) == (expected, next_month(day) if expected else None) or (
            expected == 0 and said(births, income, dependants, day)[0] == 0  # type: ignore[index]  # there is an amount in these years
        )


@pytest.mark.parametrize("period", PERIODS, ids=lambda one: one.first.isoformat())
def test_what_is_published_for_both_ends_of_the_partial_amount(period: Period) -> None:
    day = period.last - timedelta(days=40)
    births = [date(2016, 5, 1), date(2017, 5, 1), date(2018, 5, 1)]
    most = tuple(amount - 10 for amount in period.full)
    full, part = period.limits
    for children in (1, 2, 3):
        assert said(births[:children], full, 0, day) == (sum(most[:children]), next_month(day))
        assert said(births[:children], part - 1, 0, day) == (sum(period.least[:children]), next_month(day))


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2025, 11, 30), date(2025, 12, 1)),
        (date(2025, 12, 1), date(2026, 1, 1)),
        (date(2025, 3, 31), date(2025, 4, 1)),
        (date(2024, 10, 31), date(2024, 11, 1)),
    ],
)
def test_it_begins_with_the_month_after_the_claim(day: date, month: date) -> None:
    found = said([date(2018, 5, 2)], 0, 0, day)
    assert found == (by_hand([date(2018, 5, 2)], 0, 0, month), month)


@pytest.mark.parametrize(("birth", "paid"), [(date(2007, 4, 1), False), (date(2007, 4, 2), True)])
def test_the_last_child_counts_up_to_the_school_year_of_18(birth: date, paid: bool) -> None:
    found = said([birth, date(2018, 5, 2)], 0, 0, date(2025, 5, 10))
    assert found == (57_720 if paid else 46_690, date(2025, 6, 1))


@pytest.mark.parametrize(("income", "paid"), [(KIN - 1, 46_690), (KIN, 0), (KIN + 1, 0)])
def test_a_grandparent_who_lives_along_and_earns_too_much(income: int, paid: int) -> None:
    people = [
        {"id": "p1", "birth_date": "1990-05-02", "relationship": "子", "income_yen": 0, "tax_dependants": 0},
        {"id": "p2", "birth_date": "2018-05-02", "relationship": "子の子"},
        {"id": "p3", "birth_date": "1960-05-02", "relationship": "世帯主", "income_yen": income, "tax_dependants": 0},
    ]  # fmt: skip
    relations = [{"kind": "parent", "of": "p1", "is": "p3"}, {"kind": "parent", "of": "p2", "is": "p1"}]
    found = yen("child-rearing-allowance", people, date(2025, 11, 10), relations=relations)
    assert found is not None
    assert found[0] == paid


def test_the_number_of_dependants_is_not_needed_below_the_lowest_limit() -> None:
    people = [
        {"id": "p1", "birth_date": "1990-05-02", "relationship": "世帯主", "income_yen": 689_999},
        {"id": "p2", "birth_date": "2018-05-02", "relationship": "子"},
    ]
    assert yen("child-rearing-allowance", people, date(2025, 11, 10)) == (46_690, date(2025, 12, 1))
    people[0] = {**people[0], "income_yen": 690_000}
    assert yen("child-rearing-allowance", people, date(2025, 11, 10)) is None


@pytest.mark.parametrize(
    ("day", "yen_"), [(date(2025, 4, 29), 46_690), (date(2025, 5, 31), 46_690), (date(2025, 6, 1), 0)]
)
def test_a_child_with_a_disability_counts_until_twenty(day: date, yen_: int) -> None:
    people = [
        {"id": "p1", "birth_date": "1985-05-02", "relationship": "世帯主", "income_yen": 0, "tax_dependants": 0},
        {"id": "p2", "birth_date": "2005-07-02", "relationship": "子", "physical_disability_grade": "2", "income_yen": 0},
    ]  # fmt: skip
    found = yen("child-rearing-allowance", people, day)
    assert found is not None
    assert found[0] == yen_


def test_a_year_that_nobody_has_confirmed_has_no_amount() -> None:
    assert said([date(2018, 5, 2)], 0, 0, date(2026, 2, 28)) == (46_690, date(2026, 3, 1))
    assert said([date(2018, 5, 2)], 0, 0, date(2026, 3, 1)) is None


def test_ages_are_of_the_statute() -> None:
    assert attains(date(2004, 2, 29), 19) == date(2023, 2, 28)

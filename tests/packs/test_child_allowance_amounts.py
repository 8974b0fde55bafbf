"""児童手当の月額: worked out by hand-written rules of the statute, child by child, against what the pack says.

児童手当法6条1項: from 2024-10 15,000 yen under three, 10,000 yen up to the end of the school year of 18, and 30,000 yen
from the third child on, counted with those up to the end of the school year of 22. Before: 15,000 under three, 10,000
(the third child on 15,000) up to primary school, 10,000 in lower secondary school, counted with those up to 18; over the
income limit 5,000 each, from 2022-06 nothing over the upper limit.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import decide
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation_file import read_situation

OPEN_DAYS = OpenDays()


def year_of_school(birth: date, age: int) -> date:
    """The 31 March that ends the school year in which somebody becomes so old (the day before the birthday)."""
    attained = birth.replace(year=birth.year + age) - timedelta(days=1)
    return date(attained.year + (attained.month > 3), 3, 31)


def by_hand(births: list[date], month: date) -> int:
    """The new law, child by child from the eldest."""
    counted = [one for one in sorted(births) if month <= year_of_school(one, 22)]
    yen = 0
    for place, one in enumerate(counted, start=1):
        if month <= year_of_school(one, 18):
            under_three = month <= one.replace(year=one.year + 3)
            yen += 30_000 if place >= 3 else 15_000 if under_three else 10_000
    return yen


def by_hand_before(births: list[date], month: date) -> int:
    """The law until September 2024, below the income limit."""
    counted = [one for one in sorted(births) if month <= year_of_school(one, 18)]
    yen = 0
    for place, one in enumerate(counted, start=1):
        if month <= one.replace(year=one.year + 3):
            yen += 15_000
        elif month <= year_of_school(one, 12):
            yen += 15_000 if place >= 3 else 10_000
        elif month <= year_of_school(one, 15):
            yen += 10_000
    return yen


def said(
    births: list[date], moved: date, planned: date, notified: date, **claimant: object
) -> tuple[int, date] | None:
    parents = {
        "p1": {"employment": "employed", "birth_date": "1980-06-01", "relationship": "世帯主", **claimant}
    }
    people = [{"id": "p1", "moves": True, **parents["p1"]}] + [
        {"id": f"c{number}", "birth_date": birth.isoformat(), "moves": True, "relationship": "子"}
        for number, birth in enumerate(births)
    ]
    pack = national_pack()
    event = {"kind": "move_in", "move_date": moved.isoformat(), "planned_move_out_date": planned.isoformat()}
    situation = read_situation(
        {"event": event, "notified_on": notified.isoformat(), "claimant": "p1", "people": people},
        {(one.holder, one.key): one for one in pack.vocabulary},
    )
    (found,) = (
        one
        for one in decide(pack, situation, on=notified, open_days=OPEN_DAYS)
        if one.procedure == "child-allowance-claim"
    )
    if found.amount is None or found.amount.start is None:
        return None
    return found.amount.yen, found.amount.start


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


EDGES = (0, 1, 2, 3, 6, 12, 15, 16, 18, 19, 21, 22, 23)


def family(chance: Random, around: date) -> list[date]:
    """One to five children who stand on an edge of the law within a day or a month of the day."""
    births = []
    for _ in range(chance.randint(1, 5)):
        day = around - timedelta(days=chance.choice((-31, -1, 0, 1, 2, 28, 31, 150, 300)))
        birth = date(
            day.year - chance.choice(EDGES),
            *chance.choice(((day.month, 1), (4, 1), (4, 2), (3, 31), (day.month, 28))),
        )
        births.append(min(birth, around))
    return births


@pytest.mark.parametrize("seed", range(250))
def test_the_new_law(seed: int) -> None:
    chance = Random(seed)
    planned = date(2024, 10, 1) + timedelta(days=chance.randint(0, 760))
    births = family(chance, planned)
    month = next_month(planned)
    expected = by_hand(births, month)
    found = said(births, planned, planned, planned + timedelta(days=3))
    assert found == (expected, month) or (expected == 0 and found is None)


@pytest.mark.parametrize("seed", range(120))
def test_the_law_before_october_2024(seed: int) -> None:
    chance = Random(seed)
    planned = date(2020, 4, 1) + timedelta(days=chance.randint(0, 1620))
    births = family(chance, planned)
    month = next_month(planned)
    expected = by_hand_before(births, month)
    found = said(births, planned, planned, planned + timedelta(days=3), income_yen=0, tax_dependants=0)
    assert found == (expected, month) or (expected == 0 and (found is None or found[0] == 0))


@pytest.mark.parametrize("dependants", range(8))
@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize(("limit", "under", "over"), [(6_220_000, 10_000, 5_000), (8_580_000, 5_000, None)])
def test_incomes_around_the_limits_of_2023(
    dependants: int, step: int, limit: int, under: int, over: int | None
) -> None:
    income = limit + 380_000 * dependants + step
    day = date(2023, 5, 10)
    found = said([date(2013, 8, 1)], day, day, day, income_yen=income, tax_dependants=dependants)
    assert (None if found is None else found[0]) == (under if step < 0 else over)


@pytest.mark.parametrize(
    ("notified", "month"),
    [
        (date(2026, 11, 9), date(2026, 11, 1)),  # the fifteenth day after 25 October
        (date(2026, 11, 10), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_whoever_claims_after_the_fifteenth_day_loses_months(notified: date, month: date) -> None:
    found = said([date(2018, 4, 1)], date(2026, 10, 30), date(2026, 10, 25), notified)
    assert found == (10_000, month)


@pytest.mark.parametrize(
    ("births", "yen"),
    [
        ([date(2004, 4, 1), date(2010, 1, 1), date(2015, 1, 1)], 20_000),  # the eldest was 22 in March
        ([date(2004, 4, 2), date(2010, 1, 1), date(2015, 1, 1)], 40_000),
        ([date(2023, 11, 30)], 15_000),
        ([date(2023, 12, 1)], 15_000),
        ([date(2023, 10, 31)], 10_000),
        ([date(2008, 4, 1), date(2020, 1, 1)], 10_000),
        ([date(2008, 4, 2), date(2020, 1, 1)], 20_000),
    ],
)
def test_single_days_that_decide(births: list[date], yen: int) -> None:
    found = said(births, date(2026, 10, 30), date(2026, 10, 25), date(2026, 11, 4))
    assert found == (yen, date(2026, 11, 1))

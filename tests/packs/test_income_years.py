"""E20: the year whose income a scheme looks at turns in another month for each; a day before and on the turn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.packs.benefits import yen

from madoguchi.jp.dates import income_year
from madoguchi.procedures.loader import national_pack

PACK = national_pack()
TURNS = {
    "resident-tax-free": 6,
    "pension-exemption": 7,
    "special-child-allowance": 8,
    "special-disability-allowance": 8,
    "child-rearing-allowance": 11,
}


@pytest.mark.parametrize("month", range(1, 13))
def test_e20_the_day_before_the_turn_still_looks_at_the_year_before_last(month: int) -> None:
    turn = date(2026, month, 1)
    assert income_year(turn, from_month=month) == 2025
    before = turn - timedelta(days=1)
    assert income_year(before, from_month=month) == 2024


def test_e20_each_scheme_that_reads_income_says_when_its_year_turns() -> None:
    found = {one.id: one.income_from_month for one in PACK.procedures if one.income_from_month}
    assert found == TURNS


@pytest.mark.parametrize(
    ("prefix", "month"), [("rearing_full_limit", 11), ("rearing_part_limit", 11), ("severe_own_limit", 8)]
)
def test_e20_the_limits_turn_in_the_month_of_their_scheme(prefix: str, month: int) -> None:
    table = PACK.tables[prefix]
    begins = [version.since for version in table.versions][1:]
    assert begins and {(day.month, day.day) for day in begins} == {(month, 1)}


def rearing(claimed: date) -> tuple[int, date | None] | None:
    """One parent with one child and an income between the full limit of before and that from November 2024 on."""
    people = [
        {
            "id": "p1",
            "relationship": "世帯主",
            "birth_date": "1990-05-02",
            "moves": False,
            "income_yen": 1_000_000,
            "tax_dependants": 1,
        },
        {"id": "p2", "relationship": "子", "birth_date": "2018-05-02", "moves": False},
    ]
    return yen("child-rearing-allowance", people, claimed)


def test_e20_what_is_claimed_on_30_september_and_on_1_october_2024_falls_under_two_limits() -> None:
    before, after = rearing(date(2024, 9, 30)), rearing(date(2024, 10, 1))
    assert before is not None and after is not None
    assert (before[1], after[1]) == (date(2024, 10, 1), date(2024, 11, 1))
    full = 45_500
    assert before[0] < full and after[0] == full, (
        "a part under the limit of 870,000, in full under that of 1,070,000"
    )

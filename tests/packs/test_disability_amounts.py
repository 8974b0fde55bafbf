"""特別児童扶養手当・障害児福祉手当・特別障害者手当の月額, worked out by hand against what the pack says.

特別児童扶養手当等の支給に関する法律4条・6条・7条・16条・18条・20条・21条・26条の3・26条の5 and 施行令2条・7条・8条: the person's own
income may not exceed its limit; that of a spouse or of those bound to support may not reach theirs.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .benefits import attains, next_month, yen

NO_GRADE = {f"{kind}_disability_grade": "none" for kind in ("physical", "intellectual", "mental")}
SPECIAL = {2024: (36_860, 55_350), 2025: (37_830, 56_800)}
SEVERE = {2023: (15_220, 27_980), 2024: (15_690, 28_840), 2025: (16_100, 29_590)}
KIN = [6_287_000, 6_536_000, 6_749_000, 6_962_000, 7_175_000, 7_388_000]
GRADES: list[tuple[dict[str, str], int]] = [
    ({"physical_disability_grade": "1"}, 2),
    ({"physical_disability_grade": "2"}, 2),
    ({"physical_disability_grade": "3"}, 1),
    ({"intellectual_disability_grade": "A"}, 2),
    ({"intellectual_disability_grade": "B"}, 1),
    ({"intellectual_disability_grade": "3"}, 1),
    ({"mental_disability_grade": "1"}, 2),
    ({"mental_disability_grade": "2"}, 1),
]


def fiscal_year(month: date) -> int:
    return month.year - (month.month < 4)


def family(
    parent: dict[str, Any], other: dict[str, Any] | None, child: dict[str, Any]
) -> list[dict[str, Any]]:
    people = [
        {"id": "p1", "birth_date": "1985-05-02", "relationship": "世帯主", **parent},
        {"id": "p3", "birth_date": "2015-05-02", "relationship": "子", **NO_GRADE, **child},
    ]
    if other is not None:
        people.append({"id": "p2", "birth_date": "1986-05-02", "relationship": "妻", **other})
    return people


def special(people: list[dict[str, Any]], day: date) -> int | None:
    found = yen("special-child-allowance", people, day, subject="p3")
    return None if found is None else found[0]


@pytest.mark.parametrize(("grade", "level"), GRADES)
@pytest.mark.parametrize("dependants", range(5))
@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize("day", [date(2024, 9, 10), date(2025, 11, 10)])
def test_the_parents_own_limit(
    grade: dict[str, str], level: int, dependants: int, step: int, day: date
) -> None:
    income = 4_596_000 + 380_000 * dependants + step
    people = family({"income_yen": income, "tax_dependants": dependants}, None, grade)
    expected = 0 if step > 0 else SPECIAL[fiscal_year(next_month(day))][level - 1]
    assert special(people, day) == expected


@pytest.mark.parametrize("dependants", range(6))
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_the_spouses_limit(dependants: int, step: int) -> None:
    other = {"income_yen": KIN[dependants] + step, "tax_dependants": dependants}
    people = family({"income_yen": 0, "tax_dependants": 0}, other, {"physical_disability_grade": "1"})
    assert special(people, date(2025, 11, 10)) == (56_800 if step < 0 else 0)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2025, 2, 28), 55_350), (date(2025, 3, 1), 56_800), (date(2026, 2, 28), 56_800), (date(2026, 3, 1), None)],
)  # fmt: skip
def test_a_new_amount_is_of_the_month_after_the_claim(day: date, expected: int | None) -> None:
    people = family({"income_yen": 0, "tax_dependants": 0}, None, {"mental_disability_grade": "1"})
    assert special(people, day) == expected


def test_a_fourth_grade_alone_is_left_to_the_doctor() -> None:
    people = family({"income_yen": 0, "tax_dependants": 0}, None, {"physical_disability_grade": "4"})
    assert special(people, date(2025, 11, 10)) is None


def own_limit(month: date, dependants: int) -> int:
    return (3_661_000 if month >= date(2025, 8, 1) else 3_604_000) + 380_000 * dependants


@pytest.mark.parametrize("dependants", range(7))
@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize("birth", [date(1980, 5, 2), date(2012, 5, 2)])
@pytest.mark.parametrize(
    "day",
    [date(2023, 8, 1), date(2024, 2, 29), date(2024, 3, 1), date(2024, 9, 10), date(2025, 2, 28),
     date(2025, 5, 10), date(2025, 6, 30), date(2025, 7, 1), date(2025, 11, 10), date(2026, 2, 28)],
)  # fmt: skip
def test_the_persons_own_limit(birth: date, dependants: int, step: int, day: date) -> None:
    month = next_month(day)
    income = own_limit(month, dependants) + step
    people = [
        {"id": "p1", "birth_date": birth.isoformat(), "relationship": "世帯主", "physical_disability_grade": "1",
         "income_yen": income, "tax_dependants": dependants}
    ]  # fmt: skip
    kind = 0 if month < attains(birth, 20) else 1
    expected = 0 if step > 0 else SEVERE[fiscal_year(month)][kind]
    assert yen("special-disability-allowance", people, day) == (expected, month)


@pytest.mark.parametrize("birth", [date(2005, 12, 1), date(2005, 12, 2), date(2005, 12, 3)])
def test_twenty_is_attained_the_day_before(birth: date) -> None:
    people = [
        {"id": "p1", "birth_date": birth.isoformat(), "relationship": "世帯主", "intellectual_disability_grade": "A",
         "income_yen": 0, "tax_dependants": 0}
    ]  # fmt: skip
    day = date(2025, 11, 10)
    adult = attains(birth, 20) <= date(2025, 12, 1)
    assert yen("special-disability-allowance", people, day) == (
        29_590 if adult else 16_100,
        date(2025, 12, 1),
    )


@pytest.mark.parametrize("dependants", range(6))
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_the_parents_limit_for_a_child(dependants: int, step: int) -> None:
    parent = {"income_yen": KIN[dependants] + step, "tax_dependants": dependants}
    child = {"physical_disability_grade": "1", "income_yen": 0, "tax_dependants": 0}
    found = yen("special-disability-allowance", family(parent, None, child), date(2025, 11, 10), subject="p3")
    assert found == (16_100 if step < 0 else 0, date(2025, 12, 1))


def test_without_a_known_grade_there_is_no_amount() -> None:
    people = [{"id": "p1", "birth_date": "1980-05-02", "relationship": "世帯主", "income_yen": 0}]
    assert yen("special-disability-allowance", people, date(2025, 11, 10)) is None

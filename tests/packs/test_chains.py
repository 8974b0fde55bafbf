"""One change sets off others (連鎖): whole households of which one member turns 75 or 65, leaves a job or the household.

Each list is the whole of what insurance and pension (rows H, K, N and the effects of R08) say about everybody.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from madoguchi.procedures.decisions import Decision

from .conftest import Decide, Found

TODAY = date(2026, 11, 9)
ROWS = ("H", "K", "N", "R08b")
Person = dict[str, Any]

HUSBAND: Person = {
    "id": "夫",
    "relationship": "世帯主",
    "sex": "male",
    "birth_date": date(1951, 11, 9),
    "health_insurance": "employee_insured",
    "pension": "receiving",
    "employment": "employed",
    "care_level": "none",
}
WIFE: Person = {
    "id": "妻",
    "relationship": "妻",
    "sex": "female",
    "birth_date": date(1954, 5, 2),
    "health_insurance": "employee_dependent",
    "pension": "receiving",
    "employment": "none",
    "care_level": "none",
}


def listed(found: Found) -> dict[str, tuple[str, date | None]]:
    """Return everything of these rows that is not "not needed", with its last day."""
    return {
        f"{law_id} {subject}": (one.status.value, one.deadline)
        for (law_id, subject), one in found.items()
        if law_id.startswith(ROWS) and one.status.value != "not_needed"
    }


def told(one: Decision) -> str:
    return "".join(reason.text for reason in one.because)


def on_a_day_without_notice(decided: Decide, *people: Person, on: date = TODAY) -> Found:
    return decided(*people, event={"kind": "none"}, on=on, notified_on=on)


def test_a_husband_turns_75_and_his_dependent_wife_of_72_joins_the_citys_insurance(decided: Decide) -> None:
    found = on_a_day_without_notice(decided, HUSBAND, WIFE)
    assert listed(found) == {"H11 夫": ("optional", None), "H01 妻": ("must", date(2026, 11, 24))}
    assert told(found["H01", "妻"]).startswith(
        "配偶者の方が75歳になり後期高齢者医療に移るため、被扶養者だった方は"
    )


def test_the_day_before_he_turns_75_nothing_changes_for_her(decided: Decide) -> None:
    found = on_a_day_without_notice(decided, HUSBAND, WIFE, on=date(2026, 11, 8))
    assert listed(found) == {"H11 夫": ("optional", None)}


def test_once_he_is_recorded_as_over_75_it_is_asked_who_supports_her(decided: Decide) -> None:
    husband = {**HUSBAND, "health_insurance": "late_elderly"}
    found = on_a_day_without_notice(decided, husband, WIFE)
    assert listed(found) == {"H01 妻": ("ask", date(2026, 11, 24))}
    supported = {**WIFE, "supported_by_another": True}
    assert listed(on_a_day_without_notice(decided, husband, supported)) == {}
    alone = {**WIFE, "supported_by_another": False}
    assert listed(on_a_day_without_notice(decided, husband, alone)) == {
        "H01 妻": ("must", date(2026, 11, 24))
    }


def test_the_children_he_supports_change_too_but_not_a_son_with_a_job(decided: Decide) -> None:
    daughter = {
        **WIFE,
        "id": "娘",
        "relationship": "子",
        "birth_date": date(2010, 5, 2),
        "pension": "none",
    }
    found = on_a_day_without_notice(decided, HUSBAND, WIFE, daughter)
    assert set(listed(found)) == {"H11 夫", "H01 妻", "H01 娘"}
    assert told(found["H01", "娘"]).startswith("扶養していた親の方が75歳になり")
    son = {
        **HUSBAND,
        "id": "息子",
        "relationship": "子",
        "birth_date": date(1980, 5, 2),
        "pension": "2",
    }
    with_son = listed(on_a_day_without_notice(decided, HUSBAND, WIFE, daughter, son))
    assert with_son == {
        "H11 夫": ("optional", None),
        "H01 妻": ("ask", date(2026, 11, 24)),
        "H01 娘": ("ask", date(2026, 11, 24)),
    }


@pytest.mark.parametrize(
    ("wife_born", "expected"),
    [
        # 第3号 ends at 60: a wife of 61 has nothing to change, whatever her record still says.
        (date(1965, 5, 2), {"K01 夫": ("optional", None)}),
        (
            date(1967, 5, 2),
            {"K01 夫": ("optional", None), "N09 妻": ("must", date(2026, 11, 24))},
        ),
    ],
)
def test_a_husband_reaches_65_whose_wife_is_third_category(
    decided: Decide, wife_born: date, expected: dict[str, tuple[str, date | None]]
) -> None:
    husband = {**HUSBAND, "birth_date": date(1961, 11, 10), "pension": "2"}
    wife = {**WIFE, "birth_date": wife_born, "pension": "3"}
    found = on_a_day_without_notice(decided, husband, wife)
    assert listed(found) == expected
    if "N09 妻" in expected:
        assert told(found["N09", "妻"]).startswith("配偶者の方が65歳になり国民年金の第2号でなくなるため")
    before = listed(on_a_day_without_notice(decided, husband, wife, on=date(2026, 11, 8)))
    assert before == {}


def test_a_wife_of_61_without_a_pension_may_go_on_of_her_own_will(decided: Decide) -> None:
    husband = {**HUSBAND, "birth_date": date(1961, 11, 10), "pension": "2"}
    wife = {**WIFE, "birth_date": date(1965, 5, 2), "pension": "none"}
    assert listed(on_a_day_without_notice(decided, husband, wife))["N08 妻"] == ("optional", None)


def test_leaving_a_job_changes_the_whole_family(decided: Decide) -> None:
    first = date(2026, 11, 1)
    husband = {
        **HUSBAND,
        "birth_date": date(1984, 5, 2),
        "health_insurance": "none",
        "pension": "2",
        "employment": "unemployed",
        "insurance_changed_on": first,
        "pension_changed_on": first,
    }
    wife = {**WIFE, "birth_date": date(1985, 5, 2), "pension": "3", "insurance_changed_on": first}
    child = {
        **WIFE,
        "id": "子",
        "relationship": "子",
        "birth_date": date(2015, 5, 2),
        "pension": "none",
        "insurance_changed_on": first,
    }
    found = on_a_day_without_notice(decided, husband, wife, child)
    last = date(2026, 11, 16)
    assert listed(found) == {
        "H01 夫": ("must", last),
        "H01 妻": ("must", last),
        "H01 子": ("must", last),
        "N01 夫": ("must", last),
        "N09 妻": ("must", None),
    }
    assert told(found["H01", "子"]).startswith("扶養していたご家族が勤め先の健康保険をやめたため")
    assert told(found["N09", "妻"]).startswith("配偶者の方が厚生年金をやめたため")


def test_a_wife_with_a_job_may_take_the_family_on(decided: Decide) -> None:
    husband = {**HUSBAND, "birth_date": date(1984, 5, 2), "health_insurance": "none", "pension": "1"}
    wife = {**WIFE, "birth_date": date(1985, 5, 2), "health_insurance": "employee_insured", "pension": "2"}
    child = {**WIFE, "id": "子", "relationship": "子", "birth_date": date(2015, 5, 2), "pension": "none"}
    found = listed(on_a_day_without_notice(decided, husband, wife, child))
    assert found["H01 子"] == ("ask", None)
    assert "H01 妻" not in found


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 29), {}),
        (
            date(2026, 11, 30),
            {"N01 子": ("optional", date(2026, 12, 14)), "N04 子": ("optional", None)},
        ),
        (date(2026, 12, 14), {"N01 子": ("must", date(2026, 12, 14)), "N04 子": ("optional", None)}),
    ],
)
def test_the_twentieth_birthday_of_a_student(
    decided: Decide, on: date, expected: dict[str, tuple[str, date | None]]
) -> None:
    father = {**HUSBAND, "birth_date": date(1975, 5, 2), "pension": "2"}
    student = {
        **WIFE,
        "id": "子",
        "relationship": "子",
        "birth_date": date(2006, 12, 1),
        "pension": "none",
        "employment": "student",
    }
    assert listed(on_a_day_without_notice(decided, father, student, on=on)) == expected


def test_before_a_household_is_split_everybody_sees_what_it_changes(decided: Decide) -> None:
    son = {**HUSBAND, "id": "息子", "birth_date": date(1975, 5, 2), "pension": "2"}
    mother = {
        **WIFE,
        "id": "母",
        "relationship": "母",
        "birth_date": date(1945, 5, 2),
        "health_insurance": "late_elderly",
        "moves": True,
    }
    brother = {
        **HUSBAND,
        "id": "弟",
        "relationship": "弟",
        "birth_date": date(1980, 5, 2),
        "health_insurance": "nhi",
        "pension": "1",
    }
    found = decided(
        {**son, "moves": False},
        mother,
        {**brother, "moves": False},
        event={"kind": "household_change", "move_date": date(2026, 11, 5)},
        household={"household_change_kind": "split"},
    )
    assert listed(found) == {
        "R08b 息子": ("optional", None),
        "R08b 母": ("optional", None),
        "R08b 弟": ("optional", None),
        "H03 household": ("must", date(2026, 11, 19)),
    }
    assert "擬制世帯主" in told(found["R08b", "息子"])
    assert "介護保険料の段階" in told(found["R08b", "母"])
    assert "軽減" in told(found["R08b", "弟"])

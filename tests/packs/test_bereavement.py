"""おくやみ: the whole list of a widow of a 世帯主 with 国保, pension, car, dog and land, and what is asked on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import answer
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation_file import read_situation

OPEN_DAYS = OpenDays()
NO_HANDBOOK = dict.fromkeys(
    ("physical_disability_grade", "intellectual_disability_grade", "mental_disability_grade"), "none"
)
HUSBAND = {
    "id": "p1",
    "relationship": "世帯主",
    "birth_date": "1953-03-10",
    "death_date": "2026-11-05",
    "health_insurance": "nhi",
    "pension": "receiving",
    "care_level": "none",
    **NO_HANDBOOK,
}
WIFE = {
    "id": "p2",
    "relationship": "妻",
    "birth_date": "1955-05-02",
    "health_insurance": "nhi",
    "pension": "receiving",
}


def answered(*people: dict[str, Any], on: date = date(2026, 11, 9), **more: Any) -> Any:
    pack = national_pack()
    given = {"event": {"kind": "death", "death_date": "2026-11-05"}, "people": list(people), **more}
    situation = read_situation(
        {**given, "notified_on": on.isoformat()}, {(one.holder, one.key): one for one in pack.vocabulary}
    )
    return answer(pack, situation, on=on, open_days=OPEN_DAYS)


def listed(result: Any, status: str) -> dict[str, date | None]:
    return {
        f"{one.law_id} {one.subject}": one.deadline for one in result.decisions if one.status.value == status
    }


def test_the_widow_with_car_dog_and_land() -> None:
    found = answered(HUSBAND, WIFE, household={"estate": ["land", "vehicle", "dog"]})
    assert listed(found, "ask") == {}
    assert listed(found, "must") == {
        "D01 household": date(2026, 11, 11),
        "D02 household": None,
        "D03 household": date(2026, 11, 19),
        "D04 household": date(2026, 11, 19),
        "D08 household": date(2026, 11, 19),
        "D11 household": date(2026, 11, 19),
        "D16 household": None,
        "D17 household": None,
        "D18 household": None,
        "D19 household": None,
        "D21 household": None,
    }
    assert set(listed(found, "optional")) == {
        f"{row} household" for row in ("D09", "D10", "D12", "D15", "D22")
    }


def test_she_is_asked_once_what_he_owned_and_nothing_that_the_register_knows() -> None:
    found = answered(HUSBAND, WIFE)
    assert [one.ref.key for one in found.questions] == ["estate"]


def test_whoever_has_no_date_of_death_is_alive_once_somebody_has_one() -> None:
    found = answered({**HUSBAND, "health_insurance": "employee_insured"}, {**WIFE, "health_insurance": "nhi"})
    assert "D04 household" in listed(found, "not_needed")


@pytest.mark.parametrize("both", [True, False])
def test_when_both_die_nobody_is_left_to_be_head(both: bool) -> None:
    wife = {**WIFE, "death_date": "2026-11-05"} if both else WIFE
    found = answered(HUSBAND, wife, household={"estate": []})
    assert ("D03 household" in listed(found, "must")) is not both


def test_a_dependent_wife_of_fifty_loses_insurance_and_changes_her_pension() -> None:
    husband = {**HUSBAND, "birth_date": "1970-03-10", "health_insurance": "employee_insured", "pension": "2"}
    wife = {**WIFE, "birth_date": "1976-05-02", "health_insurance": "employee_dependent", "pension": "3"}
    child = {
        "id": "p3",
        "relationship": "子",
        "birth_date": "2012-04-02",
        "health_insurance": "employee_dependent",
    }
    found = answered(husband, wife, child, household={"estate": []})
    must = listed(found, "must")
    assert {"D06 p2", "D06 p3", "D07 p2", "D13 household"} <= set(must)
    assert must["D13 household"] == date(2026, 11, 20)
    assert "D07 p3" not in must

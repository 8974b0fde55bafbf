"""婚姻・離婚・氏名の変更: the whole list of three households, and what is asked on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.decide import answer
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation_file import read_situation

OPEN_DAYS = OpenDays()
NO_HANDBOOK = dict.fromkeys(
    ("physical_disability_grade", "intellectual_disability_grade", "mental_disability_grade"), "none"
)
ADULT: dict[str, Any] = {"nationality_class": "jp", "previous_support": [], **NO_HANDBOOK}
FAR_OFF = date(2026, 11, 19)  # 14日目


def situation(*people: dict[str, Any], on: date = date(2026, 11, 9), **given: Any) -> Any:
    facts = {(one.holder, one.key): one for one in national_pack().vocabulary}
    return read_situation({**given, "people": list(people), "notified_on": on.isoformat()}, facts)


def answered(*people: dict[str, Any], on: date = date(2026, 11, 9), **given: Any) -> Any:
    return answer(national_pack(), situation(*people, on=on, **given), on=on, open_days=OPEN_DAYS)


def listed(result: Any, status: str) -> dict[str, date | None]:
    return {
        f"{one.law_id} {one.subject}": one.deadline for one in result.decisions if one.status.value == status
    }


def event(kind: str, day: str = "2026-11-05", **facts: Any) -> dict[str, Any]:
    return {"kind": kind, "move_date": day, **facts}


HUSBAND = {
    **ADULT,
    "id": "p1",
    "relationship": "世帯主",
    "birth_date": "1994-03-10",
    "party": True,
    "name_change": "none",
    "health_insurance": "employee_insured",
    "pension": "2",
    "insurance_after": "unchanged",
    "has_card": True,
}
BRIDE = {
    **ADULT,
    "id": "p2",
    "relationship": "妻",
    "birth_date": "1996-05-02",
    "party": True,
    "name_change": "surname",
    "health_insurance": "nhi",
    "pension": "1",
    "insurance_after": "spouse",
    "has_card": True,
}
JOINING = {"household_after": "merge", "head_changes": False, "belongings": []}


def test_a_couple_marries_and_she_joins_his_household_as_his_dependant() -> None:
    found = answered(HUSBAND, BRIDE, event=event("marriage", registry_notice_done=False), household=JOINING)
    assert listed(found, "ask") == {}
    assert listed(found, "must") == {
        "X01 household": None,  # 届け出て成立するため期限はない
        "R08 household": FAR_OFF,
        "R10 p2": FAR_OFF,
        "H02 p2": FAR_OFF,
        "X07 p2": FAR_OFF,
    }
    assert set(listed(found, "optional")) == {
        "R11 p2",
        "R18 p2",
        "R19 p2",
        "R20 household",
        "L12 household",
        "X14 p2",
    }
    assert "N01 p2" in listed(found, "not_needed"), "第3号の届出は配偶者の勤め先を通じて行う"


def test_after_a_marriage_registered_elsewhere_only_what_follows_is_left() -> None:
    found = answered(HUSBAND, BRIDE, event=event("marriage", registry_notice_done=True), household=JOINING)
    assert "X01 household" in listed(found, "not_needed")
    assert set(listed(found, "must")) == {"R08 household", "R10 p2", "H02 p2", "X07 p2"}


def test_who_received_the_allowance_for_single_parents_hears_that_it_ends() -> None:
    bride = {**BRIDE, "previous_support": ["child_rearing_allowance"]}
    child = {"id": "p3", "relationship": "妻の子", "birth_date": "2019-05-02", "party": False, **NO_HANDBOOK}
    found = answered(
        HUSBAND,
        bride,
        {**child, "nationality_class": "jp", "name_change": "none", "insurance_after": "spouse"},
        event=event("marriage", registry_notice_done=False),
        household=JOINING,
    )
    assert "C08c p2" in listed(found, "must")
    assert {"X13 household", "X08 household"} <= set(listed(found, "optional"))


FATHER = {
    **ADULT,
    "id": "p1",
    "relationship": "世帯主",
    "birth_date": "1988-03-10",
    "party": True,
    "name_change": "none",
    "health_insurance": "employee_insured",
    "pension": "2",
    "insurance_after": "unchanged",
    "has_card": True,
    "employment": "employed",
    "child_allowance_recipient": True,
}
MOTHER = {
    **ADULT,
    "id": "p2",
    "relationship": "妻",
    "birth_date": "1990-05-02",
    "party": True,
    "name_change": "surname",
    "health_insurance": "employee_dependent",
    "pension": "3",
    "insurance_after": "nhi",
    "has_card": True,
    "employment": "unemployed",
    "child_allowance_recipient": False,
}
CHILDREN = tuple(
    {
        **ADULT,
        "id": name,
        "relationship": "子",
        "birth_date": born,
        "party": False,
        "name_change": "none",
        "health_insurance": "employee_dependent",
        "insurance_after": "nhi",
        "has_card": False,
    }
    for name, born in (("p3", "2015-06-01"), ("p4", "2020-09-15"))
)
AGREED = event("divorce", registry_notice_done=False, divorce_by_court=False)
MOVING = {"household_after": "move", "belongings": []}


def divorced(*people: dict[str, Any], **more: Any) -> Any:
    given = {"event": AGREED, "household": MOVING, "claimant": "p2", **more}
    return answered(*(people or (FATHER, MOTHER, *CHILDREN)), **given)


def test_a_mother_of_two_who_was_a_dependant_divorces() -> None:
    found = divorced()
    assert listed(found, "ask") == {}
    assert listed(found, "must") == {
        "X02 household": None,  # 協議離婚は届け出て成立する
        "X06 household": None,  # 14日は引っ越した日から数える
        "R10 p2": FAR_OFF,
        "H01 p2": FAR_OFF,
        "H01 p3": FAR_OFF,
        "H01 p4": FAR_OFF,
        "X09 p2": FAR_OFF,
        "C05 household": date(2026, 11, 20),  # 15日
    }
    assert listed(found, "optional") == {
        "X03 p2": date(2027, 2, 4),  # 離婚の日を含めて3か月
        "X04 p3": None,
        "X04 p4": None,
        "X05 household": None,
        "X07 p2": FAR_OFF,
        "X08 household": None,
        "X10 household": date(2031, 11, 5),  # 令和8年4月1日からは5年
        "X14 p2": None,
        "C08 p2": None,
        "C09 p2": None,
        "L12 household": None,
        "R11 p2": None,
        "R18 p2": None,
        "R19 p2": None,
        "R20 household": None,
    }


def test_whoever_keeps_the_name_keeps_card_and_papers_as_they_are() -> None:
    found = divorced(FATHER, {**MOTHER, "name_change": "kept"}, *CHILDREN)
    assert listed(found, "must")["X03 p2"] == date(2027, 2, 4)
    assert {"R10 p2", "X07 p2", "R11 p2", "R19 p2", "X14 p2"} <= set(listed(found, "not_needed"))
    assert {"X04 p3", "X04 p4"} <= set(listed(found, "optional")), "子の戸籍は、同じ氏でも別の届出が要る"


@pytest.mark.parametrize("custody", ["both", "father", "mother", "undecided"])
def test_e46_custody_decides_neither_the_allowance_nor_who_is_asked(custody: str) -> None:
    children = [{**child, "custody": custody} for child in CHILDREN]
    found = divorced(FATHER, MOTHER, *children)
    assert [(one.procedure, one.subject, one.status, one.deadline) for one in found.decisions] == [
        (one.procedure, one.subject, one.status, one.deadline) for one in divorced().decisions
    ]


@pytest.mark.parametrize(
    ("custody", "day", "certain"),
    [
        ("undecided", "2026-11-05", True),
        ("both", "2026-11-05", None),
        ("undecided", "2026-03-31", None),  # 令和8年3月31日までは父か母
    ],
)
def test_custody_still_before_the_court_is_shown_with_a_paper(
    custody: str, day: str, certain: bool | None
) -> None:
    people = FATHER, MOTHER, *({**child, "custody": custody} for child in CHILDREN)
    told = event("divorce", day, registry_notice_done=False, divorce_by_court=False)
    given = situation(*people, event=told, household=MOVING, claimant="p2")
    on = date(2026, 11, 9)
    decisions = answer(national_pack(), given, on=on, open_days=OPEN_DAYS).decisions
    brought = bring_list(national_pack(), given, decisions, on=on, open_days=OPEN_DAYS)
    papers = {item.text: item.certain for item in brought.by_procedure["divorce-notice"]}
    assert papers.get("家庭裁判所に申し立てたことが分かる書類") is certain


def test_a_father_who_receives_the_allowance_and_raises_them_changes_nothing() -> None:
    found = divorced(claimant="p1")
    assert "C05 household" in listed(found, "not_needed")
    assert {"C08 p1", "C09 p1"} <= set(listed(found, "optional"))
    assert "C08 p2" in listed(found, "not_needed")


def test_a_divorce_by_judgment_is_reported_within_ten_days_counting_the_first() -> None:
    found = divorced(event=event("divorce", "2026-11-04", registry_notice_done=False, divorce_by_court=True))
    assert listed(found, "must")["X02b household"] == date(2026, 11, 13)
    assert "X02 household" in listed(found, "not_needed")


@pytest.mark.parametrize(
    ("divorce", "last"),
    [
        ("2026-11-05", date(2027, 2, 4)),
        ("2026-11-29", date(2027, 3, 1)),  # 2月29日がなく末日の28日(日曜日)
        ("2026-12-01", date(2027, 3, 1)),  # 前日の2月28日は日曜日
        ("2026-09-01", date(2026, 11, 30)),
        ("2026-08-31", date(2026, 11, 30)),  # 11月31日がない
        ("2027-11-29", date(2028, 2, 28)),  # うるう年
        ("2027-11-30", date(2028, 2, 29)),
    ],
)
def test_three_months_to_keep_the_name_count_the_day_of_divorce(divorce: str, last: date) -> None:
    told = event("divorce", divorce, registry_notice_done=True)
    mother = {**MOTHER, "name_change": "kept"}
    in_time = divorced(FATHER, mother, *CHILDREN, event=told, on=last)
    assert listed(in_time, "must")["X03 p2"] == last
    late = divorced(FATHER, mother, *CHILDREN, event=told, on=last + timedelta(days=1))
    assert "X03 p2" in listed(late, "not_needed")


@pytest.mark.parametrize(
    ("divorce", "last"),
    [("2026-03-31", date(2028, 3, 31)), ("2026-04-01", date(2031, 4, 1))],
)
def test_the_pension_is_divided_within_the_years_of_the_law_of_that_day(divorce: str, last: date) -> None:
    told = event("divorce", divorce, registry_notice_done=True)
    assert listed(divorced(event=told), "optional")["X10 household"] == last


def test_a_divorce_asks_only_what_the_city_does_not_hold() -> None:
    held = ("id", "relationship", "birth_date", "nationality_class", "previous_support", *NO_HANDBOOK)
    known = (*held, "health_insurance", "pension", "has_card", "child_allowance_recipient")
    people = [{key: one[key] for key in known if key in one} for one in (FATHER, MOTHER, *CHILDREN)]
    asked = {one.ref.key for one in answered(*people, event=event("divorce")).questions}
    assert asked <= {
        "registry_notice_done",
        "divorce_by_court",
        "party",
        "name_change",
        "household_after",
        "head_changes",
        "insurance_after",
        "claimant",
        "employment",
        "belongings",
    }
    assert {"party", "name_change", "household_after", "insurance_after"} <= asked


PERSON = {
    **ADULT,
    "id": "p1",
    "relationship": "世帯主",
    "birth_date": "1985-03-10",
    "name_change": "surname",
    "health_insurance": "nhi",
    "has_card": True,
}
COURT = event("name_change", registry_notice_done=False, name_change_reason="court")


def test_a_new_name_reaches_card_insurance_and_bank() -> None:
    found = answered(PERSON, event=COURT, household={"belongings": []})
    assert listed(found, "ask") == {}
    assert listed(found, "must") == {"X11 p1": None, "R10 p1": FAR_OFF, "X07 p1": FAR_OFF}
    assert listed(found, "optional") == {
        "L12 household": None,
        "R11 p1": None,
        "R18 p1": None,
        "R19 p1": None,
        "R20 household": None,
        "X14 p1": None,
    }


def test_a_new_name_in_the_land_register_within_two_years() -> None:
    found = answered(PERSON, event=COURT, household={"belongings": ["real_estate"]})
    assert listed(found, "must")["L09 household"] == date(2028, 11, 5)


def test_a_change_of_reading_only_is_a_notice_of_its_own() -> None:
    found = answered({**PERSON, "name_change": "kana"}, event=COURT, household={"belongings": []})
    assert set(listed(found, "must")) == {"X12 p1"}
    assert set(listed(found, "optional")) == {"R20 household"}


def test_nobody_is_asked_about_insurance_when_only_a_name_changes() -> None:
    found = answered({"id": "p1", "relationship": "世帯主"}, event={"kind": "name_change"})
    asked = {one.ref.key for one in found.questions}
    assert not asked & {"party", "household_after", "insurance_after", "head_changes", "moves"}

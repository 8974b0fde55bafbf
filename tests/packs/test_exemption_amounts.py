"""国民年金保険料の免除, 高等学校等就学支援金, 住民税の非課税: worked out by hand against what the pack says.

国民年金法90条・90条の2, 施行令6条の7以下 (the person, the spouse and the head of the household, each within the limit);
高等学校等就学支援金の支給に関する法律5条 (until March 2026); 地方税法295条, 施行令47条の3.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.loader import NATIONAL_FOLDER, load_pack, national_pack
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation_file import read_situation

from .benefits import yen

# 4分の1、半額、4分の3、全額の免除される額
EXEMPTED = {
    2023: (4_130, 8_260, 12_390, 16_520),
    2024: (4_240, 8_490, 12_730, 16_980),
    2025: (4_380, 8_750, 13_130, 17_510),
    2026: (4_480, 8_960, 13_440, 17_920),
}
PREMIUM = {2023: 16_520, 2024: 16_980, 2025: 17_510, 2026: 17_920}
LIMITS = ((670_000, 350_000), (880_000, 380_000), (1_280_000, 380_000), (1_680_000, 380_000))


def level(income: int, dependants: int) -> int:
    """4: all exempt … 1: a quarter, 0: none."""
    for found, (limit, each) in zip((4, 3, 2, 1), LIMITS, strict=True):
        if income <= limit + each * dependants:
            return found
    return 0


def pension(people: list[dict[str, Any]], day: date, subject: str = "p1") -> int | None:
    found = yen("pension-exemption", people, day, subject=subject)
    return None if found is None else found[0]


def person(identity: str, relationship: str, income: int, dependants: int) -> dict[str, Any]:
    return {
        "id": identity, "relationship": relationship, "birth_date": "1985-05-02", "pension": "1",
        "employment": "self_employed", "health_insurance": "nhi", "income_yen": income, "tax_dependants": dependants,
    }  # fmt: skip


@pytest.mark.parametrize("fiscal_year", EXEMPTED)
def test_what_is_left_to_pay_is_rounded_to_ten_yen(fiscal_year: int) -> None:
    """国民年金法90条の2: what is left is rounded, five yen up; the published amounts to pay."""
    premium = PREMIUM[fiscal_year]
    for quarters, exempted in zip((3, 2, 1, 0), EXEMPTED[fiscal_year], strict=True):
        left = (premium * quarters // 4 + 5) // 10 * 10
        assert premium - exempted == left


@pytest.mark.parametrize("fiscal_year", EXEMPTED)
@pytest.mark.parametrize("dependants", range(5))
@pytest.mark.parametrize("limit", range(4))
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_incomes_around_every_limit(fiscal_year: int, dependants: int, limit: int, step: int) -> None:
    base, each = LIMITS[limit]
    income = base + each * dependants + step
    found = level(income, dependants)
    expected = EXEMPTED[fiscal_year][found - 1] if found else 0
    assert pension([person("p1", "世帯主", income, dependants)], date(fiscal_year, 11, 10)) == expected


@pytest.mark.parametrize("seed", range(60))
def test_the_highest_income_of_three_decides(seed: int) -> None:
    chance = Random(seed)
    incomes = [(chance.choice((0, chance.randint(0, 2_500_000))), chance.randint(0, 3)) for _ in range(3)]
    people = [
        person("p1", "子", *incomes[0]), person("p2", "子の妻", *incomes[1]), person("p3", "世帯主", *incomes[2]),
        person("p4", "子", 9_000_000, 0),
    ]  # fmt: skip
    found = min(level(*one) for one in incomes)
    day = date(2025, 11, 10)
    relations = [{"kind": "spouse", "of": "p1", "is": "p2"}, {"kind": "parent", "of": "p1", "is": "p3"}]
    said = yen("pension-exemption", people, day, relations=relations)
    assert said is not None
    assert said[0] == (EXEMPTED[2025][found - 1] if found else 0)


@pytest.mark.parametrize(("day", "expected"), [(date(2025, 3, 31), 16_980), (date(2025, 4, 1), 17_510), (date(2026, 4, 1), 17_920), (date(2027, 4, 1), None)])  # fmt: skip
def test_the_premium_of_the_year(day: date, expected: int | None) -> None:
    assert pension([person("p1", "世帯主", 0, 0)], day) == expected


MONTHLY = {
    "public": (9_900, 9_900),
    "public_part_time": (2_700, 2_700),
    "public_correspondence": (520, 520),
    "private": (33_000, 9_900),
    "private_correspondence": (24_750, 9_900),
}


@pytest.mark.parametrize("school", MONTHLY)
@pytest.mark.parametrize("border", [154_500, 304_200])
@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize("share", [0, 50_000, 100_000, 154_000])
@pytest.mark.parametrize("day", [date(2023, 6, 1), date(2026, 3, 31)])
def test_both_parents_count_together(school: str, border: int, step: int, share: int, day: date) -> None:
    base = border + step
    people = [
        {"id": "p1", "relationship": "世帯主", "birth_date": "1980-05-02", "tuition_support_base_yen": share},
        {
            "id": "p2",
            "relationship": "妻",
            "birth_date": "1981-05-02",
            "tuition_support_base_yen": base - share,
        },
        {"id": "p3", "relationship": "子", "birth_date": f"{day.year - 17}-05-02", "high_school": school},
    ]
    expected = MONTHLY[school][0] if base < 154_500 else MONTHLY[school][1] if base < 304_200 else 0
    found = yen("tuition-support", people, day, subject="p3")
    assert (None if found is None else found[0]) == expected


@pytest.mark.parametrize(("day", "known"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False)])
def test_the_new_law_of_2026_is_not_guessed(day: date, known: bool) -> None:
    people = [
        {"id": "p1", "relationship": "世帯主", "birth_date": "1980-05-02", "tuition_support_base_yen": 0},
        {"id": "p3", "relationship": "子", "birth_date": "2009-05-02", "high_school": "public"},
    ]
    assert (yen("tuition-support", people, day, subject="p3") is not None) is known


FREE = {1: (450_000, 1_010_000, 350_000), 2: (415_000, 919_000, 315_000), 3: (380_000, 828_000, 280_000)}


def free(pack: Pack, **facts: Any) -> str:
    told = {"event": {"kind": "none"}, "notified_on": "2026-11-09", "claimant": "p1",
            "people": [{"id": "p1", "relationship": "世帯主", "birth_date": "1980-05-02", "health_insurance": "nhi", **facts}]}  # fmt: skip
    situation = read_situation(told, {(one.holder, one.key): one for one in pack.vocabulary})
    asked = pack.procedure("resident-tax-free")
    (found,) = decide_procedure(pack, asked, situation, on=date(2026, 11, 9), open_days=OpenDays())
    return found.status.value


GRADES = tuple(f"{kind}_disability_grade" for kind in ("physical", "intellectual", "mental"))
PLAIN: dict[str, Any] = {**dict.fromkeys(GRADES, "none"), "widow_or_single_parent": False}


def pack_of(tmp_path: Path, area: int) -> Pack:
    """The pack of a city of this 級地."""
    (tmp_path / "pack.toml").write_text('id = "area"\nname = "級地"\n', "utf-8")
    text = f'[[parameter]]\nname = "livelihood_area_class"\nvalue = {area}\n'
    (tmp_path / "parameters.toml").write_text(text, "utf-8")
    return load_pack(NATIONAL_FOLDER, tmp_path)


@pytest.mark.parametrize("area", FREE)
def test_the_limit_by_dependants_and_area(tmp_path: Path, area: int) -> None:
    pack = pack_of(tmp_path, area)
    alone, first, each = FREE[area]
    for dependants in range(22):
        limit = alone if dependants == 0 else first + each * (dependants - 1)
        for step, expected in ((-1, "optional"), (0, "optional"), (1, "not_needed")):
            assert free(pack, income_yen=limit + step, tax_dependants=dependants, **PLAIN) == expected


@pytest.mark.parametrize("facts", [*({key: "1"} for key in GRADES), {"widow_or_single_parent": True}])
@pytest.mark.parametrize(("income", "expected"), [(1_349_999, "optional"), (1_350_000, "optional"), (1_350_001, "not_needed")])  # fmt: skip
def test_who_has_a_limit_of_their_own(facts: dict[str, Any], income: int, expected: str) -> None:
    assert free(national_pack(), income_yen=income, tax_dependants=0, **{**PLAIN, **facts}) == expected


def test_below_the_lowest_limit_nothing_else_is_asked() -> None:
    assert free(national_pack(), income_yen=450_000) == "optional"
    assert free(national_pack(), income_yen=450_001) == "ask"
    assert free(national_pack(), health_insurance="welfare") == "optional"

"""The dates that naive software gets wrong, decided by the shipped rules from facts to deadline."""

from datetime import date
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays

from .conftest import Decide


def grown(**facts: Any) -> dict[str, Any]:
    return {"id": "p1", "moves": True, "relationship": "世帯主", **facts}


def child(birth: date, **facts: Any) -> dict[str, Any]:
    return {"id": "p2", "moves": True, "relationship": "子", "birth_date": birth, **facts}


@pytest.mark.parametrize(
    ("moved", "last_day"),
    [
        (date(2026, 11, 5), date(2026, 11, 19)),
        (date(2026, 11, 9), date(2026, 11, 24)),  # 14日目は勤労感謝の日
        (date(2026, 12, 18), date(2027, 1, 4)),  # 14日目は1月1日
    ],
)
def test_notice_within_14_days_not_counting_the_first(decided: Decide, moved: date, last_day: date) -> None:
    found = decided(grown(), event={"kind": "move_in", "move_date": moved}, on=moved)
    assert found["R01", "household"].deadline == last_day


@pytest.mark.parametrize(
    ("planned", "last_day"),
    [
        (date(2026, 10, 25), date(2026, 11, 9)),
        (date(2026, 10, 31), date(2026, 11, 16)),  # 15日目は日曜
    ],
)
def test_child_allowance_counts_from_the_planned_day(decided: Decide, planned: date, last_day: date) -> None:
    event = {"kind": "move_in", "move_date": date(2026, 10, 30), "planned_move_out_date": planned}
    people = grown(birth_date=date(1984, 5, 2), employment="employed"), child(date(2019, 5, 2))
    found = decided(*people, event=event, claimant="p1")
    assert found["C01", "household"].status.value == "must"
    assert found["C01", "household"].deadline == last_day


@pytest.mark.parametrize(
    ("birth", "moved", "status"),
    [
        (date(2008, 4, 1), date(2026, 3, 31), "must"),
        (date(2008, 4, 1), date(2026, 4, 1), "not_needed"),
        (date(2008, 4, 2), date(2027, 3, 31), "must"),
        (date(2008, 4, 2), date(2027, 4, 1), "not_needed"),
    ],
)
def test_child_allowance_ends_with_the_school_year(
    decided: Decide, birth: date, moved: date, status: str
) -> None:
    people = grown(birth_date=date(1975, 5, 2), employment="employed"), child(birth)
    found = decided(*people, event={"kind": "move_in", "move_date": moved}, claimant="p1", on=moved)
    assert found["C01", "household"].status.value == status


@pytest.mark.parametrize(
    ("law_id", "birth", "moved", "status"),
    [
        ("K01", date(1961, 8, 1), date(2026, 7, 31), "must"),
        ("K01", date(1961, 8, 1), date(2026, 7, 30), "not_needed"),
        ("K01", date(1960, 2, 29), date(2025, 2, 28), "must"),
        ("K01", date(1960, 2, 29), date(2025, 2, 27), "not_needed"),
        ("N01", date(2006, 12, 1), date(2026, 11, 30), "must"),
        ("N01", date(2006, 12, 1), date(2026, 11, 29), "not_needed"),
        ("H09", date(1951, 11, 1), date(2026, 11, 1), "must"),
        ("H09", date(1951, 11, 1), date(2026, 10, 31), "not_needed"),
        ("H01", date(1951, 11, 1), date(2026, 10, 31), "must"),
        ("H01", date(1951, 11, 1), date(2026, 11, 1), "not_needed"),
        ("H06", date(1956, 11, 1), date(2026, 11, 1), "must"),
        ("H06", date(1956, 11, 2), date(2026, 11, 30), "not_needed"),
        ("H06", date(1956, 11, 2), date(2026, 12, 1), "must"),
        ("C14", date(2020, 4, 1), date(2026, 4, 1), "must"),
        ("C14", date(2020, 4, 2), date(2026, 4, 1), "not_needed"),
    ],
)
def test_ages_begin_on_their_legal_day(
    decided: Decide, law_id: str, birth: date, moved: date, status: str
) -> None:
    person = grown(
        birth_date=birth, health_insurance="nhi", pension="none", care_level="none", nationality_class="jp"
    )
    event = {"kind": "move_in", "move_date": moved, "from_same_prefecture": False}
    assert decided(person, event=event, on=moved)[law_id, "p1"].status.value == status


def test_special_move_in_takes_the_earlier_day(decided: Decide) -> None:
    event = {
        "kind": "move_in",
        "move_date": date(2026, 11, 5),
        "planned_move_out_date": date(2026, 10, 14),
        "used_special_move_out": True,
    }
    assert decided(grown(), event=event)["R02", "household"].deadline == date(2026, 11, 13)


def test_a_late_notice_is_overdue_but_still_needed(decided: Decide) -> None:
    found = decided(grown(), event={"kind": "move_in", "move_date": date(2026, 9, 1)})
    assert found["R01", "household"].status.value == "must"
    assert found["R01", "household"].overdue


def test_a_birth_date_partly_unknown_is_settled_where_every_day_agrees(decided: Decide) -> None:
    birth = {"text": "昭和10年月日不詳", "earliest": date(1935, 1, 1), "latest": date(1935, 12, 31)}
    found = decided(grown(birth_date=birth, care_level="none"))
    assert found["K01", "p1"].status.value == "must"


def test_a_birth_date_that_matters_is_asked(decided: Decide) -> None:
    birth = {"text": "昭和36年月日不詳", "earliest": date(1961, 1, 1), "latest": date(1961, 12, 31)}
    found = decided(grown(birth_date=birth, care_level="none"))
    assert found["K01", "p1"].status.value == "ask"


@pytest.mark.parametrize(("closed", "status"), [(frozenset(), "not_needed"), ({date(2026, 11, 19)}, "must")])
def test_a_card_lives_on_when_the_city_was_closed_on_the_last_day(
    decided: Decide, closed: frozenset[date], status: str
) -> None:
    event = {"kind": "move_in", "move_date": date(2026, 11, 5)}
    found = decided(
        grown(has_card=True), event=event, on=date(2026, 11, 20), open_days=OpenDays(closed=frozenset(closed))
    )
    assert found["R09", "p1"].status.value == status

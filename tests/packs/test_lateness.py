"""E13: what lateness costs this household, to the day: the months of 児童手当 that are not paid, and their yen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.lateness import Loss, loss_of, loss_sentence
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation_file import read_situation

PACK = national_pack()
VOCABULARY = {(one.holder, one.key): one for one in PACK.vocabulary}
OPEN_DAYS = OpenDays()
CHILD = "2018-04-01"


def lost(planned: str, notified: date, *births: str, procedure: str = "child-allowance-claim") -> Loss | None:
    children = [
        {"id": f"p{n}", "relationship": "子", "birth_date": birth, "moves": True}
        for n, birth in enumerate(births or (CHILD,), start=2)
    ]
    head = {
        "id": "p1",
        "relationship": "世帯主",
        "birth_date": "1984-05-02",
        "moves": True,
        "employment": "employed",
    }
    told: dict[str, Any] = {
        "event": {"kind": "move_in", "move_date": planned, "planned_move_out_date": planned},
        "notified_on": notified.isoformat(),
        "claimant": "p1",
        "people": [head, *children],
    }
    situation = read_situation(told, VOCABULARY)
    found = decide_procedure(PACK, PACK.procedure(procedure), situation, on=notified, open_days=OPEN_DAYS)
    return loss_of(PACK, situation, found[0], on=notified, open_days=OPEN_DAYS)


def test_e13_on_the_last_day_nothing_is_lost_and_on_the_next_a_month_is() -> None:
    # 転出予定日 2026-10-25: the fifteenth day is 11-09, a Monday.
    in_time = lost("2026-10-25", date(2026, 11, 9))
    assert in_time == Loss(date(2026, 11, 10), False, 1, 10_000, date(2026, 11, 1), date(2026, 11, 1))
    late = lost("2026-10-25", date(2026, 11, 10))
    assert late == Loss(date(2026, 11, 10), True, 1, 10_000, date(2026, 11, 1), date(2026, 11, 1))


def test_e13_each_month_that_begins_costs_one_more() -> None:
    assert lost("2026-10-25", date(2026, 11, 30)) == lost_of(1, "2026-11-30", "2026-11-01")
    assert lost("2026-10-25", date(2026, 12, 1)) == lost_of(2, "2026-12-01", "2026-12-01")


def lost_of(months: int, told_on: str, last: str) -> Loss:
    on, month = date.fromisoformat(told_on), date.fromisoformat(last)
    return Loss(on, True, months, 10_000 * months, date(2026, 11, 1), month)


def test_e13_late_in_the_same_month_loses_nothing() -> None:
    found = lost("2026-11-05", date(2026, 11, 24))  # the last day was the 20th
    assert found == Loss(date(2026, 11, 24), True, 0, 0, None, None)
    assert "受け取れなくなる月はありません" in loss_sentence(found)
    assert loss_sentence(lost("2026-11-05", date(2026, 11, 20))) == ""


def test_e13_a_child_who_turns_three_on_the_way_is_counted_month_by_month() -> None:
    # Under three in November and December, three from January on: 15,000 twice, then 10,000.
    found = lost("2026-10-25", date(2027, 1, 31), "2023-12-20")
    assert found is not None and (found.months, found.yen) == (3, 15_000 + 15_000 + 10_000)


def test_e13_the_third_child_counts_as_such() -> None:
    found = lost("2026-10-25", date(2026, 11, 10), "2012-05-01", "2015-05-01", CHILD)
    assert found is not None and found.yen == 10_000 + 10_000 + 30_000


def test_e13_what_the_pack_cannot_count_stays_its_sentence() -> None:
    assert lost("2026-10-25", date(2026, 11, 10), procedure="move-in-notice") is None
    assert loss_sentence(None) == ""
    assert lost("2026-10-25", date(2026, 11, 10), "2005-05-01") is None, "no allowance, nothing lost"


@pytest.mark.parametrize("days", range(0, 70, 7))
def test_e13_the_sentence_names_months_and_yen(days: int) -> None:
    found = lost("2026-10-25", date(2026, 11, 10) + timedelta(days=days))
    assert found is not None and found.already
    said = loss_sentence(found)
    assert f"{found.months}か月分、{found.months * 10_000:,}円（目安）を受け取れません" in said
    assert said.startswith("期限を過ぎたため、令和8年11月分")

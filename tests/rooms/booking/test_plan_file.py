"""The plan of reception: まどか市's own is read whole and written back; every fault comes with its line and a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from tests import cast

from madoguchi.audit.entries import Actor
from madoguchi.booking.offering import Offer, offer, quarters
from madoguchi.booking.plan_file import PlanOfReceptionRefused, ReceptionPlaces, ReceptionPlan, read_reception
from madoguchi.booking.plan_text import written
from madoguchi.booking.reception import apply_reception, reception_now
from madoguchi.booking.services import Hours, Weekday
from madoguchi.booking.tickets.days import rules
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.config.demo_city import RECEPTION_FILE, reception_plan

PLACES = ReceptionPlaces({"main": frozenset({"desk1", "desk2"})}, frozenset({"citizens", "tax"}))
GOOD = """[[service]]
key = "moving"
name = "引越し"
minutes = 25
letter = "A"
department = "citizens"

[[lane]]
branch = "main"
key = "residents"
name = "住民異動"
services = ["moving"]
desks = ["desk1"]

[[hours]]
lanes = ["main/residents"]
days = ["月", "火"]
begins = 08:30:00
ends = 12:00:00
desks = 1
seats = 1
"""


def read_plan(text: str, folder: Path) -> ReceptionPlan:
    file = folder / "reception.toml"
    file.write_text(text, encoding="utf-8")
    return read_reception(file, places=PLACES, on=cast.TODAY)


def read(text: str, folder: Path) -> Offer:
    return read_plan(text, folder).offer


def faults(text: str, folder: Path) -> str:
    with pytest.raises(PlanOfReceptionRefused) as refused:
        read(text, folder)
    return "\n".join(refused.value.faults)


def test_a_small_plan_is_read(tmp_path: Path) -> None:
    found = read(GOOD, tmp_path)
    assert found.service("moving").minutes == 25
    assert found.hours[("main", "residents")] == tuple(
        Hours(day, time(8, 30), time(12), 1, 1) for day in (Weekday.MONDAY, Weekday.TUESDAY)
    )


def test_a_file_of_windows_with_its_mark_is_read(tmp_path: Path) -> None:
    assert read("\ufeff" + GOOD, tmp_path).lanes


@pytest.mark.parametrize(
    ("good", "wrong", "line", "said"),
    [
        ('letter = "A"', 'letter = "Ａ１"', 5, "半角の英大文字1字"),
        ("minutes = 25", "minutes = 0", 4, "1〜240分"),
        ('department = "citizens"', 'department = "citizen"', 6, "citizens"),
        ('services = ["moving"]', 'services = ["movin"]', 12, "「moving」ではありませんか"),
        ('desks = ["desk1"]', 'desks = ["desk9"]', 13, "desk9"),
        ('branch = "main"', 'branch = "mian"', 9, "main"),
        ('days = ["月", "火"]', 'days = ["月曜"]', 17, "曜日の並び"),
        ("begins = 08:30:00", "begins = 08:40:00", 18, "15分きざみ"),
        ("ends = 12:00:00", "ends = 08:00:00", 19, "終わりが始まりより前"),
        ("seats = 1", "seats = 2", 21, "窓口の数より多く"),
        ('lanes = ["main/residents"]', 'lanes = ["main/resident"]', 16, "main/residents"),
        ("minutes = 25", "minuets = 25", 4, "「minutes」ではありませんか"),
    ],
)
def test_a_fault_is_said_with_its_line_and_what_to_do(
    good: str, wrong: str, line: int, said: str, tmp_path: Path
) -> None:
    found = faults(GOOD.replace(good, wrong, 1), tmp_path)
    assert f"reception.toml {line}行目" in found
    assert said in found


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    wrong = (
        GOOD.replace('"A"', '"あ"').replace("minutes = 25", "minutes = -1").replace("seats = 1", "seats = 5")
    )
    assert len(faults(wrong, tmp_path).splitlines()) >= 3


def test_what_nobody_serves_what_is_served_twice_and_hours_that_overlap_are_refused(tmp_path: Path) -> None:
    more = (
        '[[service]]\nkey = "papers"\nname = "証明書"\nminutes = 5\nletter = "B"\ndepartment = "citizens"\n'
    )
    assert "受ける窓口の列がありません" in faults(GOOD + more, tmp_path)
    lane = '[[lane]]\nbranch = "main"\nkey = "other"\nname = "他"\nservices = ["moving"]\ndesks = ["desk2"]\n'
    said = faults(GOOD + lane, tmp_path)
    assert "別の列にも" in said
    assert "この列の受付時間がありません" in said
    hours = GOOD[GOOD.index("[[hours]]") :].replace("08:30:00", "11:00:00").replace("12:00:00", "13:00:00")
    assert "重なる時間" in faults(GOOD + hours, tmp_path)


def test_what_is_no_toml_is_said_with_the_line(tmp_path: Path) -> None:
    assert "3行目" in faults('[[service]]\nkey = "a"\nname = あ\n', tmp_path)
    with pytest.raises(PlanOfReceptionRefused):
        read_reception(tmp_path / "none.toml", places=PLACES, on=cast.TODAY)


OPENING = """
[[opening]]
lanes = ["main/residents"]
every = "{every}"
begins = 09:00:00
ends = 12:00:00
desks = 1
seats = 1
"""


def test_a_series_never_opens_a_holiday_or_the_turn_of_the_year(tmp_path: Path) -> None:
    """ZMSKVR-1207: series and exceptions overwrote public holidays."""
    days = {
        one.day
        for one in read(GOOD + OPENING.format(every="第1土曜"), tmp_path).single_days[("main", "residents")]
    }
    assert date(2026, 12, 5) in days
    assert date(2027, 1, 2) not in days
    mondays = {
        one.day
        for one in read(GOOD + OPENING.format(every="第4月曜"), tmp_path).single_days[("main", "residents")]
    }
    assert date(2026, 11, 23) not in mondays  # 勤労感謝の日
    assert date(2026, 10, 26) in mondays


def test_a_day_that_is_named_opens_even_a_holiday_and_one_is_open_or_closed(tmp_path: Path) -> None:
    named = OPENING.replace('every = "{every}"', "day = 2026-11-23")
    assert read(GOOD + named, tmp_path).single_days[("main", "residents")][0].day == date(2026, 11, 23)
    closed = '[[closing]]\nlanes = ["main/residents"]\nday = 2026-11-23\nnote = "停電"\n'
    assert "臨時に開く日でもあります" in faults(GOOD + named + closed, tmp_path)
    assert "どちらかを書く項目" in faults(GOOD + OPENING.format(every="第6土曜"), tmp_path)


def test_a_season_returns_every_year_and_over_the_turn_of_the_year_it_is_refused(tmp_path: Path) -> None:
    season = GOOD + GOOD[GOOD.index("[[hours]]") :] + 'season = ["03-15", "04-15"]\n'
    spans = read(season, tmp_path).hours[("main", "residents")]
    assert {one.since for one in spans} == {None, *(date(year, 3, 15) for year in (2026, 2027, 2028))}
    assert "2つに分けて" in faults(season.replace('"03-15", "04-15"', '"12-15", "01-15"'), tmp_path)


@pytest.mark.django_db
def test_madokas_plan_is_read_and_what_is_shown_is_the_same_again(offered: Offer, tmp_path: Path) -> None:
    shown = StringIO()
    call_command("reception", "show", stdout=shown)
    file = tmp_path / "again.toml"
    file.write_text(shown.getvalue(), encoding="utf-8")
    call_command("reception", "apply", str(file), stdout=StringIO())
    assert offer() == offered
    assert written(reception_now()) == shown.getvalue()


@pytest.mark.django_db
def test_lunch_saturdays_and_the_peak_season_of_madoka(offered: Offer) -> None:
    def seats(day: date, lane: str = "residents") -> dict[int, int]:
        return {one.number: one.seats for one in quarters(offered=offered, branch="main", lane=lane, day=day)}

    plain, peak, saturday = seats(date(2026, 11, 10)), seats(date(2027, 3, 16)), seats(date(2026, 12, 12))
    assert (plain[48], plain[52], peak[48]) == (0, 1, 2)  # 12:00, 13:00
    assert max(saturday) == 47
    assert seats(date(2026, 12, 12), "insurance") == seats(date(2026, 12, 5)) == {}
    assert seats(date(2026, 12, 29)) == seats(date(2027, 1, 1)) == seats(date(2026, 11, 23)) == {}


@pytest.mark.django_db
def test_the_command_says_every_fault_and_sets_nothing(city: Mapping[str, Actor], tmp_path: Path) -> None:
    file = tmp_path / "reception.toml"
    file.write_text(
        RECEPTION_FILE.read_text(encoding="utf-8").replace("minutes = 25", "minutes = 0"), encoding="utf-8"
    )
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("reception", "apply", str(file), stderr=said)
    assert "1〜240分" in said.getvalue()
    assert offer().services == ()
    call_command("reception", "apply", str(RECEPTION_FILE), "--dry-run", stdout=said)
    assert offer().services == ()
    call_command("reception", "apply", str(RECEPTION_FILE), stdout=said)
    assert len(offer().services) == 8


def test_a_service_and_a_lane_have_names_in_other_languages(tmp_path: Path) -> None:
    named = GOOD.replace('name = "引越し"', 'name = "引越し"\nnames = { vi = "Chuyển nhà", en = "Moving" }')
    named = named.replace('name = "住民異動"', 'name = "住民異動"\nnames = { zh-Hans = "住民变动" }')
    found = read(named, tmp_path)
    assert found.services[0].names == (("en", "Moving"), ("vi", "Chuyển nhà"))
    assert found.lanes[0].names == (("zh-Hans", "住民变动"),)
    assert read(written(ReceptionPlan(found, {})), tmp_path) == found


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        ('{ english = "Moving" }', "「english」ということばはありません。"),
        ('{ en = "" }', "「en」の名前が空か、長すぎます。"),
        ("{ en = 3 }", "「en」の名前が空か、長すぎます。"),
        ('"Moving"', "ことばごとの名前を書く項目です。"),
    ],
)
def test_names_that_cannot_be_read_are_faults(tmp_path: Path, names: str, fault: str) -> None:
    assert fault in faults(GOOD.replace("minutes = 25", f"minutes = 25\nnames = {names}"), tmp_path)


RULES = """
[[rules]]
branches = ["main"]
most_overtakings = 5
late_minutes = 20
"""


def test_a_branch_has_rules_of_its_own_and_what_they_leave_out_is_the_products(tmp_path: Path) -> None:
    assert read_plan(GOOD, tmp_path).rules == {}
    assert read_plan(GOOD + RULES, tmp_path).rules == {
        "main": QueueRules(most_overtakings=5, late_minutes=20)
    }


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('["main"]', '["west"]', "「west」は定義されていません"),
        ('["main"]', '["main", "main"]', "2回あります"),
        ("late_minutes = 20", "late_minutes = 900", "0〜240"),
        ("late_minutes = 20", "late_minutes = -1", "0 以上の整数"),
        ("late_minutes = 20", 'only_in_hours = "no"', "true か false"),
        ("late_minutes = 20", "later = 20", "later"),
    ],
)
def test_rules_that_cannot_be_read_are_faults(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert fault in faults(GOOD + RULES.replace(before, after), tmp_path)


@pytest.mark.django_db
def test_rules_hold_for_the_branches_that_are_named_and_end_with_the_plan_that_leaves_them_out(
    city: Mapping[str, Actor],
) -> None:
    plan = reception_plan(cast.TODAY)
    apply_reception(plan=plan, by=cast.SETTER, now=cast.NOW)
    assert rules(branch="main") == QueueRules(early_minutes=60, only_in_hours=False)
    apply_reception(plan=ReceptionPlan(plan.offer, {}), by=cast.SETTER, now=cast.NOW)
    assert rules(branch="main") == QueueRules()
    assert reception_now().rules == {}

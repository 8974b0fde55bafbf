"""One key for one place and one name however they are written, and never one for two; days at the edges of what is known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.addresses import loose_place_key, same_place_key, town_and_lot
from madoguchi.jp.check_digits import individual_number_check_digit, with_check_digit
from madoguchi.jp.dates import PossibleDays, add_days, add_months, income_year
from madoguchi.jp.municipalities import prefecture_of
from madoguchi.jp.names import may_be_written_as, registered_name_key
from madoguchi.jp.open_days import holiday_name
from madoguchi.jp.wareki import WarekiError, era_of, parse_date_text, parse_day_and_time


@pytest.mark.parametrize(
    "written",
    ["本町三丁目5番地の1", "本町三丁目5番1号", "本町三丁目5-1", "本町3丁目５－１", "本町三丁目 5番1号"],
)
def test_a_lot_is_the_same_however_it_is_written(written: str) -> None:
    assert town_and_lot(written) == town_and_lot("本町三丁目5番地1")
    assert same_place_key(written) == same_place_key("本町三丁目5番地1")


def test_a_town_without_a_lot_and_a_building_beside_it() -> None:
    assert town_and_lot("本町") == (town_and_lot("本町5番地")[0], "")
    town, lot, building = same_place_key("本町5番地1 まどかハイツ２０３")
    assert (town, lot) == town_and_lot("本町5-1") and building == "まどかハイツ203"
    assert same_place_key("本町5番地1 まどかハイツ203") != same_place_key("本町5番地1 まどかハイツ204")


def test_the_loose_key_takes_a_chome_for_the_first_number_of_a_lot() -> None:
    assert loose_place_key("本町2丁目8番1号") == loose_place_key("本町2-8-1")
    assert same_place_key("本町2丁目8番1号") != same_place_key("本町2-8-1"), "of two towns both can be there"
    assert loose_place_key("本町2-8-1") != loose_place_key("本町2-8-2")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("山田　太郎", "山田太郎", True), ("ﾔﾏﾀﾞ", "ヤマダ", True), ("ann lee", "ＡＮＮ　ＬＥＥ", True),
        ("ANN ALEE", "ANNA LEE", False), ("ANN ALEE", "ANNALEE", False), ("みか", "みが", False), ("ユキ", "ユウキ", False),
        ("山田 ANN", "山田ANN", True),
    ],
)  # fmt: skip
def test_a_registered_name_has_one_key(one: str, other: str, same: bool) -> None:
    assert (registered_name_key(one) == registered_name_key(other)) is same


@given(st.text(alphabet="山田髙橋ヤマダ ANN　ａ", max_size=8))
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert registered_name_key(registered_name_key(name)) == registered_name_key(name)
    assert may_be_written_as(name, name)


def test_rare_characters_give_way_in_one_direction_only() -> None:
    assert may_be_written_as("髙橋 一郎", "高橋一郎")
    assert not may_be_written_as("高橋 一郎", "髙橋一郎")
    assert not may_be_written_as("髙橋 一郎", "高橋二郎")


@pytest.mark.parametrize(
    ("address", "prefecture"),
    [("北海道北見市", "北海道"), ("北見市とん田西町", "北海道"), ("府中市", None), ("どこにもない町", None), ("府中町", "広島県")],
)  # fmt: skip
def test_the_prefecture_is_told_only_where_there_is_one(address: str, prefecture: str | None) -> None:
    assert prefecture_of(address) == prefecture


def test_before_meiji_there_is_no_era() -> None:
    assert era_of(date(1868, 1, 25)).name == "明治"
    with pytest.raises(WarekiError):
        era_of(date(1868, 1, 24))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("令和8年11月5日推定午後3時頃", date(2026, 11, 5), date(2026, 11, 5)),
        ("令和8年11月頃午後3時", date(2026, 11, 1), date(2026, 11, 30)),
        ("令和8年10月30日から11月2日までの間", date(2026, 10, 30), date(2026, 11, 2)),
        ("令和8年10月1日頃から令和8年11月2日午後1時までの間", date(2026, 10, 1), date(2026, 11, 2)),
        ("令和8年10月30日から31日までの間", date(2026, 10, 30), date(2026, 10, 31)),
    ],
)
def test_a_time_beside_a_day_leaves_the_day(text: str, first: date, last: date) -> None:
    found = parse_day_and_time(text)
    assert isinstance(found, PossibleDays)
    assert (found.text, found.earliest, found.latest) == (text, first, last)


def test_a_day_without_a_time_is_a_day_and_an_impossible_one_is_refused_as_it_was_written() -> None:
    assert parse_day_and_time("令和8年11月5日") == date(2026, 11, 5)
    for text in (
        "平成元年1月1日午後3時",
        "令和8年11月5日から2日までの間",
        "令和8年9月から令和8年11月2日までの間",
        "昭和64年2月不詳",
    ):
        with pytest.raises(WarekiError) as refused:
            parse_day_and_time(text)
        assert text in str(refused.value)


def test_a_part_that_is_not_known_ends_with_its_era() -> None:
    found = parse_date_text("平成31年不詳")
    assert isinstance(found, PossibleDays)
    assert (found.earliest, found.latest) == (date(2019, 1, 1), date(2019, 4, 30))


def test_a_day_of_the_era_before_is_offered_for_what_may_have_been_meant() -> None:
    with pytest.raises(WarekiError) as refused:
        parse_day_and_time("平成元年1月1日午後3時")
    assert "昭和64年1月1日" in str(refused.value)


def test_holidays_have_names() -> None:
    days = {
        date(2026, 11, 3): "文化の日",
        date(2026, 12, 29): "年末年始",
        date(2027, 1, 1): "元日",
        date(2026, 11, 4): "",
    }
    assert {day: holiday_name(day) for day in days} == days


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(-1200, 1200))
def test_the_corresponding_day_or_the_last_of_its_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (
        found.day < day.day and add_months(found.replace(day=1), 1).replace(day=1) > found
    )
    if found.day != day.day:
        with pytest.raises(ValueError, match="day"):
            found.replace(day=found.day + 1)


def test_civil_days_and_the_year_whose_income_counts() -> None:
    assert add_days(date(2028, 2, 28), 2) == date(2028, 3, 1)
    assert [income_year(date(2026, month, 1), from_month=6) for month in (1, 5, 6, 12)] == [
        2024,
        2024,
        2025,
        2025,
    ]


@pytest.mark.parametrize("text", ["", "１２３", "12a"])
def test_what_is_no_number_has_no_check_digit(text: str) -> None:
    with pytest.raises(ValueError, match="番号として読めません"):
        with_check_digit(text)
    with pytest.raises(ValueError, match="11けたの数字"):
        individual_number_check_digit(text)

"""和暦 both ways, and dates that are not whole (E14–E16, E19)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.dates import PossibleDays, attains
from madoguchi.jp.wareki import (
    WarekiError,
    format_date_text,
    format_wareki,
    format_wareki_latin,
    format_wareki_short,
    parse_date_text,
)

civil = st.dates(date(1873, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("H1.1.8", date(1989, 1, 8)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("S59.5.2", date(1984, 5, 2)),
        ("s59/5/2", date(1984, 5, 2)),
        ("昭５９．５．２", date(1984, 5, 2)),
        ("1984-05-02", date(1984, 5, 2)),
        ("1984/5/2", date(1984, 5, 2)),
        ("１９８４年５月２日", date(1984, 5, 2)),
        ("19840502", date(1984, 5, 2)),
        ("令和8年2月28日", date(2026, 2, 28)),
    ],
)
def test_e14_what_people_write_is_understood(text: str, day: date) -> None:
    assert parse_date_text(text) == day


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("昭和64年1月8日", (date(1989, 1, 8),)),
        ("平成31年5月1日", (date(2019, 5, 1),)),
        ("平成元年1月7日", (date(1989, 1, 7),)),
        ("明治45年7月31日", (date(1912, 7, 31),)),
        ("大正元年7月29日", (date(1912, 7, 29),)),
        ("大正15年12月26日", (date(1926, 12, 26),)),
        ("昭和元年12月24日", (date(1926, 12, 24),)),
    ],
)
def test_e14_an_era_that_does_not_reach_the_day_is_answered_with_what_was_meant(
    text: str, meant: tuple[date, ...]
) -> None:
    with pytest.raises(WarekiError) as raised:
        parse_date_text(text)
    assert raised.value.candidates == meant
    assert format_wareki(meant[0]) in str(raised.value)


def test_all_dates_that_may_have_been_meant_are_told() -> None:
    error = WarekiError("x", (date(1989, 1, 7), date(1989, 1, 8)))
    assert "昭和64年1月7日、平成元年1月8日 のことであれば" in str(error)


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2019, 5, 1), "令和元年5月1日", "令元.5.1"),
        (date(2026, 11, 5), "令和8年11月5日", "令8.11.5"),
        (date(1989, 1, 7), "昭和64年1月7日", "昭64.1.7"),
        (date(1926, 12, 25), "昭和元年12月25日", "昭元.12.25"),
    ],
)
def test_e14_a_day_is_written_as_counters_write_it(day: date, long: str, short: str) -> None:
    assert format_wareki(day) == long
    assert format_wareki_short(day) == short


def test_e14_a_day_in_latin_letters_has_a_year_1() -> None:
    assert format_wareki_latin(date(2026, 11, 5)) == "R8.11.5"
    assert format_wareki_latin(date(2019, 5, 1)) == "R1.5.1"


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("昭和10年月日不詳", date(1935, 1, 1), date(1935, 12, 31)),
        ("昭和10年5月日不詳", date(1935, 5, 1), date(1935, 5, 31)),
        ("昭和64年月日不詳", date(1989, 1, 1), date(1989, 1, 7)),
        ("1970-00-00", date(1970, 1, 1), date(1970, 12, 31)),
        ("1970-02-00", date(1970, 2, 1), date(1970, 2, 28)),
        ("1970年不詳", date(1970, 1, 1), date(1970, 12, 31)),
        ("不詳", date(1868, 1, 25), date(2999, 12, 31)),
        ("令和不詳", date(2019, 5, 1), date(2999, 12, 31)),
        ("H1.0.0", date(1989, 1, 8), date(1989, 12, 31)),
        ("昭和64年0月0日", date(1989, 1, 1), date(1989, 1, 7)),
    ],
)
def test_e15_a_date_that_is_partly_unknown_keeps_its_text_and_its_bounds(
    text: str, earliest: date, latest: date
) -> None:
    assert parse_date_text(text) == PossibleDays(text, earliest, latest)


@pytest.mark.parametrize("text", ["昭和12年2月30日", "1937-02-30", "昭和12年2月29日"])
def test_e16_a_day_that_never_was_keeps_its_text(text: str) -> None:
    found = parse_date_text(text)
    assert isinstance(found, PossibleDays)
    assert found.text == text
    assert found.earliest == date(1937, 2, 28)
    assert format_date_text(found) == text


@given(st.integers(0, 120))
def test_e15_a_wholly_unknown_birth_leaves_room_for_an_age(age: int) -> None:
    unknown = parse_date_text("不詳")
    assert isinstance(unknown, PossibleDays)
    assert unknown.map(lambda day: attains(day, age)).text == "不詳"


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("令和8年頃", date(2026, 1, 1), date(2026, 12, 31)),
        ("令和8年11月頃", date(2026, 11, 1), date(2026, 11, 30)),
        ("令和8年11月3日頃", date(2026, 11, 1), date(2026, 11, 30)),
        ("推定令和8年11月3日", date(2026, 11, 1), date(2026, 11, 30)),
        ("推定令和8年11月", date(2026, 11, 1), date(2026, 11, 30)),
        ("令和8年春", date(2026, 1, 1), date(2026, 12, 31)),
        ("令和8年11月上旬", date(2026, 11, 1), date(2026, 11, 10)),
        ("令和8年11月中旬頃", date(2026, 11, 11), date(2026, 11, 20)),
        ("年月日不詳", date(1868, 1, 25), date(2999, 12, 31)),
        ("令和8年 月日不詳", date(2026, 1, 1), date(2026, 12, 31)),
        ("令和8年11月 日不詳", date(2026, 11, 1), date(2026, 11, 30)),
        ("令和8年11月20日から12月3日頃までの間", date(2026, 11, 20), date(2026, 12, 3)),
        ("令和8年11月推定3日から5日までの間", date(2026, 11, 3), date(2026, 11, 5)),
        ("令和8年11月1日頃から10日頃までの間", date(2026, 11, 1), date(2026, 11, 10)),
    ],
)
def test_e15_the_14_unknown_dates_of_the_standard_are_taken(text: str, earliest: date, latest: date) -> None:
    """住民記録システム標準仕様書 1.1.8 不詳日入力一覧; the bounds are ours."""
    assert parse_date_text(text) == PossibleDays(text, earliest, latest)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("昭和64年1月上旬", date(1989, 1, 1), date(1989, 1, 7)),
        ("平成元年1月上旬", date(1989, 1, 8), date(1989, 1, 10)),
        ("令和8年2月下旬", date(2026, 2, 21), date(2026, 2, 28)),
        ("2026年11月1日から5日までの間", date(2026, 11, 1), date(2026, 11, 5)),
        ("2026年11月5日から5日までの間", date(2026, 11, 5), date(2026, 11, 5)),
        ("2026年11月28日から12月 3日まで", date(2026, 11, 28), date(2026, 12, 3)),
        ("2026年11月不詳から2027年1月不詳の間", date(2026, 11, 1), date(2027, 1, 31)),
        ("推定令和8年11月頃", date(2026, 11, 1), date(2026, 11, 30)),
        ("推定令和8年11月3日頃", date(2026, 11, 1), date(2026, 11, 30)),
        ("推定令和8年11月上旬", date(2026, 11, 1), date(2026, 11, 10)),
        ("明治元年1月下旬", date(1868, 1, 25), date(1868, 1, 31)),
        ("昭和10年12月不明", date(1935, 12, 1), date(1935, 12, 31)),
        ("不明", date(1868, 1, 25), date(2999, 12, 31)),
        ("1970年5月31日頃", date(1970, 5, 1), date(1970, 5, 31)),
    ],
)
def test_e19_a_part_of_a_month_stays_in_its_era_and_month(text: str, earliest: date, latest: date) -> None:
    assert parse_date_text(text) == PossibleDays(text, earliest, latest)


@pytest.mark.parametrize("text", ["明治5年12月2日", "明治元年11月30日", "M3.5.5"])
def test_e16_a_day_of_the_old_calendar_keeps_its_text(text: str) -> None:
    found = parse_date_text(text)
    assert isinstance(found, PossibleDays)
    assert found.text == text
    assert found.latest <= date(1872, 12, 31)


def test_e16_the_calendar_of_today_begins_with_meiji_6() -> None:
    assert parse_date_text("明治6年1月1日") == date(1873, 1, 1)


@pytest.mark.parametrize("hyphen", "-−‐‑–—ー－./")
def test_e14_any_hyphen_stands_between_the_parts_of_a_day(hyphen: str) -> None:
    for text in ("1984-05-02", "S59-5-2"):
        assert parse_date_text(text.replace("-", hyphen)) == date(1984, 5, 2)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("明治5年12月2日", date(1872, 1, 1), date(1872, 12, 31)),
        ("明治3年5月5日", date(1870, 1, 1), date(1871, 3, 1)),
        ("明治元年11月30日", date(1868, 1, 25), date(1869, 3, 1)),
    ],
)
def test_e16_a_month_of_the_old_calendar_may_lie_two_months_later(
    text: str, earliest: date, latest: date
) -> None:
    assert parse_date_text(text) == PossibleDays(text, earliest, latest)


@pytest.mark.parametrize("text", ["令和8年11月頃", "令和8年11月推定"])
def test_e19_about_a_month_is_kept_as_written(text: str) -> None:
    assert parse_date_text(text) == PossibleDays(text, date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    "text",
    [
        "0000年不詳",
        "平成31年5月3日頃",
        "昭和64年1月中旬",
        "令和8年11月40日頃",
        "令和8年11月5日から3日までの間",
        "推定",
        "",
        "きのう",
        "令和8年13月1日",
        "令和8年1月32日",
        "令和0年1月1日",
        "令和00年5月1日",
        "明治0年12月31日",
        "昭和元年11月不詳",
        "大正15年12月下旬から11月上旬までの間",
        "10000年1月1日",
        "2026-13-01",
        "0000-01-01",
    ],
)
def test_what_is_not_a_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WarekiError, match="日付として読めません") as raised:
        parse_date_text(text)
    meant = {"平成31年5月3日頃": (date(2019, 5, 3),)}.get(text, ())
    assert raised.value.candidates == meant
    assert ("例: 昭和59年5月2日" in str(raised.value)) is not bool(meant)


@given(civil)
def test_each_day_comes_back_from_its_wareki(day: date) -> None:
    assert parse_date_text(format_wareki(day)) == day
    assert parse_date_text(format_wareki_short(day)) == day
    assert parse_date_text(format_wareki_latin(day)) == day
    assert parse_date_text(day.isoformat()) == day
    assert parse_date_text(day.strftime("%Y%m%d")) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_is_refused(text: str) -> None:
    try:
        found = parse_date_text(text)
    except WarekiError:
        return
    assert isinstance(found, date | PossibleDays)

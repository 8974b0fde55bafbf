"""A month as a table in which a day is chosen, and the times of a day (予約の暦): for the pages of residents and of staff."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from madoguchi.booking.vacancies import TimeFree, Vacancy, wait_rounded
from madoguchi.channels.shared.languages import JAPANESE, current, tag_of
from madoguchi.jp.open_days import holiday_name
from madoguchi.jp.wareki import format_wareki

NOON = 48
FIRST_YEAR, LAST_YEAR = 2000, 2200
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the table; without `url` there is nothing to choose."""

    day: date
    vacancy: Vacancy
    url: str
    today: bool
    over: bool
    holiday: str


@dataclass(frozen=True, slots=True)
class MonthTable:
    """A month: its name, its weeks (None outside of the month), the months beside it, its holidays in words.

    `weekdays`: short and whole, Sunday first. `unit`: what is read aloud after the number of a day. `worded`: whether the
    words of how free a day is are short enough to stand in its cell.
    """

    title: str
    weekdays: tuple[tuple[str, str], ...]
    unit: str
    worded: bool
    weeks: tuple[tuple[DayCell | None, ...], ...]
    before: str
    after: str
    holidays: str


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A time that can be chosen, and the wait in words."""

    quarter: int
    begins: str
    vacancy: Vacancy
    wait: str


def day_asked(said: str) -> date | None:
    """The day of an address ("2026-12-01"), or None for what is no day that an office would book."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def month_asked(said: str, today: date, last: date) -> date:
    """The first of the month that was asked for ("2026-12"), kept between today's and that of the last day."""
    try:
        asked = date.fromisoformat(f"{said}-01")
    except ValueError:
        asked = today.replace(day=1)
    return min(max(asked, today.replace(day=1)), last.replace(day=1))


def month_table(
    *,
    first: date,
    today: date,
    last: date,
    free: Mapping[date, Vacancy],
    url: Callable[[date], str],
    here: str,
) -> MonthTable:
    """The table of the month that begins at `first`; `here` is the page's address, to which `month=` is added."""
    weeks = []
    named = []
    for week in Calendar(firstweekday=6).monthdatescalendar(first.year, first.month):
        cells: list[DayCell | None] = []
        for day in week:
            if day.month != first.month:
                cells.append(None)
                continue
            vacancy, name = free.get(day, Vacancy.CLOSED), holiday_name(day)
            cells.append(
                DayCell(day, vacancy, url(day) if vacancy.takes else "", day == today, day < today, name)
            )
            if name:
                named.append(f"{day.day}日 {name}")
        weeks.append(tuple(cells))
    earlier, later = first - timedelta(days=1), (first + timedelta(days=32)).replace(day=1)
    join = "&" if "?" in here else "?"
    return MonthTable(
        title=_title(first),
        weekdays=tuple((str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in (SUNDAY, *range(SUNDAY))),
        unit="日、" if tag_of(current()) == JAPANESE else ", ",
        worded=current() == JAPANESE,
        weeks=tuple(weeks),
        before=f"{here}{join}month={earlier:%Y-%m}#month" if earlier >= today.replace(day=1) else "",
        after=f"{here}{join}month={later:%Y-%m}#month" if later <= last else "",
        holidays="、".join(named),
    )


def _title(first: date) -> str:
    """令和8年11月（2026年）; "November 2026"."""
    if current() != JAPANESE:
        return str(date_format(first, "YEAR_MONTH_FORMAT"))
    return f"{format_wareki(first).partition('月')[0]}月（{first.year}年）"


def lines(times: Sequence[TimeFree]) -> tuple[TimeLine, ...]:
    """Times with their wait in words."""
    return tuple(TimeLine(one.quarter, one.begins, one.vacancy, wait_in_words(one.wait)) for one in times)


def halves(times: Sequence[TimeFree]) -> list[tuple[str, tuple[TimeLine, ...]]]:
    """Times of the morning and of the afternoon; a half without any is left out."""
    found = lines(times)
    split = (
        (_("午前"), tuple(one for one in found if one.quarter < NOON)),
        (_("午後"), tuple(one for one in found if one.quarter >= NOON)),
    )
    return [(name, those) for name, those in split if those]


def wait_in_words(minutes: int) -> str:
    """The wait that is expected at a time, as a sentence."""
    told = wait_rounded(minutes)
    return _("%(n)d分ほどお待ちいただく見込み") % {"n": told} if told else _("ほとんど待たない見込み")

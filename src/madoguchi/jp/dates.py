"""Civil dates and statutory ages (年齢計算・期間計算).

Promises, in the order in which a deadline is worked out: when a person attains an age, which fiscal year that
falls in, how a period is counted, and where it ends when the office is closed. Dates are Japanese civil dates;
nothing here knows the time of day or today's date.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
LONGEST_CLOSURE_DAYS = 60


@dataclass(frozen=True, slots=True)
class PossibleDays:
    """A date that is partly unknown (不詳): the text as written, and the days it may be.

    `earliest` and `latest` are both possible days. The text is what documents show; it is never turned into a
    single date.
    """

    text: str
    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError(f"不詳の日付「{self.text}」の範囲が逆です（{self.earliest}〜{self.latest}）。")

    def map(self, monotone: Callable[[date], date]) -> PossibleDays:
        """The days that `monotone` (a function that never reverses two dates) can give."""
        return PossibleDays(self.text, monotone(self.earliest), monotone(self.latest))


def income_year(day: date, *, from_month: int) -> int:
    """The calendar year whose income a scheme looks at on a day: last year's from the month in which its own year begins, until
    then that of the year before (所得を見る年)."""
    return day.year - (1 if day.month >= from_month else 2)


def _in_year(day: date, year: int) -> date:
    """The same month and day in `year`; 29 February becomes 1 March where the year has none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def birthday(birth: date, age: int) -> date:
    """The day after the person attains `age` (応当日).

    For 29 February in a common year this is 1 March. 後期高齢者医療 begins on this day (高確法 52条).
    """
    return _in_year(birth, birth.year + age)


def attains(birth: date, age: int) -> date:
    """The day on which a person reaches `age`: the day before the birthday (年齢計算ニ関スル法律, 民法143条2項).

    Born on 29 February: always 28 February.
    """
    if birth.month == 2 and birth.day == 29:
        return date(birth.year + age, 2, 28)
    return birthday(birth, age) - ONE_DAY


def age_on(birth: date, on: date) -> int:
    """Completed years on the day `on`; the age rises on the day `attains` gives. Before birth it is negative."""
    years = on.year - birth.year + 1  # nobody is older: who is born on 1 January attains the day before
    while attains(birth, years) > on:
        years -= 1
    return years


def fiscal_year(day: date) -> int:
    """The fiscal year (年度) that `day` belongs to: April to March."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_start(day: date) -> date:
    """1 April of the fiscal year of `day`."""
    return date(fiscal_year(day), 4, 1)


def fiscal_year_end(day: date) -> date:
    """The first 31 March on or after `day`."""
    return date(fiscal_year(day) + 1, 3, 31)


def school_entry(birth: date) -> date:
    """1 April on which first grade begins: the day after the end of the year in which 6 is attained (学校教育法17条)."""
    return fiscal_year_end(attains(birth, 6)) + ONE_DAY


def school_grade(birth: date, on: date) -> int | None:
    """Compulsory school year 1–9 on the day `on`, or None outside it."""
    grade = fiscal_year(on) - school_entry(birth).year + 1
    return grade if 1 <= grade <= 9 else None


def add_days(day: date, days: int) -> date:
    """`days` civil days later."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later; the month's last day where it has none (民法143条2項ただし書)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due(start: date, days: int, *, count_first_day: bool) -> date:
    """Last day of a period of `days` days (民法140条 初日不算入; 戸籍法43条 counts the first day)."""
    return start + timedelta(days=days - 1 if count_first_day else days)


def due_months(start: date, months: int, *, count_first_day: bool) -> date:
    """Last day of a period of `months` months by the calendar (民法143条)."""
    first = start if count_first_day else start + ONE_DAY
    corresponding = add_months(first, months)
    if corresponding.day != first.day:
        return corresponding
    return corresponding - ONE_DAY


def roll_to_open_day(day: date, is_open: Callable[[date], bool]) -> date:
    """`day`, or the next day on which the office is open (民法142条, 地方自治法4条の2).

    Raises ValueError when no open day follows within two months: the calendar is wrong then.
    """
    rolled = day
    for _ in range(LONGEST_CLOSURE_DAYS):
        if is_open(rolled):
            return rolled
        rolled += ONE_DAY
    raise ValueError(
        f"{day} のあと{LONGEST_CLOSURE_DAYS}日間、開庁日がありません。開庁日の設定を確かめてください。"
    )


def month_start(day: date) -> date:
    """The first of the month of `day`."""
    return day.replace(day=1)


def next_month_start(day: date) -> date:
    """The first of the month after that of `day`."""
    return add_months(month_start(day), 1)


def elderly_recipient_from(birth: date) -> date:
    """First day of the 高齢受給者 share (70): the month after 70 is attained, as the law counts it.

    Born on the 1st: 70 is attained on the last day of the month before, so it is the birthday's own month.
    """
    return next_month_start(attains(birth, 70))

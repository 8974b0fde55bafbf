"""Legal dates as SQL (法定日の式): the same days as `madoguchi.jp.dates`, one macro for each function of the rules."""

from datetime import date, timedelta

from madoguchi.jp import dates
from madoguchi.jp.open_days import OpenDays

# `b + n years` is 28 February where there is no 29th; the birthday of the law is then 1 March.
MACROS = (
    "CREATE MACRO leap_born(b) AS month(b) = 2 AND day(b) = 29",
    "CREATE MACRO birthday(b, n) AS CASE WHEN leap_born(b)"
    " THEN CAST(make_date(CAST(year(b) + n AS INTEGER), 2, 28) + INTERVAL 1 DAY AS DATE)"
    " ELSE CAST(b + to_years(CAST(n AS INTEGER)) AS DATE) END",
    "CREATE MACRO attains(b, n) AS CASE WHEN leap_born(b) THEN make_date(CAST(year(b) + n AS INTEGER), 2, 28)"
    " ELSE CAST(b + to_years(CAST(n AS INTEGER)) - INTERVAL 1 DAY AS DATE) END",
    "CREATE MACRO age_on(b, d) AS year(d) - year(b)"
    " - CASE WHEN attains(b, year(d) - year(b)) > d THEN 1 ELSE 0 END"
    " + CASE WHEN attains(b, year(d) - year(b) + 1) <= d THEN 1 ELSE 0 END",
    "CREATE MACRO fiscal_year_of(d) AS year(d) - CASE WHEN month(d) < 4 THEN 1 ELSE 0 END",
    "CREATE MACRO fiscal_year_start(d) AS make_date(fiscal_year_of(d), 4, 1)",
    "CREATE MACRO fiscal_year_end(d) AS make_date(fiscal_year_of(d) + 1, 3, 31)",
    "CREATE MACRO school_entry(b) AS make_date(fiscal_year_of(attains(b, 6)) + 1, 4, 1)",
    "CREATE MACRO days_after(d, n) AS CAST(d + to_days(CAST(n AS INTEGER)) AS DATE)",
    "CREATE MACRO months_after(d, n) AS CAST(d + to_months(CAST(n AS INTEGER)) AS DATE)",
    "CREATE MACRO next_month_start(d) AS CAST(date_trunc('month', d) + INTERVAL 1 MONTH AS DATE)",
    "CREATE MACRO open_day(d) AS CAST(d + to_days(CAST(list_extract(getvariable('closed_for'),"
    " date_diff('day', getvariable('calendar_begins'), d) + 1) AS INTEGER)) AS DATE)",
)
# Periods of the law begin at most a year before the days that are known, and end at most three years after them.
_BEFORE, _AFTER = 1, 4


def calendar(open_days: OpenDays, first: date, last: date) -> tuple[date, list[int]]:
    """Return the first day of a calendar around two days, and for each day how many days later the office is open."""
    begins, ends = date(first.year - _BEFORE, 1, 1), date(last.year + _AFTER, 1, 1)
    days = (begins + timedelta(days=number) for number in range((ends - begins).days))
    return begins, [(dates.roll_to_open_day(day, open_days.is_open) - day).days for day in days]

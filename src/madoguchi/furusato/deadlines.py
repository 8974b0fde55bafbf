"""Days of 申告特例 (ワンストップ特例の期限), by the calendar in Japan.

1. A gift belongs to the year in which it was made; an application for it may be made until 10 January of the next year, and
   until the same day whoever applied tells of a name or address that changed (地方税法 附則第7条第4項・第11項).
2. What changed after 1 January (賦課期日) need not be told (同項: 申請の日から賦課期日までの変更).
3. A day of a law of local tax that is a holiday (民法142条: Sunday, national holiday) or a Saturday gives way to the next day
   (地方税法 第20条の5第2項). So 10 January 2027, a Sunday before 成人の日, is 12 January. The article was found with a municipality
   that cites it for this very day; that Saturday is named by the 政令 (施行令6条の18) is unverified.
4. The notices to the donors' own municipalities are due on 31 January (附則第7条第5項; unverified), and are not moved here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from madoguchi.jp.open_days import national_closed

JAPAN = ZoneInfo("Asia/Tokyo")
LAW = "地方税法 附則第7条、第20条の5第2項"


def today_in_japan(now: datetime) -> date:
    """The civil day in Japan; `now` knows its time zone."""
    if now.tzinfo is None:
        raise ValueError("now has no time zone")
    return now.astimezone(JAPAN).date()


def statutory_day(year: int) -> date:
    """10 January after the year of the gift."""
    return date(year + 1, 1, 10)


def last_day(year: int) -> date:
    """The last day on which an application or a change for gifts of `year` may arrive."""
    day = statutory_day(year)
    while national_closed(day):
        day += timedelta(days=1)
    return day


def may_still_come(year: int, *, now: datetime) -> bool:
    """Whether an application or a change for gifts of `year` is in time."""
    return today_in_japan(now) <= last_day(year)


def tax_day(year: int) -> date:
    """賦課期日: the 1 January whose address decides which municipality lowers the tax."""
    return date(year + 1, 1, 1)


def notice_day(year: int) -> date:
    """The day by which the donors' own municipalities are told."""
    return date(year + 1, 1, 31)


def years_open(*, now: datetime) -> tuple[int, ...]:
    """The years of gifts for which something may still come, the earliest first."""
    year = today_in_japan(now).year
    return tuple(one for one in (year - 1, year) if may_still_come(one, now=now))

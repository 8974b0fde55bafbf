"""A booked time in words (予約の日時のことば), in the language that is being spoken: 和暦 in Japanese, the usual way elsewhere."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madoguchi.booking.booked import JAPAN
from madoguchi.jp.wareki import format_wareki

WEEKDAYS = "月火水木金土日"


def day_in_words(day: date) -> str:
    """令和8年12月1日（火）; "Dec. 1, 2026 (Tuesday)"."""
    if not _in_japanese():
        return f"{date_format(day, 'DATE_FORMAT')} ({WEEKDAY_NAMES[day.weekday()]})"
    return f"{format_wareki(day)}（{WEEKDAYS[day.weekday()]}）"


def plain_day(day: date) -> str:
    """令和8年12月1日; "Dec. 1, 2026 (令和8年12月1日)" in other languages, as the paper that one is handed has it."""
    if (get_language() or "ja").startswith("ja"):
        return format_wareki(day)
    return f"{date_format(day, 'DATE_FORMAT')} ({format_wareki(day)})"


def time_in_words(starts: datetime) -> str:
    """午前9時15分, 午後1時: how a clerk says it on the telephone; "13:00" in other languages."""
    local = starts.astimezone(JAPAN)
    if not _in_japanese():
        return f"{local:%H:%M}"
    half, hour = (_("午前"), local.hour) if local.hour < 12 else (_("午後"), local.hour - 12)
    minute = f"{local.minute}分" if local.minute else ""
    return f"{half}{hour}時{minute}"


def in_words(starts: datetime) -> str:
    """令和8年12月1日（火）午前9時15分; "Dec. 1, 2026 (Tuesday) 09:15"."""
    between = "" if _in_japanese() else " "
    return day_in_words(starts.astimezone(JAPAN).date()) + between + time_in_words(starts)


def _in_japanese() -> bool:
    return (get_language() or "ja") == "ja"

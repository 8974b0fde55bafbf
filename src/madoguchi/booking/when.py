"""A booked time in words (予約の日時のことば)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from madoguchi.booking.booked import JAPAN
from madoguchi.jp.wareki import format_wareki

WEEKDAYS = "月火水木金土日"


def day_in_words(day: date) -> str:
    """令和8年12月1日（火）."""
    return f"{format_wareki(day)}（{WEEKDAYS[day.weekday()]}）"


def time_in_words(starts: datetime) -> str:
    """午前9時15分, 午後1時: how a clerk says it on the telephone."""
    local = starts.astimezone(JAPAN)
    half, hour = (_("午前"), local.hour) if local.hour < 12 else (_("午後"), local.hour - 12)
    minute = f"{local.minute}分" if local.minute else ""
    return f"{half}{hour}時{minute}"


def in_words(starts: datetime) -> str:
    """令和8年12月1日（火）午前9時15分."""
    return day_in_words(starts.astimezone(JAPAN).date()) + time_in_words(starts)

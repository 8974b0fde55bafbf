"""Dates in 和暦 in templates."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import format_date_text, format_wareki_short

register = template.Library()


@register.filter
def wareki(value: date | PossibleDays | None) -> str:
    """令和8年11月5日; 不詳 as written; nothing for nothing."""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return "" if value is None else format_date_text(value)


@register.filter
def wareki_short(value: date | PossibleDays | None) -> str:
    """令8.11.5; 不詳 as written; nothing for nothing."""
    if value is None:
        return ""
    return value.text if isinstance(value, PossibleDays) else format_wareki_short(value)

"""Whether figures rest on invented days (架空の日): every page with such figures says so."""

from __future__ import annotations

from datetime import date

from madoguchi.booking.models import InventedDayRow


def invented_days(*, first: date, last: date, branch: str = "") -> int:
    """How many of these days were made up, in a branch or in any. 0 in every real office."""
    rows = InventedDayRow.objects.filter(day__gte=first, day__lte=last)
    if branch:
        rows = rows.filter(branch=branch)
    return rows.values("day").distinct().count()

"""How many people live here: a number and nobody's data, so reading it is not a disclosure."""

from __future__ import annotations

from madoguchi.residents.models import ResidentRecord


def people_count() -> int:
    """The residents of today's register."""
    return ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False).count()

"""Which mandates are over, since when, and erasing them (委任の廃棄)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from madoguchi.residents.disclosure import JAPAN
from madoguchi.residents.models import MandateRow


def ended_mandates(
    *, before: date, kept: frozenset[str], only: Collection[str] | None = None
) -> dict[str, date]:
    """Mandates that were over on `before` at the latest, with the day: taken back or refused, or past their last day."""
    rows = MandateRow.objects.order_by("pk")
    if only is not None:
        rows = rows.filter(public_id__in=only)
    found = {}
    for row in rows.filter(begins_on__lte=before).exclude(public_id__in=kept).iterator(chunk_size=2000):
        ended = row.ended_at.astimezone(JAPAN).date() if row.ended_at else row.ends_on
        if ended <= before:
            found[row.public_id] = ended
    return found


def erase_mandates(mandates: Sequence[str]) -> int:
    """Erase these mandates, in the caller's transaction; how many rows are gone."""
    return MandateRow.objects.filter(public_id__in=mandates).delete()[0]


def named_mandate(mandate: str) -> str | None:
    """The mandate of this identifier, if there is one."""
    return MandateRow.objects.filter(public_id=mandate).values_list("public_id", flat=True).first()

"""Which gifts a reader may see (見てよい寄附): opened here by their papers, vouched for by the sign-in, or filed by it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from madoguchi.furusato.models import GiftRow, VouchedRow
from madoguchi.furusato.values import Reader


def readable(reader: Reader) -> QuerySet[GiftRow]:
    """The gifts of this reader; nobody's without a paper or a sign-in."""
    theirs = Q(number__in=reader.opened)
    if reader.account is not None:
        theirs |= Q(pk__in=VouchedRow.objects.filter(account=reader.account).values("gift"))
        theirs |= Q(applications__submission__account=reader.account)
    return GiftRow.objects.filter(theirs).distinct()


def vouched_numbers(reader: Reader) -> frozenset[str]:
    """The gifts that the provider's facts make this reader's own."""
    if reader.account is None:
        return frozenset()
    rows = VouchedRow.objects.filter(account=reader.account)
    return frozenset(rows.values_list("gift__number", flat=True))

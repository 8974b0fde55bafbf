"""Post of a case (郵便): whether letters wait until their destination was checked, of one case or of a list of them.

Whoever comes may wish it for any reason, and no reason is kept. It stands by itself where the addresses of the case may
not appear; so it never says why, and that somebody is protected cannot be read from it (支援措置は、受けていること自体を隠す).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from madoguchi.cases.models import FactRow, PersonRow
from madoguchi.cases.queries import address_may_appear
from madoguchi.cases.record import ADDRESS_KEPT_OFF, POST_HELD, Record
from madoguchi.procedures.facts import EVENT_SUBJECT
from madoguchi.residents.fact_json import value_from_json
from madoguchi.residents.protection import Audience, protected_people


def post_to_be_checked(record: Record, *, on: date) -> bool:
    """Whether nothing may be posted before its destination was checked: it was wished, or an address may not appear."""
    return record.value(POST_HELD) is True or not address_may_appear(
        record, audience=Audience.DEPARTMENT, on=on
    )


def cases_to_be_checked(cases: Collection[str], *, on: date) -> frozenset[str]:
    """The same of many cases, by the same queries whoever is in them."""
    standing = {"case__public_id__in": list(cases), "act__undone_at__isnull": True}
    said: dict[tuple[str, str], object] = {}
    facts = FactRow.objects.filter(
        **standing, subject=EVENT_SUBJECT, key__in=(POST_HELD, ADDRESS_KEPT_OFF)
    ).order_by("act__number", "pk")
    for case, key, value in facts.values_list("case__public_id", "key", "value"):
        said[case, key] = None if value is None else value_from_json(value)
    people = list(
        PersonRow.objects.filter(**standing)
        .exclude(resident_no="")
        .values_list("case__public_id", "resident_no")
    )
    protected = protected_people((number for _, number in people), on=on)
    return frozenset(
        {case for (case, _), value in said.items() if value is True}
        | {case for case, number in people if number in protected}
    )

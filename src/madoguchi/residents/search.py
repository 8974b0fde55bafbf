"""Finding a person (検索): by number, name, kana, date of birth, address; forgiving, fast, and written down.

A protected person is not found by address: being in that answer would tell where they live.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.jp.addresses import normal_form
from madoguchi.jp.kana import kana_search_key
from madoguchi.jp.names import name_search_key
from madoguchi.residents.disclosure import JAPAN, birth_of
from madoguchi.residents.models import ResidentRecord, SearchKey
from madoguchi.residents.people import Hit, SearchResult, SearchTerms
from madoguchi.residents.protection import shielding_rows
from madoguchi.residents.rows import address_key, own_city

LAST_CHARACTER = "\U0010ffff"


class NothingToSearchFor(ValueError):
    """The clerk gave no term at all."""

    def __init__(self) -> None:
        super().__init__("宛名番号、氏名、かな、生年月日、住所のどれかを入れてください。")


def search(
    *, terms: SearchTerms, actor: Actor, purpose: Purpose, case: str | None, now: datetime, limit: int = 20
) -> SearchResult:
    """People whom all given terms fit, at most `limit`. Raises NothingToSearchFor when every term is blank."""
    if terms.empty():
        raise NothingToSearchFor
    matching = _matching(terms)
    if terms.address:
        shielding = shielding_rows(now.astimezone(JAPAN).date())
        matching = matching.exclude(household_no__in=shielding.values("household_no")).exclude(
            address_key__in=shielding.values("address_key")
        )
    rows = list(matching.order_by("id")[: limit + 1])
    shown = rows[:limit]
    record_access(
        actor=actor,
        purpose=purpose,
        authority="search",
        person_keys=[row.resident_no for row in shown],
        fields=("name", "birth", "relationship"),
        case=case,
        screen="search",
        now=now,
    )
    hits = tuple(Hit(row.resident_no, row.name, row.kana, birth_of(row), row.relationship) for row in shown)
    return SearchResult(hits, more=len(rows) > limit)


def _matching(terms: SearchTerms) -> QuerySet[ResidentRecord]:
    found = ResidentRecord.objects.filter(is_current=True)
    if terms.number:
        found = found.filter(resident_no=normal_form(terms.number))
    if terms.kana:
        found = found.filter(resident_no__in=_keys("kana", kana_search_key(terms.kana)))
    if terms.name:
        found = found.filter(resident_no__in=_keys("name", name_search_key(terms.name)))
    if terms.birth:
        exactly = Q(birth_earliest=terms.birth)
        possibly = Q(birth_earliest__lt=terms.birth, birth_latest__gte=terms.birth, birth_is_exact=False)
        found = found.filter(exactly | possibly)
    if terms.address:
        found = found.filter(_begins("address_key", address_key(terms.address, own_city())))
    return found


def _keys(kind: str, key: str) -> QuerySet[SearchKey, str]:
    return SearchKey.objects.filter(_begins("key", key), kind=kind).values_list("resident_no", flat=True)


def _begins(field: str, prefix: str) -> Q:
    """A prefix match that uses the index on either database."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": prefix})
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + LAST_CHARACTER})

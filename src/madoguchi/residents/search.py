"""Finding a person (検索): by number, name, kana, date of birth, address; forgiving, fast, and written down.

A protected person is not found by address: being in that answer would tell where they live.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

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
# So many people one term may fit for it to lead; so many are looked at when every term fits more.
MOST_LED = 3000
MOST_WIDE = 100
SPARE = 10


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
    rows = _found(terms, limit, now.astimezone(JAPAN).date())
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


def _found(terms: SearchTerms, limit: int, today: date) -> list[ResidentRecord]:
    """At most one row more than `limit`. The term that fits fewest people leads; the others only choose among those."""
    city = own_city()
    fitting = ResidentRecord.objects.filter(_of_register(terms, city), is_current=True)
    if terms.address:
        shielding = shielding_rows(today)
        fitting = fitting.exclude(household_no__in=shielding.values("household_no"))
        fitting = fitting.exclude(address_key__in=shielding.values("address_key"))
    names, sources = _names(terms), _sources(terms, city)
    numbers: set[str] = set()
    for source in sources:
        # A term alone leads whatever it fits; an address alone does not, because some at it must not be found.
        most = MOST_LED if len(sources) > 1 else max(MOST_WIDE, limit)
        numbers = {number for part in source for number in part[: most + 1]}
        if len(numbers) <= most or not (len(sources) > 1 or terms.address):
            break
    else:
        numbers = set(_widely(fitting, names)[: limit + SPARE])
    rows = fitting.filter(resident_no__in=numbers)
    if len(sources) > 1:
        # The numbers already in hand make each of these a look-up, not a scan.
        for keys in names:
            rows = rows.filter(resident_no__in=keys.filter(resident_no__in=numbers).order_by())
    return list(rows.order_by("kana", "birth_earliest", "resident_no")[: limit + 1])


def _widely(
    fitting: QuerySet[ResidentRecord], names: Sequence[QuerySet[SearchKey, str]]
) -> QuerySet[Any, str]:
    """Numbers that everything fits, when each term alone fits very many: in the order of the names, as far as read."""
    if not names:
        return fitting.values_list("resident_no", flat=True)
    joined = names[0].filter(Exists(fitting.filter(resident_no=OuterRef("resident_no"))))
    for keys in names[1:]:
        joined = joined.filter(Exists(keys.filter(resident_no=OuterRef("resident_no")).order_by()))
    return joined


def _of_register(terms: SearchTerms, city: Sequence[str]) -> Q:
    """What a row itself must say."""
    wanted = Q()
    if terms.number:
        wanted &= Q(resident_no=normal_form(terms.number))
    if terms.birth:
        wanted &= Q(birth_earliest__lte=terms.birth, birth_latest__gte=terms.birth)
    if terms.address:
        wanted &= _begins("address_key", address_key(terms.address, city))
    return wanted


def _names(terms: SearchTerms) -> list[QuerySet[SearchKey, str]]:
    found = []
    if terms.kana:
        found.append(_keys("kana", kana_search_key(terms.kana)))
    if terms.name:
        found.append(_keys("name", name_search_key(terms.name)))
    return found


def _sources(terms: SearchTerms, city: Sequence[str]) -> list[tuple[QuerySet[Any, str], ...]]:
    """For each given term, the numbers of the people it fits, each part from one index."""
    current = ResidentRecord.objects.filter(is_current=True).values_list("resident_no", flat=True)
    found: list[tuple[QuerySet[Any, str], ...]] = []
    if terms.number:
        found.append((current.filter(resident_no=normal_form(terms.number)),))
    if terms.birth:
        in_doubt = current.filter(
            birth_is_exact=False, birth_earliest__lte=terms.birth, birth_latest__gte=terms.birth
        )
        found.append((current.filter(birth_earliest=terms.birth), in_doubt))
    if terms.address:
        found.append((current.filter(_begins("address_key", address_key(terms.address, city))),))
    return [*found, *((keys,) for keys in _names(terms))]


def _keys(kind: str, key: str) -> QuerySet[SearchKey, str]:
    found = SearchKey.objects.filter(_begins("key", key), kind=kind)
    return found.order_by("key").values_list("resident_no", flat=True)


def _begins(field: str, prefix: str) -> Q:
    """A prefix match that uses the index on either database."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": prefix})
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + LAST_CHARACTER})

"""支援措置: where the whereabouts of a protected person may appear. Default: nowhere.

One function, asked wherever something is produced. That a person is protected is itself hidden: what is withheld looks
the same as what is not known, and nobody's address stands in lists or search results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from functools import lru_cache

from django.db.models import Q, QuerySet

from madoguchi.compiled import CompiledQuery
from madoguchi.residents.models import Protection, ResidentRecord


class Audience(Enum):
    """Who or what will see an address."""

    CLERK = "clerk"
    DEPARTMENT = "department"
    REVIEW = "review"
    RESIDENT_DISPLAY = "resident_display"
    SHEET_TO_SELF = "sheet_to_self"
    SHEET_TO_OTHER = "sheet_to_other"
    LIST = "list"
    SEARCH = "search"
    CSV_CORE = "csv_core"
    BOARD = "board"
    LOG = "log"
    EMERGENCY = "emergency"


# An application that the protected person signs in person needs the address, and so does an emergency to which two agreed
# (`emergency`); nothing else may carry it.
ALLOWED_WHEN_PROTECTED = frozenset({Audience.SHEET_TO_SELF, Audience.EMERGENCY})
# Nobody's address goes here, so that its absence says nothing.
NEVER_SHOWN = frozenset({Audience.LIST, Audience.SEARCH, Audience.BOARD, Audience.LOG})


def _active(on: date) -> QuerySet[Protection]:
    return Protection.objects.filter(begins_on__lte=on, lifted_on__isnull=True)


def shielding_rows(on: date) -> QuerySet[ResidentRecord]:
    """The current rows of everyone who is protected on that day."""
    return ResidentRecord.objects.filter(is_current=True, resident_no__in=_active(on).values("resident_no"))


_PLACES = CompiledQuery(
    lambda *numbers: ResidentRecord.objects.filter(is_current=True, resident_no__in=numbers).values_list(
        "resident_no", "household_no", "address_key"
    )
)
_OWN = CompiledQuery(
    lambda on, *numbers: _active(on).filter(resident_no__in=numbers).values_list("resident_no")
)


@lru_cache(maxsize=32)
def _together(households: int) -> CompiledQuery:
    """Where the protected live, of so many households and of the addresses after them."""
    return CompiledQuery(
        lambda on, *places: (
            shielding_rows(on)
            .filter(Q(household_no__in=places[:households]) | Q(address_key__in=places[households:]))
            .values_list("household_no", "address_key")
        )
    )


def protected_people(resident_nos: Iterable[str], *, on: date) -> frozenset[str]:
    """Those of `resident_nos` who are protected on that day: by their own record or by whom they live with.

    Protection, provisional or not, holds until it is lifted; passing its end date only reminds (標準仕様書 3.1: 抑止は
    自動的に終了しない). One protected person shields everyone of the same household and everyone at the same address,
    because the others' address is theirs. The same three queries are made whoever is asked about.
    """
    numbers = list(dict.fromkeys(resident_nos))
    if not numbers:
        return frozenset()
    places = {number: (home, key) for number, home, key in _PLACES.rows(*numbers)}
    households = {home for home, _ in places.values()}
    addresses = {key for _, key in places.values() if key}
    shielded = _together(len(households)).rows(on, *households, *addresses) if places else []
    shielded_households = {home for home, _ in shielded}
    shielded_addresses = {key for _, key in shielded if key}
    own = {number for (number,) in _OWN.rows(on, *numbers)}
    return frozenset(
        number
        for number in numbers
        if number in own
        or (
            number in places
            and (places[number][0] in shielded_households or places[number][1] in shielded_addresses)
        )
    )


def addresses_shown(resident_nos: Sequence[str], *, audience: Audience, on: date) -> frozenset[str]:
    """Those people whose address may appear before this audience. The one rule that every output asks."""
    if audience in NEVER_SHOWN:
        return frozenset()
    protected = protected_people(resident_nos, on=on)
    return frozenset(resident_nos) - (frozenset() if audience in ALLOWED_WHEN_PROTECTED else protected)


def may_show_address(resident_no: str, *, audience: Audience, on: date) -> bool:
    """Whether this person's address may appear before this audience (`addresses_shown` for one)."""
    return resident_no in addresses_shown([resident_no], audience=audience, on=on)

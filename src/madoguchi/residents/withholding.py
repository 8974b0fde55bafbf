"""People whom other files name, and whose whereabouts may not be told (支援措置): asked by name, birth and place, not by number.

Anybody who could be somebody protected on this register, or who writes a place at which one lives, is withheld: rather one
too many. Whoever lives elsewhere is protected by their own municipality, of which nothing is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from madoguchi.jp.addresses import loose_place_key
from madoguchi.jp.names import name_search_keys
from madoguchi.residents.accounts.matching import behind_city, names_of
from madoguchi.residents.models import ResidentRecord
from madoguchi.residents.protection import shielding_rows
from madoguchi.residents.rows import own_city


@dataclass(frozen=True, slots=True)
class WrittenPerson:
    """A person as another file writes them (ほかの台帳の人): name, birth where it is known, places."""

    name: str
    birth: date | None
    addresses: tuple[str, ...]


def withheld(people: Sequence[WrittenPerson], *, on: date) -> tuple[bool, ...]:
    """For each of them, whether an address may not be told on that day. The same queries whoever is asked about."""
    rows = list(shielding_rows(on))
    city = own_city()
    places = {loose_place_key(behind_city(row.address, city) or row.address) for row in rows if row.address}
    keys = [(row, frozenset().union(*(name_search_keys(form) for form in names_of(row)))) for row in rows]
    return tuple(_lives_there(one, places, city) or _may_be(one, keys) for one in people)


def _lives_there(one: WrittenPerson, places: set[tuple[str, str]], city: tuple[str, ...]) -> bool:
    """Whether one of the addresses is such a place; an address without its building is any building there."""
    here = [behind for address in one.addresses if (behind := behind_city(address, city)) is not None]
    written = [loose_place_key(behind) for behind in here] if places else []
    return any(
        line == other and (building == their or not building or not their)
        for line, building in written
        for other, their in places
    )


def _may_be(one: WrittenPerson, known: Sequence[tuple[ResidentRecord, frozenset[str]]]) -> bool:
    if not known:
        return False
    named = name_search_keys(one.name)
    return any(
        not named.isdisjoint(keys)
        and (one.birth is None or row.birth_earliest <= one.birth <= row.birth_latest)
        for row, keys in known
    )

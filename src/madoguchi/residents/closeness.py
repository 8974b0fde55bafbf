"""How near somebody of the staff stands to a person whom they read (近さ), told as a word and by number alone.

The register does not know who works at the office. Whoever bears the full name of a member of staff may be that member, so
what is found is a reason to ask, never a finding about anybody. No name and no address is given out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import Enum

from django.db.models import Q

from madoguchi.residents.models import ResidentRecord

KEYS_AT_ONCE = 400


class Closeness(Enum):
    """How near (近さ), the nearest first."""

    SELF = "self"
    HOUSEHOLD = "household"
    NEIGHBOUR = "neighbour"
    SURNAME = "surname"


def closeness(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Closeness]:
    """For pairs of a staff member's name and a 宛名番号: how near they are; pairs that have nothing in common are left out."""
    wanted = set(pairs)
    people = _people({number for _, number in wanted})
    own = _bearers({name for name, _ in wanted})
    found: dict[tuple[str, str], Closeness] = {}
    for name, number in wanted:
        one = people.get(number)
        if one is None:
            continue
        near = _nearest(_plain(name), _surname(name), number, one, own.get(_plain(name), ()))
        if near is not None:
            found[name, number] = near
    return found


_Row = tuple[str, str, str, str]


def _nearest(plain: str, surname: str, number: str, one: _Row, own: Iterable[_Row]) -> Closeness | None:
    _, said, household, place = one
    if plain == _plain(said):
        return Closeness.SELF
    if any(household == other[2] for other in own):
        return Closeness.HOUSEHOLD
    if place and any(place == other[3] for other in own):
        return Closeness.NEIGHBOUR
    return Closeness.SURNAME if surname and surname == _surname(said) else None


def _people(numbers: set[str]) -> dict[str, _Row]:
    known: dict[str, _Row] = {}
    keys = sorted(numbers)
    for place in range(0, len(keys), KEYS_AT_ONCE):
        rows = ResidentRecord.objects.filter(
            is_current=True, resident_no__in=keys[place : place + KEYS_AT_ONCE]
        )
        known |= {
            row[0]: row for row in rows.values_list("resident_no", "name", "household_no", "address_key")
        }
    return known


def _bearers(names: set[str]) -> dict[str, list[_Row]]:
    """Who of the register bears one of these names, however its parts are parted."""
    ways = {
        way
        for name in names
        for way in (name, name.replace(" ", "　"), name.replace("　", " "), _plain(name))
    }
    found: dict[str, list[_Row]] = {}
    keys = sorted(ways)
    for place in range(0, len(keys), KEYS_AT_ONCE):
        part = keys[place : place + KEYS_AT_ONCE]
        rows = ResidentRecord.objects.filter(Q(name__in=part), is_current=True)
        for row in rows.values_list("resident_no", "name", "household_no", "address_key"):
            found.setdefault(_plain(row[1]), []).append(row)
    return found


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _surname(name: str) -> str:
    """The part before the first space; nothing when the name has none."""
    parts = unicodedata.normalize("NFKC", name).split()
    return parts[0] if len(parts) > 1 else ""

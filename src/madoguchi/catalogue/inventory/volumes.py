"""How often our procedures are done here in a year (年間件数): the city's own number, else the nation's, scaled and marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from madoguchi.catalogue.inventory.models import CityProcedureRow
from madoguchi.catalogue.inventory.national import links, marks_of


@dataclass(frozen=True, slots=True)
class Volume:
    """How many a year. `estimated`: from the national number and the city's share of the people.

    `sources`: the entries that were counted (numbers of the city's list or of the survey); the same entry can stand for
    several procedures, and is one number of cases all the same.
    """

    number: int
    estimated: bool
    sources: frozenset[str]


def volumes_of(procedures: Iterable[str], share: float | None) -> dict[str, Volume]:
    """The volume of each of our procedures that has one. `share`: the city's part of the nation's people."""
    wanted = set(procedures)
    rows = CityProcedureRow.objects.filter(removed=False).exclude(procedure="", national="")
    own: dict[str, list[tuple[str, int]]] = {}
    asked: dict[str, set[str]] = {
        one: set(numbers) for one, numbers in links().items() if one in wanted
    }  # fmt: skip
    by_national: dict[str, list[tuple[str, int]]] = {}
    for number, procedure, national, volume in rows.values_list("number", "procedure", "national", "volume"):
        if procedure in wanted and volume is not None:
            own.setdefault(procedure, []).append((number, volume))
        elif procedure in wanted and national:
            asked.setdefault(procedure, set()).add(national)
        if national and volume is not None:
            by_national.setdefault(national, []).append((number, volume))
    for procedure, numbers in asked.items():
        told = [entry for number in numbers for entry in by_national.get(number, ())]
        if procedure not in own and told:
            own[procedure] = told
    found = {
        one: Volume(sum(n for _, n in entries), False, frozenset(number for number, _ in entries))
        for one, entries in own.items()
    }
    marks = marks_of(
        sorted({number for one, numbers in asked.items() if one not in own for number in numbers})
    )
    for procedure, numbers in asked.items():
        here = {number: marks[number].here(share) for number in numbers if number in marks}
        told_of = {number: n for number, n in here.items() if n is not None}
        if procedure not in found and told_of:
            found[procedure] = Volume(sum(told_of.values()), True, frozenset(told_of))
    return found

"""The tables of one counting: by district, age, household, work, and district with age; and which of their counts are shown.

1. Each line has three counts: people, with a card, without. The last line is the whole, the same in every table.
2. All tables of a day are hidden together (`hiding`), because whoever reads one can read them all.
3. The register has no employer; how people work is shown, where is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.residents.card_counts import AgeBand, CardGroup, CardState, HouseholdKind, WorkKind
from madoguchi.residents.places import Town
from madoguchi.small_counts.hiding import NOTHING_YET, Atom, Before, Count, Link, shown

WHOLE = "all"


class CountKind(Enum):
    """What a count of a line counts (数の種類)."""

    PEOPLE = ("n", noop("人数"))
    WITH = ("w", noop("カードあり"))
    WITHOUT = ("o", noop("カードなし"))

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label

    def counts(self, state: CardState) -> bool:
        return self is CountKind.PEOPLE or (state is CardState.HAS) == (self is CountKind.WITH)


class TableKind(Enum):
    """By what a table puts people together (集計の切り口)."""

    DISTRICT = ("district", noop("地区"))
    AGE = ("age", noop("年齢"))
    HOUSEHOLD = ("household", noop("世帯"))
    WORK = ("work", noop("働き方"))
    DISTRICT_AGE = ("district_age", noop("地区と年齢"))

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


KINDS = {one.key: one for one in TableKind}


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A line as it may be shown: None where a count is hidden."""

    key: str
    name: str
    people: int | None
    with_card: int | None
    without: int | None

    @property
    def share(self) -> float | None:
        """How many of a hundred have the card; only from counts that are shown."""
        if self.people is None or self.with_card is None:
            return None
        return 100 * self.with_card / self.people


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """A table as it may be shown, with the whole as its last line."""

    kind: TableKind
    lines: tuple[CoverageLine, ...]
    whole: CoverageLine

    @property
    def hidden(self) -> int:
        """How many counts of its lines are hidden."""
        return sum(
            number is None
            for line in (*self.lines, self.whole)
            for number in (line.people, line.with_card, line.without)
        )


Groups = Mapping[CardGroup, int]
Numbers = Mapping[str, int | None]


def districts(towns: Mapping[str, Town]) -> list[str]:
    """The districts in the order of the file."""
    return list(dict.fromkeys(town.district for town in towns.values()))


def lines_of(kind: TableKind, towns: Mapping[str, Town]) -> list[tuple[str, str]]:
    """The lines of a table: key and name."""
    ages = [(band.key, _(band.label)) for band in AgeBand]
    match kind:
        case TableKind.DISTRICT:
            return [(name, name) for name in districts(towns)]
        case TableKind.AGE:
            return ages
        case TableKind.HOUSEHOLD:
            return [(one.key, _(one.label)) for one in HouseholdKind]
        case TableKind.WORK:
            return [(one.key, _(one.label)) for one in WorkKind]
        case TableKind.DISTRICT_AGE:
            return [(f"{name}/{key}", f"{name} {label}") for name in districts(towns) for key, label in ages]


def counts_of(groups: Groups, towns: Mapping[str, Town]) -> tuple[list[Count], list[Link]]:
    """Every count of every table with the groups that it counts; and which sets of groups hold the same people."""
    by_place: Counter[Atom] = Counter()
    for group, number in groups.items():
        by_place["place", group.town, group.age.key, group.card] += number
    apart = {
        TableKind.HOUSEHOLD: _apart(groups, TableKind.HOUSEHOLD),
        TableKind.WORK: _apart(groups, TableKind.WORK),
    }
    places: dict[str, list[tuple[Atom, CardState]]] = {}
    for town in towns.values():
        for band in AgeBand:
            for state in CardState:
                atom: Atom = ("place", town.name, band.key, state)
                for line in (
                    WHOLE,
                    f"district:{town.district}",
                    f"age:{band.key}",
                    f"district_age:{town.district}/{band.key}",
                ):
                    places.setdefault(line, []).append((atom, state))
    found = [_count(line, kind, atoms, by_place) for line, atoms in places.items() for kind in CountKind]
    links: list[Link] = []
    for kind, numbers in apart.items():
        rows: dict[str, list[tuple[Atom, CardState]]] = {}
        for key, _name in lines_of(kind, towns):
            rows[f"{kind.key}:{key}"] = [((kind.key, key, state), state) for state in CardState]
        found += [_count(line, of, atoms, numbers) for line, atoms in rows.items() for of in CountKind]
        links += [
            (
                frozenset(atom for atom, state in places[WHOLE] if of.counts(state)),
                frozenset(atom for atoms in rows.values() for atom, state in atoms if of.counts(state)),
            )
            for of in (CountKind.WITH, CountKind.WITHOUT)
        ]
    return found, links


def numbers_of(
    groups: Groups, towns: Mapping[str, Town], *, before: Before = NOTHING_YET
) -> dict[str, int | None]:
    """Every count of every table by its key; None for one that is hidden."""
    counts, links = counts_of(groups, towns)
    visible = shown(counts, links=links, before=before)
    return {one.key: one.number if one.key in visible else None for one in counts}


def table(kind: TableKind, numbers: Numbers, towns: Mapping[str, Town]) -> CoverageTable:
    """One table from what may be shown."""
    lines = [_line(f"{kind.key}:{key}", key, name, numbers) for key, name in lines_of(kind, towns)]
    return CoverageTable(kind, tuple(lines), _line(WHOLE, WHOLE, _("全体"), numbers))


def _line(stem: str, key: str, name: str, numbers: Numbers) -> CoverageLine:
    return CoverageLine(key, name, *(numbers.get(f"{stem}:{kind.key}") for kind in CountKind))


def _apart(groups: Groups, kind: TableKind) -> Counter[Atom]:
    key: Callable[[CardGroup], str] = (
        (lambda one: one.household.key) if kind is TableKind.HOUSEHOLD else (lambda one: one.work.key)
    )
    found: Counter[Atom] = Counter()
    for group, number in groups.items():
        found[kind.key, key(group), group.card] += number
    return found


def _count(
    line: str, kind: CountKind, atoms: Sequence[tuple[Atom, CardState]], numbers: Mapping[Atom, int]
) -> Count:
    counted = frozenset(atom for atom, state in atoms if kind.counts(state))
    whole = line == WHOLE or line.startswith("age:")
    other = {CountKind.WITH: CountKind.WITHOUT, CountKind.WITHOUT: CountKind.WITH}.get(kind)
    partner = f"{line}:{other.key}" if other and line != WHOLE else ""
    return Count(
        f"{line}:{kind.key}", counted, sum(numbers.get(atom, 0) for atom in counted), whole, partner=partner
    )

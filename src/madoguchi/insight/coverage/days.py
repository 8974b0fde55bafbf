"""Counting days (集計日): the register is counted once, what may be shown is settled with it, and both stay as they are.

1. Counting is one statistical access, written down before anything is read.
2. The groups stay in this room's table; what may be shown is worked out for all tables at once, against what was shown on
   every earlier day, and kept with them. Every page, file and chart reads that and nothing else.
3. A day is counted once: a second counting of the same day would tell what changed in between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.queries import profile
from madoguchi.insight.coverage.effect import DistrictChange
from madoguchi.insight.coverage.tables import Groups, numbers_of
from madoguchi.insight.models import CoverageDayRow
from madoguchi.residents.card_counts import (
    AgeBand,
    CardGroup,
    CardState,
    HouseholdKind,
    WorkKind,
    count_cards,
)
from madoguchi.residents.disclosure import JAPAN
from madoguchi.residents.places import Town, towns
from madoguchi.small_counts.hiding import Before

AGES = {one.key: one for one in AgeBand}
HOUSEHOLDS = {one.key: one for one in HouseholdKind}
WORKS = {one.key: one for one in WorkKind}


@dataclass(frozen=True, slots=True)
class CoverageDay:
    """A day that was counted: by whom, and what of it may be shown."""

    day: date
    counted_at: datetime
    counted_by: str
    numbers: Mapping[str, int | None]


class CountedAlready(ValueError):
    """The day was counted before."""

    def __init__(self) -> None:
        super().__init__(
            "きょうの人数は、もう数えてあります。同じ日に数え直すと、その間に変わった人が分かってしまうため、数え直しません。"
        )


class NotCounted(LookupError):
    """No counting of that day."""

    def __init__(self) -> None:
        super().__init__("その日の集計はありません。一覧から選び直してください。")


def count_day(*, by: Actor, screen: str, now: datetime) -> date:
    """Count the register as it is now. Raises CountedAlready, and UnusablePlaces for a file of towns that cannot be used."""
    day = now.astimezone(JAPAN).date()
    if CoverageDayRow.objects.filter(day=day).exists():
        raise CountedAlready
    places = towns()
    groups = count_cards(by=by, towns=places, city=profile().name, screen=screen, now=now)
    numbers = numbers_of(groups, places, before=Before({}, _shown_before()))
    try:
        with transaction.atomic():
            CoverageDayRow.objects.create(
                day=day, counted_at=now, counted_by=by.name, groups=_packed(groups), numbers=numbers
            )
            record_act(actor=by, activity="coverage_counted", now=now, day=day.isoformat())
    except IntegrityError as error:
        raise CountedAlready from error
    return day


def counted_days() -> tuple[CoverageDay, ...]:
    """All counted days, the newest first."""
    rows = CoverageDayRow.objects.order_by("-day").defer("groups")
    return tuple(CoverageDay(row.day, row.counted_at, row.counted_by, row.numbers) for row in rows)


def groups_on(day: date) -> Groups:
    """The groups of a day: for this room alone, never for a page. Raises NotCounted."""
    row = CoverageDayRow.objects.filter(day=day).first()
    if row is None:
        raise NotCounted
    return unpacked(row.groups)


def district_changes(
    *, first: date, last: date, visited: frozenset[str], places: Mapping[str, Town]
) -> list[DistrictChange]:
    """Each district on two days: for this room alone, never for a page. Raises NotCounted."""
    before, after = (_by_district(groups_on(day), places) for day in (first, last))
    names = dict.fromkeys(town.district for town in places.values())
    return [DistrictChange(name in visited, *before[name], *after[name]) for name in names]


def unpacked(rows: list[list[str | int]]) -> Groups:
    """Groups as they stand in the table."""
    return {
        CardGroup(str(town), AGES[str(age)], HOUSEHOLDS[str(home)], WORKS[str(work)], CardState(card)): int(
            number
        )
        for town, age, home, work, card, number in rows
    }


def _packed(groups: Groups) -> list[list[str | int]]:
    return sorted(
        [one.town, one.age.key, one.household.key, one.work.key, one.card.value, number]
        for one, number in groups.items()
    )


def _shown_before() -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for numbers in CoverageDayRow.objects.values_list("numbers", flat=True):
        for key, number in numbers.items():
            if number is not None:
                found[key].add(number)
    return found


def _by_district(groups: Groups, places: Mapping[str, Town]) -> dict[str, tuple[int, int]]:
    people: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for one, number in groups.items():
        if one.town in places:
            people[places[one.town].district] += number
            having[places[one.town].district] += number if one.card is CardState.HAS else 0
    return defaultdict(lambda: (0, 0), {name: (people[name], having[name]) for name in people})

"""Plans of visits (出張の計画): asked for, worked out, shown without names, listed for whoever may, ended.

1. A plan is asked for one area, one day and a budget, on the newest counting. Towns that a plan serves already, and that were
   not counted since, are left out.
2. The worker looks for the tour. What comes out names towns, never people; how many are reached is shown only where neither
   it nor anything else that is out tells a small count.
3. The list of a visit is opened by whoever holds the authority, each reading written down. Protected people were never
   counted on, so that nothing is missing from it.
4. A plan ends once: the visit was made, or it is dropped. Nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.queries import profile
from madoguchi.insight.coverage.days import NotCounted, unpacked
from madoguchi.insight.coverage.tables import counts_of
from madoguchi.insight.models import CoverageDayRow, OutingRow, OutingStepRow, OutingTourRow
from madoguchi.insight.outings.planning import EFFORT, plan_tour
from madoguchi.insight.outings.ways import OutingBudget, OutingTask, Ways
from madoguchi.residents.card_counts import AgeBand, CardState, people_without_card
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.places import Town, distance_km, towns
from madoguchi.small_counts.hiding import Atom, Before, Count, is_small, shown

LIMITS: Mapping[str, tuple[float, float]] = {
    "stops": (1, 12), "minutes": (60, 600), "stay": (10, 240), "reach_km": (0, 10), "speed_kmh": (5, 80), "detour": (1, 3),
}  # fmt: skip
MOST = 200
TURNS = 8


class OutingState(Enum):
    """How far a plan of a visit is."""

    ASKED = ("asked", noop("計算を待っています"))
    PLANNED = ("planned", noop("予定"))
    DONE = ("done", noop("行った"))
    DROPPED = ("dropped", noop("取りやめ"))

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


ENDS = {one.key: one for one in (OutingState.DONE, OutingState.DROPPED)}


@dataclass(frozen=True, slots=True)
class OutingStop:
    """A stop: the town, minutes after setting out when it begins and ends, and the towns that it serves."""

    town: Town
    begins: int
    ends: int
    serves: tuple[Town, ...]

    @property
    def served_names(self) -> str:
        return "・".join(town.name for town in self.serves)


@dataclass(frozen=True, slots=True)
class Outing:
    """A plan as pages show it. `reach` None: not worked out yet, or not to be shown."""

    id: int
    counted_on: date
    visit_on: date
    asked_by: str
    asked_at: datetime
    area: str
    start: str
    budget: OutingBudget
    state: OutingState
    stops: tuple[OutingStop, ...]
    covered: tuple[str, ...]
    minutes: int
    reach: int | None
    of_bound: int

    @property
    def stop_names(self) -> str:
        return "・".join(stop.town.name for stop in self.stops)


class NoSuchOuting(LookupError):
    """No plan of that number, or none whose list may be opened."""

    def __init__(self) -> None:
        super().__init__("その出張の計画は見つかりません。一覧から選び直してください。")


class NotAnArea(ValueError):
    """An area or a start that the file of towns does not have."""

    def __init__(self) -> None:
        super().__init__("方面か出発する町が一覧にありません。選び直してください。")


class OutsideTheLimits(ValueError):
    """A budget that cannot be planned for."""

    def __init__(self, name: str) -> None:
        self.name = name
        low, high = LIMITS[name]
        super().__init__(f"{BUDGET_NAMES[name]}は{low:g}から{high:g}までの数を入れてください。")


class EndedAlready(ValueError):
    """A plan ends once, and not before it is worked out."""

    def __init__(self) -> None:
        super().__init__("この計画は、もう終わっているか、まだ計算中です。画面を開き直してください。")


BUDGET_NAMES = {
    "stops": noop("回る場所の数"), "minutes": noop("出発から帰るまでの分"), "stay": noop("1か所にいる分"),
    "reach_km": noop("歩いて来られる距離（km）"), "speed_kmh": noop("移動の速さ（時速km）"), "detour": noop("道のりの割増し"),
}  # fmt: skip


def areas() -> tuple[str, ...]:
    """The parts of the city that are visited in one go."""
    return tuple(dict.fromkeys(town.area for town in towns().values()))


def middle_of(area: str) -> Town:
    """The town in the middle of an area: where a visit sets out when nothing else is said. Raises NotAnArea."""
    there = [town for town in towns().values() if town.area == area]
    if not there:
        raise NotAnArea
    return min(there, key=lambda one: (sum(distance_km(one, other) for other in there), one.name))


def ask_for_outing(
    *, area: str, start: str, visit_on: date, budget: OutingBudget, by: Actor, now: datetime
) -> int:
    """Ask for a plan on the newest counting. Raises NotCounted, NotAnArea, OutsideTheLimits."""
    for name, number in asdict(budget).items():
        low, high = LIMITS[name]
        if not low <= number <= high:
            raise OutsideTheLimits(name)
    town = towns().get(start) if start else middle_of(area)
    if town is None or area not in areas():
        raise NotAnArea
    day = CoverageDayRow.objects.order_by("-day").only("pk").first()
    if day is None:
        raise NotCounted
    with transaction.atomic():
        row = OutingRow.objects.create(
            day=day, visit_on=visit_on, asked_at=now, asked_by=by.name, area=area, start=town.name, budget=asdict(budget)
        )  # fmt: skip
        record_act(actor=by, activity="outing_planned", now=now, outing=row.pk)
    return row.pk


def make_outing(*, outing: int, now: datetime, effort: float = EFFORT) -> None:
    """Work a plan out. One that is worked out already stays as it is. Raises NoSuchOuting."""
    row = OutingRow.objects.select_related("day").filter(pk=outing).first()
    if row is None:
        raise NoSuchOuting
    if OutingTourRow.objects.filter(outing=row).exists():
        return
    places = towns()
    people = _listed(row.day)
    taken = _served_already(row)
    there = tuple(town for town in places.values() if town.area == row.area)
    numbers = tuple(0 if town.name in taken else people.get(town.name, 0) for town in there)
    task = OutingTask(places[row.start], there, numbers, OutingBudget(**row.budget))
    tour = plan_tour(task, effort=effort)
    covered = sorted(there[town].name for town in tour.covered if there[town].name not in taken)
    for _turn in range(TURNS):
        out = _tours_of(row.day)
        reach = tour.people if _may_show(row, covered, out, places) else None
        with transaction.atomic():
            CoverageDayRow.objects.select_for_update().only("pk").get(pk=row.day_id)
            if len(_tours_of(row.day)) != len(out):
                continue
            try:
                with transaction.atomic():
                    OutingTourRow.objects.create(
                        outing=row, stops=[there[stop].name for stop in tour.stops], covered=covered, minutes=tour.minutes,
                        reach=reach, of_bound=100 * tour.people // tour.bound if tour.bound else 100, found_at=now,
                    )  # fmt: skip
            except IntegrityError:
                return  # another worker was as fast
            return


def outings() -> tuple[Outing, ...]:
    """All plans, the newest first."""
    return tuple(map(_read, _rows().order_by("-pk")[:MOST]))


def outing(number: int) -> Outing:
    """One plan. Raises NoSuchOuting."""
    row = _rows().filter(pk=number).first()
    if row is None:
        raise NoSuchOuting
    return _read(row)


def lists_to_open() -> tuple[Outing, ...]:
    """Plans that stand, the next visit first."""
    rows = _rows().filter(tour__isnull=False, steps__isnull=True).order_by("visit_on", "pk")[:MOST]
    return tuple(map(_read, rows))


def open_list(
    *, outing: int, by: Actor, screen: str, now: datetime
) -> tuple[Outing, tuple[DisclosedPerson, ...]]:
    """The people of a visit that is planned, as the register is now. Raises NoSuchOuting."""
    row = _rows().filter(pk=outing, tour__isnull=False, steps__isnull=True).first()
    if row is None:
        raise NoSuchOuting
    places = towns()
    there = {name: places[name] for name in row.tour.covered if name in places}
    found = people_without_card(by=by, towns=there, among=places, city=profile().name, screen=screen, now=now)
    return _read(row), found


def end_outing(*, outing: int, step: OutingState, by: Actor, now: datetime) -> None:
    """The visit was made, or the plan is dropped. Raises NoSuchOuting, EndedAlready."""
    row = OutingRow.objects.filter(pk=outing).first()
    if row is None:
        raise NoSuchOuting
    if step is OutingState.DONE and not OutingTourRow.objects.filter(outing=row).exists():
        raise EndedAlready
    try:
        with transaction.atomic():
            OutingStepRow.objects.create(outing=row, step=step.key, at=now, by=by.name)
            record_act(actor=by, activity=f"outing_{step.key}", now=now, outing=row.pk)
    except IntegrityError as error:
        raise EndedAlready from error


def visited_districts(*, after: date, until: date) -> frozenset[str]:
    """Districts with a stop of a visit that was made after the one day and no later than the other."""
    places = towns()
    rows = OutingTourRow.objects.filter(
        outing__visit_on__gt=after, outing__visit_on__lte=until, outing__steps__step=OutingState.DONE.key
    ).values_list("stops", flat=True)
    return frozenset(places[name].district for stops in rows for name in stops if name in places)


def _rows() -> QuerySet[OutingRow]:
    return (
        OutingRow.objects.select_related("day", "tour")
        .defer("day__groups", "day__numbers")
        .prefetch_related("steps")
    )


def _read(row: OutingRow) -> Outing:
    tour: OutingTourRow | None = getattr(row, "tour", None)
    ended = [ENDS[step.step] for step in row.steps.all()]
    state = ended[0] if ended else OutingState.PLANNED if tour else OutingState.ASKED
    budget = OutingBudget(**row.budget)
    return Outing(
        row.pk, row.day.day, row.visit_on, row.asked_by, row.asked_at, row.area, row.start, budget, state,
        _stops(row, budget, tour) if tour else (), tuple(tour.covered) if tour else (), tour.minutes if tour else 0,
        tour.reach if tour else None, tour.of_bound if tour else 0,
    )  # fmt: skip


def _stops(row: OutingRow, budget: OutingBudget, tour: OutingTourRow) -> tuple[OutingStop, ...]:
    places = towns()
    if row.start not in places or not all(name in places for name in tour.stops):
        return ()  # the file of towns is another one now
    names: Sequence[str] = tour.stops
    ways = Ways(
        OutingTask(places[row.start], tuple(places[name] for name in names), (0,) * len(names), budget)
    )
    served = [places[name] for name in tour.covered if name in places]
    found, at, point = [], 0, 0
    for place, name in enumerate(names):
        at += ways.minutes(point, place + 1)
        near = tuple(
            one for one in served if one.name == name or distance_km(places[name], one) <= budget.reach_km
        )
        found.append(OutingStop(places[name], at, at + budget.stay, near))
        at, point = at + budget.stay, place + 1
    return tuple(found)


def _listed(day: CoverageDayRow) -> Mapping[str, int]:
    """People without a card whom a list may name, by town."""
    found: dict[str, int] = {}
    for group, number in unpacked(day.groups).items():
        if group.card is CardState.LACKS:
            found[group.town] = found.get(group.town, 0) + number
    return found


def _served_already(row: OutingRow) -> frozenset[str]:
    others = OutingTourRow.objects.filter(outing__visit_on__gte=row.day.day).exclude(
        outing__steps__step=OutingState.DROPPED.key
    )
    return frozenset(name for covered in others.values_list("covered", flat=True) for name in covered)


def _tours_of(day: CoverageDayRow) -> list[tuple[int, list[str], int | None]]:
    rows = OutingTourRow.objects.filter(outing__day=day).order_by("pk")
    return list(rows.values_list("outing_id", "covered", "reach"))


def _may_show(
    row: OutingRow,
    covered: Sequence[str],
    out: Sequence[tuple[int, list[str], int | None]],
    places: Mapping[str, Town],
) -> bool:
    """Whether the reach of a plan tells no small count, with every table and plan of the day that is out."""
    groups, people = unpacked(row.day.groups), _listed(row.day)
    counts, links = counts_of(groups, places)
    fixed = {key: number is not None for key, number in row.day.numbers.items()}
    plans = [*((number, towns_there) for number, towns_there, _reach in out), (row.pk, list(covered))]
    for number, names in plans:
        counts.append(Count(f"outing:{number}", _atoms(names), sum(people.get(name, 0) for name in names)))
    fixed |= {f"outing:{number}": reach is not None for number, _names, reach in out}
    # The smallest sets of towns that these plans and the districts tell apart.
    pieces: dict[tuple[str, ...], list[str]] = {}
    for town in places.values():
        mark = (town.district, *(str(number) for number, names in plans if town.name in names))
        pieces.setdefault(mark, []).append(town.name)
    for mark, names in pieces.items():
        number = sum(people.get(name, 0) for name in names)
        if is_small(number):
            counts.append(Count("piece:" + "/".join(mark), _atoms(names), number, never=True))
    return f"outing:{row.pk}" in shown(counts, links=links, before=Before(fixed, {}))


def _atoms(names: Sequence[str]) -> frozenset[Atom]:
    return frozenset(("place", name, band.key, CardState.LACKS) for name in names for band in AgeBand)

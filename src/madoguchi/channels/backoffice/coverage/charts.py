"""Shares and places as drawings, in the units of an SVG. Each has its table beside it, and nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Protocol

from madoguchi.channels.backoffice.chart import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, Mark
from madoguchi.insight.outings.plans import Outing
from madoguchi.insight.outings.rounds import VisitRound
from madoguchi.residents.places import Town

NAMES, ROW, ENDS, DAY_END = 230, 26, 60, 56
MAP_HEIGHT, MARGIN, DISC = 460, 40, 20
PUSHES = 120
LEVELS = (70.0, 80.0, 90.0)
MOST_LABELS = 6


class ShareLike(Protocol):
    """A line with a share: which, its name, and how many of a hundred; None where it is hidden."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def share(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A line of the bar chart: where it begins, how long, and its number as text ("" where it is hidden)."""

    y: float
    middle: float
    width: float
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Lying bars, one a line, with marks at every quarter."""

    bars: tuple[ShareBar, ...]
    marks: tuple[Mark, ...]
    height: float


@dataclass(frozen=True, slots=True)
class ShareLine:
    """The share of the whole over the days: a line with a point and a number each."""

    points: str
    dots: tuple[Mark, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class MapDisc:
    """A district on the map: where its number stands, where it lies, how high its share is in four steps (0: hidden)."""

    x: float
    y: float
    at_x: float
    at_y: float
    number: int
    level: int


@dataclass(frozen=True, slots=True)
class AreaMap:
    """The districts of one part of the city."""

    area: str
    discs: tuple[MapDisc, ...]


@dataclass(frozen=True, slots=True)
class MapDot:
    """A town on the map of a visit; served by it or not."""

    x: float
    y: float
    served: bool


@dataclass(frozen=True, slots=True)
class RouteMap:
    """The towns of an area, the way through them, the stops with their numbers, and where it begins."""

    dots: tuple[MapDot, ...]
    way: str
    stops: tuple[Mark, ...]
    start: Mark


def share_chart(lines: Sequence[ShareLike]) -> ShareChart:
    """The share of each line; a bar without length where it is hidden."""
    full, bars = WIDTH - NAMES - ENDS, []
    for place, line in enumerate(lines):
        y = TOP + place * ROW
        share = line.share
        bars.append(
            ShareBar(
                y, y + ROW / 2, round(full * share / 100, 1) if share is not None else 0, line.name,
                f"{share:.1f}%" if share is not None else "",
            )
        )  # fmt: skip
    height = TOP + len(lines) * ROW
    marks = tuple(
        Mark(round(NAMES + full * part / 100, 1), height + 16, f"{part}%") for part in (0, 25, 50, 75, 100)
    )
    return ShareChart(tuple(bars), marks, height)


def share_line(days: Sequence[tuple[str, float]]) -> ShareLine | None:
    """The share day by day, the oldest first; None with fewer than two days. The axis begins at zero."""
    if len(days) < 2:
        return None
    step = (WIDTH - LEFT - DAY_END) / (len(days) - 1)
    every = -(-len(days) // MOST_LABELS)
    dots = [
        Mark(round(LEFT + step * place, 1), _up(share), f"{share:.1f}")
        for place, (_day, share) in enumerate(days)
    ]
    across = [
        Mark(dot.x, HEIGHT - BOTTOM + 20, label)
        for place, (dot, (label, _share)) in enumerate(zip(dots, days, strict=True))
        if place % every == 0
    ]
    up = tuple(Mark(LEFT - 8, _up(part), f"{part:.0f}%") for part in (0.0, 50.0, 100.0))
    return ShareLine(" ".join(f"{dot.x},{dot.y}" for dot in dots), tuple(dots), tuple(across), up)


def level_of(share: float | None) -> int:
    """In which of the four steps a share is; 0 where it is hidden."""
    return 0 if share is None else 1 + sum(share >= level for level in LEVELS)


def area_maps(lines: Sequence[ShareLike], towns: Mapping[str, Town]) -> tuple[AreaMap, ...]:
    """The districts where they lie, by their number in the table, pushed apart where they would cover one another."""
    numbers = {line.key: (number, level_of(line.share)) for number, line in enumerate(lines, start=1)}
    found = []
    for area in dict.fromkeys(town.area for town in towns.values()):
        there: dict[str, list[Town]] = {}
        for town in towns.values():
            if town.area == area:
                there.setdefault(town.district, []).append(town)
        middles = [
            (sum(one.latitude for one in each) / len(each), sum(one.longitude for one in each) / len(each))
            for each in there.values()
        ]
        spots = _placed(middles, middles)
        shown = _apart(spots)
        discs = [
            MapDisc(round(x, 1), round(y, 1), round(at[0], 1), round(at[1], 1), *numbers[name])
            for name, (x, y), at in zip(there, shown, spots, strict=True)
            if name in numbers
        ]
        found.append(AreaMap(area, tuple(discs)))
    return tuple(found)


def route_map(outing: Outing, towns: Mapping[str, Town]) -> RouteMap | None:
    """The way of a visit; None while there is none, or where the towns are no longer those of the file."""
    if not outing.stops or outing.start not in towns:
        return None
    shown = [towns[outing.start], *(stop.town for stop in outing.stops)]
    return _way_map(outing.area, shown, set(outing.covered), towns)


def doors_map(found: VisitRound, towns: Mapping[str, Town]) -> RouteMap | None:
    """The way of a round, town by town: several doors of one town are put beside one another. None without a door."""
    if not found.doors:
        return None
    shown = [found.start, *(door.town for door in found.doors)]
    return _way_map(found.area, shown, set(), towns)


def _way_map(area: str, shown: Sequence[Town], served: set[str], towns: Mapping[str, Town]) -> RouteMap:
    there = [town for town in towns.values() if town.area == area]
    near = [*shown, *(town for town in there if town.name in served)]
    frame = [(town.latitude, town.longitude) for town in near]
    stops = _placed(frame[: len(shown)], frame)
    dots = [
        MapDot(round(x, 1), round(y, 1), town.name in served)
        for town, (x, y) in zip(
            there, _placed([(one.latitude, one.longitude) for one in there], frame), strict=True
        )
        if 0 <= x <= WIDTH and 0 <= y <= MAP_HEIGHT
    ]
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*stops, stops[0]])
    numbers = _apart(stops)
    marks = [Mark(round(x, 1), round(y, 1), str(place)) for place, (x, y) in enumerate(numbers)]
    return RouteMap(tuple(dots), way, tuple(marks[1:]), marks[0])


def _up(share: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share / 100, 1)


def _placed(
    points: Sequence[tuple[float, float]], frame: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Latitude and longitude on the sheet: north is up, a kilometre is as long both ways, the frame fills it."""
    south, north = min(one[0] for one in frame), max(one[0] for one in frame)
    west, east = min(one[1] for one in frame), max(one[1] for one in frame)
    narrow = cos(radians((south + north) / 2))
    across, up = max((east - west) * narrow, 1e-4), max(north - south, 1e-4)
    scale = min((WIDTH - 2 * MARGIN) / across, (MAP_HEIGHT - 2 * MARGIN) / up)
    left, top = (WIDTH - across * scale) / 2, (MAP_HEIGHT - up * scale) / 2
    return [
        (left + (east_of - west) * narrow * scale, top + (north - north_of) * scale)
        for north_of, east_of in points
    ]


def _apart(spots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same spots, each at least a disc from every other and inside the sheet, moved as little as turns allow."""
    found, least = [list(spot) for spot in spots], 2 * DISC + 2
    for _turn in range(PUSHES):
        for one in range(len(found)):
            for other in range(one):
                across, down = found[one][0] - found[other][0], found[one][1] - found[other][1]
                far = hypot(across, down)
                if far >= least:
                    continue
                if far < 0.1:
                    across, down, far = 1.0, float(one - other), hypot(1.0, one - other)
                push = (least - far) / 2 / far
                for which, sign in ((one, 1), (other, -1)):
                    found[which][0] = min(max(found[which][0] + sign * push * across, DISC), WIDTH - DISC)
                    found[which][1] = min(max(found[which][1] + sign * push * down, DISC), MAP_HEIGHT - DISC)
    return [(x, y) for x, y in found]

"""Towns of the municipality with their district and where they lie (町名・地区・緯度経度), read from one CSV file.

1. The file is the city's own (setting `MADOGUCHI_DISTRICTS`), or that of the invented まどか市.
2. A file that cannot be used is refused with the line and what to do.
3. An address belongs to the town with the longest name that it begins with, after the name of the city.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from django.conf import settings

from madoguchi.residents.population.drawing import DATA

COLUMNS = ("町名", "地区", "方面", "緯度", "経度")
INVENTED = DATA / "town_places.csv"
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Town:
    """A town: its name, the district it is counted in, the part of the city that is visited in one go, and where it lies."""

    name: str
    district: str
    area: str
    latitude: float
    longitude: float


class UnusablePlaces(ValueError):
    """A file of towns that cannot be used."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"地区の一覧 {path.name} の{line}行目: {what}")


def towns() -> Mapping[str, Town]:
    """The towns of this municipality by name. Raises UnusablePlaces."""
    return _read(Path(settings.DISTRICTS) if settings.DISTRICTS else INVENTED)


def town_of(address: str, *, city: str, among: Mapping[str, Town]) -> Town | None:
    """The town of an address of this city; None when it begins with none of these names."""
    rest = address.partition(city)[2]
    for length in range(min(len(rest), _longest(tuple(among))), 0, -1):
        found = among.get(rest[:length])
        if found is not None:
            return found
    return None


def distance_km(one: Town, other: Town) -> float:
    """As the crow flies, on a sphere."""
    south, north = radians(one.latitude), radians(other.latitude)
    half = sin((north - south) / 2) ** 2
    half += cos(south) * cos(north) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


@lru_cache(maxsize=4)
def _longest(names: tuple[str, ...]) -> int:
    return max(map(len, names), default=0)


@lru_cache(maxsize=4)
def _read(path: Path) -> Mapping[str, Town]:
    found: dict[str, Town] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise UnusablePlaces(path, 1, f"見出しを「{'・'.join(COLUMNS)}」にしてください。")
            for line, row in enumerate(rows, start=2):
                town = _town(path, line, row)
                if town.name in found:
                    raise UnusablePlaces(
                        path, line, f"町名「{town.name}」が二度あります。1行にしてください。"
                    )
                found[town.name] = town
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusablePlaces(path, 1, "読めません。UTF-8 の CSV の場所を指定してください。") from error
    return found


def _town(path: Path, line: int, row: Mapping[str, str | None]) -> Town:
    name, district, area, north, east = ((row[one] or "").strip() for one in COLUMNS)
    if not (name and district and area):
        raise UnusablePlaces(path, line, "町名・地区・方面のどれかが空です。入れてください。")
    try:
        latitude, longitude = float(north), float(east)
    except ValueError as error:
        raise UnusablePlaces(
            path, line, "緯度か経度が数ではありません。度を小数で入れてください。"
        ) from error
    if not (20 <= latitude <= 46 and 122 <= longitude <= 154):
        raise UnusablePlaces(path, line, "緯度・経度が日本の外です。入れ違いがないか見てください。")
    return Town(name, district, area, latitude, longitude)

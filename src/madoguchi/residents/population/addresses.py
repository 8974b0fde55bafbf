"""Addresses of まどか市: real town names of four cities, one invented city, post codes that do not exist."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from madoguchi.residents.population.drawing import DATA

CITY = "まどか市"
BUILDINGS = ["まどかハイツ", "柏台コーポ", "メゾン窓", "コーポ霧野", "市営住宅", "サンライズ椋"]
FACILITIES = ["特別養護老人ホームまどか苑", "介護老人保健施設かしわ"]
ELSEWHERE = [
    "東京都新宿区西新宿9-9-9",
    "北海道札幌市中央区北99条西9丁目9",
    "大阪府大阪市北区梅田9-9-9",
    "沖縄県那覇市泉崎9-9-9",
]
IN_BUILDINGS = 0.38


@lru_cache(maxsize=1)
def towns() -> tuple[str, ...]:
    """Names of towns, 丁目 and 字."""
    return tuple((DATA / "towns.txt").read_text(encoding="utf-8").split())


def address(random: Random, *, facility: bool) -> tuple[str, str]:
    """An address with its 方書 if there is one, and its post code (000-…: not in use)."""
    draw = random.random
    names = towns()
    index = int(draw() * len(names))
    town = names[index]
    lot, branch = 1 + int(draw() * 40), 1 + int(draw() * 20)
    text = f"{CITY}{town}{lot}-{branch}" if town.endswith("丁目") else f"{CITY}{town}{lot}番地{branch}"
    if facility:
        text = f"{CITY}{names[index % 2]}1番地 {FACILITIES[index % 2]}"
    elif draw() < IN_BUILDINGS:
        floor, door = 1 + int(draw() * 9), 1 + int(draw() * 9)
        text += f" {BUILDINGS[int(draw() * len(BUILDINGS))]}{floor}0{door}号"
    return text, f"000-{index:04d}"


def elsewhere(random: Random) -> str:
    """An address before moving in, in some other city."""
    return ELSEWHERE[int(random.random() * len(ELSEWHERE))]

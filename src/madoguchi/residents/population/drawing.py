"""Ages as the census has them (国勢調査 2020): dealt out so that every block of people has the same pyramid."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from random import Random

DATA = Path(__file__).resolve().parent / "data"
YEAR = "2020"
OLDEST = 104
SEXES = {"男性": "male", "女性": "female"}


@lru_cache(maxsize=1)
def pyramid() -> tuple[tuple[str, int, float], ...]:
    """(sex, age, share of all people) for every single year of age; each five-year group spread evenly."""
    with (DATA / "national_pyramid_census_1920_2020.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == YEAR and row["sex"] in SEXES]
    total = sum(int(row["value"]) for row in rows)
    shares = []
    for row in rows:
        first = int(row["age"].rstrip("歳以上").split("~")[0])
        for age in range(first, first + 5):
            shares.append((SEXES[row["sex"]], age, int(row["value"]) / total / 5))
    return tuple(shares)


class Pool:
    """So many people of each sex and age, taken out one by one."""

    def __init__(self, size: int, random: Random) -> None:
        self._random = random
        self.left = {"male": [0] * (OLDEST + 1), "female": [0] * (OLDEST + 1)}
        offset, reached = random.random(), 0.0
        for sex, age, share in pyramid():
            before = int(reached + offset)
            reached += share * size
            self.left[sex][age] = int(reached + offset) - before
        self.size = sum(sum(ages) for ages in self.left.values())

    def take(self, sex: str, low: int, high: int) -> int | None:
        """Someone of that sex aged `low` to `high`, or None when nobody is left; begins at a random age in between."""
        low, high = max(low, 0), min(high, OLDEST)
        if high < low:
            return None
        left, width = self.left[sex], high - low + 1
        first = int(self._random.random() * width)
        for step in range(width):
            age = low + (first + step) % width
            if left[age]:
                left[age] -= 1
                self.size -= 1
                return age
        return None

    def youngest(self, below: int) -> tuple[str, int] | None:
        """The youngest person under that age who is left, taken out."""
        for age in range(below):
            for sex in ("female", "male") if self._random.random() < 0.5 else ("male", "female"):
                if self.left[sex][age]:
                    self.left[sex][age] -= 1
                    self.size -= 1
                    return sex, age
        return None

    def eldest(self) -> tuple[str, int]:
        """The eldest person left, taken out. The pool must not be empty."""
        for age in range(OLDEST, -1, -1):
            for sex in ("female", "male"):
                if self.left[sex][age]:
                    self.left[sex][age] -= 1
                    self.size -= 1
                    return sex, age
        raise IndexError("the pool is empty")

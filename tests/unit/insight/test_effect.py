"""The interval of an effect covers what was planted as often as it says, and a page never shows more than it may."""

from __future__ import annotations

from random import Random

import pytest

from madoguchi.insight.coverage.effect import (
    DistrictChange,
    TooFewDistricts,
    _students_t,
    effect_of,
    exact_effect,
)


def invented_city(seed: int, *, planted: float, people: int = 250) -> list[DistrictChange]:
    """Districts of different size and level; all rise, unevenly; of the visited, `planted` of all get the card on top."""
    random = Random(seed)
    count = random.randint(16, 40)
    visited = set(random.sample(range(count), random.randint(6, count // 2)))
    trend, found = random.uniform(0.01, 0.05), []
    for district in range(count):
        size = int(people * random.uniform(0.4, 2.5))
        level, rise = random.uniform(0.6, 0.85), trend + random.gauss(0, 0.012)
        if district in visited:
            rise += planted
        has = [random.random() < level for _ in range(size)]
        chance = max(0.0, min(1.0, rise / (1 - level)))
        after = sum(one or random.random() < chance for one in has)
        found.append(DistrictChange(district in visited, size, sum(has), size, after))
    return found


def coverage(cities: int, *, planted: float = 0.04) -> float:
    """The share of cities whose interval holds the planted effect."""
    within = 0
    for seed in range(cities):
        _points, low, high = exact_effect(invented_city(seed, planted=planted))
        within += low <= 100 * planted <= high
    return within / cities


def test_intervals_cover_the_planted_effect() -> None:
    """The quick form; 1,000 cities are in `benchmarks/effects.py`."""
    assert 0.9 <= coverage(150) <= 0.99


def test_an_interval_that_counts_people_instead_of_districts_covers_too_seldom() -> None:
    """What the cluster is for: with every person as one observation, districts' own rises are taken for proof."""
    within = 0
    for seed in range(80):
        city = invented_city(seed, planted=0.04, people=2000)
        sides = [[one for one in city if one.visited is side] for side in (True, False)]
        means, parts = [], []
        for side in sides:
            people = sum(one.people_after for one in side)
            share = sum(one.with_after - one.with_before for one in side) / people
            means.append(share)
            parts.append(share * (1 - share) / people)
        half = 1.96 * sum(parts) ** 0.5
        within += abs(means[0] - means[1] - 0.04) <= half
    assert within / 80 < 0.85


def test_too_few_districts_say_nothing() -> None:
    one, other = DistrictChange(True, 100, 50, 100, 60), DistrictChange(False, 100, 50, 100, 55)
    with pytest.raises(TooFewDistricts, match="3と9"):
        effect_of([one] * 3 + [other] * 9)
    assert effect_of([one] * 4 + [other] * 4).points == pytest.approx(5)


def test_ten_people_in_one_district_move_what_is_shown_by_no_more_than_a_step() -> None:
    for seed in range(12):
        city = invented_city(seed, planted=0.04)
        shown = effect_of(city)
        for place, one in enumerate(city):
            moved = DistrictChange(
                one.visited, one.people_before, one.with_before, one.people_after, one.with_after - 9
            )
            found = effect_of([*city[:place], moved, *city[place + 1 :]])
            assert found.step == shown.step
            assert abs(found.points - shown.points) <= shown.step + 1e-6


def test_the_interval_is_rounded_outwards() -> None:
    for seed in range(40):
        city = invented_city(seed, planted=0.04)
        points, low, high = exact_effect(city)
        shown = effect_of(city)
        assert shown.low <= low + 1e-9
        assert shown.high >= high - 1e-9
        assert abs(shown.points - points) <= shown.step / 2 + 1e-6


@pytest.mark.parametrize(
    ("freedom", "t"), [(3, 3.1824), (4.5, 2.6585), (10, 2.2281), (30, 2.0423), (1000, 1.9623)]
)
def test_students_t_is_that_of_the_tables(freedom: float, t: float) -> None:
    assert _students_t(0.95, freedom) == pytest.approx(t, abs=2e-3)

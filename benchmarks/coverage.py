"""Coverage of cards: the attacker, the plans of visits, and the intervals of effects, in full.

    python -m benchmarks.coverage [--cities 1000] [--attacked 60] [--small 150]

1. Small counts: whoever has every table of an invented city looks for small counts by linear programming, beside the same
   city with small counts alone hidden. Wanted: none found.
2. Plans: small cities against an exact answer (dynamic programming), and the four real areas against greedy and the bound.
   Wanted: never below greedy, within 5 % of the exact one.
3. Intervals: so many invented cities for each planted effect. Wanted: 93 to 97 % of the intervals hold it.
"""

from __future__ import annotations

import argparse
import os
import sys
from random import Random
from time import perf_counter

import django


def attacked(cities: int) -> bool:
    from tests.unit.insight.attacking import found_out, invented, places, true_numbers

    from madoguchi.insight.coverage import hiding
    from madoguchi.insight.coverage.tables import numbers_of

    small = found = found_without = shown = every = 0
    for seed in range(cities):
        towns = places(2 + seed % 4, 1)
        groups = invented(seed, towns, (60, 300, 1500, 6000)[seed % 4])
        numbers = numbers_of(groups, towns)
        small += sum(number < 10 for number in true_numbers(groups, towns).values())
        shown += sum(number is not None for number in numbers.values())
        every += len(numbers)
        found += len(found_out(groups, towns, numbers))
        wide = hiding._Attack.wide
        try:
            hiding._Attack.wide = lambda self, key: True  # type: ignore[method-assign]  # the guard taken out
            found_without += len(found_out(groups, towns, numbers_of(groups, towns)))
        finally:
            hiding._Attack.wide = wide  # type: ignore[method-assign]  # and put back
    print(f"| {cities} | {every:,} | {small:,} | {shown:,} | {found} | {found_without:,} |")
    return found == 0


def small_cities(cities: int) -> bool:
    from tests.unit.insight.test_outing_planning import exact, small_city

    from madoguchi.insight.outings.planning import greedy, plan_tour
    from madoguchi.insight.outings.ways import Ways

    ratios, simple_ratios, worse = [], [], 0
    for seed in range(cities):
        task = small_city(seed, 6 + seed % 7)
        ways, best = Ways(task), exact(task)
        simple, tour = ways.people(ways.covered(greedy(task))), plan_tour(task)
        worse += tour.people < simple
        assert best <= tour.bound
        if best:
            ratios.append(tour.people / best)
            simple_ratios.append(simple / best)
    print(
        f"| {len(ratios)} | {min(ratios):.3f} | {sum(ratios) / len(ratios):.4f} | {min(simple_ratios):.3f} "
        f"| {sum(simple_ratios) / len(simple_ratios):.4f} | {worse} |"
    )
    return not worse and min(ratios) >= 0.95


def real_areas() -> None:
    from madoguchi.insight.outings.planning import greedy, plan_tour
    from madoguchi.insight.outings.plans import areas, middle_of
    from madoguchi.insight.outings.ways import OutingBudget, OutingTask, Ways
    from madoguchi.residents.places import towns

    for area in areas():
        there = tuple(town for town in towns().values() if town.area == area)
        random = Random(2)
        people = tuple(random.randint(0, 12) for _ in there)
        for stops in (4, 8):
            task = OutingTask(middle_of(area), there, people, OutingBudget(stops=stops))
            ways = Ways(task)
            simple, began = ways.people(ways.covered(greedy(task))), perf_counter()
            tour = plan_tour(task)
            print(
                f"| {area} ({len(there)}) | {stops} | {simple} | {tour.people} | {tour.bound} "
                f"| {100 * tour.people / tour.bound:.1f} % | {perf_counter() - began:.1f} |"
            )


def intervals(cities: int) -> bool:
    from tests.unit.insight.test_effect import coverage

    met = True
    for planted in (0.0, 0.02, 0.04, 0.08):
        share = coverage(cities, planted=planted)
        met &= 0.93 <= share <= 0.97
        print(f"| {100 * planted:.0f} | {cities:,} | {100 * share:.1f} % |")
    return met


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cities", type=int, default=1000)
    options.add_argument("--attacked", type=int, default=60)
    options.add_argument("--small", type=int, default=150)
    given = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings_test")
    django.setup()
    met = True
    print("| planted effect (points) | cities | intervals that hold it |\n|---|---|---|")
    met &= intervals(given.cities)
    print(
        "\n| small cities | worst plan / exact | mean | worst greedy / exact | mean | plans below greedy |\n|---|---|---|---|---|---|"
    )
    met &= small_cities(given.small)
    print(
        "\n| area (towns) | stops | greedy | plan | bound | plan of bound | seconds |\n|---|---|---|---|---|---|---|"
    )
    real_areas()
    print(
        "\n| cities | counts | small | shown | small ones found | found without the second hiding |\n|---|---|---|---|---|---|"
    )
    met &= attacked(given.attacked)
    print("\n**Met.**" if met else "\n**Not met.**")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

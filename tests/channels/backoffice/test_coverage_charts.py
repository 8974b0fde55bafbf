"""Drawings of coverage: nothing covers anything, nothing lies outside, and what is hidden has no length."""

from __future__ import annotations

from itertools import combinations
from math import hypot

import pytest

from madoguchi.channels.backoffice.coverage.charts import (
    DISC,
    MAP_HEIGHT,
    NAMES,
    WIDTH,
    area_maps,
    level_of,
    share_chart,
    share_line,
)
from madoguchi.insight.coverage.tables import CoverageLine
from madoguchi.residents.places import towns


def line(name: str, share: int | None) -> CoverageLine:
    return CoverageLine(name, name, 100, share, None if share is None else 100 - share)


def test_districts_of_every_area_stand_apart_and_inside() -> None:
    known = towns()
    names = list(dict.fromkeys(town.district for town in known.values()))
    maps = area_maps([line(name, 80) for name in names], known)
    assert sorted(one.number for each in maps for one in each.discs) == list(range(1, len(names) + 1))
    for each in maps:
        assert all(DISC <= one.x <= WIDTH - DISC and DISC <= one.y <= MAP_HEIGHT - DISC for one in each.discs)
        assert all(hypot(a.x - b.x, a.y - b.y) > 2 * DISC - 4 for a, b in combinations(each.discs, 2))


def test_north_is_up_and_east_is_right() -> None:
    known = towns()
    (kitami, *_others) = area_maps([line("端野町忠志のまわり", 80), line("留辺蘂町昭栄のまわり", 80)], known)
    north, west = kitami.discs
    assert north.at_y < west.at_y and north.at_x > west.at_x


def test_a_bar_is_as_long_as_its_share_and_a_hidden_one_has_none() -> None:
    chart = share_chart([line("半分", 50), line("全部", 100), line("秘匿", None)])
    half, full, hidden = chart.bars
    assert full.width == 2 * half.width
    assert NAMES + full.width < WIDTH
    assert (hidden.width, hidden.text, half.text) == (0, "", "50.0%")


@pytest.mark.parametrize(
    ("share", "level"), [(None, 0), (69.9, 1), (70.0, 2), (80.0, 3), (90.0, 4), (100.0, 4)]
)
def test_levels_have_their_limits(share: float | None, level: int) -> None:
    assert level_of(share) == level


def test_a_line_needs_two_days() -> None:
    assert share_line([("令8.11.9", 80.0)]) is None
    drawn = share_line([("令8.10.9", 0.0), ("令8.11.9", 100.0)])
    assert drawn is not None
    (first, last) = drawn.dots
    assert first.y > last.y and first.x < last.x < WIDTH

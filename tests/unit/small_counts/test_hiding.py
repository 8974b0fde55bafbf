"""No small count leaves by any table, nor can it be worked out of all of them together."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.insight.attacking import every_key, found_out, invented, places, true_numbers

from madoguchi.insight.coverage.tables import KINDS, numbers_of, table
from madoguchi.small_counts import hiding
from madoguchi.small_counts.hiding import Before, Count, shown

SIZES = st.sampled_from((60, 300, 1500, 6000))


@settings(max_examples=3)  # 200 in the slow form below; the second example finds what is planted
@example(seed=0, size=300)
@example(seed=3, size=1500)
@given(seed=st.integers(0, 10**6), size=SIZES)
def test_nobody_who_has_every_table_bounds_a_small_count_closer_than_ten(seed: int, size: int) -> None:
    towns = places(3, 1)
    groups = invented(seed, towns, size)
    assert found_out(groups, towns, numbers_of(groups, towns)) == []


@pytest.mark.slow
@settings(max_examples=200)
@given(seed=st.integers(0, 10**6), size=SIZES, districts=st.integers(2, 5))
def test_nobody_bounds_a_small_count_in_many_cities(seed: int, size: int, districts: int) -> None:
    towns = places(districts, 1)
    groups = invented(seed, towns, size)
    assert found_out(groups, towns, numbers_of(groups, towns)) == []


def test_without_the_second_hiding_small_counts_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attacker is a real one: with small counts alone hidden, many are worked out."""
    towns = places(3, 1)
    groups = invented(3, towns, 1500)
    monkeypatch.setattr(hiding._Attack, "wide", lambda self, key: True)
    found = found_out(groups, towns, numbers_of(groups, towns))
    assert found
    assert all("shown" not in one for one in found)


def test_what_is_shown_is_true_and_something_is_shown() -> None:
    towns = places(4, 2)
    groups = invented(5, towns, 6000)
    numbers, truth = numbers_of(groups, towns), true_numbers(groups, towns)
    assert set(numbers) == set(every_key(towns))
    out = {key: number for key, number in numbers.items() if number is not None}
    assert all(number == truth[key] and number >= 10 for key, number in out.items())
    assert len(out) > len(numbers) / 2
    assert out["all:n"] == 6000


def test_a_line_knows_its_share_only_from_counts_that_are_shown() -> None:
    towns = places(3, 1)
    numbers: dict[str, int | None] = {"district:地区0:n": 40, "district:地区0:w": 30, "district:地区1:n": 40}
    one, other, _third = table(KINDS["district"], numbers, towns).lines
    assert (one.share, other.share) == (75.0, None)


def city(lacking: tuple[int, ...], having: tuple[int, ...]) -> list[Count]:
    found = []
    for mark, numbers in (("o", lacking), ("w", having)):
        found += [Count(f"{place}{mark}", frozenset({(place, mark)}), n) for place, n in enumerate(numbers)]
        found.append(
            Count(
                f"all{mark}",
                frozenset((place, mark) for place in range(len(numbers))),
                sum(numbers),
                whole=True,
            )
        )
    for place, (lacks, has) in enumerate(zip(lacking, having, strict=True)):
        found.append(Count(f"{place}n", frozenset({(place, "o"), (place, "w")}), lacks + has))
    return found


def test_one_small_count_takes_another_with_it_and_the_total_stays() -> None:
    kept = shown(city((3, 25, 60), (50, 50, 50)))
    assert {"0o", "0w", "1o", "1w"}.isdisjoint(kept)
    assert {"allo", "allw", "0n", "1n", "2n", "2o", "2w"} <= kept


def test_nothing_small_hides_nothing() -> None:
    counts = city((30, 25, 60), (50, 50, 50))
    assert shown(counts) == {one.key for one in counts}


def test_zero_is_small_too() -> None:
    assert "0o" not in shown(city((0, 25, 60), (50, 50, 50)))


@pytest.mark.parametrize(
    ("before", "hidden"), [(24, True), (16, True), (34, True), (25, False), (15, False), (35, False)]
)
def test_a_count_that_moved_by_fewer_than_ten_since_an_earlier_day_is_hidden(
    before: int, hidden: bool
) -> None:
    kept = shown(city((30, 25, 60), (50, 50, 50)), before=Before({}, {"1o": {before}}))
    assert ("1o" not in kept) is hidden


def test_what_is_out_stays_out_and_the_new_count_is_hidden_for_it() -> None:
    """With the total and all but one out, their sum would tell the small one: it is the sum that is hidden."""
    counts = [
        *city((30, 25, 60), (50, 50, 50)),
        Count("new", frozenset({(0, "o"), (1, "o"), ("small",)}), 58),
        Count("small", frozenset({("small",)}), 3, never=True),
    ]
    fixed = {one.key: True for one in city((30, 25, 60), (50, 50, 50))}
    kept = shown(counts, before=Before(fixed, {}))
    assert set(fixed) <= kept
    assert "new" not in kept
    assert "small" not in kept

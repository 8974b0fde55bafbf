"""One row of counts (件数の行): what of it may be shown when its total may be known from elsewhere.

A total is never published beside its parts. A row that has to hide something also hides its smallest larger count, and more
of them until whoever knows the row's total from elsewhere, and that what was hidden for others is ten or more, still cannot
tell any hidden small count from another. For one row this is stricter than `hiding`, which is for tables together.

Rows of the same counts that went out on different days must not be subtracted either: a count that is one to nine away from one that
is out is as small as nine. `close` names such counts, to be hidden like small ones, or for a row to wait until they have moved on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from madoguchi.small_counts.hiding import SMALLEST, is_small

Row = tuple[int | None, ...]


def close(cells: Sequence[int], out: Iterable[Row]) -> frozenset[int]:
    """The places of counts whose difference from one that is out already, of the same place, would be a small count."""
    return frozenset(
        place
        for row in out
        for place, (count, before) in enumerate(zip(cells, row, strict=True))
        if before is not None and count != before and is_small(abs(count - before))
    )


def published(cells: Sequence[int], *, near: Collection[int] = ()) -> Row:
    """The counts of one row as they may be shown; None where one is hidden. Zero is as hidden as nine, and so are those `near`."""
    small = {place for place, count in enumerate(cells) if is_small(count) or place in near}
    if not small:
        return tuple(cells)
    hidden = set(small)
    larger = sorted((place for place in range(len(cells)) if place not in small), key=lambda at: cells[at])
    for place in larger:
        if len(hidden) > len(small) and _blurred(cells, hidden, small):
            break
        hidden.add(place)
    if not _blurred(cells, hidden, small):
        hidden = set(range(len(cells)))
    return tuple(None if place in hidden else count for place, count in enumerate(cells))


def _blurred(cells: Sequence[int], hidden: set[int], small: set[int]) -> bool:
    """Whether each hidden small count could be anything from none to nine with the same sum of what is hidden."""
    companions = len(hidden) - len(small)
    if not companions:
        return False
    return sum(cells[place] for place in hidden) >= SMALLEST * companions + (SMALLEST - 1) * len(small)


def in_words(count: int | None) -> str:
    """As it is written in a table and in a file."""
    return "（10未満など）" if count is None else f"{count:,}"

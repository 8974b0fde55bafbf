"""Each anomaly is found in the smallest history that has it, and none in one that has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from proofs.list_append import Transaction, anomalies

X, Y = 1, 2
Lists = Mapping[int, Sequence[int]]


def at(
    began: float,
    *,
    appended: Lists | None = None,
    read: Lists | None = None,
    done: bool = True,
    ended: float = 0,
) -> Transaction:
    return Transaction(began, ended or began + 100, done, appended or {}, read or {})


HISTORIES: dict[str, tuple[list[Transaction], Lists, set[str]]] = {
    "one after the other": (
        [at(0, appended={X: [1]}, ended=1), at(2, read={X: [1]}, appended={X: [2], Y: [3]})],
        {X: [1, 2], Y: [3]},
        set(),
    ),
    "lost": ([at(0, appended={X: [1]}), at(1, appended={X: [2]})], {X: [2]}, {"lost"}),
    "twice": ([at(0, appended={X: [1]})], {X: [1, 1]}, {"twice"}),
    "undone and yet there": (
        [at(0, appended={X: [1]}, done=False), at(1, read={X: [1]})],
        {X: [1]},
        {"G1a"},
    ),
    "read in the middle": (
        [at(0, appended={X: [1, 2]}), at(1, read={X: [1]})],
        {X: [1, 2]},
        {"G1b", "G-single or G2-item"},
    ),
    "writes across": ([at(0, appended={X: [1], Y: [2]}), at(1, appended={X: [3], Y: [4]})], {X: [1, 3], Y: [4, 2]}, {"G0"}),
    "told of each other": (
        [at(0, appended={X: [1]}, read={Y: [2]}), at(1, appended={Y: [2]}, read={X: [1]})],
        {X: [1], Y: [2]},
        {"G1c"},
    ),
    "write skew": (
        [at(0, appended={X: [1]}, read={Y: []}), at(1, appended={Y: [2]}, read={X: []})],
        {X: [1], Y: [2]},
        {"G-single or G2-item"},
    ),
    "an old list": (
        [at(0, appended={X: [1]}, ended=1), at(5, read={X: []})],
        {X: [1]},
        {"not in the order of time"},
    ),
    "lists that do not agree": (
        [at(0, appended={X: [1]}), at(0, appended={X: [2]}), at(1, read={X: [2, 1]})],
        {X: [1, 2]},
        {"other order"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORIES)
def test_it_is_found(name: str) -> None:
    history, final, kinds = HISTORIES[name]
    found = set(anomalies(history, final))
    assert kinds <= found if kinds else found == set()

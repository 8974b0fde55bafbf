"""Histories of transactions that read lists and append to them, looked through for what serial execution cannot give.

After Elle (Kingsbury and Alvaro, “Elle: Inferring Isolation Anomalies from Experimental Observations”, VLDB 2020): every appended
element is unique, so a list that was read tells the order of its writers, and who read before or after whom. From that a graph:

- ww: the writer of the next element of a list follows the writer of this one;
- wr: whoever read a list follows the writer of its last element;
- rw: the writer of the next element follows whoever read the list without it;
- in time: what began after another had ended follows it (strict serializability).

A circle of ww is G0, with wr G1c, with one kind of rw G-single or G2-item. Looked for beside it: lists of one key that are not one
another's beginnings, elements read of a transaction that was undone (G1a) or had not ended its appends (G1b), elements twice, and
appends that were told as done and are not there at the end (lost).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Edges = dict[int, set[int]]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction as its process saw it. Times are one clock's, in seconds."""

    began: float
    ended: float
    done: bool
    appended: Mapping[int, Sequence[int]] = field(default_factory=dict)  # key → elements in order
    read: Mapping[int, Sequence[int]] = field(default_factory=dict)  # key → the list, before own appends


def anomalies(history: Sequence[Transaction], final: Mapping[int, Sequence[int]]) -> Counter[str]:
    """What was found, by kind. `final`: the lists when all had ended."""
    found = Counter[str]()
    writer = {
        element: n for n, one in enumerate(history) for some in one.appended.values() for element in some
    }
    for key, elements in final.items():
        found["twice"] += len(elements) - len(set(elements))
        found["G1a"] += sum(not history[writer[one]].done for one in elements)
        there = set(elements)
        found["lost"] += sum(
            one not in there for each in history if each.done for one in each.appended.get(key, ())
        )
    for n, one in enumerate(history):
        if one.done:
            _of_reads(n, one, history, final, writer, found)
    found.update(_circles(history, final, writer))
    return +found


def _of_reads(
    n: int,
    one: Transaction,
    history: Sequence[Transaction],
    final: Mapping[int, Sequence[int]],
    writer: Mapping[int, int],
    found: Counter[str],
) -> None:
    for key, elements in one.read.items():
        found["G1a"] += sum(not history[writer[each]].done for each in elements)
        found["other order"] += list(final.get(key, ())[: len(elements)]) != list(elements)
        if elements:
            last = history[writer[elements[-1]]]
            found["G1b"] += writer[elements[-1]] != n and last.appended[key][-1] != elements[-1]


def _circles(
    history: Sequence[Transaction], final: Mapping[int, Sequence[int]], writer: Mapping[int, int]
) -> Counter[str]:
    ww, wr, rw = defaultdict(set), defaultdict(set), defaultdict(set)  # type: Edges, Edges, Edges
    place = {(key, one): at for key, some in final.items() for at, one in enumerate(some)}
    for some in final.values():
        for one, following in pairwise(some):
            ww[writer[one]].add(writer[following])
    for n, each in enumerate(history):
        for key, elements in each.read.items() if each.done else ():
            at = place.get((key, elements[-1]), -1) if elements else -1
            if elements and writer[elements[-1]] != n:
                wr[writer[elements[-1]]].add(n)
            if elements and at < 0:
                continue  # what was read is gone: counted as another order
            if at + 1 < len(final.get(key, ())):
                rw[n].add(writer[final[key][at + 1]])
    told = Counter[str]()
    for name, edges in (
        ("G0", [ww]),
        ("G1c", [ww, wr]),
        ("G-single or G2-item", [ww, wr, rw]),
        ("not in the order of time", [ww, wr, rw, _in_time(history)]),
    ):
        told[name] = _knots(len(history), edges) - told.total()
    return told


def _in_time(history: Sequence[Transaction]) -> Edges:
    """To every transaction from those that had ended before it began, and before no other that had ended by then began."""
    edges: Edges = defaultdict(set)
    ended = sorted((one.ended, n) for n, one in enumerate(history) if one.done)
    times = [at for at, _ in ended]
    latest: list[float] = []  # the latest beginning among those that ended so far
    for _at, n in ended:
        latest.append(max(latest[-1] if latest else 0.0, history[n].began))
    for n, one in enumerate(history):
        if not one.done:
            continue
        at = bisect_left(times, one.began) - 1
        newest = latest[at] if at >= 0 else 0.0
        while at >= 0 and times[at] >= newest:
            edges[ended[at][1]].add(n)
            at -= 1
    return edges


def _knots(size: int, several: Iterable[Edges]) -> int:
    """How many groups of transactions follow one another in a circle (Tarjan, without recursion)."""
    after: list[list[int]] = [[] for _ in range(size)]
    for edges in several:
        for one, following in edges.items():
            after[one] += (each for each in following if each != one)
    index, low, on_stack = [0] * size, [0] * size, [False] * size
    stack: list[int] = []
    knots, count = 0, 0
    for root in range(size):
        if index[root]:
            continue
        work = [(root, 0)]
        while work:
            node, at = work.pop()
            if at == 0:
                count += 1
                index[node] = low[node] = count
                stack.append(node)
                on_stack[node] = True
            else:
                low[node] = min(low[node], low[after[node][at - 1]])
            while at < len(after[node]):
                there = after[node][at]
                at += 1
                if not index[there]:
                    work += [(node, at), (there, 0)]
                    break
                if on_stack[there]:
                    low[node] = min(low[node], index[there])
            else:
                if low[node] == index[node]:
                    group = 0
                    while True:
                        one = stack.pop()
                        on_stack[one] = False
                        group += 1
                        if one == node:
                            break
                    knots += group > 1
    return knots

"""Rows that columns cannot settle (列だけでは決まらない行): an unknown fact is read twice by what is still open, so that every
value of it may give one outcome although each reading alone is unknown. They are few, and are decided one at a time.

A part of a condition that is settled matters no more; of the rest it is counted how often each unknown fact is read. Of
two members of one collection each has facts of its own.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from madoguchi.procedures.bulk.columns import UNKNOWN, Mask
from madoguchi.procedures.bulk.conditions import condition
from madoguchi.procedures.bulk.same import mark_of
from madoguchi.procedures.bulk.scopes import Scope, gathered
from madoguchi.procedures.facts import FactDefinition, Holder
from madoguchi.procedures.judge import Group
from madoguchi.procedures.language.tree import (
    And,
    Day,
    Fact,
    Named,
    Node,
    Not,
    Or,
    Quantifier,
    children_of,
    nodes_of,
)
from madoguchi.procedures.packs import Pack

Read = tuple[Holder, str]
Counts = dict[Read, npt.NDArray[np.int16]]


def doubtful(scope: Scope, group: Group) -> tuple[Mask, set[Read]]:
    """Return the rows of open outcomes that may be settled after all, and the facts that are read twice in one."""
    found, twice = np.zeros(len(scope), np.bool_), set[Read]()
    for one in (group.must, group.optional):
        if one is not None and _repeats(one.tree, scope.event.date_key):
            for read, counts in _reads(one.tree, scope, np.ones(len(scope), np.bool_)).items():
                if (counts > 1).any():
                    twice.add(read)
                    found |= counts > 1
    return found, twice


def definitions(pack: Pack, read: set[Read]) -> list[FactDefinition]:
    """Return the definitions of facts that a rule reads, among them the day of an event, which rules call reference_date."""
    found = (pack.fact(*one) for one in sorted(read, key=str))
    return [one for one in found if one is not None]


def _repeats(tree: Node, date_key: str) -> bool:
    """Say whether any fact is read by two clauses at all."""
    return _counted(mark_of(tree).number, date_key, _Tree(tree))


class _Tree:
    """A tree that is told from others by the number beside it."""

    def __init__(self, tree: Node) -> None:
        self.tree = tree

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tree)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4096)
def _counted(number: int, date_key: str, of: _Tree) -> bool:
    tree = of.tree
    read: set[Read] = set()
    for leaf in _leaves(tree):
        facts = set(_facts_of(leaf, date_key))
        if facts & read:
            return True
        read |= facts
    return any(isinstance(node, Quantifier) for node in nodes_of(tree))


def _leaves(tree: Node) -> Iterator[Node]:
    if isinstance(tree, (And, Or, Not, Named, Quantifier)):
        for part in children_of(tree):
            yield from _leaves(part)
    else:
        yield tree


def _facts_of(leaf: Node, date_key: str) -> Iterator[Read]:
    for node in nodes_of(leaf):
        if isinstance(node, Fact):
            yield node.definition.holder, node.definition.key
        elif isinstance(node, Day) and node.name == "reference_date":
            yield Holder.EVENT, date_key


def _reads(tree: Node, scope: Scope, matters: Mask) -> Counts:
    """Return how often each fact is read by the clauses that are open, in the rows in which they matter."""
    matters = matters & (condition(tree, scope) == UNKNOWN)
    if not matters.any():
        return {}
    if isinstance(tree, (And, Or, Not, Named)):
        counts: Counts = {}
        for part in children_of(tree):
            _add(counts, _reads(part, scope, matters))
        return counts
    if isinstance(tree, Quantifier):
        return _reads_of_members(tree, scope, matters)
    return {read: matters.astype(np.int16) for read in set(_facts_of(tree, scope.event.date_key))}


def _reads_of_members(tree: Quantifier, scope: Scope, matters: Mask) -> Counts:
    assert tree.variable.slot is not None
    members = scope.members(tree.people, tree.variable.slot)
    inner = np.repeat(matters, members.counts)
    counts: Counts = {}
    for part in children_of(tree):
        _add(counts, _reads(part, members.rows, inner))
    own = {(fact.definition.holder, fact.definition.key) for fact in _of_others(tree)}
    found = {}
    for read, number in counts.items():
        most = gathered(np.maximum, number, members.counts, 0)
        found[read] = most * np.int16(2) if read in own or read[0] is Holder.EVENT else most
    return found


def _of_others(tree: Quantifier) -> Iterator[Fact]:
    """Yield the facts inside a collection that are not of its members, and so are read for each of them."""
    for node in nodes_of(tree):
        if isinstance(node, Fact) and node.owner != tree.variable:
            yield node


def _add(counts: Counts, more: Counts) -> None:
    for read, number in more.items():
        counts[read] = counts[read] + number if read in counts else number

"""Which values of an unknown fact are worth trying (試す値): all codes, or the values around each
turning point.

`of` gives None where trying out could miss something: free text that is not compared, or a date that
stands on both sides of one comparison.
"""

from datetime import date, timedelta
from itertools import chain, combinations
from typing import Any

from madoguchi.procedures.facts import FactDefinition, FactRef, FactType
from madoguchi.procedures.language.frame import Frame
from madoguchi.procedures.language.residual import Leaf
from madoguchi.procedures.language.spans import Span
from madoguchi.procedures.language.tree import (
    Compare,
    Conditional,
    Constant,
    Contains,
    Day,
    Fact,
    Fold,
    Lookup,
    OneOf,
    Parameter,
    Quantifier,
)

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
LEAST, MOST = 0, 10**9
_ALL_DAYS = 62
_MOST_CODES_IN_A_SET = 6
_ELSE = "(それ以外)"


class Domains:
    """The values worth trying for the facts that some unknown parts share."""

    def __init__(self, frame: Frame, leaves: list[Leaf]) -> None:
        self._frame = frame
        self._leaves = leaves
        self._definitions: dict[str, FactDefinition] = {}
        for leaf in leaves:
            for node in leaf.nodes:
                if isinstance(node, Fact):
                    self._definitions[node.definition.key] = node.definition

    def of(self, ref: FactRef) -> list[Any] | None:
        """Return the values to try for a fact, or None when trying out would not be exact."""
        leaves = [leaf for leaf in self._leaves if ref in leaf.refs]
        definition = self._definitions.get(ref.key)
        if definition is None and ref.key != self._frame.date_key:
            return None
        kind = FactType.DATE if definition is None else definition.type
        known = dict.get(self._frame.record(ref.subject), ref.key)
        if kind is FactType.BOOLEAN:
            return [True, False]
        if kind in (FactType.DATE, FactType.NUMBER):
            return self._turning_points(ref, leaves, kind, known)
        assert definition is not None
        codes = [choice.code for choice in definition.choices]
        if kind is FactType.CHOICE:
            return list(codes)
        if kind is FactType.CHOICES:
            return _sets(leaves)
        return _texts(leaves, ref.key) if kind is FactType.TEXT else None

    def _turning_points(
        self, ref: FactRef, leaves: list[Leaf], kind: FactType, known: Any
    ) -> list[Any] | None:
        if isinstance(known, Span):
            low, high = known.low, known.high
        elif kind is FactType.DATE:
            low, high = EARLIEST, LATEST
        else:
            low, high = LEAST, MOST
        if kind is FactType.DATE and (high - low).days < _ALL_DAYS:
            return [low + timedelta(days=day) for day in range((high - low).days + 1)]
        points = {low, high}
        for leaf in leaves:
            found = self._turns_of(ref, leaf, low, high)
            if found is None:
                return None
            points |= found
        return sorted(points)

    def _turns_of(self, ref: FactRef, leaf: Leaf, low: Any, high: Any) -> set[Any] | None:
        node = leaf.node
        if isinstance(node, OneOf) and isinstance(node.item, Fact):
            near = {number + step for number in node.values if isinstance(number, int) for step in (-1, 0, 1)}
            return {number for number in near if low <= number <= high}
        turning = Lookup if isinstance(low, date) else Conditional
        if any(isinstance(part, (Conditional, turning)) for part in leaf.nodes):
            return None  # it may turn more than once
        if leaf.refs != {ref} or not isinstance(node, Compare) or not _reads_once(leaf):
            return None
        if node.operator in ("==", "!="):
            return None
        return self._turn(ref, leaf, low, high)

    def _turn(self, ref: FactRef, leaf: Leaf, low: Any, high: Any) -> set[Any]:
        """Return the last value before and the first after the leaf changes, found by halving."""
        record = self._frame.record(ref.subject)
        before = dict.get(record, ref.key)
        self._frame.slots[:] = leaf.slots
        assert leaf.evaluate is not None
        record[ref.key] = low
        at_low = leaf.evaluate(self._frame)
        record[ref.key] = high
        turns = leaf.evaluate(self._frame) is not at_low
        while turns and _next(low) < high:
            middle = low + (high - low) // 2
            record[ref.key] = middle
            if leaf.evaluate(self._frame) is at_low:
                low = middle
            else:
                high = middle
        if before is None:
            del record[ref.key]
        else:
            record[ref.key] = before
        return {low, high} if turns else set()


def _next(value: Any) -> Any:
    return value + timedelta(days=1) if isinstance(value, date) else value + 1


def _reads_once(leaf: Leaf) -> bool:
    """Say whether only one date or number is read that is not written in the rule or set by the city.

    Two reads of other persons' or other facts are known values; two of the same fact could turn twice.
    """
    read = [
        part.definition.key if isinstance(part, Fact) else part.name
        for part in leaf.nodes
        if isinstance(part, (Fact, Day))
    ]
    folded = any(isinstance(part, (Fold, Quantifier)) for part in leaf.nodes)
    return not folded and len(read) == len(set(read))


def _sets(leaves: list[Leaf]) -> list[Any] | None:
    codes = sorted({node.code for leaf in leaves for node in leaf.nodes if isinstance(node, Contains)})
    if len(codes) > _MOST_CODES_IN_A_SET:
        return None
    subsets = chain.from_iterable(combinations(codes, size) for size in range(len(codes) + 1))
    return [frozenset(subset) for subset in subsets]


def _texts(leaves: list[Leaf], key: str) -> list[Any]:
    texts: set[Any] = {_ELSE}
    for leaf in leaves:
        for node in leaf.nodes:
            if isinstance(node, OneOf):
                texts.update(value for value in node.values if isinstance(value, str))
            elif isinstance(node, (Constant, Parameter)) and isinstance(node.value, str):
                texts.add(node.value)
    return sorted(texts)

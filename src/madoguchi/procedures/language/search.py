"""Which unknown facts still matter (まだ結果を変えうる事実), and whether the outcome is settled after all.

Parts of a residual that share no fact are independent, so each is judged by itself. Parts that share facts
are tried out with every value that can make a difference, up to a bound; beyond it every fact is taken to
matter. Dates and numbers are tried at the two days (or numbers) around each point where a comparison turns,
which is found by halving, because every comparison of one of them is monotone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.language.domains import Domains
from madoguchi.procedures.language.frame import Frame
from madoguchi.procedures.language.residual import Branch, Leaf, Negation, Residual

DEFAULT_BOUND = 1024


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whether a condition can still become true or false, and the facts that decide which."""

    can_be_true: bool
    can_be_false: bool
    matters: frozenset[FactRef]

    @property
    def settled(self) -> bool | None:
        """The outcome when only one is possible, else None."""
        if self.can_be_true and self.can_be_false:
            return None
        return self.can_be_true


_NO_FACTS: frozenset[FactRef] = frozenset()
_TRUE, _FALSE = Outlook(True, False, _NO_FACTS), Outlook(False, True, _NO_FACTS)


def outlook(
    part: bool | Residual, frame: Frame, *, bound: int = DEFAULT_BOUND, doubt_leaves: bool = False
) -> Outlook:
    """Return what can still become of a reduced condition. `frame` is the tracing frame it was reduced in.

    A single leaf is taken to be open both ways, which `lint` makes sure of; `doubt_leaves` tries it out too.
    """
    if isinstance(part, bool):
        return _TRUE if part else _FALSE
    if isinstance(part, Leaf):
        if doubt_leaves and part.evaluate is not None:
            return _tried_out(Branch("or", (part,), part.refs), frame, bound)
        return Outlook(True, True, part.refs)
    if isinstance(part, Negation):
        inner = outlook(part.part, frame, bound=bound, doubt_leaves=doubt_leaves)
        return Outlook(inner.can_be_false, inner.can_be_true, inner.matters)
    return _of_branch(part, frame, bound, doubt_leaves)


def leaves_of(part: Residual) -> list[Leaf]:
    """Return the leaves of a residual from left to right."""
    if isinstance(part, Leaf):
        return [part]
    if isinstance(part, Negation):
        return leaves_of(part.part)
    return [leaf for inner in part.parts for leaf in leaves_of(inner)]


def _of_branch(branch: Branch, frame: Frame, bound: int, doubt_leaves: bool) -> Outlook:
    decisive = branch.word == "or"
    matters: set[FactRef] = set()
    for group in _independent(branch.parts):
        if len(group) == 1:
            part = outlook(group[0], frame, bound=bound, doubt_leaves=doubt_leaves)
        else:
            part = _tried_out(_together(branch, group), frame, bound)
        if part.settled is decisive:
            return _TRUE if decisive else _FALSE
        if part.settled is None:
            matters |= part.matters
    if not matters:
        return _FALSE if decisive else _TRUE
    return Outlook(True, True, frozenset(matters))


def _together(branch: Branch, group: list[Residual]) -> Branch:
    if len(group) == len(branch.parts):
        return branch
    return Branch(branch.word, tuple(group), frozenset().union(*[part.refs for part in group]))


def _independent(parts: Sequence[Residual]) -> list[list[Residual]]:
    """Group the parts so that no fact is read in two groups."""
    if sum(len(part.refs) for part in parts) == len(frozenset().union(*[part.refs for part in parts])):
        return [[part] for part in parts]
    groups: list[tuple[frozenset[FactRef], list[Residual]]] = []
    for part in parts:
        refs = part.refs
        members = [part]
        apart: list[tuple[frozenset[FactRef], list[Residual]]] = []
        for group_refs, group in groups:
            if group_refs.isdisjoint(refs):
                apart.append((group_refs, group))
            else:
                refs |= group_refs
                members = group + members
        groups = [*apart, (refs, members)]
    return [members for _, members in groups]


def _tried_out(branch: Branch, frame: Frame, bound: int) -> Outlook:
    leaves = leaves_of(branch)
    refs = sorted(branch.refs, key=lambda ref: (ref.subject, ref.key))
    undecided = Outlook(True, True, branch.refs)
    if any(leaf.evaluate is None for leaf in leaves):
        return undecided
    domains = Domains(frame, leaves)
    values = [domains.of(ref) for ref in refs]
    known = [found for found in values if found is not None]
    if len(known) < len(values) or prod(map(len, known)) > bound:
        return undecided
    table = _table(branch, leaves, refs, known, frame)
    outcomes = set(table.values())
    if len(outcomes) == 1:
        return (_TRUE if True in outcomes else _FALSE) if None not in outcomes else undecided
    matters = frozenset(ref for place, ref in enumerate(refs) if _makes_a_difference(table, place))
    return Outlook(True, True, matters)


def _table(
    branch: Branch, leaves: list[Leaf], refs: list[FactRef], values: list[list[Any]], frame: Frame
) -> dict[tuple[Any, ...], bool | None]:
    """Return the outcome for each combination of values; the frame is as before afterwards."""
    records = [frame.record(ref.subject) for ref in refs]
    before = [dict.get(record, ref.key) for record, ref in zip(records, refs, strict=True)]
    table: dict[tuple[Any, ...], bool | None] = {}
    for combination in product(*values):
        for record, ref, value in zip(records, refs, combination, strict=True):
            record[ref.key] = value
        table[combination] = evaluate_residual(branch, frame)
    for record, ref, value in zip(records, refs, before, strict=True):
        if value is None:
            del record[ref.key]
        else:
            record[ref.key] = value
    return table


def evaluate_residual(part: Residual, frame: Frame) -> bool | None:
    """Return the value of a residual with what the frame holds now."""
    if isinstance(part, Leaf):
        assert part.evaluate is not None
        frame.slots[:] = part.slots
        value: bool | None = part.evaluate(frame)
        return value
    if isinstance(part, Negation):
        inner = evaluate_residual(part.part, frame)
        return None if inner is None else not inner
    decisive = part.word == "or"
    result: bool | None = not decisive
    for member in part.parts:
        value = evaluate_residual(member, frame)
        if value is decisive:
            return decisive
        if value is None:
            result = None
    return result


def _makes_a_difference(table: dict[tuple[Any, ...], bool | None], place: int) -> bool:
    seen: dict[tuple[Any, ...], bool | None] = {}
    for combination, outcome in table.items():
        others = combination[:place] + combination[place + 1 :]
        if seen.setdefault(others, outcome) is not outcome:
            return True
    return False

"""What is left of a condition (残りの条件) when everything known has been put in.

`residual` gives True, False, or a small tree of leaves that are still unknown, each with the unknown or
不詳 facts it reads. `search` works on that tree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.language.evaluate import compile_node, members_of
from madoguchi.procedures.language.frame import Evaluate, Frame, Record
from madoguchi.procedures.language.tree import And, Node, Not, Or, Quantifier, nodes_of


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A part that is unknown and cannot be divided further; `evaluate` None: nothing can be tried out.

    `nodes` are the node and everything below it.
    """

    node: Node | None
    nodes: tuple[Node, ...]
    evaluate: Evaluate | None
    slots: tuple[Record | None, ...]
    refs: frozenset[FactRef]


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Several unknown parts joined by one word."""

    word: Literal["and", "or"]
    parts: tuple["Residual", ...]
    refs: frozenset[FactRef]


@dataclass(frozen=True, slots=True, eq=False)
class Negation:
    """The opposite of an unknown part."""

    part: "Residual"
    refs: frozenset[FactRef]


Residual = Leaf | Branch | Negation
Reduce = Callable[[Frame], "bool | Residual"]


def compile_residual(node: Node) -> Reduce:
    """Return the function that reduces a condition in a tracing frame."""
    match node:
        case And(parts=parts):
            return _join("and", [compile_residual(part) for part in parts])
        case Or(parts=parts):
            return _join("or", [compile_residual(part) for part in parts])
        case Not(part=part):
            inner = compile_residual(part)
            return lambda frame: opposite(inner(frame))
        case Quantifier():
            return _quantifier(node)
        case _:
            return _leaf(node)


def opposite(part: bool | Residual) -> bool | Residual:
    """Return the negation of a reduced condition."""
    if isinstance(part, bool):
        return not part
    return part.part if isinstance(part, Negation) else Negation(part, part.refs)


def joined(word: Literal["and", "or"], parts: list[bool | Residual]) -> bool | Residual:
    """Return the reduced conditions joined by a word, as far as they are still unknown."""
    decisive = word == "or"
    left: list[Residual] = []
    for part in parts:
        if isinstance(part, bool):
            if part is decisive:
                return decisive
        elif isinstance(part, Branch) and part.word == word:
            left.extend(part.parts)
        else:
            left.append(part)
    if not left:
        return not decisive
    if len(left) == 1:
        return left[0]
    return Branch(word, tuple(left), frozenset().union(*[part.refs for part in left]))


def _join(word: Literal["and", "or"], parts: list[Reduce]) -> Reduce:
    return lambda frame: joined(word, [part(frame) for part in parts])


def _leaf(node: Node) -> Reduce:
    evaluate, nodes = compile_node(node), tuple(nodes_of(node))

    def reduce(frame: Frame) -> bool | Residual:
        trace = frame.trace
        assert trace is not None
        trace.clear()
        value = evaluate(frame)
        if value is True or value is False:
            return bool(value)
        return Leaf(node, nodes, evaluate, tuple(frame.slots), frozenset(trace))

    return reduce


def _quantifier(node: Quantifier) -> Reduce:
    members, slot = members_of(node.people), node.variable.slot
    chosen = None if node.filter is None else compile_residual(node.filter)
    body = compile_residual(node.body)
    wants_any = node.word == "any"
    assert slot is not None

    def reduce(frame: Frame) -> bool | Residual:
        trace = frame.trace
        assert trace is not None
        trace.clear()
        sure, maybe = members(frame)
        belonging = Leaf(None, (), None, (), frozenset(trace))
        parts: list[bool | Residual] = []
        for records, certain in ((sure, True), (maybe, False)):
            for record in records:
                frame.slots[slot] = record
                counts = joined("and", [certain or belonging, True if chosen is None else chosen(frame)])
                value = body(frame)
                parts.append(
                    joined("and", [counts, value]) if wants_any else joined("or", [opposite(counts), value])
                )
        return joined("or" if wants_any else "and", parts)

    return reduce

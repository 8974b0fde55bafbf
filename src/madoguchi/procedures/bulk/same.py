"""Which expressions are the same (同じ式): a number for each, so that what stands in many rules is worked out once.

Comparing whole trees costs more than a column of a small part; each tree object is compared once and then known by its place.
"""

from dataclasses import dataclass
from itertools import count

from madoguchi.procedures.language.given import given as _given
from madoguchi.procedures.language.tree import Fold, Node, Quantifier, nodes_of

_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Mark:
    """`number` is the same for equal expressions; `dear`: it looks at other people."""

    node: Node
    number: int
    dear: bool


_numbers = count()
_of_object: dict[int, Mark] = {}
_of_equal: dict[Node, Mark] = {}
_for_event: dict[tuple[int, str], Node] = {}


def mark_of(node: Node) -> Mark:
    """Return the mark of an expression; what was marked is kept, so that its place stays its own."""
    mark = _of_object.get(id(node))
    if mark is None or mark.node is not node:
        if len(_of_object) > _MOST:
            for remembered in (_of_object, _of_equal, _for_event):
                remembered.clear()
        equal = _of_equal.get(node)
        if equal is None:
            dear = any(isinstance(one, (Quantifier, Fold)) for one in nodes_of(node))
            equal = _of_equal[node] = Mark(node, next(_numbers), dear)
        mark = _of_object[id(node)] = Mark(node, equal.number, equal.dear)
    return mark


def given(node: Node, kind: str) -> Node:
    """Return the expression for a kind of event, the same object every time."""
    key = (mark_of(node).number, kind)
    found = _for_event.get(key)
    if found is None:
        found = _for_event[key] = _given(node, kind)
    return found

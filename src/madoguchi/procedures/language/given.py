"""An expression with the kind of the event known (届出の種類が決まった式): what it settles is worked out and left out.

A procedure of many events is decided for one. Its conditions for the others then cost nothing, read no fact, and are not
put to the database.
"""

from dataclasses import replace

from madoguchi.procedures.language.tree import (
    BOOLEAN,
    And,
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Constant,
    Contains,
    EventKindOf,
    Fold,
    Lookup,
    Named,
    Node,
    Not,
    OneOf,
    Or,
    Quantifier,
)

TRUE, FALSE = Constant(True, BOOLEAN), Constant(False, BOOLEAN)


def given(node: Node, kind: str) -> Node:
    """Return the expression for an event of this kind; the same object where nothing changes."""
    match node:
        case Compare(operator="==" | "!=", left=EventKindOf(), right=Constant(value=written)):
            return TRUE if (written == kind) == (node.operator == "==") else FALSE
        case OneOf(item=EventKindOf()):
            return TRUE if (kind in node.values) != node.negated else FALSE
        case And(parts=parts):
            return _joined(node, [given(part, kind) for part in parts], settles=FALSE, says_nothing=TRUE)
        case Or(parts=parts):
            return _joined(node, [given(part, kind) for part in parts], settles=TRUE, says_nothing=FALSE)
        case Not(part=part):
            left = given(part, kind)
            return FALSE if left == TRUE else TRUE if left == FALSE else _with(node, part=left)
        case Conditional(condition=condition):
            known = given(condition, kind)
            if known in (TRUE, FALSE):
                return given(node.chosen if known == TRUE else node.other, kind)
            return _with(
                node, condition=known, chosen=given(node.chosen, kind), other=given(node.other, kind)
            )
        case Named(node=named):
            left = given(named, kind)
            return left if left in (TRUE, FALSE) else _with(node, node=left)
    return _inside(node, kind)


def _inside(node: Node, kind: str) -> Node:
    """Return an expression that settles nothing itself, with its parts for this kind of event."""
    match node:
        case Compare() | Arithmetic():
            return _with(node, left=given(node.left, kind), right=given(node.right, kind))
        case OneOf(item=item) | Contains(item=item):
            return _with(node, item=given(item, kind))
        case Call(arguments=arguments):
            left = tuple(given(argument, kind) for argument in arguments)
            return node if all(map(_same, left, arguments)) else replace(node, arguments=left)
        case Lookup():
            return _with(node, number=given(node.number, kind), day=given(node.day, kind))
        case Quantifier() | Fold():
            chosen = None if node.filter is None else given(node.filter, kind)
            body = None if node.body is None else given(node.body, kind)
            return _with(node, filter=chosen, body=body)
    return node


def _joined(node: And | Or, parts: list[Node], *, settles: Constant, says_nothing: Constant) -> Node:
    if settles in parts:
        return settles
    left = tuple(part for part in parts if part != says_nothing)
    if len(left) < 2:
        return left[0] if left else says_nothing
    return (
        node
        if len(left) == len(node.parts) and all(map(_same, left, node.parts))
        else replace(node, parts=left)
    )


def _with(node: Node, /, **parts: Node | None) -> Node:
    changed = {name: part for name, part in parts.items() if part is not getattr(node, name)}
    return replace(node, **changed) if changed else node  # type: ignore[arg-type]  # of whichever kind of node it is


def _same(one: Node, other: Node) -> bool:
    return one is other

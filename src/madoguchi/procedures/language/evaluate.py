"""Compile a tree once into nested functions of a frame (式の評価).

Conditions give True, False or None (unknown) by Kleene's logic; other expressions give a value, a `Span` of
possible values, or None. An `any` over nobody is False, an `all` over nobody is True.
"""

import copyreg
import operator
from collections.abc import Callable
from typing import Any

from madoguchi.procedures.language import spans
from madoguchi.procedures.language.calls import compile_call, compile_conditional, extreme
from madoguchi.procedures.language.dated_tables import compile_lookup
from madoguchi.procedures.language.frame import NOBODY, Evaluate, Frame, Record
from madoguchi.procedures.language.spans import NOTHING, Span, high_of, low_of
from madoguchi.procedures.language.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Constant,
    Contains,
    Day,
    EventKindOf,
    Expression,
    Fact,
    Fold,
    Lookup,
    Named,
    Node,
    Not,
    OneOf,
    Or,
    Parameter,
    People,
    Quantifier,
    SamePerson,
)

Members = Callable[[Frame], tuple[list[Record], list[Record]]]
_NO_RECORDS: list[Record] = []
_EXACT: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_IN_SPANS: dict[str, Callable[[Any, Any], bool | None]] = {
    "<": spans.less,
    "<=": spans.less_or_equal,
    ">": lambda left, right: spans.less(right, left),
    ">=": lambda left, right: spans.less_or_equal(right, left),
    "==": spans.equal,
    "!=": lambda left, right: _opposite(spans.equal(left, right)),
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": spans.add,
    "-": spans.subtract,
    "*": spans.multiply,
    "//": spans.divide,
}


def compile_node(node: Node) -> Evaluate:
    """Return the function that evaluates a checked tree in a frame."""
    match node:
        case Constant(value=value) | Parameter(value=value):
            return lambda frame: value
        case Fact():
            return _fact(node)
        case EventKindOf():
            return lambda frame: frame.kind
        case Day(name="notified_on"):
            return lambda frame: frame.event.get("notified_on")
        case Day():
            return lambda frame: frame.event.get(frame.date_key)
        case SamePerson():
            return _same_person(node)
        case Compare():
            return _compare(node)
        case OneOf():
            return _one_of(node)
        case Contains():
            return _contains(node)
        case And(parts=parts):
            return _all_of([compile_node(part) for part in parts])
        case Or(parts=parts):
            return _any_of([compile_node(part) for part in parts])
        case Not(part=part):
            inner = compile_node(part)
            return lambda frame: _opposite(inner(frame))
        case Arithmetic():
            return _arithmetic(node)
        case Call():
            return compile_call(node, [compile_node(argument) for argument in node.arguments])
        case Lookup():
            return compile_lookup(node.table, compile_node(node.number), compile_node(node.day))
        case Conditional(condition=condition, chosen=chosen, other=other):
            return compile_conditional(compile_node(condition), compile_node(chosen), compile_node(other))
        case Named(name=name, node=named):
            return _named(name, compile_node(named))
        case Quantifier():
            return _quantifier(node)
        case Fold():
            return _fold(node)


def expression_of(source: str, tree: Node, slots: int) -> Expression:
    """Return an expression with its evaluation compiled; `tree` is checked already."""
    return Expression(source, tree, slots, compile_node(tree))


# Between processes and machines goes what was written; each compiles it for itself.
copyreg.pickle(Expression, lambda one: (expression_of, (one.source, one.tree, one.slots)))


def _named(name: str, inner: Evaluate) -> Evaluate:
    def look(frame: Frame) -> Any:
        known = frame.named
        if known is None:
            return inner(frame)
        if name not in known:
            known[name] = inner(frame)
        return known[name]

    return look


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def _fact(node: Fact) -> Evaluate:
    key, slot = node.definition.key, node.owner.slot
    if slot is not None:
        return lambda frame: frame.slots[slot].get(key)  # type: ignore[union-attr]  # a bound slot is never empty
    if node.owner.name == "event":
        return lambda frame: frame.event.get(key)
    return lambda frame: frame.household.get(key)


def _same_person(node: SamePerson) -> Evaluate:
    left, right = node.left.slot, node.right.slot
    assert left is not None
    assert right is not None

    def same(frame: Frame) -> bool | None:
        one, other = frame.slots[left], frame.slots[right]
        assert one is not None
        assert other is not None
        if NOBODY in (one.id, other.id):
            one.get(NOBODY)
            other.get(NOBODY)
            return None
        return one.id == other.id

    return same


def _compare(node: Compare) -> Evaluate:
    left, right = compile_node(node.left), compile_node(node.right)
    exact, in_spans = _EXACT[node.operator], _IN_SPANS[node.operator]
    if isinstance(node.right, (Constant, Parameter)):
        return _compare_with_written(left, exact, in_spans, node.right.value)

    def compare(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        if one is None or other is None:
            return None
        if one.__class__ is Span or other.__class__ is Span or one is NOTHING or other is NOTHING:
            return in_spans(one, other)
        return exact(one, other)

    return compare


def _compare_with_written(
    left: Evaluate,
    exact: Callable[[Any, Any], bool],
    in_spans: Callable[[Any, Any], bool | None],
    written: Any,
) -> Evaluate:
    """The usual comparison, `care_level >= 3`, without asking what stands on the right."""

    def compare(frame: Frame) -> bool | None:
        value = left(frame)
        if value is None:
            return None
        if value.__class__ is Span or value is NOTHING:
            return in_spans(value, written)
        return exact(value, written)

    return compare


def _one_of(node: OneOf) -> Evaluate:
    item, values, negated = compile_node(node.item), frozenset(node.values), node.negated

    def one_of(frame: Frame) -> bool | None:
        value = item(frame)
        if value is None:
            return None
        if value.__class__ is Span:
            found = _any_true([spans.equal(value, written) for written in values])
            return (not found if negated else found) if found is not None else None
        return (value not in values) if negated else (value in values)

    return one_of


def _contains(node: Contains) -> Evaluate:
    item, code, negated = compile_node(node.item), node.code, node.negated

    def contains(frame: Frame) -> bool | None:
        value = item(frame)
        return None if value is None else (code in value) is not negated

    return contains


def _any_true(values: list[bool | None]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False


def _all_of(parts: list[Evaluate]) -> Evaluate:
    def all_of(frame: Frame) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(frame)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return all_of


def _any_of(parts: list[Evaluate]) -> Evaluate:
    def any_of(frame: Frame) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(frame)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return any_of


def _arithmetic(node: Arithmetic) -> Evaluate:
    left, right, operation = compile_node(node.left), compile_node(node.right), _ARITHMETIC[node.operator]

    def calculate(frame: Frame) -> Any:
        one, other = left(frame), right(frame)
        if one is None or other is None:
            return None
        return NOTHING if one is NOTHING or other is NOTHING else operation(one, other)

    return calculate


def members_of(people: People) -> Members:
    """Return the function that gives the sure and the possible members of a collection."""
    if people.relation == "people":
        return lambda frame: (frame.people, _NO_RECORDS)
    if people.relation == "household_children":
        return lambda frame: frame.household_children()
    relation, slot = people.relation, people.owner.slot
    assert slot is not None

    def kin(frame: Frame) -> tuple[list[Record], list[Record]]:
        owner = frame.slots[slot]
        assert owner is not None
        if owner.id == NOBODY:
            owner.get(relation)
            return _NO_RECORDS, frame.people
        return frame.kin(relation, owner.id)

    return kin


def _always(frame: Frame) -> bool | None:
    return True


def _quantifier(node: Quantifier) -> Evaluate:
    members, slot = members_of(node.people), node.variable.slot
    chosen = _always if node.filter is None else compile_node(node.filter)
    body, wanted = compile_node(node.body), node.word == "any"
    assert slot is not None

    def quantify(frame: Frame) -> bool | None:
        sure, maybe = members(frame)
        result: bool | None = not wanted
        for record in sure:
            frame.slots[slot] = record
            belongs = chosen(frame)
            if belongs is False:
                continue
            value = body(frame)
            if belongs and value is wanted:
                return bool(value)
            if value is not (not wanted):
                result = None
        if maybe and result is not None:
            for record in maybe:
                frame.slots[slot] = record
                if chosen(frame) is not False and body(frame) is not (not wanted):
                    return None
        return result

    return quantify


def _fold(node: Fold) -> Evaluate:
    members, slot = members_of(node.people), node.variable.slot
    chosen = _always if node.filter is None else compile_node(node.filter)
    body = None if node.body is None else compile_node(node.body)
    assert slot is not None

    def gathered(frame: Frame) -> tuple[list[Any], list[Any]]:
        """Return the values of those who surely count and of those who may count."""
        sure, maybe = members(frame)
        counted: list[Any] = []
        possible: list[Any] = []
        for records, certain in ((sure, True), (maybe, False)):
            for record in records:
                frame.slots[slot] = record
                belongs = chosen(frame)
                if belongs is not False:
                    value = 1 if body is None else body(frame)
                    (counted if belongs and certain else possible).append(value)
        return counted, possible

    if node.word in ("count", "sum"):
        return lambda frame: _total(*gathered(frame))
    choose = min if node.word == "min" else max
    return lambda frame: _extreme_over(choose, *gathered(frame))


def _total(counted: list[Any], possible: list[Any]) -> Any:
    values = counted + possible
    if None in values:
        return None
    low = sum(low_of(value) for value in counted) + sum(min(0, low_of(value)) for value in possible)
    high = sum(high_of(value) for value in counted) + sum(max(0, high_of(value)) for value in possible)
    return spans.span(low, high)


def _extreme_over(choose: Callable[..., Any], counted: list[Any], possible: list[Any]) -> Any:
    values = counted + possible
    if not values:
        return NOTHING
    if None in values or not counted:
        return None
    with_all, sure_only = extreme(choose, values), extreme(choose, counted)
    return spans.span(min(low_of(with_all), low_of(sure_only)), max(high_of(with_all), high_of(sure_only)))

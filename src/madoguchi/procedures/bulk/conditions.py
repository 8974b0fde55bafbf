"""A condition over whole columns (条件の列計算): TRUE, FALSE or UNKNOWN for each row, as `language.evaluate` says of one.

What stands in many rules is worked out once for the same rows. Parts that look at other people come last in an `and` or
`or`, and only for the rows that the rest leaves open.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madoguchi.procedures.bulk import values
from madoguchi.procedures.bulk.columns import (
    FALSE,
    TRUE,
    UNKNOWN,
    Mask,
    Truth,
    Values,
    both,
    sure_or_never,
    truth_of,
)
from madoguchi.procedures.bulk.same import mark_of
from madoguchi.procedures.bulk.scopes import Scope, gathered
from madoguchi.procedures.bulk.thresholds import threshold_of
from madoguchi.procedures.language.tree import (
    And,
    Compare,
    Constant,
    Contains,
    Fact,
    Kind,
    Named,
    Node,
    Not,
    OneOf,
    Or,
    Parameter,
    Quantifier,
    SamePerson,
)

_ALL_UNKNOWN = np.asarray(UNKNOWN, np.int8)
# Below this share of the rows, a dear part is worked out for the open rows alone.
_WORTH_LEAVING = 0.7
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def condition(node: Node, scope: Scope) -> Truth:
    """Return what a condition says of every row."""
    return np.broadcast_to(_condition(node, scope), len(scope))


def _condition(node: Node, scope: Scope) -> Truth:
    """Return the same, as one value where it is the same in every row."""
    if isinstance(node, (And, Or)):
        return _joined(node, scope)
    if isinstance(node, Not):
        return np.int8(TRUE) - _condition(node.part, scope)
    number = mark_of(node).number
    found = scope.remembered.get(number)
    if found is None:
        found = scope.remembered[number] = _worked_out(node, scope)
    assert not isinstance(found, Values)
    return found


def _worked_out(node: Node, scope: Scope) -> Truth:
    match node:
        case Constant(value=written) | Parameter(value=written):
            return np.asarray(TRUE if written else FALSE, np.int8)
        case Fact():
            column = values.fact(node, scope)
            assert column is None or isinstance(column, np.ndarray)
            return _ALL_UNKNOWN if column is None else column
        case Named(node=named):
            return _condition(named, scope)
        case Compare():
            return _compare(node, scope)
        case OneOf():
            return _one_of(node, scope)
        case Contains():
            return _contains(node, scope)
        case SamePerson():
            return _same_person(node, scope)
        case Quantifier():
            return _quantifier(node, scope)
    raise TypeError(f"{type(node).__name__} is no condition")


def _joined(node: And | Or, scope: Scope) -> Truth:
    joined, settles = (np.minimum, FALSE) if isinstance(node, And) else (np.maximum, TRUE)
    found: Truth = np.asarray(TRUE - settles, np.int8)
    for part in (one for one in node.parts if not mark_of(one).dear):
        found = joined(found, _condition(part, scope))
    for part in (one for one in node.parts if mark_of(one).dear):
        whole = np.broadcast_to(found, len(scope))
        still_open = np.flatnonzero(whole != settles)
        if mark_of(part).number in scope.remembered or len(still_open) > _WORTH_LEAVING * len(scope):
            found = joined(found, _condition(part, scope))
        elif len(still_open):
            found = whole.copy()
            found[still_open] = joined(found[still_open], condition(part, scope.only(still_open)))
    return found


def _compare(node: Compare, scope: Scope) -> Truth:
    at = threshold_of(node, scope)
    if at is not None:
        return _before(values.value(at.fact, scope), at.last_day, opposite=at.opposite)
    left, right = values.value(node.left, scope), values.value(node.right, scope)
    if left.exact and right.exact:
        answer = truth_of(_EXACT[node.operator](left.low, right.low))
    else:
        answer = _compared(node.operator, left, right)
    for side in (left, right):
        if side.nothing is not None:
            answer = np.where(side.nothing, np.int8(TRUE if node.operator == "!=" else FALSE), answer)
    known = both(left.known, right.known)
    return answer if known is None else np.where(known, answer, np.int8(UNKNOWN))


_EXACT: dict[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def _before(days: Values, last: int, *, opposite: bool) -> Truth:
    """Say whether days are on or before the last one."""
    sure = days.high <= last
    answer = truth_of(sure) if days.exact else sure_or_never(sure, days.low > last)
    answer = np.int8(TRUE) - answer if opposite else answer
    return answer if days.known is None else np.where(days.known, answer, np.int8(UNKNOWN))


def _compared(operator: str, left: Values, right: Values) -> Truth:
    """Compare spans: known only where every possibility agrees."""
    match operator:
        case "<":
            return sure_or_never(left.high < right.low, left.low >= right.high)
        case "<=":
            return sure_or_never(left.high <= right.low, left.low > right.high)
        case ">" | ">=":
            return _compared(_MIRRORED[operator], right, left)
    same = (left.low == left.high) & (right.low == right.high) & (left.low == right.low)
    apart = (left.high < right.low) | (left.low > right.high)
    equal = sure_or_never(same, apart)
    return equal if operator == "==" else np.int8(TRUE) - equal


def _one_of(node: OneOf, scope: Scope) -> Truth:
    item = values.value(node.item, scope)
    if node.item.type.kind in (Kind.DATE, Kind.NUMBER):
        answer: Truth = np.asarray(FALSE, np.int8)
        for written in node.values:
            one = values.literal(written, scope)
            answer = np.maximum(answer, _compared("==", item, one))
        if item.nothing is not None:
            answer = np.where(item.nothing, np.int8(FALSE), answer)
    else:
        table = np.zeros(len(scope.batch.codes) + len(node.values) + 1, np.int8)
        table[[scope.batch.codes.of(str(one)) for one in node.values]] = TRUE
        answer = table[item.low]
    answer = np.int8(TRUE) - answer if node.negated else answer
    return answer if item.known is None else np.where(item.known, answer, np.int8(UNKNOWN))


def _contains(node: Contains, scope: Scope) -> Truth:
    assert isinstance(node.item, Fact)
    column = values.fact(node.item, scope)
    if column is None:
        return _ALL_UNKNOWN
    assert isinstance(column, pa.Array)
    there: Mask = np.zeros(len(column), np.bool_)
    parents = pc.list_parent_indices(column).to_numpy(zero_copy_only=False)
    there[parents[pc.equal(pc.list_flatten(column), node.code).to_numpy(zero_copy_only=False)]] = True
    answer = truth_of(~there if node.negated else there)
    known = None if column.null_count == 0 else pc.is_valid(column).to_numpy(zero_copy_only=False)
    return answer if known is None else np.where(known, answer, np.int8(UNKNOWN))


def _same_person(node: SamePerson, scope: Scope) -> Truth:
    assert node.left.slot is not None
    assert node.right.slot is not None
    left, right = scope.slot(node.left.slot), scope.slot(node.right.slot)
    return truth_of(left == right, (left >= 0) & (right >= 0))


def _quantifier(node: Quantifier, scope: Scope) -> Truth:
    assert node.variable.slot is not None
    members = scope.members(node.people, node.variable.slot)
    each = condition(node.body, members.rows)
    if node.filter is not None:
        chosen = condition(node.filter, members.rows)
        each = np.minimum(chosen, each) if node.word == "any" else np.maximum(np.int8(TRUE) - chosen, each)
    if node.word == "any":
        each = _if_sure(each, members.maybe, np.minimum)
        return gathered(np.maximum, each, members.counts, FALSE)
    each = _if_sure(each, members.maybe, np.maximum)
    return gathered(np.minimum, each, members.counts, TRUE)


def _if_sure(each: Truth, maybe: Mask | None, weakened: np.ufunc) -> Truth:
    """Let those who only may belong leave the answer open, but never settle it."""
    return each if maybe is None else np.where(maybe, weakened(each, np.int8(UNKNOWN)), each)

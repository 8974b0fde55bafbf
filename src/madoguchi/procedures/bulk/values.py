"""A number, day or code over whole columns (値の列計算): the lowest and highest possibility in each row."""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from madoguchi.procedures.bulk.columns import (
    FALSE,
    TRUE,
    UNKNOWN,
    Mask,
    Truth,
    Values,
    both,
    either,
    exactly,
)
from madoguchi.procedures.bulk.days import COLUMN_FUNCTIONS, number_of, open_day
from madoguchi.procedures.bulk.same import mark_of
from madoguchi.procedures.bulk.scopes import Scope, gathered
from madoguchi.procedures.facts import NOTIFIED_ON
from madoguchi.procedures.language.functions import FUNCTIONS
from madoguchi.procedures.language.tree import (
    Arithmetic,
    Call,
    Conditional,
    Constant,
    Day,
    EventKindOf,
    Fact,
    Fold,
    Lookup,
    Named,
    Node,
    Parameter,
)

_NEVER = np.asarray(False)
_UNKNOWN = Values(np.asarray(0), np.asarray(0), _NEVER)
_SMALLER = {"min": np.minimum, "max": np.maximum}


def value(node: Node, scope: Scope) -> Values:
    """Return what an expression gives in every row, or in all rows at once where it is the same."""
    number = mark_of(node).number
    found = scope.remembered.get(number)
    if found is None:
        found = scope.remembered[number] = _worked_out(node, scope)
    assert isinstance(found, Values)
    return found


def _worked_out(node: Node, scope: Scope) -> Values:
    match node:
        case Constant(value=written) | Parameter(value=written):
            return literal(written, scope)
        case EventKindOf():
            return literal(scope.event.value, scope)
        case Day(name=name):
            return day(NOTIFIED_ON if name == NOTIFIED_ON else scope.event.date_key, scope)
        case Fact():
            column = fact(node, scope)
            return _UNKNOWN if column is None else column  # type: ignore[return-value]  # of no boolean's kind
        case Named(node=named):
            return value(named, scope)
        case Arithmetic():
            return _arithmetic(node, scope)
        case Call():
            return _call(node, scope)
        case Lookup():
            return _lookup(node, scope)
        case Conditional():
            return _conditional(node, scope)
        case Fold():
            return _fold(node, scope)
    raise TypeError(f"{type(node).__name__} is no value")


def literal(written: Any, scope: Scope) -> Values:
    """Return a written value."""
    if isinstance(written, date):
        written = number_of(written)
    elif isinstance(written, str):
        written = scope.batch.codes.of(written)
    one = np.asarray(written)
    return Values(one, one)


def day(key: str, scope: Scope) -> Values:
    """Return a day of the event."""
    return scope.event_day(key) or _UNKNOWN


def fact(node: Fact, scope: Scope) -> Truth | Values | pa.Array | None:
    """Return a fact's column; None: unknown in every row."""
    if node.owner.slot is not None:
        return scope.person_fact(node.owner, node.definition)
    return (
        scope.event_fact(node.definition)
        if node.owner.name == "event"
        else scope.household_fact(node.definition)
    )


def _between(ends: list[npt.NDArray[Any]], known: Mask | None, nothing: Mask | None) -> Values:
    """Return the values between the least and the greatest of some ends."""
    if len(ends) == 1:
        return Values(ends[0], ends[0], known, nothing)
    low = high = ends[0]
    for end in ends[1:]:
        low, high = np.minimum(low, end), np.maximum(high, end)
    return Values(low, high, known, nothing)


def _arithmetic(node: Arithmetic, scope: Scope) -> Values:
    left, right = value(node.left, scope), value(node.right, scope)
    known, nothing = both(left.known, right.known), either(left.nothing, right.nothing)
    exact = left.exact and right.exact
    ones, others = (([side.low] if side.exact else [side.low, side.high]) for side in (left, right))
    wide = [[np.asarray(one, np.int64) for one in side] for side in (ones, others)]
    if node.operator in ("+", "-"):
        sign = np.add if node.operator == "+" else np.subtract
        far = wide[1] if node.operator == "+" else wide[1][::-1]
        low = sign(wide[0][0], far[0])
        return Values(low, low if exact else sign(wide[0][-1], far[-1]), known, nothing)
    if node.operator == "*":
        return _between([one * other for one in wide[0] for other in wide[1]], known, nothing)
    divides = (right.low > 0) | (right.high < 0)
    safe = [np.where(divides, other, 1) for other in wide[1]]
    return _between([one // other for one in wide[0] for other in safe], both(known, divides), nothing)


def _call(node: Call, scope: Scope) -> Values:
    arguments = [value(argument, scope) for argument in node.arguments]
    if node.function in _SMALLER:
        return _extreme_of(_SMALLER[node.function], arguments)
    falling = FUNCTIONS[node.function].falling
    known: Mask | None = None
    nothing: Mask | None = None
    for one in arguments:
        known, nothing = both(known, one.known), either(nothing, one.nothing)
    lowest = [one.high if place in falling else one.low for place, one in enumerate(arguments)]
    low = _computed(node.function, lowest, scope)
    if all(one.exact for one in arguments):
        return Values(low, low, known, nothing)
    highest = [one.low if place in falling else one.high for place, one in enumerate(arguments)]
    return Values(low, _computed(node.function, highest, scope), known, nothing)


def _computed(function: str, arguments: list[npt.NDArray[Any]], scope: Scope) -> npt.NDArray[Any]:
    if function == "open_day":
        return open_day(arguments[0], scope.batch.open_days)
    return COLUMN_FUNCTIONS[function](*arguments)


def _extreme_of(smaller: np.ufunc, arguments: list[Values]) -> Values:
    """Return the least or greatest of values of which none may be unknown; nobody's extreme does not count."""
    least = smaller is np.minimum
    far = np.iinfo(np.int64).max if least else np.iinfo(np.int64).min
    sides = []
    for side in ("low", "high"):
        counted = [
            getattr(one, side) if one.nothing is None else np.where(one.nothing, far, getattr(one, side))
            for one in arguments
        ]
        extreme = counted[0]
        for one in counted[1:]:
            extreme = smaller(extreme, one)
        sides.append(extreme)
    known, nothing = arguments[0].known, arguments[0].nothing
    for one in arguments[1:]:
        known = both(known, one.known)
        nothing = None if nothing is None or one.nothing is None else nothing & one.nothing
    exact = all(one.exact for one in arguments)
    return Values(sides[0], sides[0] if exact else sides[1], known, nothing)


def _lookup(node: Lookup, scope: Scope) -> Values:
    number, at = value(node.number, scope), exactly(value(node.day, scope))
    low, covered = _looked_up(node, number.low, at.low)
    high = low if number.exact else _looked_up(node, number.high, at.low)[0]
    return Values(low, high, both(both(number.known, at.known), covered), number.nothing)


def _looked_up(
    node: Lookup, number: npt.NDArray[Any], day_: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], Mask]:
    found: npt.NDArray[Any] = np.asarray(0)
    covered: Mask = np.asarray(False)
    for one in node.table.versions:
        holds = number_of(one.since) <= day_
        holds = holds if one.until is None else holds & (day_ <= number_of(one.until))
        holds = holds & ~covered
        if holds.any():
            last = len(one.rows) - 1
            rows = np.asarray(one.rows, np.int64)[np.clip(number, 0, last)]
            found = np.where(holds, rows + np.maximum(0, number - last) * one.beyond, found)
        covered = covered | holds
    return found, covered


def _conditional(node: Conditional, scope: Scope) -> Values:
    holds = scope.condition(node.condition, scope)
    chosen, other = value(node.chosen, scope), value(node.other, scope)
    yes, no = holds == TRUE, holds == FALSE
    lows = np.where(yes, chosen.low, np.where(no, other.low, np.minimum(chosen.low, other.low)))
    highs = np.where(yes, chosen.high, np.where(no, other.high, np.maximum(chosen.high, other.high)))
    one, two = _there(chosen.known), _there(other.known)
    nothing = None
    maybe = one & two
    if chosen.nothing is not None or other.nothing is not None:
        mine, theirs = _at_all(chosen.nothing), _at_all(other.nothing)
        nothing = np.where(yes, mine, no & theirs)
        maybe = maybe & ~mine & ~theirs
    known = np.where(yes, one, np.where(no, two, maybe))
    settled = chosen.exact and other.exact and not bool((holds == UNKNOWN).any())
    return Values(lows, lows if settled else highs, known, nothing)


def _there(known: Mask | None) -> Mask:
    return np.asarray(True) if known is None else known


def _at_all(nothing: Mask | None) -> Mask:
    return np.asarray(False) if nothing is None else nothing


def _fold(node: Fold, scope: Scope) -> Values:
    assert node.variable.slot is not None
    members = scope.members(node.people, node.variable.slot)
    rows, size = members.rows, len(members.rows)
    chosen = np.full(size, TRUE, np.int8) if node.filter is None else rows.condition(node.filter, rows)
    sure = chosen == TRUE if members.maybe is None else (chosen == TRUE) & ~members.maybe
    perhaps = chosen != FALSE
    if node.word == "count":
        low = gathered(np.add, sure.astype(np.int64), members.counts, 0)
        return Values(low, gathered(np.add, perhaps.astype(np.int64), members.counts, 0))
    assert node.body is not None
    body = value(node.body, rows)
    lows, highs = (np.broadcast_to(side, size).astype(np.int64) for side in (body.low, body.high))
    known = np.broadcast_to(_there(body.known), size)
    unknown = gathered(np.logical_or, perhaps & ~known, members.counts, False)
    if node.word == "sum":
        low = np.where(sure, lows, np.where(perhaps, np.minimum(0, lows), 0))
        high = np.where(sure, highs, np.where(perhaps, np.maximum(0, highs), 0))
        return Values(
            gathered(np.add, low, members.counts, 0), gathered(np.add, high, members.counts, 0), ~unknown
        )
    anybody = gathered(np.logical_or, perhaps, members.counts, False)
    somebody = gathered(np.logical_or, sure, members.counts, False)
    ends = _extremes(node.word == "min", lows, highs, sure, perhaps, members.counts)
    is_known = ~anybody | (somebody & ~unknown)
    return Values(*ends, is_known, ~anybody)


def _extremes(
    least: bool, lows: npt.NDArray[Any], highs: npt.NDArray[Any], sure: Mask, perhaps: Mask, counts: Any
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the extreme over those who surely count, widened by those who only may."""
    far = np.iinfo(np.int64).max if least else np.iinfo(np.int64).min
    smaller = np.minimum if least else np.maximum
    found = [
        [gathered(smaller, np.where(which, side, far), counts, far) for which in (sure, perhaps)]
        for side in (lows, highs)
    ]
    return np.minimum(*found[0]), np.maximum(*found[1])

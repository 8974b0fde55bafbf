"""One expression as SQL (式からSQLへ): three-valued like `language.evaluate`, where NULL is unknown.

A date or number that may be one of several is carried as its lowest and highest possibility. A person's facts are read
from the table alias that the person's slot stands for; a collection becomes a correlated sub-query, in which nobody
means false for `any` and true for `all`, and somebody unknown makes the answer unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any

from madoguchi.procedures.facts import FactType
from madoguchi.procedures.language.dated_tables import DatedTable
from madoguchi.procedures.language.functions import FUNCTIONS
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
    Fact,
    Fold,
    Kind,
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

SQL_TYPES = {
    FactType.BOOLEAN: "BOOLEAN",
    FactType.DATE: "DATE",
    FactType.NUMBER: "BIGINT",
    FactType.CHOICE: "VARCHAR",
    FactType.CHOICES: "VARCHAR[]",
    FactType.TEXT: "VARCHAR",
    FactType.PERSON: "VARCHAR",
}
_SMALLER = {"min": "least", "max": "greatest"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value as SQL: `low` and `high` are the same text where it is exact; `nothing`: it is the extreme of nobody."""

    low: str
    high: str
    nothing: str | None = None

    @property
    def exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the alias of each slot, the household and event aliases, and which facts there are."""

    slots: Mapping[int, str]
    household: str
    event: str
    kind: str
    date_key: str
    person_columns: frozenset[str]
    event_columns: frozenset[str]
    named: Mapping[str, Value] = field(default_factory=dict)


_aliases = count(1)


def condition(node: Node, scope: Scope) -> str:
    """Return the SQL of a condition: TRUE, FALSE or NULL."""
    match node:
        case And(parts=parts):
            return "(" + " AND ".join(condition(part, scope) for part in parts) + ")"
        case Or(parts=parts):
            return "(" + " OR ".join(condition(part, scope) for part in parts) + ")"
        case Not(part=part):
            return f"(NOT {condition(part, scope)})"
        case Compare():
            return _compare(node, scope)
        case OneOf(item=item, values=values, negated=negated):
            return _one_of(value(item, scope), [literal(one) for one in values], negated)
        case Contains(item=item, code=code, negated=negated):
            found = f"list_contains({value(item, scope).low}, {literal(code)})"
            return f"(NOT {found})" if negated else found
        case SamePerson(left=left, right=right):
            assert left.slot is not None
            assert right.slot is not None
            return f"({scope.slots[left.slot]}.id = {scope.slots[right.slot]}.id)"
        case Quantifier():
            return _quantifier(node, scope)
    return value(node, scope).low


def value(node: Node, scope: Scope) -> Value:
    """Return the SQL of any other expression."""
    match node:
        case Constant(value=written) | Parameter(value=written):
            return _same(literal(written))
        case EventKindOf():
            return _same(literal(scope.kind))
        case Day(name="notified_on"):
            return _same(f"{scope.event}.notified_on")
        case Day():
            return _same(f"{scope.event}.{scope.date_key}")
        case Fact():
            return _fact(node, scope)
        case Arithmetic():
            return _arithmetic(node, scope)
        case Call():
            return _call(node, scope)
        case Named(name=name, node=named):
            return scope.named.get(name) or value(named, scope)
        case Lookup():
            return _lookup(node, scope)
        case Conditional():
            return _conditional(node, scope)
        case Fold():
            return _fold(node, scope)
    return _same(condition(node, scope))


def literal(written: Any) -> str:
    """Return a value as it is written in SQL."""
    if isinstance(written, bool):
        return "TRUE" if written else "FALSE"
    if isinstance(written, date):
        return f"DATE '{written.isoformat()}'"
    if isinstance(written, int):
        return str(written)
    return "'" + str(written).replace("'", "''") + "'"


def exactly(found: Value) -> str:
    """Return the value where there is only one possibility, else NULL."""
    if found.exact:
        return found.low
    return f"(CASE WHEN {found.low} = {found.high} THEN {found.low} END)"


def _same(sql: str) -> Value:
    return Value(sql, sql)


def _fact(node: Fact, scope: Scope) -> Value:
    key, slot = node.definition.key, node.owner.slot
    unknown = _same(f"CAST(NULL AS {SQL_TYPES[node.definition.type]})")
    if slot is None:
        there = node.owner.name == "event" and key in scope.event_columns
        return _same(f"{scope.event}.{key}") if there else unknown
    alias = scope.slots[slot]
    if key == "birth_date":
        return Value(f"{alias}.birth_earliest", f"{alias}.birth_latest")
    return _same(f"{alias}.{key}") if key in scope.person_columns else unknown


def _compare(node: Compare, scope: Scope) -> str:
    left, right = value(node.left, scope), value(node.right, scope)
    if left.exact and right.exact:
        answer = (
            f"({left.low} {'<>' if node.operator == '!=' else node.operator.replace('==', '=')} {right.low})"
        )
    else:
        answer = _compared(node.operator, left, right)
    of_nobody = "TRUE" if node.operator == "!=" else "FALSE"
    for one, other in ((left, right), (right, left)):
        if one.nothing is not None:
            answer = (
                f"(CASE WHEN {one.nothing} AND {other.low} IS NOT NULL THEN {of_nobody} ELSE {answer} END)"
            )
    return answer


def _compared(operator: str, left: Value, right: Value) -> str:
    """Return a comparison of values that may be spans: known only where every possibility agrees."""
    match operator:
        case "<":
            sure, never = f"{left.high} < {right.low}", f"{left.low} >= {right.high}"
        case "<=":
            sure, never = f"{left.high} <= {right.low}", f"{left.low} > {right.high}"
        case ">" | ">=":
            return _compared("<" if operator == ">" else "<=", right, left)
        case _:
            one = f"({left.low} = {left.high} AND {right.low} = {right.high} AND {left.low} = {right.low})"
            apart = f"({left.high} < {right.low} OR {left.low} > {right.high})"
            sure, never = (one, apart) if operator == "==" else (apart, one)
    return f"(CASE WHEN {sure} THEN TRUE WHEN {never} THEN FALSE END)"


def _one_of(item: Value, values: list[str], negated: bool) -> str:
    if item.exact:
        return f"({item.low} {'NOT IN' if negated else 'IN'} ({', '.join(values)}))"
    found = "(" + " OR ".join(_compared("==", item, _same(one)) for one in values) + ")"
    return f"(NOT {found})" if negated else found


def _arithmetic(node: Arithmetic, scope: Scope) -> Value:
    left, right = value(node.left, scope), value(node.right, scope)
    nothing = _either(left.nothing, right.nothing)
    if node.operator == "-" and node.left.type.kind is Kind.DATE:
        return Value(
            f"date_diff('day', {right.high}, {left.low})",
            f"date_diff('day', {right.low}, {left.high})",
            nothing,
        )
    if node.operator in ("+", "-"):
        other = (right.low, right.high) if node.operator == "+" else (right.high, right.low)
        low, high = f"({left.low} {node.operator} {other[0]})", f"({left.high} {node.operator} {other[1]})"
        return Value(low, high, nothing)
    sign = "*" if node.operator == "*" else "//"
    ends = [f"({one} {sign} {other})" for one in (left.low, left.high) for other in (right.low, right.high)]
    if len(set(ends)) == 1:
        return Value(ends[0], ends[0], nothing)
    low, high = f"least({', '.join(ends)})", f"greatest({', '.join(ends)})"
    if sign == "//":
        known = f"CASE WHEN {right.low} > 0 OR {right.high} < 0 THEN "
        low, high = f"({known}{low} END)", f"({known}{high} END)"
    return Value(low, high, nothing)


def _either(*parts: str | None) -> str | None:
    written = [part for part in parts if part is not None]
    return "(" + " OR ".join(written) + ")" if written else None


def _call(node: Call, scope: Scope) -> Value:
    arguments = [value(argument, scope) for argument in node.arguments]
    if node.function in _SMALLER:
        return _extreme_of(_SMALLER[node.function], arguments)
    falling = FUNCTIONS[node.function].falling
    low = ", ".join(one.high if place in falling else one.low for place, one in enumerate(arguments))
    high = ", ".join(one.low if place in falling else one.high for place, one in enumerate(arguments))
    return Value(
        f"{node.function}({low})", f"{node.function}({high})", _either(*(one.nothing for one in arguments))
    )


def _conditional(node: Conditional, scope: Scope) -> Value:
    holds = condition(node.condition, scope)
    chosen, other = value(node.chosen, scope), value(node.other, scope)
    sides = []
    for word, one, two in (("least", chosen.low, other.low), ("greatest", chosen.high, other.high)):
        either = f"CASE WHEN {one} IS NOT NULL AND {two} IS NOT NULL THEN {word}({one}, {two}) END"
        sides.append(f"(CASE WHEN {holds} THEN {one} WHEN NOT {holds} THEN {two} ELSE {either} END)")
    nothing = None
    if chosen.nothing or other.nothing:
        nothing = f"(CASE WHEN {holds} THEN {chosen.nothing or 'FALSE'} WHEN NOT {holds} THEN {other.nothing or 'FALSE'} ELSE FALSE END)"
    return Value(sides[0], sides[1], nothing)


def _lookup(node: Lookup, scope: Scope) -> Value:
    number, day = value(node.number, scope), exactly(value(node.day, scope))
    low = _looked_up(node.table, number.low, day)
    return Value(low, low if number.exact else _looked_up(node.table, number.high, day), number.nothing)


def _looked_up(table: DatedTable, number: str, day: str) -> str:
    cases = []
    for one in table.versions:
        last = len(one.rows) - 1
        rows = ", ".join(map(str, one.rows))
        row = f"[{rows}][CAST(greatest(0, least({number}, {last})) + 1 AS BIGINT)] + greatest(0, {number} - {last}) * {one.beyond}"
        until = "" if one.until is None else f" AND {day} <= {literal(one.until)}"
        cases.append(
            f"WHEN {day} >= {literal(one.since)}{until} THEN CASE WHEN {number} IS NULL THEN NULL ELSE {row} END"
        )
    return f"(CASE {' '.join(cases)} END)"


def _extreme_of(word: str, arguments: list[Value]) -> Value:
    """Return the least or greatest of values of which none may be unknown; nobody's extreme does not count."""
    sides = []
    for side in ("low", "high"):
        texts = [str(getattr(one, side)) for one in arguments]
        unknown = " OR ".join(
            f"({text} IS NULL AND NOT {one.nothing or 'FALSE'})"
            for text, one in zip(texts, arguments, strict=True)
        )
        sides.append(f"(CASE WHEN {unknown} THEN NULL ELSE {word}({', '.join(texts)}) END)")
    nothings = [one.nothing for one in arguments]
    all_nothing = "(" + " AND ".join(str(one) for one in nothings) + ")" if None not in nothings else None
    return Value(sides[0], sides[1], all_nothing)


def _members(people: People, slot: int, scope: Scope) -> tuple[str, Scope]:
    """Return FROM and WHERE of a collection, and the scope in which one of its members stands in the slot."""
    alias = f"m{next(_aliases)}"
    inner = replace(scope, slots={**scope.slots, slot: alias})
    if people.relation == "people":
        return f"FROM people {alias} WHERE {alias}.household_id = {scope.household}.household_id", inner
    if people.relation == "household_children":
        return (
            f"FROM people {alias} WHERE {alias}.household_id = {scope.household}.household_id AND {alias}.has_parents",
            inner,
        )
    assert people.owner.slot is not None
    link = f"k{next(_aliases)}"
    whose = scope.slots[people.owner.slot]
    return (
        f"FROM kin {link} JOIN people {alias} ON {alias}.id = {link}.kin"
        f" WHERE {link}.relation = '{people.relation}' AND {link}.person = {whose}.id"
        f" AND {alias}.household_id = {scope.household}.household_id",
        inner,
    )


def _quantifier(node: Quantifier, scope: Scope) -> str:
    assert node.variable.slot is not None
    members, inner = _members(node.people, node.variable.slot, scope)
    body = condition(node.body, inner)
    chosen = None if node.filter is None else condition(node.filter, inner)
    if node.word == "any":
        each = body if chosen is None else f"({chosen} AND {body})"
        ends = f"WHEN bool_or({each}) THEN TRUE WHEN bool_or(({each}) IS NULL) THEN NULL ELSE FALSE"
    else:
        each = body if chosen is None else f"((NOT {chosen}) OR {body})"
        ends = f"WHEN bool_or(NOT ({each})) THEN FALSE WHEN bool_or(({each}) IS NULL) THEN NULL ELSE TRUE"
    return f"(SELECT CASE {ends} END {members})"


def _fold(node: Fold, scope: Scope) -> Value:
    assert node.variable.slot is not None
    members, inner = _members(node.people, node.variable.slot, scope)
    chosen = "TRUE" if node.filter is None else condition(node.filter, inner)
    if node.word == "count":
        return Value(
            f"(SELECT count_if(coalesce({chosen}, FALSE)) {members})",
            f"(SELECT count_if(coalesce({chosen}, TRUE)) {members})",
        )
    assert node.body is not None
    body = value(node.body, inner)
    sure, maybe = f"coalesce({chosen}, FALSE)", f"({chosen}) IS NULL"
    unknown = f"bool_or(coalesce({chosen}, TRUE) AND ({body.low} IS NULL OR {body.high} IS NULL))"
    if node.word == "sum":
        low = f"sum(CASE WHEN {sure} THEN {body.low} WHEN {maybe} THEN least(0, {body.low}) ELSE 0 END)"
        high = f"sum(CASE WHEN {sure} THEN {body.high} WHEN {maybe} THEN greatest(0, {body.high}) ELSE 0 END)"
        return Value(
            f"(SELECT CASE WHEN {unknown} THEN NULL ELSE coalesce({low}, 0) END {members})",
            f"(SELECT CASE WHEN {unknown} THEN NULL ELSE coalesce({high}, 0) END {members})",
        )
    return _extreme_over(node.word, members, body, sure, maybe, unknown)


def _extreme_over(word: str, members: str, body: Value, sure: str, maybe: str, unknown: str) -> Value:
    """Return the extreme over people: those who only may count widen it; with none who surely counts it is unknown."""
    sides = []
    for side, wider in ((body.low, "least"), (body.high, "greatest")):
        counted = f"{word}(CASE WHEN {sure} THEN {side} END)"
        everybody = f"{word}(CASE WHEN {sure} OR {maybe} THEN {side} END)"
        known = (
            f"CASE WHEN {unknown} OR NOT bool_or({sure}) THEN NULL ELSE {wider}({counted}, {everybody}) END"
        )
        sides.append(f"(SELECT {known} {members})")
    nothing = f"(SELECT NOT coalesce(bool_or({sure} OR {maybe}), FALSE) {members})"
    return Value(sides[0], sides[1], nothing)

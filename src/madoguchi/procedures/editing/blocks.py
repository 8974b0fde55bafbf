"""Conditions as blocks (ブロック): the same condition, in pieces that an officer can put together without code.

`blocks_of` takes an expression apart; what no block can say stays whole as a formula and is never lost. `source_of` puts
it together again: the two agree for every expression of the rule language (`tests/unit/procedures/test_blocks.py`).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from madoguchi.procedures.language.syntax import syntax_of

Until = Literal["day", "birthday", "fiscal_year"]
OWNERS = ("person", "claimant", "household", "event")
COLLECTIONS: Mapping[str, str] = {
    "household.people": "世帯の方",
    "household.children": "世帯の子",
    "person.parents": "この人の父母",
    "person.children": "この人の子",
    "person.spouse": "この人の配偶者",
    "person.guardians": "この人の保護者",
    "claimant.raised": "請求者が育てている子",
    "claimant.children": "請求者の子",
    "claimant.spouse": "請求者の配偶者",
}
OPERATORS: Mapping[str, str] = {
    "is": "が次のどれか", "is_not": "が次のどれでもない", "has": "に次が入っている", "has_not": "に次が入っていない",
    "at_least": "が次以上", "more": "が次より上", "at_most": "が次以下", "less": "が次より下",
}  # fmt: skip
_COMPARED = {">=": "at_least", ">": "more", "<=": "at_most", "<": "less"}
_SYMBOL = {word: symbol for symbol, word in _COMPARED.items()}
_AST_SYMBOL: Mapping[type[ast.cmpop], str] = {ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<"}
DAYS = {"reference_date": "異動の日", "notified_on": "届出の日"}


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions of which all, or any, must hold; `negated`: must not."""

    word: Literal["all", "any"]
    parts: tuple[Block, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FactIs:
    """A fact compared with what is written: codes, yes and no, a number, a date, or a city's parameter.

    `owner`: one of OWNERS, or the variable of an `Each` around it. `values`: a code as it is, "yes" or "no", "#5" for a
    number, "@name" for a parameter.
    """

    owner: str
    key: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Age:
    """Somebody has, or has not yet, come to an age (`years`: "#75", or "@name" for a city's parameter).

    `until` "day": the day of coming to it (年齢計算ニ関スル法律: the day before the birthday); "birthday": the birthday itself, as
    for 後期高齢者; "fiscal_year": the 31 March after the day of coming to it.
    """

    owner: str
    years: str
    until: Until
    relation: Literal["from", "before", "up_to"]
    on: str = "reference_date"


@dataclass(frozen=True, slots=True)
class Each:
    """Of a collection somebody, or everybody, fulfils a condition."""

    word: Literal["any", "all"]
    collection: str
    variable: str
    part: Block
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """What no block can say, in the rule language."""

    source: str


Block = Group | FactIs | Age | Each | Formula
ALWAYS = Formula("True")


def blocks_of(source: str) -> Block:
    """Take an expression apart. What cannot be read at all is one formula."""
    try:
        tree = syntax_of(source)
    except (SyntaxError, ValueError):
        return Formula(source.strip())
    return _block(tree, frozenset(OWNERS))


def _block(node: ast.expr, owners: frozenset[str]) -> Block:
    match node:
        case ast.BoolOp(op=operator, values=values):
            word: Literal["all", "any"] = "all" if isinstance(operator, ast.And) else "any"
            return Group(word, tuple(_block(value, owners) for value in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _negated(_block(operand, owners), node)
        case ast.Call(func=ast.Name(id="any" | "all" as word), args=[ast.GeneratorExp() as each]):
            return _each("any" if word == "any" else "all", each, owners) or Formula(ast.unparse(node))
        case ast.Attribute():
            return _fact(node, "is", ("yes",), owners) or Formula(ast.unparse(node))
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared(left, operator, right, owners) or Formula(ast.unparse(node))
        case ast.Compare(left=left, ops=operators, comparators=rights):
            return _chain(left, operators, rights, owners) or Formula(ast.unparse(node))
        case _:
            return Formula(ast.unparse(node))


def _negated(block: Block, node: ast.expr) -> Block:
    match block:
        case Group(word, parts, False):
            return Group(word, parts, negated=True)
        case Each(word, collection, variable, part, False):
            return Each(word, collection, variable, part, negated=True)
        case FactIs(owner, key, "is", ("yes",)):
            return FactIs(owner, key, "is", ("no",))
        case FactIs(owner, key, "is", values) if values != ("no",) and len(values) > 1:
            return FactIs(owner, key, "is_not", values)
        case _:
            return Formula(ast.unparse(node))


def _each(word: Literal["any", "all"], node: ast.GeneratorExp, owners: frozenset[str]) -> Each | None:
    match node.generators:
        case [ast.comprehension(target=ast.Name(id=variable), iter=collection, ifs=[])]:
            name = ast.unparse(collection)
            if name in COLLECTIONS and variable not in owners:
                return Each(word, name, variable, _block(node.elt, owners | {variable}))
    return None


def _fact(node: ast.expr, operator: str, values: tuple[str, ...], owners: frozenset[str]) -> FactIs | None:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=key) if owner in owners:
            return FactIs(owner, key, operator, values)
    return None


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr, owners: frozenset[str]) -> Block | None:
    if age := _age(left, operator, right):
        return age if age.owner in owners else None
    match operator, left, right:
        case ((ast.Eq() | ast.NotEq()), ast.Attribute(), _):
            value = _written(right)
            word = "is" if isinstance(operator, ast.Eq) else "is_not"
            return None if value is None else _fact(left, word, (value,), owners)
        case ((ast.In() | ast.NotIn()), ast.Attribute(), ast.Tuple(elts=elements)):
            values = tuple(_written(one) for one in elements)
            word = "is" if isinstance(operator, ast.In) else "is_not"
            known = tuple(one for one in values if one is not None)
            return _fact(left, word, known, owners) if len(known) == len(values) > 1 else None
        case ((ast.In() | ast.NotIn()), ast.Constant(value=str(code)), ast.Attribute()):
            return _fact(right, "has" if isinstance(operator, ast.In) else "has_not", (code,), owners)
        case _, ast.Attribute(), _ if symbol := _AST_SYMBOL.get(type(operator)):
            value = _written(right)
            return None if value is None else _fact(left, _COMPARED[symbol], (value,), owners)
    return None


def _chain(
    left: ast.expr, operators: list[ast.cmpop], rights: list[ast.expr], owners: frozenset[str]
) -> Block | None:
    """`a <= b < c` as two conditions that must both hold, when each is a block."""
    parts = []
    for operator, right in zip(operators, rights, strict=True):
        part = _compared(left, operator, right, owners)
        if part is None:
            return None
        parts.append(part)
        left = right
    return Group("all", tuple(parts))


def _age(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Age | None:
    symbol = _AST_SYMBOL.get(type(operator))
    if symbol is None:
        return None
    if isinstance(left, ast.Call):
        left, right = right, left
        symbol = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}[symbol]
    if not (isinstance(left, ast.Name) and left.id in DAYS):
        return None
    fiscal_year = False
    match right:
        case ast.Call(func=ast.Name(id="fiscal_year_end"), args=[inner]):
            fiscal_year, right = True, inner
    match right:
        case ast.Call(
            func=ast.Name(id="attains" | "birthday" as day),
            args=[ast.Attribute(value=ast.Name(id=owner), attr="birth_date"), years],
        ):
            number = _written(years)
            if number is None or number[:1] not in ("#", "@"):
                return None
            if fiscal_year and day == "attains" and symbol == "<=":
                return Age(owner, number, "fiscal_year", "up_to", left.id)
            if not fiscal_year and symbol in (">=", "<"):
                until: Until = "day" if day == "attains" else "birthday"
                return Age(owner, number, until, "from" if symbol == ">=" else "before", left.id)
    return None


def _written(node: ast.expr) -> str | None:
    """A value as a block keeps it: a code, yes or no, a number, or `@name` for a parameter; None for anything else."""
    match node:
        case ast.Constant(value=bool(value)):
            return "yes" if value else "no"
        case ast.Constant(value=int(number)):
            return f"#{number}"
        case ast.Constant(value=str(text)) if text not in ("yes", "no") and text[:1] not in ("#", "@"):
            return text
        case ast.Attribute(value=ast.Name(id="parameters"), attr=name):
            return f"@{name}"
    return None


def source_of(block: Block) -> str:
    """Put a condition together in the rule language."""
    match block:
        case Formula(source):
            return source
        case Group(word, parts, negated):
            inner = _joined(word, parts)
            return f"not ({inner})" if negated else inner
        case Each(word, collection, variable, part, negated):
            whole = f"{word}({source_of(part)} for {variable} in {collection})"
            return f"not {whole}" if negated else whole
        case Age(owner, years, until, relation, on):
            reached = "birthday" if until == "birthday" else "attains"
            day = f"{reached}({owner}.birth_date, {_value(years)})"
            if until == "fiscal_year":
                day = f"fiscal_year_end({day})"
            return f"{on} {({'from': '>=', 'before': '<', 'up_to': '<='})[relation]} {day}"
        case FactIs(owner, key, operator, values):
            return _fact_source(f"{owner}.{key}", operator, values)


def _joined(word: str, parts: tuple[Block, ...]) -> str:
    if not parts:
        return "True" if word == "all" else "False"
    joint = " and " if word == "all" else " or "
    return joint.join(_bracketed(part) if len(parts) > 1 else source_of(part) for part in parts)


def _bracketed(part: Block) -> str:
    plain = isinstance(part, FactIs | Age | Each) or (isinstance(part, Group) and part.negated)
    return source_of(part) if plain else f"({source_of(part)})"


def _fact_source(fact: str, operator: str, values: tuple[str, ...]) -> str:
    if operator == "is" and values == ("yes",):
        return fact
    if operator == "is" and values == ("no",):
        return f"not {fact}"
    if operator in ("has", "has_not"):
        word = "in" if operator == "has" else "not in"
        joint = " or " if operator == "has" else " and "
        return joint.join(f"{_value(value)} {word} {fact}" for value in values)
    if operator in _SYMBOL:
        return f"{fact} {_SYMBOL[operator]} {_value(values[0])}"
    if len(values) == 1:
        return f"{fact} {'==' if operator == 'is' else '!='} {_value(values[0])}"
    return f"{fact} {'in' if operator == 'is' else 'not in'} ({', '.join(map(_value, values))})"


def _value(text: str) -> str:
    if text in ("yes", "no"):
        return "True" if text == "yes" else "False"
    if text.startswith("@"):
        return f"parameters.{text[1:]}"
    if text.startswith("#"):
        return text[1:]
    return repr(text)

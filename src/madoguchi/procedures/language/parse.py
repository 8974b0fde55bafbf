"""Read an expression and check it against the vocabulary (式の読み取りと検査).

1. `syntax_of` gives Python's own syntax tree; nothing of it is ever executed.
2. Each node is matched against the few shapes that a rule may have; anything else is a fault.
3. Names are looked up in the vocabulary and types are compared, so that a wrong rule dies at load.

All faults of an expression are collected, then raised at once.
"""

import ast
from datetime import date
from typing import NoReturn

from madoguchi.procedures.language import operators
from madoguchi.procedures.language.comprehensions import fold, quantifier
from madoguchi.procedures.language.evaluate import compile_node
from madoguchi.procedures.language.faults import ExpressionFault, ExpressionFaults, nearest
from madoguchi.procedures.language.functions import FUNCTIONS
from madoguchi.procedures.language.names import Names, UnknownName, constant
from madoguchi.procedures.language.operators import WrongType
from madoguchi.procedures.language.syntax import syntax_of
from madoguchi.procedures.language.tree import (
    And,
    Arithmetic,
    Call,
    Conditional,
    Constant,
    Contains,
    Day,
    Expression,
    Kind,
    Lookup,
    Node,
    Not,
    OneOf,
    Or,
    Owner,
    People,
    SamePerson,
    Type,
)

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
}
# Longer and deeper than any law; CPython's own limits lie beyond and are no sentence.
LONGEST = 4_000
_TOO_LONG = ExpressionFault(1, f"式が{LONGEST}字を超えています。", "式を分け、名前をつけて使ってください。")
_TOO_DEEP = ExpressionFault(1, "括弧や演算の入れ子が深すぎます。", "式を分け、名前をつけて使ってください。")
_FOLDS = ("count", "sum", "min", "max")
_CALLABLE = (*FUNCTIONS, *_FOLDS, "any", "all", "date", "table")


def parse(source: str, *, names: Names, kind: Kind | None) -> Expression:
    """Return the checked and compiled expression.

    `kind` is what the expression has to give: a condition is `Kind.BOOLEAN`, a deadline's start `Kind.DATE`; None: anything.
    Raises ExpressionFaults with every fault found.
    """
    text = " ".join(source.split("\n"))
    if len(text) > LONGEST:
        raise ExpressionFaults(text[:40], (_TOO_LONG,))
    try:
        syntax = syntax_of(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = error.offset if isinstance(error, SyntaxError) and error.offset else 1
        fault = ExpressionFault(
            column, "式の書き方が正しくありません。", "括弧と引用符の対応を確かめてください。"
        )
        raise ExpressionFaults(source, (fault,)) from error
    reader = Reader(names)
    try:
        tree = reader.read(syntax)
        compiled = None if tree is None else compile_node(tree)
    except RecursionError as error:
        raise ExpressionFaults(source, (_TOO_DEEP,)) from error
    if tree is not None and kind is not None and tree.type.kind is not kind:
        message = f"この欄には{kind.value}の式が要りますが、{operators.name_of(tree.type)}の式です。"
        reader.fault(syntax, message, "比較や項目の選び方を見直してください。")
    if tree is None or compiled is None or reader.faults:
        raise ExpressionFaults(source, tuple(reader.faults))
    return Expression(source, tree, names.slots, compiled)


class Reader:
    """Turns Python syntax into typed nodes; a part that is wrong gives None and leaves a fault."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.faults: list[ExpressionFault] = []

    def fault(self, at: ast.AST, message: str, remedy: str) -> None:
        """Note a fault at a place of the expression."""
        column = getattr(at, "col_offset", 0)
        self.faults.append(ExpressionFault(column + 1, message, remedy))

    def read(self, node: ast.expr) -> Node | None:
        """Return the typed node, or None after noting what is wrong."""
        try:
            return self._read(node)
        except (UnknownName, WrongType) as error:
            self.fault(node, error.message, error.remedy)
            return None

    def condition(self, node: ast.expr) -> Node | None:
        """Return a node of type boolean, or None after noting what is wrong."""
        tree = self.read(node)
        if tree is not None and tree.type.kind is not Kind.BOOLEAN:
            self.fault(
                node,
                f"ここには真偽の条件が要りますが、{operators.name_of(tree.type)}が書かれています。",
                "== や <= などで比べてください。",
            )
            return None
        return tree

    def people(self, node: ast.expr) -> People:
        """Return the collection after `for … in`; raises UnknownName."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return self.names.people(node.value.id, node.attr)
        raise UnknownName(
            "for … in の後には人の集まりを書きます。",
            "household.people、household.children、person.parents などを使ってください。",
        )

    def _read(self, node: ast.expr) -> Node | None:
        match node:
            case ast.Constant():
                return _constant(node.value)
            case ast.Name(id=name):
                return self.names.bare(name)
            case ast.Attribute(value=ast.Name(id=name), attr=key):
                return self.names.member(name, key)
            case ast.BoolOp(op=operator, values=values):
                parts = [self.condition(value) for value in values]
                read = tuple(part for part in parts if part is not None)
                if len(read) < len(parts):
                    return None
                return And(read) if isinstance(operator, ast.And) else Or(read)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                part = self.condition(operand)
                return None if part is None else Not(part)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
                return constant(-number)
            case ast.BinOp(op=operator, left=left, right=right):
                return self._arithmetic(operator, left, right)
            case ast.Compare():
                return self._comparisons(node)
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node)
            case ast.IfExp():
                return self._conditional(node)
        raise UnknownName(
            "この書き方は規則では使えません。", "比較、and、or、not、in、四則、決められた関数だけが使えます。"
        )

    def _arithmetic(self, operator: ast.operator, left: ast.expr, right: ast.expr) -> Arithmetic | None:
        one, other = self.read(left), self.read(right)
        if one is None or other is None:
            return None
        return operators.arithmetic(_ARITHMETIC.get(type(operator), "/"), one, other)

    def _comparisons(self, node: ast.Compare) -> Node | None:
        sides = [node.left, *node.comparators]
        parts = [
            self._comparison(operator, left, right)
            for operator, left, right in zip(node.ops, sides, sides[1:], strict=False)
        ]
        read = tuple(part for part in parts if part is not None)
        if len(read) < len(parts):
            return None
        return read[0] if len(read) == 1 else And(read)

    def _comparison(self, operator: ast.cmpop, left: ast.expr, right: ast.expr) -> Node | None:
        if isinstance(operator, (ast.In, ast.NotIn)):
            return self._membership(left, right, negated=isinstance(operator, ast.NotIn))
        people = (self._person(left), self._person(right))
        symbol = _COMPARISONS.get(type(operator), "is")
        if people[0] is not None and people[1] is not None and symbol in ("==", "!="):
            same = SamePerson(people[0], people[1])
            return same if symbol == "==" else Not(same)
        one, other = self.read(left), self.read(right)
        if one is None or other is None:
            return None
        return operators.comparison(symbol, one, other)

    def _person(self, node: ast.expr) -> Owner | None:
        if not isinstance(node, ast.Name) or node.id in ("reference_date", "notified_on"):
            return None
        try:
            return self.names.owner(node.id)
        except UnknownName:
            return None

    def _membership(self, left: ast.expr, right: ast.expr, *, negated: bool) -> Node | None:
        if isinstance(left, ast.Constant) and isinstance(left.value, str):
            holder = self.read(right)
            if holder is None:
                return None
            if holder.type.kind is not Kind.CHOICES:
                raise WrongType(
                    "'コード' in の後には区分の集まりの項目を書きます。",
                    "項目 in ('コード', …) ではありませんか。",
                )
            operators.check_code(holder.type, left.value)
            return Contains(holder, left.value, negated)
        if not isinstance(right, (ast.Tuple, ast.List, ast.Set)):
            raise WrongType("in の後には値の並びを書きます。", "項目 in ('a', 'b') の形で書いてください。")
        item = self.read(left)
        values = [self.read(element) for element in right.elts]
        if item is None or any(value is None for value in values):
            return None
        written = [value for value in values if isinstance(value, Constant)]
        if not written or len(written) < len(values):
            raise WrongType(
                "in の並びには決まった値だけを書きます。", "項目どうしは == と or で比べてください。"
            )
        for value in written:
            operators.check_comparison("==", item, value)
        return OneOf(item, tuple(value.value for value in written), negated)

    def _call(self, name: str, node: ast.Call) -> Node | None:
        if node.keywords:
            raise WrongType(f"{name} に名前付きの引数は使えません。", "値を順に書いてください。")
        if name in ("any", "all"):
            return quantifier(self, name, node)
        if name in _FOLDS and len(node.args) == 1:
            return fold(self, name, node)
        if name == "date":
            return _written_date(node)
        if name == "table":
            return self._lookup(node)
        if name in ("min", "max"):
            return self._smallest_or_largest(name, node)
        if name not in FUNCTIONS:
            raise UnknownName(f"「{name}」という関数はありません。", nearest(name, _CALLABLE))
        arguments = [self.read(argument) for argument in node.args]
        read = tuple(argument for argument in arguments if argument is not None)
        if len(read) < len(arguments):
            return None
        function = FUNCTIONS[name]
        if len(read) != len(function.parameters):
            raise WrongType(
                f"{name} には値が{len(function.parameters)}個要りますが、{len(read)}個書かれています。",
                f"{name}({', '.join(kind.value for kind in function.parameters)}) の形で書いてください。",
            )
        for place, (kind, argument) in enumerate(zip(function.parameters, read, strict=True), start=1):
            operators.check_argument(name, place, kind, argument.type)
        return Call(name, read, function.result)

    def _conditional(self, node: ast.IfExp) -> Node | None:
        condition, chosen, other = self.condition(node.test), self.read(node.body), self.read(node.orelse)
        if condition is None or chosen is None or other is None:
            return None
        if chosen.type.kind not in (Kind.NUMBER, Kind.DATE):
            raise WrongType("if の両側には数か日付を書きます。", "条件は and と or でつないでください。")
        operators.check_comparison("==", chosen, other)
        return Conditional(condition, chosen, other, chosen.type)

    def _lookup(self, node: ast.Call) -> Node | None:
        match node.args:
            case [ast.Constant(value=str() as name), number, *days] if len(days) < 2:
                read = self.read(number)
                day = self.read(days[0]) if days else Day("reference_date")
            case _:
                raise WrongType(
                    "table には表の名前と数、要れば日を書きます。",
                    "table('表の名前', 数) か table('表の名前', 数, 日) の形で書いてください。",
                )
        table = self.names.tables.get(name)
        if table is None:
            raise UnknownName(
                f"「{name}」という表は tables.toml にありません。", nearest(name, self.names.tables)
            )
        if read is None or day is None:
            return None
        operators.check_argument("table", 2, Kind.NUMBER, read.type)
        operators.check_argument("table", 3, Kind.DATE, day.type)
        return Lookup(table, read, day, Type(Kind.NUMBER, unit=table.unit))

    def _smallest_or_largest(self, name: str, node: ast.Call) -> Node | None:
        arguments = [self.read(argument) for argument in node.args]
        read = tuple(argument for argument in arguments if argument is not None)
        if len(read) < len(arguments):
            return None
        if len(read) < 2 or any(one.type.kind not in (Kind.NUMBER, Kind.DATE) for one in read):
            raise WrongType(
                f"{name} には数か日付を二つ以上書きます。", f"{name}(値, 値) の形で書いてください。"
            )
        for other in read[1:]:
            operators.check_comparison("==", read[0], other)
        return Call(name, read, read[0].type)


def _constant(value: object) -> Constant:
    if isinstance(value, (bool, int, str)):
        return constant(value)
    raise WrongType(
        f"{value!r} という値は使えません。", "整数、'文字'、True、False、date(年, 月, 日) を使ってください。"
    )


def _written_date(node: ast.Call) -> Constant:
    numbers = [
        argument.value
        for argument in node.args
        if isinstance(argument, ast.Constant) and type(argument.value) is int
    ]
    if len(numbers) != 3 or len(node.args) != 3:
        _wrong_date()
    try:
        return constant(date(*numbers))
    except ValueError:
        _wrong_date()


def _wrong_date() -> NoReturn:
    raise WrongType(
        "date の日付が正しくありません。", "date(2026, 4, 1) のように実在する年月日を書いてください。"
    )

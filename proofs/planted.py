"""Faults that can be planted in a program: one small change of its syntax tree each, as a hand that slips would make it.

A comparison gets the other edge, `and` becomes `or`, a number one more, a text empty, a condition its contrary; a call, a raise or a
return is left out. Not changed: what says nothing at run time (docstrings, types, asserts) and how a class is made (decorators).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

from proofs.kept import ROOT

Put = Callable[[Any], None]

EDGES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
UNSAID = frozenset({"annotation", "returns", "decorator_list", "type_params", "type_comment"})
OF_TYPES = frozenset({"Literal", "TypeVar", "NewType", "cast", "Annotated", "Protocol"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One change: in which file, the how many-th of it, in which function and lines, and what becomes of what.

    `lines`: where it is, and after it the lines of the statement that it is part of.
    """

    file: str
    number: int
    function: str
    lines: tuple[int, ...]
    was: str
    becomes: str
    again: int

    @property
    def key(self) -> str:
        """Its name for as long as its function says the same."""
        again = f" ({self.again})" if self.again > 1 else ""
        return f"{self.file}::{self.function}: {self.was} -> {self.becomes}{again}"

    def told(self) -> str:
        """For a reader."""
        return f"{self.file}:{self.lines[0]} {self.function}: {self.was} -> {self.becomes}"


@dataclass(frozen=True, slots=True)
class _Change:
    function: str
    lines: tuple[int, ...]
    was: str
    becomes: str
    make: Callable[[], None]


def faults(file: str) -> list[Fault]:
    """Every fault that can be planted in this file (its path from the root), in the order of its tree."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for number, change in enumerate(_changes(_tree(file))):
        named = (change.function, change.was, change.becomes)
        seen[named] += 1
        found.append(
            Fault(file, number, change.function, change.lines, change.was, change.becomes, seen[named])
        )
    return found


def planted(file: str, number: int) -> CodeType:
    """The program of this file with its how many-th fault in it."""
    tree = _tree(file)
    for place, change in enumerate(_changes(tree)):
        if place == number:
            change.make()
            return compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec", dont_inherit=True)
    raise ValueError(f"{file} has no fault {number}")


def _tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def _changes(tree: ast.Module) -> Iterator[_Change]:
    yield from _inside(tree, "", (1,))


def _inside(node: ast.AST, function: str, statement: tuple[int, ...]) -> Iterator[_Change]:
    """What can be changed in the parts of a node."""
    for name, value in ast.iter_fields(node):
        if name in UNSAID:
            continue
        if isinstance(value, ast.AST):
            yield from _of(value, partial(setattr, node, name), name, function, statement)
        elif isinstance(value, list):
            for place, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield from _of(one, partial(value.__setitem__, place), name, function, statement)


def _of(node: ast.AST, put: Put, name: str, function: str, statement: tuple[int, ...]) -> Iterator[_Change]:
    if _says_nothing(node):
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}" if function else node.name
    if isinstance(node, ast.stmt):
        statement = _lines(node)
    lines = (getattr(node, "lineno", statement[0]), *statement)
    for becomes in _instead(node, name):
        yield _Change(function, lines, _said(node), _said(becomes), partial(put, becomes))
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _of(part.value, partial(setattr, part, "value"), "value", function, statement)
        return
    yield from _inside(node, function, statement)


def _lines(node: ast.stmt) -> tuple[int, ...]:
    """The lines of a statement; of one that has others inside, its head."""
    inside = getattr(node, "body", None) or getattr(node, "cases", None)
    first = inside[0] if isinstance(inside, list) else None
    until = node.end_lineno or node.lineno
    if first is not None:
        start = first.pattern.lineno if isinstance(first, ast.match_case) else first.lineno
        until = max(node.lineno, start - 1)
    return tuple(range(node.lineno, until + 1))


def _says_nothing(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.Subscript(value=ast.Name(id=name)) | ast.Call(func=ast.Name(id=name)):
            return name in OF_TYPES
    return False


def _instead(node: ast.AST, name: str) -> Iterator[ast.AST]:
    """What may stand there in its place."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            for place, one in enumerate(ops):
                changed = [*ops[:place], EDGES[type(one)](), *ops[place + 1 :]]
                yield ast.copy_location(ast.Compare(left, changed, others), node)
        case ast.BoolOp(op=op, values=values):
            yield ast.copy_location(
                ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values), node
            )
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in SUMS:
            yield ast.copy_location(ast.BinOp(left, SUMS[type(op)](), right), node)
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in SUMS:
            yield ast.copy_location(ast.AugAssign(target, SUMS[type(op)](), value), node)
        case ast.Constant(value=value):
            other = _other(value)
            if other is not None:
                yield ast.copy_location(ast.Constant(other), node)
        case ast.JoinedStr():
            yield ast.copy_location(ast.Constant(""), node)
        case ast.Return(value=value) if not isinstance(value, ast.Constant | None):
            yield ast.copy_location(ast.Return(None), node)
        case ast.Expr() | ast.Raise():
            yield ast.copy_location(ast.Pass(), node)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.copy_location(ast.Pass(), node)
        case ast.Continue():
            yield ast.copy_location(ast.Break(), node)
        case ast.Break():
            yield ast.copy_location(ast.Continue(), node)
    if name in ("test", "ifs", "guard") and isinstance(node, ast.expr) and not _other_way_already(node):
        yield ast.copy_location(ast.UnaryOp(ast.Not(), node), node)


def _other_way_already(node: ast.AST) -> bool:
    """A comparison, and what is joined or denied, is changed by itself."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    return isinstance(node, ast.Compare | ast.BoolOp | ast.Constant)


def _other(value: object) -> bool | int | float | str | bytes | None:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return "" if value else "XX"
        case bytes():
            return b"" if value else b"XX"
    return None


def _said(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 120 else f"{text[:117]}..."


def files(*folders: str) -> list[str]:
    """The programs of folders and files, by their path from the root."""
    found = []
    for one in folders:
        path = ROOT / one
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path.relative_to(Path(ROOT)).as_posix() for path in found]

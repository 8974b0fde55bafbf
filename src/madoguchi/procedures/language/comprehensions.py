"""Comprehensions over people (人の集まりの式): any, all, count, sum, min, max."""

import ast
from typing import Protocol

from madoguchi.procedures.language.names import Names, UnknownName
from madoguchi.procedures.language.operators import WrongType
from madoguchi.procedures.language.tree import And, Fold, Kind, Node, Owner, People, Quantifier, Type

_COUNT = Type(Kind.NUMBER)


class Reader(Protocol):
    """What reads the parts of a comprehension: `parse.Reader`."""

    names: Names

    def read(self, node: ast.expr) -> Node | None: ...

    def condition(self, node: ast.expr) -> Node | None: ...

    def people(self, node: ast.expr) -> People: ...


def quantifier(reader: Reader, word: str, node: ast.Call) -> Quantifier | None:
    """Return the checked `any` or `all`; raises UnknownName or WrongType."""
    generator = _generator(word, node)
    people, variable = _bind(reader, generator)
    chosen, complete = _filter(reader, generator)
    body = reader.condition(generator.elt)
    reader.names.release()
    if body is None or not complete:
        return None
    return Quantifier("any" if word == "any" else "all", variable, people, chosen, body)


def fold(reader: Reader, word: str, node: ast.Call) -> Fold | None:
    """Return the checked `count`, `sum`, `min` or `max` over people; raises UnknownName or WrongType."""
    generator = _generator(word, node)
    people, variable = _bind(reader, generator)
    chosen, complete = _filter(reader, generator)
    counts_members = isinstance(generator.elt, ast.Name) and generator.elt.id == variable.name
    body = None if counts_members else reader.read(generator.elt)
    reader.names.release()
    if not complete or (body is None and not counts_members):
        return None
    if word == "count":
        if body is not None and body.type.kind is not Kind.BOOLEAN:
            raise WrongType(
                "count では数える人か条件を書きます。", "count(m for m in … if 条件) と書いてください。"
            )
        parts = tuple(part for part in (chosen, body) if part is not None)
        condition = parts[0] if len(parts) == 1 else And(parts) if parts else None
        return Fold("count", variable, people, condition, None, _COUNT)
    allowed = (Kind.NUMBER,) if word == "sum" else (Kind.NUMBER, Kind.DATE)
    if body is None or body.type.kind not in allowed:
        raise WrongType(
            f"{word} では{'か'.join(kind.value for kind in allowed)}の項目を書きます。",
            f"{word}(m.項目 for m in …) と書いてください。",
        )
    match word:
        case "sum" | "min" | "max":
            return Fold(word, variable, people, chosen, body, body.type)
    raise UnknownName(f"「{word}」は使えません。", "any、all、count、sum、min、max を使ってください。")


def _generator(word: str, node: ast.Call) -> ast.GeneratorExp | ast.ListComp:
    if len(node.args) == 1 and isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp)):
        generator = node.args[0]
        if len(generator.generators) == 1 and isinstance(generator.generators[0].target, ast.Name):
            return generator
    raise WrongType(
        f"{word} の書き方が正しくありません。", f"{word}(条件 for m in household.people) と書いてください。"
    )


def _bind(reader: Reader, generator: ast.GeneratorExp | ast.ListComp) -> tuple[People, Owner]:
    part = generator.generators[0]
    people = reader.people(part.iter)
    assert isinstance(part.target, ast.Name)
    return people, reader.names.bind(part.target.id)


def _filter(reader: Reader, generator: ast.GeneratorExp | ast.ListComp) -> tuple[Node | None, bool]:
    conditions = [reader.condition(condition) for condition in generator.generators[0].ifs]
    read = tuple(condition for condition in conditions if condition is not None)
    if len(read) < len(conditions):
        return None, False
    if not read:
        return None, True
    return (read[0] if len(read) == 1 else And(read)), True

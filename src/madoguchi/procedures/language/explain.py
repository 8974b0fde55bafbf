"""Say in one sentence why a condition holds or not (理由), from the clause that decided it.

A conjunction that fails is explained by its first failing part, as a clerk would read the rule; a disjunction
that fails by all its parts. The sentence ends in 「ためです」.
"""

import re
from collections.abc import Callable
from typing import Any, Literal

from madoguchi.procedures.language.evaluate import compile_node, members_of
from madoguchi.procedures.language.frame import Frame
from madoguchi.procedures.language.phrases import (
    said_boolean,
    said_date,
    said_name,
    said_relation,
    said_value,
)
from madoguchi.procedures.language.spans import NOTHING, less, less_or_equal
from madoguchi.procedures.language.tree import (
    And,
    Call,
    Compare,
    Constant,
    Contains,
    Fact,
    Fold,
    Kind,
    Node,
    Not,
    OneOf,
    Or,
    Parameter,
    Quantifier,
    SamePerson,
    nodes_of,
)

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
Say = Callable[[Frame], str]
_MOST_PARTS = 3
_NOTE = re.compile(r"^(.+)(（[^（）]*）)$", re.DOTALL)
_WRITTEN = (Constant, Parameter)
_MIRRORED: dict[str, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_DENIED: dict[str, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_NUMBER_WORDS = {"<": "未満の", "<=": "以下の", ">": "を超える", ">=": "以上の"}


def compile_explanation(node: Node, *, outcome: bool) -> Say:
    """Return the function that says why the condition has this outcome; the frame must make it so."""
    clause = _clause(node, outcome)

    def sentence(frame: Frame) -> str:
        said, note = _without_note(clause(frame))
        return f"{said}ためです{note}"

    return sentence


def _without_note(clause: str) -> tuple[str, str]:
    """Split a note in brackets from the end of a clause: 「65歳に達していない」「（65歳に達する日: …）」."""
    found = _NOTE.match(clause)
    return (found[1], found[2]) if found else (clause, "")


def _clause(node: Node, outcome: bool) -> Say:
    match node:
        case Not(part=part):
            return _clause(part, not outcome)
        case And(parts=parts):
            return _every(parts, True) if outcome else _first(parts, False)
        case Or(parts=parts):
            return _first(parts, True) if outcome else _every(parts, False)
        case Fact():
            return lambda frame: said_boolean(node, outcome)
        case OneOf(item=item) | Contains(item=item):
            return _value_of(item)
        case SamePerson():
            return lambda frame: "請求者ご本人の" if outcome else "請求者ご本人ではない"
        case Compare():
            return _comparison(node, outcome)
        case Quantifier():
            return _quantifier(node, outcome)
        case _:
            text = "条件に当てはまる" if outcome else "条件に当てはまらない"
            return lambda frame: text


def _first(parts: tuple[Node, ...], outcome: bool) -> Say:
    tried = [(compile_node(part), _clause(part, outcome)) for part in parts]

    def first(frame: Frame) -> str:
        for evaluate, clause in tried:
            if evaluate(frame) is outcome:
                return clause(frame)
        return "条件に当てはまる" if outcome else "条件に当てはまらない"

    return first


def _every(parts: tuple[Node, ...], outcome: bool) -> Say:
    clauses = [_clause(part, outcome) for part in parts]

    def every(frame: Frame) -> str:
        said = list(dict.fromkeys(clause(frame) for clause in clauses))[:_MOST_PARTS]
        parts = [_without_note(one) for one in said[:-1]]
        return "".join(f"{text}ため{note}、また、" for text, note in parts) + said[-1]

    return every


def _value_of(item: Node) -> Say:
    evaluate, name = compile_node(item), said_name(item)
    return lambda frame: f"{name}が{said_value(item, evaluate(frame))}の"


def _comparison(node: Compare, outcome: bool) -> Say:
    """Say a comparison; that nobody is there of whom the least or greatest could be taken, where that decided it."""
    folds = [one for one in nodes_of(node) if isinstance(one, Fold) and one.word in ("min", "max")]
    said = _compared(node, outcome)
    if not folds:
        return said
    sides = (compile_node(node.left), compile_node(node.right))
    who = said_relation(folds[0].people.relation)

    def compared(frame: Frame) -> str:
        nobody = any(side(frame) is NOTHING for side in sides)
        return f"{who}に当てはまる方がいない" if nobody else said(frame)

    return compared


def _compared(node: Compare, outcome: bool) -> Say:
    left, right = node.left, node.right
    operator: Operator = node.operator
    if isinstance(left, _WRITTEN) and not isinstance(right, _WRITTEN):
        left, right, operator = right, left, _MIRRORED[operator]
    holds = operator if outcome else _DENIED[operator]
    if left.type.kind is Kind.DATE:
        return _dates(left, right, holds)
    if left.type.kind is Kind.NUMBER and holds not in ("==", "!="):
        return _numbers(left, right, holds)
    return _value_of(left)


def _numbers(left: Node, right: Node, holds: str) -> Say:
    evaluate_left, evaluate_right = compile_node(left), compile_node(right)
    if isinstance(left, Call) and left.function == "age_on":
        return lambda frame: f"{said_value(left, evaluate_right(frame))}{_NUMBER_WORDS[holds]}"

    def numbers(frame: Frame) -> str:
        limit = said_value(left if isinstance(right, _WRITTEN) else right, evaluate_right(frame))
        return f"{said_name(left)}が{said_value(left, evaluate_left(frame))}で、{limit}{_NUMBER_WORDS[holds]}"

    return numbers


def _dates(left: Node, right: Node, holds: str) -> Say:
    """Say a comparison of days, with the legal day first when only one side is such a day."""
    if not _is_legal_day(left) and _is_legal_day(right):
        left, right, holds = right, left, _MIRRORED[holds]
    legal, other = compile_node(left), compile_node(right)
    name = said_name(left)

    def dates(frame: Frame) -> str:
        day, compared = legal(frame), other(frame)
        passed = bool(less_or_equal(day, compared))
        if _is_legal_day(left):
            return _legal_day(left, name, day, passed=passed, over=bool(less(day, compared)))
        relation = {"<": "より前の", "<=": "以前の", ">": "より後の", ">=": "以後の"}.get(holds, "と同じ日の")
        if holds == "!=":
            relation = "と違う日の"
        said, other_said = said_value(left, day), said_value(right, compared)
        return f"{name}（{said}）が{said_name(right)}（{other_said}）{relation}"

    return dates


def _is_legal_day(node: Node) -> bool:
    return isinstance(node, Call) and node.function in (
        "attains",
        "birthday",
        "fiscal_year_end",
        "school_entry",
    )


def _legal_day(node: Node, name: str, day: Any, *, passed: bool, over: bool) -> str:
    assert isinstance(node, Call)
    said = said_date(day)
    if node.function == "attains":
        age = name.removesuffix("に達する日")
        return f"{age}に{'達している' if passed else '達していない'}（{name}: {said}）"
    if node.function == "birthday":
        return f"{name}を{'迎えている' if passed else '迎えていない'}（{name}: {said}）"
    if node.function == "school_entry":
        return f"{name}（{said}）を{'迎えている' if passed else '迎えていない'}"
    return f"{name}（{said}）を{'過ぎている' if over else '過ぎていない'}"


def _quantifier(node: Quantifier, outcome: bool) -> Say:
    members, slot = members_of(node.people), node.variable.slot
    who = said_relation(node.people.relation)
    wanted = node.word == "any"
    body = node.body if node.filter is None or not wanted else And((node.filter, node.body))
    evaluate, clause = compile_node(body), _clause(body, outcome)
    assert slot is not None

    def quantified(frame: Frame) -> str:
        sure, maybe = members(frame)
        if not sure and not maybe:
            return f"{who}がいない"
        deciding = []
        for record in [*sure, *maybe]:
            frame.slots[slot] = record
            if evaluate(frame) is outcome:
                deciding.append(clause(frame))
        said = list(dict.fromkeys(deciding))
        if len(said) == 1 and not said[0].startswith(who):
            return f"{who}が{said[0]}" if "が" not in said[0] else f"{who}の{said[0]}"
        return f"{who}に当てはまる方が{'いる' if outcome is wanted else 'いない'}"

    return quantified

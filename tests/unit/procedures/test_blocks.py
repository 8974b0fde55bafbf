"""Every condition of the national pack goes through blocks and comes back as the same condition; no block is lost."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.procedures.editing.blocks import (
    COLLECTIONS,
    OWNERS,
    Age,
    Block,
    Each,
    FactIs,
    Formula,
    Group,
    blocks_of,
    source_of,
)
from madoguchi.procedures.loader import national_pack

SOURCES = sorted(
    {
        expression.source
        for procedure in national_pack().procedures
        for rule in procedure.rules
        for expression in (rule.must, rule.optional, *(one.when for one in rule.otherwise))
        if expression is not None
    }
)


def same(source: str) -> str:
    """A condition in one way of writing: chains as two comparisons, a day before the date compared with it."""
    return ast.dump(_Plain().visit(ast.parse(source.strip(), mode="eval")))


class _Plain(ast.NodeTransformer):
    FLIPPED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        parts: list[ast.expr] = []
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            first, second, word = left, right, operator
            if isinstance(left, ast.Call) and isinstance(right, ast.Name) and type(operator) in self.FLIPPED:
                first, second, word = right, left, self.FLIPPED[type(operator)]()
            parts.append(ast.Compare(first, [word], [second]))
            left = right
        return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=ast.Compare(ops=[ast.In()]) as inside):
                return ast.Compare(inside.left, [ast.NotIn()], inside.comparators)
        return node


@pytest.mark.parametrize("source", SOURCES)
def test_a_condition_of_the_pack_comes_back_as_it_was(source: str) -> None:
    assert same(source_of(blocks_of(source))) == same(source)


def test_most_conditions_need_no_formula() -> None:
    def formulas(block: Block) -> int:
        match block:
            case Formula():
                return 1
            case Group(parts=parts):
                return sum(formulas(part) for part in parts)
            case Each(part=part):
                return formulas(part)
        return 0

    whole = [source for source in SOURCES if formulas(blocks_of(source)) == 0]
    assert len(whole) / len(SOURCES) > 0.73


CODES = st.sampled_from(["nhi", "jp", "世帯主", "1", "#3", "@senior_pass_age"])
OWNER = st.sampled_from(OWNERS)
FACTS = st.one_of(
    st.builds(FactIs, OWNER, st.just("moves"), st.just("is"), st.sampled_from([("yes",), ("no",)])),
    st.builds(
        FactIs, OWNER, st.just("x"), st.sampled_from(["is", "is_not"]), st.lists(CODES, min_size=1, max_size=3).map(tuple)
    ),
    st.builds(FactIs, OWNER, st.just("x"), st.sampled_from(["has", "has_not"]), st.just(("dog",))),
    st.builds(
        FactIs, OWNER, st.just("x"), st.sampled_from(["at_least", "more", "at_most", "less"]), st.just(("#5",))
    ),
    st.builds(Age, OWNER, st.sampled_from(["#18", "@age"]), st.sampled_from(["day", "birthday"]), st.sampled_from(["from", "before"])),
    st.builds(Age, OWNER, st.just("#18"), st.just("fiscal_year"), st.just("up_to"), st.just("notified_on")),
)  # fmt: skip
BLOCKS = st.recursive(
    FACTS,
    lambda inner: st.one_of(
        st.builds(
            Group, st.sampled_from(["all", "any"]), st.lists(inner, min_size=2, max_size=3).map(tuple), st.booleans()
        ),
        st.builds(
            Each, st.sampled_from(["any", "all"]), st.sampled_from(sorted(COLLECTIONS)), st.just("m"), inner, st.booleans()
        ),
    ),
    max_leaves=8,
)  # fmt: skip


@given(BLOCKS)
def test_what_is_put_together_is_taken_apart_as_it_was(block: Block) -> None:
    source = source_of(block)
    again = source_of(blocks_of(source))
    assert same(again) == same(source)


@pytest.mark.parametrize("source", ["", "person.", "1 +", "import os", "x" * 5000])
def test_what_cannot_be_read_stays_as_it_is(source: str) -> None:
    assert source_of(blocks_of(source)) == source.strip()

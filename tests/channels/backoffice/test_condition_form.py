"""Every condition of the national pack goes through the form and comes back; a button changes exactly its block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.http import QueryDict
from tests.unit.procedures.test_blocks import same

from madoguchi.channels.backoffice.editor.condition_form import (
    Scope,
    TooMuch,
    acted,
    block_from,
    fields_of,
)
from madoguchi.procedures.editing.blocks import Age, Block, Each, FactIs, Formula, Group, blocks_of, source_of
from madoguchi.procedures.loader import national_pack

PACK = national_pack()
CONDITIONS = sorted(
    {
        (expression.source, procedure.per == "person")
        for procedure in PACK.procedures
        for rule in procedure.rules
        for expression in (rule.must, rule.optional)
        if expression is not None
    }
)


def as_form(fields: Mapping[str, Any]) -> QueryDict:
    """What a browser would send."""
    data = QueryDict(mutable=True)
    path, kind = fields["path"], fields["kind"]
    data[f"{path}.t"] = kind
    match kind:
        case "group":
            data[f"{path}.word"], data[f"{path}.n"] = fields["word"], str(fields["count"])
        case "each":
            data[f"{path}.word"], data[f"{path}.of"] = fields["word"], fields["of"]
        case "age":
            data[f"{path}.owner"], data[f"{path}.years"] = fields["owner"], fields["years"]
            data[f"{path}.age"], data[f"{path}.on"] = fields["chosen"], fields["on"]
        case "fact":
            data[f"{path}.fact"], data[f"{path}.op"] = fields["fact"], fields["operator"]
            data.setlist(f"{path}.v", list(fields.get("values") or [fields.get("value", "")]))
        case _:
            data[f"{path}.source"] = fields["source"]
    for inner in fields.get("inner", []):
        for name, values in as_form(inner).lists():
            data.setlist(name, values)
    return data


def through_the_form(block: Block, scope: Scope) -> Block:
    return block_from(as_form(fields_of(block, scope)), scope)


def test_conditions_of_the_pack_come_back() -> None:
    lost = []
    for source, has_person in CONDITIONS:
        scope = Scope(PACK, has_person)
        again = source_of(through_the_form(blocks_of(source), scope))
        if " for " not in source and same(again) != same(source):  # there variables are named anew
            lost.append((source, again))
    assert lost == []


SCOPE = Scope(PACK, True)
MOVES = FactIs("person", "moves", "is", ("yes",))
OLD = Age("person", "#75", "day", "from")


def test_buttons() -> None:
    start: Block = Formula("True")
    one = acted(start, "add-age:c", SCOPE)
    assert one == Group("all", (Age("person", "#18", "day", "from"),))
    two = acted(one, "add-fact:c", SCOPE)
    assert isinstance(two, Group)
    assert len(two.parts) == 2
    three = acted(two, "add-group:c", SCOPE)
    four = acted(three, "add-each:c.2", SCOPE)
    assert isinstance(four, Group)
    inner = four.parts[2]
    assert isinstance(inner, Group)
    assert isinstance(inner.parts[-1], Each)
    assert acted(four, "up:c.1", SCOPE) != four
    assert acted(acted(four, "remove:c.2", SCOPE), "remove:c.1", SCOPE) == one
    assert acted(one, "remove:c.0", SCOPE) == Formula("True")


@pytest.mark.parametrize(
    "act", ["", "remove:c", "remove:c.99", "up:c.0", "add:c", "remove:c.x", "nothing:c.0", "add-fact:c.9.9"]
)
def test_an_act_that_fits_nothing_changes_nothing(act: str) -> None:
    block = Group("all", (MOVES, OLD))
    assert acted(block, act, SCOPE) == block


@pytest.mark.parametrize(
    ("said", "block"),
    [
        ({"c.t": "fact", "c.fact": "person.nothing"}, Formula("True")),
        ({"c.t": "fact", "c.fact": "person.pension", "c.v": "no-such"}, FactIs("person", "pension", "is", ("1",))),
        ({"c.t": "fact", "c.fact": "event.kind", "c.op": "is_not", "c.v": "birth"}, FactIs("event", "kind", "is_not", ("birth",))),
        ({"c.t": "age", "c.years": "²"}, Age("person", "#0", "day", "from")),
        ({"c.t": "age", "c.years": "@senior_pass_age", "c.age": "birthday before", "c.on": "notified_on"},
         Age("person", "@senior_pass_age", "birthday", "before", "notified_on")),
        ({"c.t": "each", "c.of": "nobody", "c.0.t": "fact", "c.0.fact": "m.moves"},
         Each("all", "household.people", "m", FactIs("m", "moves", "is", ("yes",)))),
        ({"c.t": "what"}, Formula("True")),
    ],
)  # fmt: skip
def test_what_a_browser_sends_wrongly_becomes_a_block_that_can_be_read(
    said: dict[str, str], block: Block
) -> None:
    data = QueryDict(mutable=True)
    data.update(said)
    assert block_from(data, SCOPE) == block


def test_more_than_anybody_can_read_is_refused() -> None:
    data = QueryDict(mutable=True)
    data.update({"c.t": "group", "c.n": "99"})
    with pytest.raises(TooMuch):
        block_from(data, SCOPE)

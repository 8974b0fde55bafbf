"""Trying a procedure before anything is kept: its own examples and a few invented households, each with what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.decisions import Decision
from madoguchi.procedures.examples import differences
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.language.tree import Fact, nodes_of
from madoguchi.procedures.packs import Example, Pack, Procedure
from madoguchi.procedures.procedure_file import Surroundings, read_procedure
from madoguchi.procedures.situation import EventKind, Situation
from madoguchi.procedures.situation_file import read_situation
from madoguchi.procedures.tables import PackError, Source, Table

HOUSEHOLDS = Path(__file__).with_name("households.toml")
ON = date(2026, 11, 9)


@dataclass(frozen=True, slots=True)
class Household:
    """An invented household that every procedure is tried on; `people`: the name to show by id."""

    key: str
    name: str
    people: Mapping[str, str]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out for one subject, and what was expected of an example (None: nothing was)."""

    subject: str
    decision: Decision
    expected: str | None

    @property
    def agrees(self) -> bool:
        """Whether it came out as expected."""
        return self.expected is None or self.expected == self.decision.status.value


@dataclass(frozen=True, slots=True)
class Tried:
    """A household or an example with its outcomes; `sentences`: how an example came out otherwise than it says."""

    name: str
    event: EventKind
    outcomes: tuple[Outcome, ...]
    sentences: tuple[str, ...]
    situation: Situation | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A procedure that was tried, or every fault that keeps it from being tried."""

    faults: tuple[PackError, ...]
    procedure: Procedure | None
    examples: tuple[Tried, ...]
    households: tuple[Tried, ...]


def try_procedure(pack: Pack, values: Mapping[str, Any], *, file: str) -> Trial:
    """Try what `values` say as a procedure of this pack, on its examples and the invented households."""
    errors: list[PackError] = []
    source = Source(file, "", dict(values))
    procedure = read_procedure(Table(dict(values), {"": source}, (), errors), _surroundings(pack))
    if errors:
        return Trial(tuple(errors), None, (), ())
    examples = tuple(_tried_example(pack, procedure, one) for one in procedure.examples)
    event = sorted(procedure.events, key=lambda one: list(EventKind).index(one))[0]
    tried = tuple(
        tried_on(pack, procedure, household.name, situation_of(pack, household.data, event), ON)
        for household in households()
    )
    return Trial((), procedure, examples, tried)


def _surroundings(pack: Pack) -> Surroundings:
    return Surroundings(
        {(one.holder, one.key): one for one in pack.vocabulary}, pack.parameters, pack.tables,
        frozenset(pack.departments), frozenset(pack.sheets),
    )  # fmt: skip


def _tried_example(pack: Pack, procedure: Procedure, example: Example) -> Tried:
    decisions = decide_procedure(pack, procedure, example.situation, on=example.on, open_days=OpenDays())
    outcomes = tuple(
        Outcome(one.subject, one, example.expect.get(one.subject))
        for one in decisions
        if one.subject in example.expect
    )
    sentences = differences(pack, procedure, example)
    return Tried(example.name, example.situation.event, outcomes, sentences, example.situation)


def tried_on(pack: Pack, procedure: Procedure, name: str, situation: Situation, on: date) -> Tried:
    """What the procedure comes to for a household."""
    decisions = decide_procedure(pack, procedure, situation, on=on, open_days=OpenDays())
    outcomes = tuple(Outcome(one.subject, one, None) for one in decisions)
    return Tried(name, situation.event, outcomes, (), situation)


def situation_of(pack: Pack, data: Mapping[str, Any], event: EventKind) -> Situation:
    """A household's data as a situation, as if this event had happened to all of them. Raises SituationFaults."""
    about = {key: value for key, value in data.get("event", {}).items() if key != "kind"}
    return read_situation(
        {**data, "event": {**about, "kind": event.value}},
        {(one.holder, one.key): one for one in pack.vocabulary},
    )


@lru_cache(maxsize=1)
def households() -> tuple[Household, ...]:
    """The invented households (`households.toml`)."""
    data = tomli.loads(HOUSEHOLDS.read_text(encoding="utf-8"))
    return tuple(
        Household(one["key"], one["name"], one["people_names"], one["situation"]) for one in data["household"]
    )


def facts_read(procedure: Procedure) -> tuple[tuple[Holder, str], ...]:
    """The facts that the procedure's rules and deadlines read, in the order in which they are met."""
    expressions = [
        expression
        for rule in procedure.rules
        for expression in (rule.must, rule.optional, *(one.when for one in rule.otherwise))
        if expression is not None
    ]
    expressions += [deadline.start for deadline in procedure.deadlines]
    found = {
        (node.definition.holder, node.definition.key): None
        for expression in expressions
        for node in nodes_of(expression.tree)
        if isinstance(node, Fact)
    }
    return tuple(found)


def with_example(values: Mapping[str, Any], example: Mapping[str, Any]) -> dict[str, Any]:
    """The values with one more worked example."""
    return {**values, "example": [*values.get("example", []), dict(example)]}

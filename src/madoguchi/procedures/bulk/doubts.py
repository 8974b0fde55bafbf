"""Rows that a query cannot settle (問い合わせでは決まらない行): the same unknown fact is read twice, so that every value of it may
give one outcome although each reading alone is unknown. They are few, and are decided one household at a time.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import Court
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import Holder, Value
from madoguchi.procedures.judge import Group, judge_of
from madoguchi.procedures.language.tree import (
    Compare,
    Contains,
    Day,
    Fact,
    Fold,
    Kind,
    Node,
    OneOf,
    children_of,
    nodes_of,
)
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation

_BIRTH = ("birth_earliest", "birth_latest")


def doubtful(procedure: Procedure, event: EventKind, columns: frozenset[str]) -> str | None:
    """Return the SQL condition on a found row (`s`) with its event (`e`) that tells such a row; None: there is none.

    `columns` are the person's facts that the register has; any other is unknown of everybody.
    """
    shared = sorted(
        {key for group in judge_of(procedure, event).groups for key in _read_twice(group, event)}, key=str
    )
    tests = []
    for holder, key in shared:
        if holder is Holder.EVENT:
            tests.append(f"e.{key} IS NULL")
        elif holder is Holder.PERSON and (key == "birth_date" or key in columns):
            tests.append(_unknown_in_household(key))
        else:
            tests.append("TRUE")
    return "(" + " OR ".join(tests) + ")" if tests else None


def _read_twice(group: Group, event: EventKind) -> Iterator[tuple[Holder, str]]:
    """Yield the facts that two clauses of one condition read; each condition is settled by itself."""
    for condition in (group.must, group.optional):
        if condition is not None:
            read = Counter(key for leaf in _leaves(condition.tree) for key in set(_facts_of(leaf, event)))
            yield from (key for key, number in read.items() if number > 1)


def _leaves(tree: Node) -> Iterator[Node]:
    parts = () if isinstance(tree, Fold) else children_of(tree)
    if not parts or tree.type.kind is not Kind.BOOLEAN or isinstance(tree, (Compare, OneOf, Contains)):
        yield tree
        return
    for part in parts:
        yield from _leaves(part)


def _facts_of(leaf: Node, event: EventKind) -> Iterator[tuple[Holder, str]]:
    for node in nodes_of(leaf):
        if isinstance(node, Fact):
            yield node.definition.holder, node.definition.key
        elif isinstance(node, Day) and node.name == "reference_date":
            yield Holder.EVENT, event.date_key


def _unknown_in_household(key: str) -> str:
    unknown = "m.birth_earliest IS DISTINCT FROM m.birth_latest OR m.birth_earliest IS NULL"
    test = unknown if key == "birth_date" else f"m.{key} IS NULL"
    return f"EXISTS (SELECT 1 FROM people m WHERE m.household_id = s.household_id AND ({test}))"


def settled(
    connection: duckdb.DuckDBPyConnection,
    pack: Pack,
    procedure: Procedure,
    rows: list[tuple[str, str]],
    *,
    on: date,
    open_days: OpenDays,
) -> Iterator[tuple[str, str, Status]]:
    """Yield household, subject and outcome of doubtful rows (household id and subject, in that order)."""
    wanted: dict[str, list[str]] = {}
    for home, subject in rows:
        wanted.setdefault(home, []).append(subject)
    for home, situation in _situations(connection, pack, list(wanted)):
        court = Court(pack, situation, on, open_days)
        judge = judge_of(procedure, situation.event)
        statuses = {decision.subject: decision.status for decision in court.decisions(judge)}
        for subject in wanted[home]:
            yield home, subject, statuses[subject]


def _situations(
    connection: duckdb.DuckDBPyConnection, pack: Pack, homes: list[str]
) -> Iterator[tuple[str, Situation]]:
    """Yield households of the register with their events."""
    chosen = "household_id IN (SELECT unnest(?))"
    people: dict[str, list[PersonFacts]] = {}
    home_of: dict[str, str] = {}
    for member in _rows(connection, f"SELECT * FROM people WHERE {chosen} ORDER BY household_id, id", homes):
        facts = PersonFacts(member["id"], _known(pack, Holder.PERSON, member))
        people.setdefault(member["household_id"], []).append(facts)
        home_of[member["id"]] = member["household_id"]
    relations: dict[str, list[Relation]] = {}
    given = "SELECT g.* FROM given g JOIN people p ON p.id = g.person WHERE p." + chosen
    for one in _rows(connection, given, homes):
        if home_of.get(one["kin"]) == home_of[one["person"]]:
            relation = Relation(RelationKind(one["kind"]), one["person"], one["kin"])
            relations.setdefault(home_of[one["person"]], []).append(relation)
    for event in _rows(connection, f"SELECT * FROM events WHERE {chosen}", homes):
        home = event["household_id"]
        yield (
            home,
            Situation(
                event=EventKind(event["kind"]),
                event_values=_known(pack, Holder.EVENT, event),
                household_values={},
                people=tuple(people[home]),
                relations=tuple(relations.get(home, ())),
                claimant=None,
                notified_on=event["notified_on"],
            ),
        )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, homes: list[str]) -> list[dict[str, Any]]:
    found = connection.execute(query, [homes])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _known(pack: Pack, holder: Holder, row: dict[str, Any]) -> dict[str, Value]:
    keys = {one.key for one in pack.vocabulary if one.holder is holder}
    known: dict[str, Value] = {
        key: frozenset(value) if isinstance(value, list) else value
        for key, value in row.items()
        if key in keys and value is not None
    }
    first, last = (row.get(key) for key in _BIRTH)
    if holder is Holder.PERSON and first is not None and last is not None:
        known["birth_date"] = first if first == last else PossibleDays("", first, last)
    return known

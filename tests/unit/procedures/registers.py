"""Random registers: every fact may be unknown, birthdays stand on the edges of the law, families are of all shapes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import FactDefinition, FactType, Holder, Value
from madoguchi.procedures.implied import with_implied
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation

ON = date(2026, 11, 9)
UNKNOWN = 0.15
AGES = (0, 1, 3, 6, 12, 15, 16, 18, 19, 20, 22, 40, 60, 65, 70, 75, 80)
RELATIONSHIPS = ("世帯主", "妻", "夫", "子", "母", "父", "同居人", "妻（未届）")
ARROW = {
    FactType.BOOLEAN: pa.bool_(),
    FactType.DATE: pa.date32(),
    FactType.NUMBER: pa.int64(),
    FactType.CHOICE: pa.string(),
    FactType.CHOICES: pa.list_(pa.string()),
    FactType.TEXT: pa.string(),
    FactType.PERSON: pa.string(),
}


def birthday(chance: Random) -> date | PossibleDays:
    """Somebody who attains a telling age within days of the event, or was born on a day that calendars get wrong."""
    day = ON - timedelta(days=chance.choice((0, 0, 1, -1, 4, 5, 30, 180, chance.randint(0, 360))))
    day = day.replace(year=day.year - chance.choice(AGES)) if (day.month, day.day) != (2, 29) else day
    match chance.randrange(12):
        case 0:
            return date(chance.choice((1948, 1984, 2008, 2012)), 2, 29)
        case 1:
            return date(day.year, 4, chance.choice((1, 2)))
        case 2:
            return PossibleDays("不詳", date(day.year, 1, 1), date(day.year, 12, 31))
    return day


def value_of(definition: FactDefinition, chance: Random) -> Value:
    """Return any value of a fact."""
    match definition.type:
        case FactType.BOOLEAN:
            return chance.random() < 0.5
        case FactType.NUMBER:
            return chance.choice((0, 1, 1_000_000, 5_000_000))
        case FactType.CHOICE:
            return chance.choice([one.code for one in definition.choices])
        case FactType.CHOICES:
            return frozenset(one.code for one in definition.choices if chance.random() < 0.2)
        case FactType.DATE:
            return ON - timedelta(days=chance.choice((0, 1, 13, 14, 15, 16, 29, 30, 31, 400)))
        case _:
            return chance.choice(RELATIONSHIPS)


def _facts(pack: Pack, holder: Holder, chance: Random) -> dict[str, Value]:
    known: dict[str, Value] = {}
    for one in pack.vocabulary:
        if one.holder is holder and chance.random() >= UNKNOWN:
            known[one.key] = (
                birthday(chance)
                if holder is Holder.PERSON and one.key == "birth_date"
                else value_of(one, chance)
            )
    return known


def household(pack: Pack, event: EventKind, number: int, chance: Random) -> Situation:
    """One random household with its event; relations are given."""
    people = tuple(
        PersonFacts(f"{number}-{place}", _facts(pack, Holder.PERSON, chance))
        for place in range(chance.choice((1, 1, 2, 3, 4)))
    )
    ids = [person.id for person in people]
    relations = set()
    for one in ids[1:]:
        for other in ids[: ids.index(one)]:
            if chance.random() < 0.5:
                kind = chance.choice(
                    (RelationKind.parent, RelationKind.parent, RelationKind.spouse, RelationKind.guardian)
                )
                relations.add(Relation(kind, one, other))
    event_values = _facts(pack, Holder.EVENT, chance)
    event_values.pop("notified_on", None)
    return Situation(event, event_values, {}, people, tuple(sorted(relations, key=str)), None, ON)


def households(pack: Pack, event: EventKind, size: int, seed: int) -> list[Situation]:
    """Return `size` random households."""
    chance = Random(seed)
    return [with_implied(household(pack, event, number, chance)) for number in range(size)]


def write(pack: Pack, situations: list[Situation], folder: Path) -> None:
    """Write the households as the files of a register."""
    people = [
        {"id": person.id, "household_id": str(number)} | dict(_columns(person.values))
        for number, situation in enumerate(situations)
        for person in situation.people
    ]
    columns = {one.key: ARROW[one.type] for one in pack.vocabulary if one.holder is Holder.PERSON}
    columns |= {"birth_earliest": pa.date32(), "birth_latest": pa.date32()}
    _write(folder / "people.parquet", people, {"id": pa.string(), "household_id": pa.string()} | columns)
    relations = [
        {"household_id": str(number), "kind": one.kind.value, "of": one.of, "is": one.is_}
        for number, situation in enumerate(situations)
        for one in situation.relations or ()
    ]
    _write(
        folder / "relations.parquet",
        relations,
        dict.fromkeys(("household_id", "kind", "of", "is"), pa.string()),
    )
    events = [
        {"household_id": str(number), "kind": situation.event.value, "notified_on": situation.notified_on}
        | dict(_columns(situation.event_values))
        for number, situation in enumerate(situations)
    ]
    keys = {one.key: ARROW[one.type] for one in pack.vocabulary if one.holder is Holder.EVENT}
    fixed = {"household_id": pa.string(), "kind": pa.string()}
    _write(folder / "events.parquet", events, fixed | keys | {"notified_on": pa.date32()})


def _columns(values: Any) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, PossibleDays):
            yield from (("birth_earliest", value.earliest), ("birth_latest", value.latest))
        else:
            yield key, sorted(value) if isinstance(value, frozenset) else value


def _write(file: Path, rows: list[dict[str, Any]], columns: dict[str, Any]) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items()))), file)

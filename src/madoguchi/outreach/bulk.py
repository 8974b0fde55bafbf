"""A part of the register decided at once (一括判定): who may be concerned, found by one query, then decided one by one.

1. The people of the part are written as the files that `procedures.bulk` reads; kin follow from 続柄 where that is sure.
2. `entitled` finds every household with something that is not "not needed".
3. Those, and households whose 続柄 leave kin open, are decided by the same rules as a single one: what counts is that.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.open_days import OpenDays
from madoguchi.outreach.deciding import DecidedFor, decisions_of
from madoguchi.procedures.bulk.register import entitled
from madoguchi.procedures.facts import FactType, Holder, Value
from madoguchi.procedures.kinship import kinship_of
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind, PersonFacts, Situation
from madoguchi.residents.by_household import RegisterHousehold

_TYPES = {
    FactType.BOOLEAN: pa.bool_(),
    FactType.DATE: pa.date32(),
    FactType.NUMBER: pa.int64(),
    FactType.CHOICE: pa.string(),
    FactType.CHOICES: pa.list_(pa.string()),
    FactType.TEXT: pa.string(),
    FactType.PERSON: pa.string(),
}
_ALWAYS = ("relationship", "sex", "nationality_class", "lives_with_household")
_RELATIONS = pa.schema([(name, pa.string()) for name in ("household_id", "kind", "of", "is")])
Kin = tuple[tuple[str, int, int], ...]


def decided(
    homes: Sequence[RegisterHousehold], pack: Pack, procedures: Sequence[str], keys: Iterable[str], *, on: date,
    calendar: OpenDays,
) -> Iterator[tuple[RegisterHousehold, tuple[DecidedFor, ...]]]:  # fmt: skip
    """Yield each household for which something is not "not needed", with what it is."""
    chosen = _concerned(homes, pack, procedures, keys, on=on, calendar=calendar)
    for home in homes:
        if home.household_no in chosen:
            found = tuple(decisions_of(home, pack, procedures, on=on, calendar=calendar))
            if found:
                yield home, found


def _concerned(
    homes: Sequence[RegisterHousehold], pack: Pack, procedures: Sequence[str], keys: Iterable[str], *, on: date,
    calendar: OpenDays,
) -> set[str]:  # fmt: skip
    """The households that the query finds, and those of which it may not be believed."""
    open_kin = {home.household_no for home in homes if _kin_of(_relationships(home)) is None}
    if not homes:
        return set()
    with tempfile.TemporaryDirectory(prefix="madoguchi-push-") as folder:
        place = Path(folder)
        place.chmod(0o700)
        pq.write_table(_people(homes, pack, keys), place / "people.parquet")
        pq.write_table(_relations(homes), place / "relations.parquet")
        out = place / "found.parquet"
        wanted = [pack.procedure(one) for one in procedures]
        entitled(pack, wanted, register=place, on=on, open_days=calendar, out=out)
        with duckdb.connect() as connection:
            rows = connection.execute(
                "SELECT DISTINCT household_id FROM read_parquet(?)", [str(out)]
            ).fetchall()
    return {home for (home,) in rows} | open_kin


def _people(homes: Sequence[RegisterHousehold], pack: Pack, keys: Iterable[str]) -> pa.Table:
    definitions = {one.key: one for one in pack.vocabulary if one.holder is Holder.PERSON}
    wanted = [key for key in dict.fromkeys((*_ALWAYS, *sorted(keys))) if key in definitions]
    columns: dict[str, list[Any]] = {
        name: [] for name in ("id", "household_id", "birth_earliest", "birth_latest", *wanted)
    }
    for home in homes:
        for person in home.people:
            birth = person.values["birth_date"]
            first, last = (
                (birth.earliest, birth.latest) if isinstance(birth, PossibleDays) else (birth, birth)
            )
            columns["id"].append(person.id)
            columns["household_id"].append(home.household_no)
            columns["birth_earliest"].append(first)
            columns["birth_latest"].append(last)
            for key in wanted:
                columns[key].append(_plain(person.values.get(key)))
    fixed = {"id": pa.string(), "household_id": pa.string()}
    types = {
        name: fixed.get(name) or (_TYPES[definitions[name].type] if name in definitions else pa.date32())
        for name in columns
    }
    return pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})


def _plain(value: Value | None) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return None if isinstance(value, PossibleDays) else value


def _relations(homes: Sequence[RegisterHousehold]) -> pa.Table:
    rows = [
        (home.household_no, kind, home.people[of].id, home.people[kin].id)
        for home in homes
        for kind, of, kin in _kin_of(_relationships(home)) or ()
    ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_RELATIONS)
    return pa.table([pa.array(one, pa.string()) for one in columns], schema=_RELATIONS)


def _relationships(home: RegisterHousehold) -> tuple[str, ...]:
    return tuple(str(person.values.get("relationship", "")) for person in home.people)


@lru_cache(maxsize=50_000)
def _kin_of(relationships: tuple[str, ...]) -> Kin | None:
    """Parents and spouses by place in the household; None where the 続柄 leave somebody's kin open."""
    people = tuple(
        PersonFacts(str(place), {"relationship": text} if text else {})
        for place, text in enumerate(relationships)
    )
    kinship = kinship_of(Situation(EventKind.none, {}, {}, people))
    found: list[tuple[str, int, int]] = []
    for person in people:
        for relation, kind in (("parents", "parent"), ("spouse", "spouse")):
            kin = kinship.of(relation, person.id)
            if kin.maybe:
                return None
            found += [(kind, int(person.id), int(other)) for other in kin.sure]
    return tuple(found)

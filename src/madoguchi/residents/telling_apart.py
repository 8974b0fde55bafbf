"""Counting which identifiers tell people apart (特定の証明の数え方): grouped in the database, on every current resident.

1. Each person's identifiers become small numbers in a table of this connection only, the same number for what a reader
   would take for the same (kana and names folded, a lot however it is written); 0 for what the register does not hold.
2. Sets of one and two are grouped over everybody. Of a larger set only those need a look who are alike in the two of it
   that leave fewest alike: they are set aside once for each such pair.
3. What contains a unique set is not counted again. The tables are gone afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from typing import Any

from django.db import connection

from madoguchi.jp.addresses import town_and_lot
from madoguchi.jp.kana import kana_search_key
from madoguchi.jp.names import name_search_key
from madoguchi.residents.identifiers import Identifier, IdentifierSet, SetCount
from madoguchi.residents.models import ResidentFact, ResidentRecord
from madoguchi.residents.rows import own_city

CODES = "residents_identifier_codes"
AT_ONCE = 100
REGISTER_COLUMNS = ("birth_date", "sex", "relationship", "nationality_class")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one reading of the register shows."""

    residents: int
    sets: tuple[SetCount, ...]
    lacking: Mapping[Identifier, int]
    held: Mapping[str, int]


def measure(tell: Callable[[int], None] = lambda done: None) -> Measured:
    """Count the register as it is now. `tell` gets how many sets are done. Whoever calls writes the audit first."""
    with _codes() as residents:
        counting = _Counting()
        try:
            sets = _sets(counting, tell)
        finally:
            counting.close()
        lacking = {one: counting.lacking(frozenset({one})) for one in Identifier}
    return Measured(residents, sets, {one: n for one, n in lacking.items() if n}, _held(residents))


@contextmanager
def _codes() -> Iterator[int]:
    """The table of numbers, gone afterwards; gives how many people stand in it."""
    columns = ", ".join(f"{_code(one)} integer NOT NULL" for one in Identifier)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {CODES}")
        cursor.execute(f"CREATE TEMPORARY TABLE {CODES} ({columns})")
        try:
            rows = _numbered()
            people = 0
            # Small statements of their own: nobody else waits for a table that is only ours.
            while batch := list(islice(rows, AT_ONCE)):
                places = ", ".join(["%s"] * len(Identifier))
                values = ", ".join([f"({places})"] * len(batch))
                cursor.execute(
                    f"INSERT INTO {CODES} VALUES {values}", [code for row in batch for code in row]
                )
                people += len(batch)
            yield people
        finally:
            cursor.execute(f"DROP TABLE IF EXISTS {CODES}")


def _numbered() -> Iterator[tuple[int, ...]]:
    """Each resident as one number an identifier; 0 for what the register does not hold."""
    kana, name = lru_cache(maxsize=1 << 18)(kana_search_key), lru_cache(maxsize=1 << 18)(name_search_key)
    place = lru_cache(maxsize=1 << 16)(town_and_lot)
    city = own_city()
    numbers: list[dict[str, int]] = [{} for _ in Identifier]
    people = ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False)
    columns = (
        "resident_no", "household_no", "name", "kana", "birth_earliest", "birth_is_exact", "sex", "address",
    )  # fmt: skip
    for number, household, written, reading, birth, exact, sex, address in people.values_list(
        *columns
    ).iterator(chunk_size=2000):
        town, lot = place(_in_city(address, city))
        said = (
            number, household, name(written), kana(reading), birth.isoformat() if exact else "",
            "" if sex == "unspecified" else sex, town, lot,
        )  # fmt: skip
        yield tuple(
            known.setdefault(text, len(known) + 1) if text else 0
            for known, text in zip(numbers, said, strict=True)
        )


def _in_city(address: str, city: Sequence[str]) -> str:
    """An address from the town on; the space before its building stays, unlike in `address_key`."""
    text = address.strip()
    beginning = next((one for one in city if text.startswith(one)), "")
    return text.removeprefix(beginning)


class _Counting:
    """Counts the sets over the table of numbers; knows whom the register lacks, and whom the pairs leave alike."""

    def __init__(self) -> None:
        bits = " + ".join(f"CASE WHEN {_code(one)} = 0 THEN {1 << at} ELSE 0 END" for at, one in _AT)
        self._lacking = {
            frozenset(one for at, one in _AT if int(mask) >> at & 1): int(n)
            for mask, n in _rows(
                f"SELECT mask, COUNT(*) FROM (SELECT {bits} AS mask FROM {CODES}) AS one GROUP BY mask"
            )
        }
        self._alike: dict[frozenset[Identifier], int] = {}
        self._aside: dict[frozenset[Identifier], str] = {}

    def lacking(self, of: IdentifierSet) -> int:
        """For how many people the register does not hold one of these."""
        return sum(n for lacks, n in self._lacking.items() if lacks & of)

    def counted(self, parts: Sequence[Identifier]) -> SetCount:
        """One set: people are grouped by it in the database, and the groups are counted there."""
        of = frozenset(parts)
        table = CODES if len(parts) <= 2 else self._set_aside(of)
        columns = ", ".join(map(_code, parts))
        people, groups = _rows(
            f"SELECT COALESCE(SUM(n), 0), COUNT(*) FROM (SELECT COUNT(*) AS n FROM {table} WHERE {_whole(parts)} "
            f"GROUP BY {columns} HAVING COUNT(*) > 1) AS alike"
        )[0]
        if len(parts) == 2:
            self._alike[of] = int(people)
        return SetCount(of, int(people), int(groups), self.lacking(of))

    def _set_aside(self, of: IdentifierSet) -> str:
        """The table of those who are alike in the two of these that leave fewest alike."""
        pair = min((one for one in self._alike if one <= of), key=lambda one: self._alike[one])
        if pair not in self._aside:
            one, other = (_code(part) for part in Identifier if part in pair)
            table = f"{CODES}_{len(self._aside)}"
            _run(
                f"CREATE TEMPORARY TABLE {table} AS SELECT people.* FROM {CODES} AS people JOIN (SELECT {one} AS x, "
                f"{other} AS y FROM {CODES} WHERE {one} > 0 AND {other} > 0 GROUP BY {one}, {other} "
                f"HAVING COUNT(*) > 1) AS alike ON people.{one} = alike.x AND people.{other} = alike.y"
            )
            self._aside[pair] = table
        return self._aside[pair]

    def close(self) -> None:
        """Remove what was set aside."""
        for table in self._aside.values():
            _run(f"DROP TABLE IF EXISTS {table}")


_AT = tuple(enumerate(Identifier))


def _code(one: Identifier) -> str:
    return f"{one.value}_code"


def _whole(parts: Sequence[Identifier]) -> str:
    return " AND ".join(f"{_code(one)} > 0" for one in parts)


def _sets(counting: _Counting, tell: Callable[[int], None]) -> tuple[SetCount, ...]:
    found: list[SetCount] = []
    unique: list[IdentifierSet] = []
    for size in range(1, len(Identifier) + 1):
        for parts in combinations(Identifier, size):
            if any(one <= frozenset(parts) for one in unique):
                continue
            counted = counting.counted(parts)
            found.append(counted)
            if counted.unique:
                unique.append(counted.identifiers)
        tell(len(found))
    return tuple(found)


def _held(residents: int) -> dict[str, int]:
    """For how many residents each fact is held: the register's own columns, and the facts of other systems."""
    people = ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False)
    empty = {key: people.filter(**{key: ""}).count() for key in ("sex", "relationship")}
    held = {key: residents - empty.get(key, 0) for key in REGISTER_COLUMNS}
    facts, records, batches = (
        connection.ops.quote_name(model._meta.db_table)
        for model in (ResidentFact, ResidentRecord, ResidentFact._meta.get_field("batch").related_model)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, COUNT(DISTINCT resident_no) FROM {facts} AS held "
            f"WHERE (batch_id IS NULL OR batch_id IN (SELECT id FROM {batches} WHERE state = 'stored')) "
            f"AND resident_no IN (SELECT resident_no FROM {records} WHERE is_current AND status = 'resident' "
            f"AND history_no IS NOT NULL) GROUP BY key"
        )
        return {key: n for key, n in {**held, **dict(cursor.fetchall())}.items() if n}


def _rows(sql: str) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

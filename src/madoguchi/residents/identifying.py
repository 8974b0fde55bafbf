"""Which identifiers tell everybody of this register apart (特定の証明): counted in the database, on everybody.

1. Somebody asks: that is written in the audit before anything is read, and the worker is told.
2. Each person's identifiers become small numbers in a table of this connection only, the same number for what a reader
   would take for the same (kana and names folded, a lot however it is written); 0 for what the register does not hold.
3. Every set is counted with one grouped query; what contains a unique set is not counted again.
4. Only counts are kept: no name, no number, no example; protected people are counted like everybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import combinations, islice
from typing import Any

from django.db import IntegrityError, connection, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.jp.addresses import town_and_lot
from madoguchi.jp.kana import kana_search_key
from madoguchi.jp.names import name_search_key
from madoguchi.residents.counting import people_count
from madoguchi.residents.identifiers import (
    CountState,
    Identifier,
    IdentifierCount,
    IdentifierSet,
    SetCount,
    in_order,
)
from madoguchi.residents.models import IdentifierCountRow, ResidentFact, ResidentRecord
from madoguchi.residents.rows import own_city

CODES = "residents_identifier_codes"
AT_ONCE = 100
BROKEN_OFF_AFTER = timedelta(minutes=30)
REGISTER_COLUMNS = ("birth_date", "sex", "relationship", "nationality_class")

Clock = Callable[[], datetime]


class CountUnderWay(RuntimeError):
    """Another count is being made."""

    def __init__(self) -> None:
        super().__init__("いま数えています。終わってから、もう一度数えてください。")


class NobodyToCount(RuntimeError):
    """The register is empty."""

    def __init__(self) -> None:
        super().__init__(
            "住民がまだ登録されていません。情報システム担当が住民記録を取り込んでから、数えてください。"
        )


def ask_for_count(*, by: Actor, now: datetime) -> int:
    """Ask the worker to count; returns the number of the count. Raises NobodyToCount, CountUnderWay."""
    if not people_count():
        raise NobodyToCount
    with transaction.atomic():
        IdentifierCountRow.objects.filter(under_way=True, touched_at__lte=now - BROKEN_OFF_AFTER).update(
            under_way=None,
            state=CountState.FAILED.value,
            touched_at=now,
            sentence="途中で止まったため、取りやめました。もう一度数えてください。",
        )
        try:
            with transaction.atomic():
                row = IdentifierCountRow.objects.create(
                    state=CountState.WAITING.value, under_way=True, asked_by=by.name, asked_at=now, touched_at=now
                )  # fmt: skip
        except IntegrityError:
            raise CountUnderWay from None
        record_act(actor=by, activity="identifiers_counted", now=now, count=row.pk)
    return row.pk


def count(*, number: int, clock: Clock) -> None:
    """Make a count that was asked for; one that somebody makes or has made is left alone."""
    waiting = IdentifierCountRow.objects.filter(pk=number, state=CountState.WAITING.value)
    if not waiting.update(state=CountState.COUNTING.value, touched_at=clock()):
        return
    mine = IdentifierCountRow.objects.filter(pk=number, state=CountState.COUNTING.value)

    def tell(done: int) -> None:
        mine.update(done_sets=done, touched_at=clock())

    try:
        found = measure(tell)
    except BaseException:
        mine.update(
            state=CountState.FAILED.value,
            under_way=None,
            touched_at=clock(),
            sentence="途中で止まりました。もう一度数えてください。同じことが続くときは、情報システム担当に知らせてください。",
        )
        raise
    mine.update(
        state=CountState.DONE.value,
        under_way=None,
        touched_at=clock(),
        finished_at=clock(),
        residents=found.residents,
        done_sets=len(found.sets),
        sets=[
            [[part.value for part in in_order(one.identifiers)], one.ambiguous, one.groups, one.lacking]
            for one in found.sets
        ],
        lacking={one.value: n for one, n in found.lacking.items()},
        held=dict(found.held),
    )


def counts() -> tuple[IdentifierCount, ...]:
    """Every count, newest first."""
    return tuple(_count(row) for row in IdentifierCountRow.objects.order_by("-id"))


def last_count() -> IdentifierCount | None:
    """The newest count that was finished, or None."""
    row = IdentifierCountRow.objects.filter(state=CountState.DONE.value).order_by("-id").first()
    return _count(row) if row else None


def newest() -> IdentifierCount | None:
    """The count that was asked for last, whatever became of it."""
    row = IdentifierCountRow.objects.order_by("-id").first()
    return _count(row) if row else None


def _count(row: IdentifierCountRow) -> IdentifierCount:
    return IdentifierCount(
        number=row.pk,
        state=CountState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        residents=row.residents,
        done_sets=row.done_sets,
        sets=tuple(
            SetCount(frozenset(map(Identifier, parts)), ambiguous, groups, lacking)
            for parts, ambiguous, groups, lacking in row.sets
        ),
        lacking={Identifier(one): n for one, n in row.lacking.items()},
        held=row.held,
        sentence=row.sentence,
    )


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
        sets = _sets(tell)
        lacking = {one: _lacking(one) for one in Identifier}
    return Measured(residents, sets, {one: n for one, n in lacking.items() if n}, _held(residents))


@contextmanager
def _codes() -> Iterator[int]:
    """The table of numbers, gone afterwards; gives how many people stand in it."""
    columns = ", ".join(f"{one.value}_code integer NOT NULL" for one in Identifier)
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


def _sets(tell: Callable[[int], None]) -> tuple[SetCount, ...]:
    found: list[SetCount] = []
    unique: list[IdentifierSet] = []
    for size in range(1, len(Identifier) + 1):
        for parts in combinations(Identifier, size):
            if any(one <= frozenset(parts) for one in unique):
                continue
            counted = _grouped(parts)
            found.append(counted)
            if counted.unique:
                unique.append(counted.identifiers)
        tell(len(found))
    return tuple(found)


def _grouped(parts: Sequence[Identifier]) -> SetCount:
    """One set: people are grouped by it in the database, and the groups are counted there."""
    names = ", ".join(f"{one.value}_code" for one in parts)
    whole = " AND ".join(f"{one.value}_code > 0" for one in parts)
    row = _one(
        f"SELECT COALESCE(SUM(CASE WHEN whole = 1 AND n > 1 THEN n ELSE 0 END), 0), "
        f"COALESCE(SUM(CASE WHEN whole = 1 AND n > 1 THEN 1 ELSE 0 END), 0), "
        f"COALESCE(SUM(CASE WHEN whole = 0 THEN n ELSE 0 END), 0) FROM (SELECT COUNT(*) AS n, "
        f"MIN(CASE WHEN {whole} THEN 1 ELSE 0 END) AS whole FROM {CODES} GROUP BY {names}) AS alike"
    )
    ambiguous, groups, lacking = map(int, row)
    return SetCount(frozenset(parts), ambiguous, groups, lacking)


def _lacking(one: Identifier) -> int:
    return int(_one(f"SELECT COUNT(*) FROM {CODES} WHERE {one.value}_code = 0")[0])


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


def _one(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchone()
    assert found is not None, "a count always answers"
    return tuple(found)

"""What fixtures put into an empty database, kept as statements and put in again in a moment.

Setting まどか市 up takes some four hundred queries, publishing its procedures and taking its residents in a hundred more.
The rows are the same for every test, so they are taken down once a process, in the database's own literals, and written
again by one statement a table. All parts are made one after the other at the first call, each upon those before it, and
undone: so the numbers of no part are those of another, whichever a test asks for. Foreign keys are checked at the end of
the transaction, as Django makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, Max

from madoguchi.audit.append_only import lifted
from madoguchi.audit.models import EntryRow

Asked = ParamSpec("Asked")
Made = TypeVar("Made")


class Changed(AssertionError):
    """Something that was there before is not as it was."""


class Snapshots:
    """Parts by name, in the order in which they are made; asked for one, writes its rows and returns what was made."""

    def __init__(self, parts: Mapping[str, Callable[[], Any]]) -> None:
        self._parts = parts
        self._made: dict[str, Any] = {}
        self._statements: dict[str, list[str]] = {}
        self._last_entry = 0

    def __call__(self, part: str) -> Any:
        """Return what was made of this part, with its rows in the database; the parts before it are the caller's to ask for."""
        if not self._made:
            self._make()
        _write(self._statements[part])
        return self._made[part]

    def stand_alone(self) -> int | None:
        """How many entries of the audit the parts that are there have made; None where anything else has happened too."""
        there = EntryRow.objects.aggregate(last=Max("pk"), count=Count("pk"))
        return there["count"] if (there["last"] or 0) <= self._last_entry else None

    def _make(self) -> None:
        with transaction.atomic():
            empty()  # whoever asks first may have a city of their own there; it comes back with the rollback
            before = {table: _rows(table) for table in _tables()}
            for part, make in self._parts.items():
                self._made[part] = make()
                after = {table: _rows(table) for table in before}
                self._statements[part] = _added(before, after)
                before = after
            # What a test does gets numbers beyond those of all parts, also when it asks for the last parts later.
            next(iter(self._statements.values())).extend(_numbers())
            self._last_entry = EntryRow.objects.aggregate(last=Max("pk"))["last"] or 0
            transaction.set_rollback(True)


def kept(standing: Snapshots) -> Callable[[Callable[Asked, Made]], Callable[Asked, Made]]:
    """Decorates what tests make upon the standing parts again and again, such as a signed case.

    Made once, afterwards its rows are written again; where anything else has happened since, it is made anew.
    """

    def keeping(make: Callable[Asked, Made]) -> Callable[Asked, Made]:
        known: dict[tuple[object, ...], tuple[Made, list[str]]] = {}

        @wraps(make)
        def made(*args: Asked.args, **more: Asked.kwargs) -> Made:
            parts = standing.stand_alone()
            key = (parts, repr(args), repr(sorted(more.items())))
            if key in known:
                _write(known[key][1])
                return known[key][0]
            before = {table: _rows(table) for table in _tables()} if parts is not None else {}
            one = make(*args, **more)
            # Where something that was there is not as it was, rows alone would not bring it back.
            with suppress(Changed):
                if parts is not None:
                    known[key] = (one, _added(before, {table: _rows(table) for table in before}))
            return one

        return made

    return keeping


def empty() -> None:
    """Take every row out of every table, past the triggers of tables that are only written to.

    Only tables that hold something are touched: a test fills some thirty of two hundred. The numbers go on from where they are.
    """
    name = connection.ops.quote_name
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name(table)})" for table in _tables()
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(asked)
        full = [table for (table,) in cursor.fetchall()]
        with lifted(connection, only=full):
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # whichever table comes first
            for table in full:
                cursor.execute(f"DELETE FROM {name(table)}")


def _numbers() -> list[str]:
    """What makes SQLite count on from where it is now; PostgreSQL never counts back."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        rows = ", ".join(f"('{name}', {last})" for name, last in cursor.fetchall())
    return [
        f"DELETE FROM sqlite_sequence WHERE name IN (SELECT column1 FROM (VALUES {rows}) WHERE column2 > seq)",
        f"INSERT INTO sqlite_sequence (name, seq) SELECT * FROM (VALUES {rows}) "
        "WHERE column1 NOT IN (SELECT name FROM sqlite_sequence)",
    ]


def _write(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [one._meta.db_table for one in models if one._meta.managed and not one._meta.proxy]


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")
        return [one[0] for one in cursor.description]


def _rows(table: str) -> list[tuple[str, ...]]:
    """Return the rows of a table, each value as a literal of the database."""
    literal = "quote({})" if connection.vendor == "sqlite" else "quote_nullable({}::text)"
    name = connection.ops.quote_name
    columns = ", ".join(literal.format(name(column)) for column in _columns(table))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {name(table)}")
        return list(cursor.fetchall())


def _added(
    before: Mapping[str, list[tuple[str, ...]]], after: Mapping[str, list[tuple[str, ...]]]
) -> list[str]:
    """The statements that write what is new; raises Changed where something that was there is not as it was."""
    return [line for table in after for line in _insertion(table, set(before[table]), after[table])]


def _insertion(table: str, before: set[tuple[str, ...]], rows: list[tuple[str, ...]]) -> list[str]:
    if not before <= set(rows):
        raise Changed(f"{table}: something that was there has been changed; a snapshot cannot hold that")
    new = [f"({', '.join(row)})" for row in rows if row not in before]
    if not new:
        return []
    name = connection.ops.quote_name
    columns = ", ".join(name(column) for column in _columns(table))
    return [f"INSERT INTO {name(table)} ({columns}) VALUES {', '.join(new)}"]

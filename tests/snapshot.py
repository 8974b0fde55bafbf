"""What a fixture has put into an empty database, kept as statements and put in again in a moment.

Setting まどか市 up takes some four hundred queries. The rows are the same for every test, so they are taken down once a
process, in the database's own literals, and written again by one statement a table. Foreign keys are checked at the
end of the transaction, as Django makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from django.apps import apps
from django.db import connection

Made = TypeVar("Made")


class Snapshot(Generic[Made]):
    """Makes something once; afterwards writes the same rows and returns the same values."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._made: Made | None = None
        self._statements: list[str] = []

    def __call__(self) -> Made:
        """Return what was made, with its rows in the database."""
        if self._made is None:
            before = {table: _rows(table) for table in _tables()}
            made = self._make()
            self._statements = [
                statement for table in _tables() for statement in _insertion(table, set(before[table]))
            ]
            self._made = made
            return made
        with connection.cursor() as cursor:
            for statement in self._statements:
                cursor.execute(statement)
        return self._made


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [one._meta.db_table for one in models if one._meta.managed and not one._meta.proxy]


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [one.name for one in connection.introspection.get_table_description(cursor, table)]


def _rows(table: str) -> list[tuple[str, ...]]:
    """Return the rows of a table, each value as a literal of the database."""
    literal = "quote({})" if connection.vendor == "sqlite" else "quote_nullable({}::text)"
    name = connection.ops.quote_name
    columns = ", ".join(literal.format(name(column)) for column in _columns(table))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {name(table)}")
        return list(cursor.fetchall())


def _insertion(table: str, before: set[tuple[str, ...]]) -> list[str]:
    rows = _rows(table)
    assert before <= set(rows), (
        f"{table}: something that was there has been changed; a snapshot cannot hold that"
    )
    new = [f"({', '.join(row)})" for row in rows if row not in before]
    if not new:
        return []
    name = connection.ops.quote_name
    columns = ", ".join(name(column) for column in _columns(table))
    return [f"INSERT INTO {name(table)} ({columns}) VALUES {', '.join(new)}"]

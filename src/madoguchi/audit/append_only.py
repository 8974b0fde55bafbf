"""Triggers by which the database itself refuses to change or remove what was written.

They stop accidents and ordinary tools, not the owner of the database: what an owner does is found by `audit
verify`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SENTENCE = "この表は書き足すだけです"


def forbid_change(editor: BaseDatabaseSchemaEditor, table: str, *, unique: tuple[str, ...] = ("id",)) -> None:
    """Install the refusal on `table`, on SQLite and PostgreSQL.

    `unique`: the columns by which SQLite's INSERT OR REPLACE could put one row in another's place; it removes
    the old row without asking the DELETE trigger, so that insert is refused itself. PostgreSQL's TRUNCATE
    likewise passes by the DELETE trigger and has one of its own.
    """
    if editor.connection.vendor == "postgresql":
        _forbid_on_postgresql(editor, table)
    else:
        _forbid_on_sqlite(editor, table, unique)


def _forbid_on_postgresql(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"{table}_no_{act.lower()}"
        editor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$",
            params=None,
        )
        editor.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()",
            params=None,
        )


def _forbid_on_sqlite(editor: BaseDatabaseSchemaEditor, table: str, unique: tuple[str, ...]) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    for act in ("UPDATE", "DELETE"):
        editor.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}", params=None
        )
    there = " OR ".join(f"{column} = NEW.{column}" for column in unique)
    editor.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) {refuse}",
        params=None,
    )


def allow_change(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the refusal away again (reverse migration)."""
    on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
    for act in ("update", "delete", "truncate", "replace"):
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{on}", params=None)


@contextmanager
def lifted(connection: BaseDatabaseWrapper, *, only: Collection[str] | None = None) -> Iterator[None]:
    """Every table of this database, or `only` these, without triggers, while a test clears up or plays the intruder."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            tables = [table for (table,) in cursor.fetchall() if only is None or table in only]
            settle = "SET CONSTRAINTS ALL IMMEDIATE"  # a table with checks still pending cannot be altered
            off = [settle, *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables)]
            on = [settle, *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables)]
        else:
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [row for row in cursor.fetchall() if only is None or row[1] in only]
            off, on = (
                [f"DROP TRIGGER {name}" for name, _, _ in triggers],
                [statement for _, _, statement in triggers],
            )
        for statement in off:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in on:
                cursor.execute(statement)

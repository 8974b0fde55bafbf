"""Erasing for good what an approved disposal names (廃棄のための消去): the one way past the refusals of append-only tables.

Only refusals to DELETE are taken away, only of tables that are named, and only until the end of the block; they come and
go with the caller's transaction, so a process that is killed leaves them as they were. The audit and the disposal log
are never named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection

# What nothing of the product ever erases.
NEVER = ("audit_", "disposal_")
# How long the database waits for a table that others write to, before the batch is put off (PostgreSQL).
WAIT = "2s"


class NeverErased(ValueError):
    """A table was named that no disposal may touch."""

    def __init__(self, table: str) -> None:
        super().__init__(f"表 {table} は廃棄の対象にできません。証跡と廃棄記録は消しません。")


@contextmanager
def erasing(tables: Collection[str]) -> Iterator[None]:
    """Within the caller's transaction: rows of these tables may be deleted. Raises NeverErased, and RuntimeError outside one."""
    for table in tables:
        if table.startswith(NEVER):
            raise NeverErased(table)
    if not connection.in_atomic_block:
        raise RuntimeError("erasing needs a transaction: its end puts the refusals back whatever happens")
    wanted = {f"{table}_no_delete": table for table in tables}
    off, on = _on_postgresql(wanted) if connection.vendor == "postgresql" else _on_sqlite(wanted)
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        for statement in on:
            cursor.execute(statement)


def _on_postgresql(wanted: dict[str, str]) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname = ANY(%s)", [[*wanted]]
        )
        there = sorted(name for (name,) in cursor.fetchall())
    settle = "SET CONSTRAINTS ALL IMMEDIATE"  # a table with checks still pending cannot be altered
    off = [f"ALTER TABLE {wanted[name]} DISABLE TRIGGER {name}" for name in there]
    on = [f"ALTER TABLE {wanted[name]} ENABLE TRIGGER {name}" for name in there]
    return [f"SET LOCAL lock_timeout = '{WAIT}'", settle, *off], [settle, *on]


def _on_sqlite(wanted: dict[str, str]) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        triggers = [row for row in cursor.fetchall() if row[0] in wanted]
    return [f"DROP TRIGGER {name}" for name, _ in triggers], [statement for _, statement in triggers]


def overwrite_what_is_freed() -> None:
    """From now on this connection writes zeros over what it deletes (SQLite); PostgreSQL's own VACUUM frees its pages."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def empty_the_log_of_writes() -> None:
    """What was written ahead goes into the file, and the log of it is cut to nothing (SQLite), as far as nobody reads it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

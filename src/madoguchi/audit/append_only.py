"""Triggers by which the database itself refuses to change or remove what was written."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SENTENCE = "この表は書き足すだけです"


def forbid_change(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Install the refusal on `table`, on SQLite and PostgreSQL."""
    for act in ("UPDATE", "DELETE"):
        name = f"{table}_no_{act.lower()}"
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$",
                params=None,
            )
            editor.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()", params=None)
        else:
            editor.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END", params=None
            )


def allow_change(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the refusal away again (reverse migration; a test's clearing up)."""
    for act in ("update", "delete"):
        name = f"{table}_no_{act}"
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)

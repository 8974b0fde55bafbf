"""Where a municipality's one database is: SQLite by default, PostgreSQL by URL.

The SQLite options decide correctness, not taste: WAL and IMMEDIATE so that no write is refused or lost under
contention, FULL so that what was shown as saved survives a power cut.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from madoguchi.config.said import address

# A connection stays with its thread: opening one (eight settings, a schema of 200 tables to be read) and closing it took a third
# of the processor time of a page. No longer than this, so that a file that was put back is seen.
KEEP_CONNECTION_SECONDS = 60

# Values travel beside the SQL, and what was asked so many times on a connection is planned once: half of the database's own work
# for a page. A pool that hands connections on with each transaction would mix the plans up, so that behind one they are made anew.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}

SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-65536;PRAGMA mmap_size=268435456;"
    ),
}


def database_settings(url: str | None, *, home: Path, pooled: bool = False) -> dict[str, Any]:
    """Django's DATABASES entry for `url` (postgresql://… or sqlite:///path), or for a file under `home`.

    `pooled`: the URL is that of a pool of connections.

    Raises ImproperlyConfigured when it is no address, ValueError with a sentence when it is of another kind.
    """
    if not url:
        return _sqlite(home / "madoguchi.sqlite3")
    parts = address("MADOGUCHI_DATABASE_URL", url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme in ("postgres", "postgresql"):
        options = dict(parse_qsl(parts.query))
        host = options.pop("host", None) or unquote(parts.hostname or "")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "madoguchi",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or options.pop("port", "")),
            "CONN_MAX_AGE": KEEP_CONNECTION_SECONDS,
            "OPTIONS": {**({} if pooled else PREPARED), **options},
        }
    raise ValueError(
        f"MADOGUCHI_DATABASE_URL の「{parts.scheme}」は使えません。postgresql または sqlite で書いてください。"
    )


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": KEEP_CONNECTION_SECONDS,
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def listening_address(database: dict[str, Any], direct: str | None) -> str:
    """Where to listen for what was committed: `direct` (past a pool of connections), else the database itself; "" on SQLite."""
    if database["ENGINE"].endswith("sqlite3"):
        return ""
    if direct:
        return direct
    from psycopg.conninfo import make_conninfo  # only where there is PostgreSQL

    said = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    options = {name: value for name, value in database["OPTIONS"].items() if name not in PREPARED}
    return make_conninfo(**{name: value for name, value in {**options, **said}.items() if value})

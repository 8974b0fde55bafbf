"""Who tells the streams that something may have been committed (気づきの元). Only that something happened is told, never what.

SQLite: the number of the database's version (`PRAGMA data_version`) is looked at fifty times a second, on one connection;
it changes with each commit of anybody else. PostgreSQL: one connection of its own listens; `audit.operations.announce` notifies in the
transaction of the change. When that connection breaks it is made anew; meanwhile the hub's own safety look goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import psycopg

from madoguchi.audit.operations import OUTBOX_CHANNEL

LOOK_SECONDS = 0.02
AGAIN_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Wakes(Protocol):
    """Something that stirs the hub."""

    async def run(self, stir: Callable[[], None]) -> None:
        """Call `stir` whenever something may have been committed; goes on until it is cancelled."""


class SqliteWakes:
    """Looks at the version of the database file."""

    def __init__(self, version: Callable[[], Awaitable[int]], *, look_seconds: float = LOOK_SECONDS) -> None:
        self._version = version
        self._look_seconds = look_seconds

    async def run(self, stir: Callable[[], None]) -> None:
        """Stir when the version is another one than before, and when it cannot be read."""
        before: int | None = None
        while True:
            try:
                found = await self._version()
            except Exception:  # the file may be away for a moment; the hub's look says so too
                _log.warning("the database's version could not be read", exc_info=True)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if found != before:
                before = found
                stir()
            await asyncio.sleep(self._look_seconds)


class PostgresWakes:
    """Listens on a direct connection (not through a pool that hands connections round)."""

    def __init__(self, conninfo: str, *, again_seconds: float = AGAIN_SECONDS) -> None:
        self._conninfo = conninfo
        self._again_seconds = again_seconds

    async def run(self, stir: Callable[[], None]) -> None:
        """Listen first, then stir once: what was committed before the listening began is read too."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {OUTBOX_CHANNEL}")
                    stir()
                    async for _notice in connection.notifies():
                        stir()
            except psycopg.Error:
                _log.warning("the listening connection broke; it is made anew", exc_info=True)
            await asyncio.sleep(self._again_seconds)

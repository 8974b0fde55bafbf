"""Reading for the streams: all of it in one thread, on one connection, whatever the number of screens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from madoguchi.audit.queries import outbox_after, outbox_heads
from madoguchi.booking.tickets.following import ticket_behind
from madoguchi.channels.board.pictures import Picture, Watch, WatchKind, look, names_of, pictures
from madoguchi.channels.board.screens import BoardNames
from madoguchi.channels.board.stream_hub import News
from madoguchi.channels.board.stream_paths import Asked
from madoguchi.city.queries import branch_names, desks_in

# Names of branches, desks and lanes change once a year.
NAMES_KEPT = timedelta(seconds=30)
MOST_LINES = 200
# The outbox of a branch carries the steps of its cases too; these lines move the queue.
QUEUE_TOPICS = ("ticket", "desk_", "queue_", "day_", "last_", "numbers_", "offer_")
Result = TypeVar("Result")


class DatabaseReader:
    """The database as the hub reads it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="board")
        self._names: dict[str, tuple[datetime, BoardNames]] = {}
        self._places: dict[str, frozenset[str]] = {}
        self._places_at: datetime | None = None

    async def version(self) -> int:
        """SQLite: a number that changes when anybody else commits."""
        return await self._do(_data_version)

    async def news(self, known: Mapping[str, int]) -> Mapping[str, News]:
        """What the outboxes say; a long run of lines concerns the queue without being read."""

        def read() -> Mapping[str, News]:
            heads = outbox_heads(known)
            return {
                branch: News(heads.get(branch, 0), _concern(branch, after, heads.get(branch, 0)))
                for branch, after in known.items()
            }

        return await self._do(read)

    async def pictures(
        self, branch: str, watches: Sequence[Watch], now: datetime
    ) -> tuple[int, Mapping[Watch, Picture]]:
        """Read the branch once, render each screen once."""

        def read() -> tuple[int, Mapping[Watch, Picture]]:
            found = look(branch=branch, now=now, names=self._names_of(branch, now))
            return found.now.sequence, pictures(found, watches)

        return await self._do(read)

    async def watch(self, asked: Asked, *, language: str, now: datetime) -> Watch | None:
        """What is asked for, if it is there."""

        def read() -> Watch | None:
            if asked.kind is WatchKind.TICKET:
                ticket = ticket_behind(asked.name)
                return Watch(ticket.branch, asked.kind, ticket.ticket, language) if ticket else None
            desks = self._desks(now).get(asked.name)
            if desks is None or (asked.desk and asked.desk not in desks):
                return None
            return Watch(asked.name, asked.kind, asked.desk, language)

        return await self._do(read)

    def close(self) -> None:
        """Let the thread and its connection go."""
        self._thread.submit(connection.close)
        self._thread.shutdown(wait=True)

    def _names_of(self, branch: str, now: datetime) -> BoardNames:
        kept = self._names.get(branch)
        if kept is None or now - kept[0] >= NAMES_KEPT:
            kept = self._names[branch] = (now, names_of(branch))
        return kept[1]

    def _desks(self, now: datetime) -> Mapping[str, frozenset[str]]:
        if self._places_at is None or now - self._places_at >= NAMES_KEPT:
            self._places = {branch: frozenset(desks_in(branch)) for branch in branch_names()}
            self._places_at = now
        return self._places

    async def _do(self, read: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _once, read)


def _once(read: Callable[[], Result]) -> Result:
    """A connection that broke is let go, so that the next read makes a new one. It is kept otherwise: its version counts."""
    try:
        return read()
    except (InterfaceError, OperationalError):
        connection.close()
        raise


def _concern(branch: str, after: int, head: int) -> bool:
    """Whether a line after this number concerns the queue."""
    if after < 0 or head - after >= MOST_LINES:
        return True
    if head <= after:
        return False
    lines = outbox_after(branch, after, limit=MOST_LINES)
    return any(topic.startswith(QUEUE_TOPICS) for _, topic, _ in lines)


def _data_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])

"""The hub of the live screens (同報): one for a process, however many screens look.

1. Something stirs it: a commit (`stream_wakes`), a newcomer, or the safety look every few seconds.
2. It looks at the last number of each watched branch's outbox. The counter of a branch is locked in the transaction that writes a line, so
   that numbers become visible in their order, whatever is committed first; what was not seen is seen at the next look.
3. A branch that moved is read once, each of its screens rendered once, and sent to everybody who watches it, if it is another picture.
4. Whoever comes, or comes again, first gets the whole picture with its number; old calls are not sent again.
5. A beat says that the outbox was looked at and nothing was missed. When the database cannot be read there is no beat, and boards say so.

No stream holds a connection of the database: all reading happens in one thread, on one connection.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from madoguchi.channels.board.pictures import Picture, Watch, as_json
from madoguchi.channels.board.stream_buffer import Buffer
from madoguchi.channels.board.stream_wakes import Wakes

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what happens, in seconds. `again`: a picture grows old by itself (waiting minutes) and is made anew."""

    safety: float = 3.0
    beat: float = 15.0
    again: float = 15.0


@dataclass(frozen=True, slots=True)
class News:
    """The last number of a branch's outbox, and whether a line since then concerns the queue."""

    head: int
    concerns: bool


class Reader(Protocol):
    """Reads the database for the hub, in one thread."""

    async def news(self, known: Mapping[str, int]) -> Mapping[str, News]:
        """Of each branch, what its outbox says after the number that is known."""

    async def pictures(
        self, branch: str, watches: Sequence[Watch], now: datetime
    ) -> tuple[int, Mapping[Watch, Picture]]:
        """Each screen, and the number that they surely hold."""


@dataclass(slots=True)
class _Watched:
    """A branch that somebody looks at."""

    sequence: int = -1
    made_at: float = 0.0
    audience: dict[Watch, set[Buffer]] = field(default_factory=dict)
    last: dict[Watch, Picture] = field(default_factory=dict)
    newcomers: bool = False


class Hub:
    """Sends pictures to whoever watches."""

    def __init__(
        self, reader: Reader, wakes: Wakes, *, now: Callable[[], datetime], pace: Pace = Pace()
    ) -> None:
        self._reader = reader
        self._wakes = wakes
        self._now = now
        self._pace = pace
        self._stirred = asyncio.Event()
        self._branches: dict[str, _Watched] = {}
        self._looked = False

    @property
    def screens(self) -> int:
        """How many look."""
        return sum(len(buffers) for one in self._branches.values() for buffers in one.audience.values())

    def join(self, watch: Watch) -> Buffer:
        """Begin to watch; the whole picture comes first."""
        buffer = Buffer()
        branch = self._branches.setdefault(watch.branch, _Watched())
        branch.audience.setdefault(watch, set()).add(buffer)
        branch.newcomers = True
        self._stirred.set()
        return buffer

    def leave(self, watch: Watch, buffer: Buffer) -> None:
        """Stop watching."""
        buffer.end()
        branch = self._branches.get(watch.branch)
        if branch is None:
            return
        left = branch.audience.get(watch, set())
        left.discard(buffer)
        if not left:
            branch.audience.pop(watch, None)
            branch.last.pop(watch, None)
        if not branch.audience:
            del self._branches[watch.branch]

    async def run(self) -> None:
        """Go on until cancelled; then every stream is ended."""
        tasks = [
            asyncio.create_task(self._wakes.run(self._stirred.set)),
            asyncio.create_task(self._beats()),
        ]
        try:
            while True:
                # Not wait_for: in Python 3.11 it swallows a cancellation when the event comes in the same moment.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.safety):
                        await self._stirred.wait()
                self._stirred.clear()
                await self._look()
        finally:
            for task in tasks:
                task.cancel()
            self._end_all()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        """One look at every watched branch; a fault is told and tried again."""
        names = list(self._branches)
        try:
            known = {name: self._branches[name].sequence for name in names}
            news = await self._reader.news(known) if names else {}
            for name in names:
                if name in self._branches:
                    await self._look_at(name, news[name])
            self._looked = True
        except Exception:  # whatever it is: the boards fall silent, say so, and go on when it is over
            _log.warning("the queue could not be read", exc_info=True)

    async def _look_at(self, name: str, news: News) -> None:
        branch = self._branches[name]
        clock = asyncio.get_running_loop().time()
        if not (news.concerns or branch.newcomers or clock - branch.made_at >= self._pace.again):
            branch.sequence = max(branch.sequence, news.head)
            return
        branch.newcomers = False
        try:
            sequence, made = await self._reader.pictures(name, list(branch.audience), self._now())
        except Exception:
            branch.newcomers = True
            raise
        branch.sequence, branch.made_at = sequence, clock
        for watch, picture in made.items():
            self._send(name, branch, watch, picture)

    def _send(self, name: str, branch: _Watched, watch: Watch, picture: Picture) -> None:
        buffers = branch.audience.get(watch)
        if not buffers:
            return
        before = branch.last.get(watch)
        branch.last[watch] = picture
        changed = before is None or before.html != picture.html or _new_calls(before, picture)
        message = state_message(name, branch.sequence, picture, self._now())
        for buffer in list(buffers):
            if (changed or buffer.fresh) and not buffer.offer(message):
                buffers.discard(buffer)
            buffer.fresh = False

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(self._pace.beat)
            if not self._looked:
                continue
            self._looked = False
            message = beat_message(self._now())
            for branch in list(self._branches.values()):
                for buffers in branch.audience.values():
                    for buffer in list(buffers):
                        if not buffer.fresh and not buffer.offer(message):
                            buffers.discard(buffer)

    def _end_all(self) -> None:
        for branch in self._branches.values():
            for buffers in branch.audience.values():
                for buffer in buffers:
                    buffer.end()
        self._branches.clear()


def state_message(branch: str, sequence: int, picture: Picture, now: datetime) -> bytes:
    """A picture as a stream sends it."""
    said = {
        "sequence": sequence,
        "now": _milliseconds(now),
        "html": picture.html,
        "calls": as_json(picture.calls),
    }
    data = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f"event: state\nid: {branch}-{sequence}\ndata: {data}\n\n".encode()


def beat_message(now: datetime) -> bytes:
    """That all is well and nothing was missed."""
    return f'event: beat\ndata: {{"now":{_milliseconds(now)}}}\n\n'.encode()


def _new_calls(before: Picture, after: Picture) -> bool:
    known = {one.serial for one in before.calls}
    return any(one.serial not in known for one in after.calls)


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)

"""Many screens on one machine: raw sockets, each read as a browser reads a stream, with the moment of every message."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

_ID = re.compile(rb"\nid: \w+-(\d+)\r?\n")
_RETRY = re.compile(rb"retry: (\d+)")


@dataclass(slots=True)
class Screen(asyncio.Protocol):
    """One screen. `got`: the moment of each sequence; it comes again by itself unless it is told to stay away."""

    port: int
    path: str
    got: dict[int, float] = field(default_factory=dict)
    last: int = -1
    opened: int = 0
    away: bool = False
    retry: float = 1.0
    _rest: bytes = b""
    _transport: asyncio.Transport | None = None

    async def open(self) -> None:
        """Connect; again until it works."""
        while not self.away:
            try:
                await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self.port)
                return
            except OSError:
                await asyncio.sleep(0.3)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._rest = transport, b""
        self.opened += 1
        again = f"Last-Event-ID: main-{self.last}\r\n" if self.last >= 0 else ""
        asked = f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n{again}\r\n"
        transport.write(asked.encode())

    def data_received(self, data: bytes) -> None:
        now = time.time()
        self._rest += data
        if found := _RETRY.search(self._rest[:600]):
            self.retry = int(found[1]) / 1000
        *whole, self._rest = self._rest.split(b"\n\n")
        for block in whole:
            if found := _ID.search(block):
                self.last = int(found[1])
                self.got.setdefault(self.last, now)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.away:
            asyncio.get_running_loop().call_later(self.retry, lambda: asyncio.ensure_future(self.open()))

    def cut(self) -> None:
        """The network is gone, and nobody says goodbye."""
        self.away = True
        if self._transport:
            self._transport.abort()

    async def back(self) -> None:
        """The network is there again."""
        self.away = False
        await self.open()

    def moment_of(self, sequence: int) -> float | None:
        """When this screen first held that number or a later one."""
        return min((at for number, at in self.got.items() if number >= sequence), default=None)


async def connected(screens: list[Screen], *, at_once: int = 200) -> float:
    """Open all; how many seconds until each had its first picture."""
    begin = time.time()
    for first in range(0, len(screens), at_once):
        await asyncio.gather(*(one.open() for one in screens[first : first + at_once]))
    while any(one.last < 0 for one in screens):
        if time.time() - begin > 60:
            raise TimeoutError(f"{sum(one.last < 0 for one in screens)} screens without a picture")
        await asyncio.sleep(0.05)
    return time.time() - begin

"""What waits to be sent to one screen (送り待ち): bounded, so that a screen that does not read cannot fill the memory."""

from __future__ import annotations

import asyncio
from collections import deque

MOST_WAITING = 32


class Buffer:
    """Messages for one stream. A stream that has not read 32 of them is ended; it comes again and begins with a snapshot."""

    __slots__ = ("_ended", "_ready", "_waiting", "fresh")

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self._ended = False
        self.fresh = True

    @property
    def ended(self) -> bool:
        """Whether nothing is sent any more."""
        return self._ended

    def offer(self, message: bytes) -> bool:
        """Put a message in; False when the stream is ended, now or before."""
        if len(self._waiting) >= MOST_WAITING:
            self.end()
        if self._ended:
            return False
        self._waiting.append(message)
        self._ready.set()
        return True

    def end(self) -> None:
        """Send nothing more."""
        self._ended = True
        self._waiting.clear()
        self._ready.set()

    async def take(self) -> bytes | None:
        """All that waits, as one piece; None at the end."""
        await self._ready.wait()
        if self._ended:
            return None
        self._ready.clear()
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken

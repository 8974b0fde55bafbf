"""The process of the streams (配信): a small plain ASGI application, apart from the pages, which are faster without it.

1. `GET /live/…/` of something that is there becomes an endless answer of server-sent events; everything else is 404 or 405.
2. The first piece is the whole picture. Then come pictures when they change, and a beat every 15 seconds.
3. A page of the same host on another port may connect (CORS); any other origin may not.
4. A stream ends by itself after about half an hour and begins anew: what a screen that hangs piles up has an end.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from madoguchi.channels.board.pictures import Watch
from madoguchi.channels.board.stream_hub import Hub
from madoguchi.channels.board.stream_paths import asked
from madoguchi.channels.board.stream_reader import DatabaseReader
from madoguchi.channels.shared.languages import offered

LIFE_SECONDS = (1500.0, 2100.0)
AGAIN_MILLISECONDS = (500, 2500)
MOST_STREAMS = 6000
# The messages of ASGI are dictionaries by its specification.
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class StreamApplication:
    """Answers with streams of one hub."""

    def __init__(
        self,
        *,
        hub: Callable[[], Hub],
        reader: DatabaseReader,
        now: Callable[[], datetime],
        most: int = MOST_STREAMS,
    ) -> None:
        self._make_hub = hub
        self._reader = reader
        self._now = now
        self._most = most
        self._hub: Hub | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._started()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _started(self) -> Hub:
        if self._hub is None:
            self._hub = self._make_hub()
            self._running = asyncio.create_task(self._hub.run())
        return self._hub

    async def stop(self) -> None:
        """End every stream and let the connection go."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        self._reader.close()

    async def _answer(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        hub = self._started()
        if scope["method"] != "GET":
            return await _short(send, 405)
        wanted = asked(scope["path"])
        allowed = allowed_origin(headers)
        if wanted is None or allowed is None:
            return await _short(send, 404 if wanted is None else 403)
        if hub.screens >= self._most:
            return await _short(send, 503, [(b"retry-after", b"30")])
        watch = await self._reader.watch(wanted, language=_language(scope), now=self._now())
        if watch is None:
            return await _short(send, 404)
        return await self._stream(hub, watch, allowed, receive, send)

    async def _stream(self, hub: Hub, watch: Watch, origin: str, receive: Receive, send: Send) -> None:
        buffer = hub.join(watch)
        gone = asyncio.create_task(_gone(receive))
        gone.add_done_callback(lambda _task: buffer.end())
        life = asyncio.get_running_loop().call_later(random.uniform(*LIFE_SECONDS), buffer.end)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _headers(origin)})
            # Each comes again after a time of its own, so that not all of them come in the same moment after a restart.
            opening = f"retry: {random.randint(*AGAIN_MILLISECONDS)}\n\n".encode()
            await send({"type": "http.response.body", "body": opening, "more_body": True})
            while (piece := await buffer.take()) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            life.cancel()
            gone.cancel()
            hub.leave(watch, buffer)


def allowed_origin(headers: Mapping[str, str]) -> str | None:
    """What to say to a page's origin: "" to one that needs no leave, itself on the same host; None: it is refused.

    A host that is none of ours is refused, as Django does for pages.
    """
    host, _port = split_domain_port(headers.get("host", ""))
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        return None
    origin = headers.get("origin", "")
    if not origin:
        return ""
    return origin if urlsplit(origin).hostname == host.strip("[]").lower() else None


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _language(scope: Mapping[str, Any]) -> str:
    wanted = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("language", [""])[0]
    return offered(wanted)


def _headers(origin: str) -> list[tuple[bytes, bytes]]:
    said = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"origin"),
    ]
    return [*said, (b"access-control-allow-origin", origin.encode("latin-1"))] if origin else said


async def _short(send: Send, status: int, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})

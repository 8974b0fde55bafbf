"""Browsers of many residents at once, as lean as one program can have them: one connection, cookies, a form and its fields each.

What a browser sends is sent (real HTTP/1.1 with keep-alive, real cookies, the token of the form); nothing is drawn. All of them
live on one event loop, because a thread a resident and a parser of whole pages cost more than the server that is measured.
"""

from __future__ import annotations

import asyncio
import html
import random
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

FOUND, REDIRECTS = 200, (302, 303)
WANTED = ("birth", "child-allowance-claim")
LONGEST_WAIT = 60.0
# One in so many pages is the bare limit.
BARE_EVERY = 25
BARE = "(bare limit: a small file)"
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
_INPUT = re.compile(r"<(input|select|textarea)\b([^>]*)>")
_SAID = re.compile(r'([\w-]+)="([^"]*)"')


@dataclass(slots=True)
class Times:
    """Milliseconds by page, and what was no page; counted while `counting`."""

    counting: bool = False
    by_page: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def note(self, page: str, begun: float) -> None:
        if self.counting:
            self.by_page.setdefault(page, []).append((time.perf_counter() - begun) * 1000)

    def wrong(self, what: str) -> None:
        self.errors.append(what[:200])


@dataclass(slots=True)
class Form:
    """The fields of a page's own form: what is hidden, what can be chosen, whether anything must be typed."""

    hidden: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    typed: bool = False


def form_of(page: str) -> Form:
    """The form that a page sends to itself; an empty one when there is none."""
    found = Form()
    for said, inside in _FORM.findall(page):
        told = dict(_SAID.findall(said))
        if told.get("method", "").lower() != "post" or told.get("action"):
            continue
        for tag, said_of_it in _INPUT.findall(inside):
            one = dict(_SAID.findall(said_of_it))
            name, value = one.get("name", ""), html.unescape(one.get("value", ""))
            kind = one.get("type", "text") if tag == "input" else tag
            if kind == "hidden":
                found.hidden[name] = value
            elif kind == "radio":
                found.choices.setdefault(name, []).append(value)
            elif kind != "checkbox":
                found.typed = True
    return found


class Line:
    """One connection to the server, opened again when the server let it go."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, asked: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """An answer: its status, its headers in lower case, its body."""
        for last in (False, True):
            try:
                return await asyncio.wait_for(self._sent(asked), LONGEST_WAIT)
            except (ConnectionError, asyncio.IncompleteReadError):  # the server let the idle line go
                self.close()
                if last:
                    raise
        raise AssertionError("either answered or raised")

    async def _sent(self, asked: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(asked)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = [
            (name.lower(), value) for name, _, value in (one.partition(": ") for one in head[1:] if one)
        ]
        return int(head[0].split(" ", 2)[1]), headers, await self._body(dict(headers))

    async def _body(self, headers: dict[str, str]) -> bytes:
        assert self.reader is not None, "there was an answer"
        if length := headers.get("content-length"):
            return await self.reader.readexactly(int(length)) if length != "0" else b""
        if headers.get("transfer-encoding", "") != "chunked":
            return b""
        parts = []
        while size := int((await self.reader.readline()).strip(), 16):
            parts.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Resident:
    """Somebody at home with a browser of their own, who keeps one connection as a browser does."""

    def __init__(self, address: str, cookie: str, times: Times, chance: random.Random, think: float) -> None:
        host, _, port = address.partition(":")
        self.address, self.line = address, Line(host, int(port))
        self.times, self.chance, self.think = times, chance, think
        self.cookies = {"sessionid": cookie}
        self.pages = 0

    async def wait(self) -> None:
        await asyncio.sleep(self.think * self.chance.uniform(0.5, 1.5))

    async def ask(self, name: str, path: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        """A page as it was waited for, with what it leads to; the page and where it is."""
        begun = time.perf_counter()
        status, page, path = await self._followed(path, fields)
        self.times.note(name, begun)
        if status != FOUND:
            self.times.wrong(f"{name}: {status} {path}")
        self.pages += 1
        if self.pages % BARE_EVERY == 0:
            begun = time.perf_counter()
            await self._once("GET", "/static/shared/icon.svg", None)
            self.times.note(BARE, begun)
        return page, path

    async def _followed(self, path: str, fields: dict[str, str] | None) -> tuple[int, str, str]:
        status, to, page = await self._once("POST" if fields is not None else "GET", path, fields)
        for _ in range(4):
            if status not in REDIRECTS:
                break
            path = urlsplit(to).path or path
            status, to, page = await self._once("GET", path, None)
        return status, page.decode("utf-8", errors="replace"), path

    async def _once(self, method: str, path: str, fields: dict[str, str] | None) -> tuple[int, str, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.address}\r\nCookie: {cookies}\r\nAccept: text/html\r\n"
        )
        body = b""
        if fields is not None:
            body = urlencode(fields).encode()
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        status, headers, page = await self.line.send(head.encode() + b"\r\n" + body)
        to = ""
        for name, value in headers:
            if name == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.split(";", 1)[0]
            elif name == "location":
                to = value
        return status, to, page

    async def live(self, until: asyncio.Event) -> None:
        """Apply for one thing after the other until it is over."""
        while not until.is_set():
            await self.ask("home", "/my/")
            await self.wait()
            await self.ask("what to apply for", "/my/apply/")
            await self.wait()
            page, path = await self.ask("consent", f"/my/apply/for/{self.chance.choice(WANTED)}/")
            await self.wait()
            agreed = re.search(r'name="agreed" value="([^"]+)"', page)
            said = {**form_of(page).hidden, "agreed": agreed[1] if agreed else ""}
            page, path = await self.ask("begin", path, said)
            await self._answer(page, path, until)
        self.line.close()

    async def _answer(self, page: str, path: str, until: asyncio.Event) -> None:
        number = re.search(r"/my/apply/([^/]+)/", path)
        for _ in range(30):
            if until.is_set() or not re.fullmatch(r"/my/apply/[^/]+/", path):
                break
            await self.wait()
            form = form_of(page)
            if not form.hidden:  # nothing can be applied for
                break
            said = {name: self.chance.choice(values) for name, values in form.choices.items()}
            go = "unknown" if form.typed or not said else "answer"
            page, path = await self.ask("answer", path, {**form.hidden, **said, "go": go})
        if number and not until.is_set():
            await self.wait()
            await self.ask("where it stands", f"/my/cases/{number[1]}/")
            await self.wait()

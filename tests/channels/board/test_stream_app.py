"""The process of the streams as a browser and a stranger meet it: what is there is streamed, everything else is refused shortly."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone
from tests.channels.board.conftest import sent
from tests.channels.board.test_hub import SECONDS, Silent
from tests.rooms.booking.queueing import Hall

from madoguchi.channels.board.stream_app import StreamApplication
from madoguchi.channels.board.stream_hub import Hub, Pace
from madoguchi.channels.board.stream_reader import DatabaseReader

pytestmark = [pytest.mark.django_db(transaction=True)]


class Browser:
    """One request: what came, and a way to go away."""

    def __init__(self, path: str, method: str = "GET", **headers: str) -> None:
        said = {"host": "127.0.0.1:8001", **headers}
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in said.items()],
        }
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.body = b""
        self.ended = False
        self.came = asyncio.Event()
        self.leave = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        self.body += message["body"]
        self.ended = not message.get("more_body")
        if self.ended or b"event: state" in self.body:
            self.came.set()


def met(*browsers: Browser, most: int = 100) -> list[Browser]:
    """Let each ask in turn and read its first piece; then all go away and everything ends."""

    async def play() -> None:
        reader = DatabaseReader()

        def hub() -> Hub:
            return Hub(reader, Silent(), now=timezone.now, pace=Pace(0.1, 3600, 3600))

        application = StreamApplication(hub=hub, reader=reader, now=timezone.now, most=most)
        asking = []
        for one in browsers:
            task = asyncio.create_task(application(one.scope, one.receive, one.send))
            asking.append(task)
            async with asyncio.timeout(SECONDS):
                await one.came.wait()
        for one in browsers:
            one.leave.set()
        done, waiting = await asyncio.wait(asking, timeout=SECONDS)
        await application.stop()
        assert not waiting
        assert [task.exception() for task in done] == [None] * len(done)

    asyncio.run(play())
    return list(browsers)


def test_a_stream_begins_with_how_to_come_again_and_the_whole_picture(hall: Hall) -> None:
    one = hall.arrive()
    (wall,) = met(Browser("/live/wall/main/"))
    assert wall.status == 200
    assert wall.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert wall.headers["x-accel-buffering"] == "no"
    assert wall.headers["cache-control"] == "no-store"
    assert wall.body.startswith(b"retry: ")
    assert one.label in sent(wall.body)[0].data["html"]


@pytest.mark.parametrize(
    "path",
    [
        "/live/wall/nowhere/",
        "/live/booth/main/nodesk/",
        "/live/booth/main/",
        "/live/wall/main/desk1/",
        "/live/ticket/nosuchsecret/",
        "/live/",
        "/",
        "/board/main/",
        "/live/wall/main/../../etc/",
    ],
)
def test_what_is_not_there_is_not_found(path: str, hall: Hall) -> None:
    (answer,) = met(Browser(path))
    assert (answer.status, answer.body, answer.ended) == (404, b"", True)


def test_a_number_is_followed_by_its_secret_only(hall: Hall) -> None:
    one = hall.arrive()
    by_secret, by_id, by_label = met(
        Browser(f"/live/ticket/{one.secret}/"),
        Browser(f"/live/ticket/{one.ticket}/"),
        Browser(f"/live/ticket/{one.label}/"),
    )
    assert (by_secret.status, by_id.status, by_label.status) == (200, 404, 404)
    assert one.ticket.encode() not in by_secret.body


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "DELETE"])
def test_a_stream_is_only_read(method: str, hall: Hall) -> None:
    (answer,) = met(Browser("/live/wall/main/", method))
    assert answer.status == 405


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8000", 200),
        ("http://evil.example", 403),
        ("http://127.0.0.1.evil.example", 403),
        ("null", 403),
    ],
)
def test_a_page_of_the_same_host_may_connect_and_no_other(origin: str, status: int, hall: Hall) -> None:
    (answer,) = met(Browser("/live/wall/main/", origin=origin))
    assert answer.status == status
    assert answer.headers.get("access-control-allow-origin", "") == (origin if status == 200 else "")


@pytest.mark.parametrize("host", ["evil.example", "", "evil.example:8001"])
def test_a_host_that_is_none_of_ours_is_refused(host: str, hall: Hall) -> None:
    (answer,) = met(Browser("/live/wall/main/", host=host))
    assert answer.status == 403


def test_who_comes_when_all_places_are_taken_is_told_to_come_later(hall: Hall) -> None:
    *inside, outside = met(*(Browser("/live/wall/main/") for _ in range(3)), most=2)
    assert [one.status for one in inside] == [200, 200]
    assert outside.status == 503
    assert outside.headers["retry-after"] == "30"

"""The hub: every change reaches everybody who looks, whatever is committed first, whoever is slow, whatever breaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from tests.channels.board.conftest import Sent, sent
from tests.rooms.booking.queueing import BRANCH, Hall

from madoguchi.audit.operations import announce
from madoguchi.booking.tickets.issuing import IssuedTicket
from madoguchi.channels.board.pictures import Watch, WatchKind
from madoguchi.channels.board.stream_buffer import MOST_WAITING, Buffer
from madoguchi.channels.board.stream_hub import Hub, Pace
from madoguchi.channels.board.stream_reader import DatabaseReader
from madoguchi.channels.board.stream_wakes import PostgresWakes, SqliteWakes, Wakes
from madoguchi.config.database import listening_address

pytestmark = [pytest.mark.django_db(transaction=True)]
WALL = Watch(BRANCH, WatchKind.WALL)
SECONDS = 10.0
# Without a wake the hub would only look once an hour: what arrives came by the wake.
ONLY_WOKEN = Pace(safety=3600, beat=3600, again=3600)


class Silent:
    """Wakes that never come: a notice that was lost."""

    async def run(self, stir: Callable[[], None]) -> None:
        await asyncio.Event().wait()


def wakes_of(reader: DatabaseReader) -> Wakes:
    address = listening_address(connection.settings_dict, None)
    return PostgresWakes(address, again_seconds=0.1) if address else SqliteWakes(reader.version)


@asynccontextmanager
async def running(wakes: Wakes | None = None, pace: Pace = ONLY_WOKEN) -> AsyncIterator[Hub]:
    reader = DatabaseReader()
    hub = Hub(reader, wakes or wakes_of(reader), now=timezone.now, pace=pace)
    task = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=SECONDS)
        assert task.done()
        await asyncio.to_thread(reader.close)


async def heard(buffer: Buffer, event: str = "state") -> Sent:
    """The last message of this kind in the next piece that has one."""
    while True:
        piece = await asyncio.wait_for(buffer.take(), SECONDS)
        assert piece is not None, "the stream ended"
        found = [one for one in sent(piece) if one.event == event]
        if found:
            return found[-1]


async def until(buffer: Buffer, right: Callable[[Sent], bool]) -> Sent:
    while not right(one := await heard(buffer)):
        pass
    return one


async def apart(act: Callable[[], object]) -> object:
    """Do something on another connection, as the pages' process does."""

    def run() -> object:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


def played(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(play())


def test_whoever_comes_first_gets_the_whole_picture(hall: Hall) -> None:
    one = hall.arrive()

    async def play() -> None:
        async with running() as hub:
            first = await heard(hub.join(WALL))
            assert one.label in first.data["html"]
            assert first.id == f"{BRANCH}-{first.sequence}"

    played(play)


def test_a_call_reaches_everybody_at_once_and_is_spoken(hall: Hall) -> None:
    one = hall.arrive()

    async def play() -> None:
        async with running() as hub:
            buffers = [hub.join(WALL) for _ in range(20)]
            for buffer in buffers:
                await heard(buffer)
            await apart(hall.next)
            for buffer in buffers:
                state = await heard(buffer)
                assert state.labels == [one.label]
                assert state.data["calls"][0]["phrases"][0] == "chime"

    played(play)


def test_a_recall_rings_again_and_two_calls_come_in_their_order(hall: Hall) -> None:
    one, two = hall.arrive(), hall.arrive()
    hall.open("desk2")
    hall.next()

    async def play() -> None:
        async with running() as hub:
            buffer = hub.join(WALL)
            first = (await heard(buffer)).data["calls"]
            await apart(lambda: (hall.act("recall", one), hall.next("desk2")))
            state = await until(buffer, lambda said: two.label in said.labels)
            new = [call for call in state.data["calls"] if call["serial"] > first[-1]["serial"]]
            assert [call["label"] for call in new] == [one.label, two.label]
            assert [call["phrases"][1] for call in new] == ["again", "waited"]

    played(play)


def test_every_screen_sees_its_own_branch_only(hall: Hall) -> None:
    async def play() -> None:
        async with running() as hub:
            buffer = hub.join(Watch("north", WatchKind.WALL))
            await heard(buffer)
            await apart(hall.arrive)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(buffer.take(), 0.5)

    played(play)


def test_a_line_about_something_else_does_not_bother_the_boards(hall: Hall) -> None:
    async def play() -> None:
        async with running() as hub:
            buffer = hub.join(WALL)
            await heard(buffer)
            for _ in range(3):
                await apart(
                    lambda: announce(branch=BRANCH, topic="answer", subject="A001", now=timezone.now())
                )
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(buffer.take(), 0.5)
            await apart(hall.arrive)
            await heard(buffer)

    played(play)


def test_what_is_committed_out_of_order_is_not_lost(hall: Hall) -> None:
    """The first writer has its number and commits last; the second waits for it, or the numbers would come in the wrong order."""
    held, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            hall.arrive("moving")
            held.set()
            go.wait(SECONDS)

    def quick() -> None:
        Hall(now=timezone.now()).arrive("insurance")

    async def play() -> None:
        async with running(pace=Pace(safety=0.1, beat=3600, again=3600)) as hub:
            buffer = hub.join(WALL)
            before = (await heard(buffer)).sequence
            first = asyncio.create_task(apart(slow))
            await asyncio.to_thread(held.wait, SECONDS)
            second = asyncio.create_task(apart(quick))
            await asyncio.sleep(0.4)
            assert not second.done(), "the counter of the branch is locked until the first has committed"
            go.set()
            await asyncio.gather(first, second)
            state = await until(buffer, lambda said: "B001" in said.data["html"])
            assert "A001" in state.data["html"]
            # What is shown may be newer than its number says, never older; in the end the number is that of both.
            assert before < state.sequence <= before + 2
            async with asyncio.timeout(SECONDS):
                while (last := (await heard(hub.join(WALL))).sequence) < before + 2:
                    pass
            assert last == before + 2

    played(play)


def test_a_branch_does_not_wait_for_another(hall: Hall) -> None:
    """A transaction of one branch that is still open holds back nothing of another. SQLite has one writer at a time."""
    if connection.vendor == "sqlite":
        return
    held, go = threading.Event(), threading.Event()
    north = Hall(now=timezone.now(), branch="north")

    def slow() -> None:
        with transaction.atomic():
            hall.arrive("moving")
            held.set()
            go.wait(SECONDS)

    async def play() -> None:
        async with running() as hub:
            main, other = hub.join(WALL), hub.join(Watch("north", WatchKind.WALL))
            await heard(main)
            await heard(other)
            first = asyncio.create_task(apart(slow))
            await asyncio.to_thread(held.wait, SECONDS)
            await apart(north.arrive)
            assert "A001" in (await heard(other)).data["html"]
            go.set()
            await first
            assert "A001" in (await heard(main)).data["html"]

    played(play)


def test_a_change_that_is_rolled_back_is_never_shown(hall: Hall) -> None:
    def undone() -> None:
        with transaction.atomic():
            hall.arrive()
            transaction.set_rollback(True)

    async def play() -> None:
        async with running() as hub:
            buffer = hub.join(WALL)
            await heard(buffer)
            await apart(undone)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(buffer.take(), 0.5)

    played(play)


def test_a_lost_notice_costs_seconds_not_the_change(hall: Hall) -> None:
    async def play() -> None:
        async with running(Silent(), Pace(safety=0.2, beat=3600, again=3600)) as hub:
            buffer = hub.join(WALL)
            await heard(buffer)
            one = await apart(hall.arrive)
            assert isinstance(one, IssuedTicket)
            assert one.label in (await heard(buffer)).data["html"]

    played(play)


def test_a_restart_begins_with_what_is_so_now(hall: Hall) -> None:
    async def play() -> None:
        async with running() as hub:
            buffer = hub.join(WALL)
            before = await heard(buffer)
        assert await asyncio.wait_for(buffer.take(), SECONDS) is None, "the old stream ended"
        await apart(hall.arrive)
        async with running() as hub:
            after = await heard(hub.join(WALL))
            assert after.sequence == before.sequence + 1
            assert "A001" in after.data["html"]

    played(play)


def test_an_old_call_is_shown_after_a_restart_and_not_spoken(hall: Hall) -> None:
    one = hall.arrive()
    hall.next()
    hall.later(5)

    async def play() -> None:
        async with running() as hub:
            state = await heard(hub.join(WALL))
            assert one.label in state.data["html"]
            assert state.labels == []

    played(play)


def test_a_screen_that_does_not_read_is_dropped_and_the_others_go_on(hall: Hall) -> None:
    async def play() -> None:
        async with running() as hub:
            stuck, reading = hub.join(WALL), hub.join(WALL)
            for _ in range(MOST_WAITING + 3):
                await apart(hall.arrive)
                await heard(reading)
            assert stuck.ended
            assert not reading.ended
            assert hub.screens == 1
            assert await stuck.take() is None

    played(play)


def test_a_beat_says_that_nothing_was_missed_and_is_not_sent_when_the_queue_cannot_be_read(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        async with running(pace=Pace(safety=0.05, beat=0.2, again=3600)) as hub:
            buffer = hub.join(WALL)
            await heard(buffer, "beat")

            async def broken(self: DatabaseReader, known: object) -> object:
                raise OSError("the database is away")

            with monkeypatch.context() as patch:
                patch.setattr(DatabaseReader, "news", broken)
                await asyncio.sleep(0.3)
                while buffer._waiting:
                    await buffer.take()
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(buffer.take(), 0.8)
            await heard(buffer, "beat")

    played(play)


def test_the_queue_is_read_once_and_each_screen_rendered_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    from madoguchi.channels.board import pictures

    rendered: list[str] = []
    plain = pictures.render_to_string

    def counting(template: str, context: object) -> str:
        rendered.append(template)
        return plain(template, context)

    monkeypatch.setattr(pictures, "render_to_string", counting)

    async def play() -> None:
        async with running() as hub:
            buffers = [hub.join(WALL) for _ in range(50)]
            for buffer in buffers:
                await heard(buffer)
            rendered.clear()
            await apart(hall.arrive)
            for buffer in buffers:
                await heard(buffer)
            assert rendered == ["board/parts/wall.html"]

    played(play)


def test_a_phone_sees_its_own_number(hall: Hall) -> None:
    one, two = hall.arrive(), hall.arrive()

    async def play() -> None:
        async with running() as hub:
            phone = hub.join(Watch(BRANCH, WatchKind.TICKET, two.ticket))
            assert "<strong>1</strong>" in (await heard(phone)).data["html"]
            await apart(hall.next)
            state = await heard(phone)
            assert "つぎにお呼びします" in state.data["html"]
            assert one.label not in state.data["html"]
            assert state.labels == []

    played(play)


def test_the_listening_connection_is_made_anew_when_it_breaks(hall: Hall) -> None:
    if connection.vendor == "sqlite":
        return

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%' AND datname = %s",
                [connection.settings_dict["NAME"]],
            )
            assert cursor.rowcount == 1

    async def play() -> None:
        async with running() as hub:
            buffer = hub.join(WALL)
            await heard(buffer)
            await asyncio.sleep(0.3)
            await apart(cut)
            await asyncio.sleep(0.5)
            await apart(hall.arrive)
            assert "A001" in (await heard(buffer)).data["html"]

    played(play)


def test_settings_hold_the_promise_of_the_boards() -> None:
    assert settings.STALE_SECONDS <= 45
    assert settings.BEAT_SECONDS * 2 < settings.STALE_SECONDS

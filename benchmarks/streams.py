"""How fast a call reaches a thousand screens, and whether one is ever missed.

    python -m benchmarks.streams [--clients 1000 3000] [--events 40] [--database sqlite postgresql]

A city of its own is made, on SQLite and on a temporary PostgreSQL. The stream process is the one that `madoguchi serve` starts; a second
process calls numbers as desks do, twice a second, and says when it began each call; the screens are raw sockets in this process, on the same
machine. Measured from before the transaction of the call to the moment at which a screen held the whole message.
Then the faults, with the clients of the first round: the stream process is killed and started again; a fifth of the screens loses its network
for 30 seconds. A number is lost if a screen does not hold it, or a later picture, within the limit after it was back.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.postgres import binaries, temporary_cluster

from benchmarks.streams_clients import Screen, connected

LIMITS_MS = {1000: 250.0, 3000: 600.0}
EVERY_SECONDS = 0.5
CUT_SECONDS = 30.0
WALL = "/live/wall/main/"


@dataclass(frozen=True, slots=True)
class Call:
    """A number that was called: its place in the outbox, and when its desk pressed."""

    sequence: int
    began: float


def publish() -> int:
    """Call, serve and finish as four desks do; one line a call on stdout. Runs in a process of its own."""
    import django

    django.setup()
    from django.utils import timezone
    from tests.rooms.booking.queueing import Hall

    from madoguchi.audit.queries import outbox_head

    hall = Hall(now=timezone.now())
    for desk in ("desk1", "desk2"):
        hall.open(desk)
    for _ in range(12):
        hall.arrive(minutes=0)
    turn = 0
    for line in sys.stdin:
        for _ in range(int(line)):
            hall.now, desk = timezone.now(), f"desk{turn % 2 + 1}"
            act = _one_act(hall, desk, turn)
            began = time.time()
            act()
            print(outbox_head("main"), began, flush=True)
            turn += 1
            time.sleep(EVERY_SECONDS)
        print("done", flush=True)
    return 0


def _one_act(hall: object, desk: str, turn: int) -> Callable[[], object]:
    """What the desk presses next."""
    from tests.rooms.booking.queueing import BRANCH, Hall, officer

    from madoguchi.booking.tickets import calling
    from madoguchi.booking.tickets.queries import branch_now

    assert isinstance(hall, Hall)
    there = next(
        (one for one in branch_now(branch=BRANCH, now=hall.now).steps if one.officer_desk == desk), None
    )
    said = {"branch": BRANCH, "desk": desk, "by": officer(int(desk[-1])), "now": hall.now}
    if there is None:
        return partial(calling.call_next, **said)
    act = calling.recall if turn % 6 < 4 else calling.back_in_line
    return partial(act, ticket=there.ticket, **said)


def prepare() -> int:
    """The city, with what it offers, whatever the hour."""
    import django

    django.setup()
    from django.core.management import call_command
    from tests.cast import NOW, SETTER
    from tests.rooms.booking.queueing import BRANCH, lay_out

    from madoguchi.booking.tickets.order import QueueRules
    from madoguchi.city.applying import apply_plan
    from madoguchi.config.demo_city import madoka
    from madoguchi.procedures.loader import national_pack

    call_command("migrate", verbosity=0)
    apply_plan(plan=madoka(national_pack()), by=SETTER, now=NOW)
    lay_out(rules=QueueRules(only_in_hours=False), branch=BRANCH)
    return 0


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The environment of a fresh database of this kind."""
    with tempfile.TemporaryDirectory(prefix="streams") as home:
        plain = {**os.environ, "MADOGUCHI_HOME": home, "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings"}
        plain.pop("MADOGUCHI_DATABASE_URL", None)
        if kind == "sqlite":
            yield plain
            return
        with temporary_cluster() as url:
            yield {**plain, "MADOGUCHI_DATABASE_URL": url}


class StreamProcess:
    """The stream process as `madoguchi serve` starts it."""

    def __init__(self, environment: dict[str, str]) -> None:
        from madoguchi.config.server import stream_command

        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        self._words = stream_command(host="127.0.0.1", port=self.port)
        self._environment = environment
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._words, env=self._environment, start_new_session=True)
        until = time.time() + 30
        while time.time() < until:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("the stream process did not open its port")

    def kill(self) -> None:
        """As a power cut does it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def memory(self) -> float:
        """Resident memory of the worker in MB."""
        return max((_resident(one) for one in self._workers()), default=0.0)

    def worked(self) -> float:
        """Milliseconds of processor time that the worker has taken."""
        return max((_worked(one) for one in self._workers()), default=0.0)

    def _workers(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(one) for one in children]


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _worked(pid: int) -> float:
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK") * 1000


class Desks:
    """The process that calls numbers."""

    def __init__(self, environment: dict[str, str]) -> None:
        words = [sys.executable, "-m", "benchmarks.streams", "--role", "publish"]
        self._process = subprocess.Popen(
            words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    async def call(self, times: int) -> list[Call]:
        """Call so many times; returns when all are done."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{times}\n")
        self._process.stdin.flush()
        made = []
        while (line := await asyncio.to_thread(self._process.stdout.readline)).strip() != "done":
            assert line, "the desks ended"
            sequence, began = line.split()
            made.append(Call(int(sequence), float(began)))
        return made

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


async def measure(kind: str, counts: list[int], events: int) -> int:
    """All rounds on one database; 1 when a limit was passed or something was lost."""
    code = 0
    with database(kind) as environment:
        subprocess.run(
            [sys.executable, "-m", "benchmarks.streams", "--role", "prepare"], env=environment, check=True
        )
        for number, count in enumerate(counts):
            streams, desks = StreamProcess(environment), Desks(environment)
            try:
                await desks.call(2)
                code |= await _round(kind, count, events, streams, desks)
                if number == 0:
                    code |= await _faults(kind, count, streams, desks)
            finally:
                desks.close()
                streams.kill()
    return code


async def _round(kind: str, count: int, events: int, streams: StreamProcess, desks: Desks) -> int:
    first = Screen(streams.port, WALL)
    await connected([first])
    before = streams.memory()
    screens = [Screen(streams.port, WALL) for _ in range(count)]
    seconds = await connected(screens)
    await asyncio.sleep(1)
    busy = streams.worked()
    made = await desks.call(events)
    busy = streams.worked() - busy
    await asyncio.sleep(2)
    memory = streams.memory()
    taken, lost = _taken(screens, made)
    _leave([*screens, first])
    p50, p99, worst = (taken[int(len(taken) * part)] if taken else 0.0 for part in (0.5, 0.99, 0.9999))
    print(
        f"{kind:<11}{count:>6} screens  connected in {seconds:4.1f} s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  "
        f"slowest {worst:6.1f} ms  events {len(made) * count:>7,} lost {lost}  "
        f"memory {memory:5.0f} MB, {(memory - before) * 1024 / count:4.0f} kB a stream  "
        f"processor {busy / len(made):4.0f} ms an event",
        flush=True,
    )
    await asyncio.sleep(1)
    return int(bool(lost) or p99 > LIMITS_MS.get(count, 600.0))


def _taken(screens: list[Screen], made: list[Call]) -> tuple[list[float], int]:
    """Milliseconds of each event at each screen, sorted, and how many never came."""
    taken, lost = [], 0
    for screen in screens:
        for call in made:
            at = screen.moment_of(call.sequence)
            if at is None:
                lost += 1
            else:
                taken.append((at - call.began) * 1000)
    return sorted(taken), lost


async def _faults(kind: str, count: int, streams: StreamProcess, desks: Desks) -> int:
    screens = [Screen(streams.port, WALL) for _ in range(count)]
    await connected(screens)
    calling = asyncio.create_task(desks.call(30))
    await asyncio.sleep(4)
    streams.kill()
    await asyncio.sleep(2)
    await asyncio.to_thread(streams.start)
    made = await calling
    await asyncio.sleep(4)
    _, lost = _taken(screens, made)
    again = sum(one.opened > 1 for one in screens)
    print(
        f"{kind:<11}{count:>6} screens  killed and started again: {again} came again, lost {lost}", flush=True
    )
    cut = screens[: count // 5]
    for one in cut:
        one.cut()
    calling = asyncio.create_task(desks.call(int(CUT_SECONDS / EVERY_SECONDS) - 6))
    await asyncio.sleep(CUT_SECONDS)
    await asyncio.gather(*(one.back() for one in cut))
    made = await calling
    await asyncio.sleep(3)
    _, missed = _taken(screens, made)
    print(f"{kind:<11}{len(cut):>6} screens  {CUT_SECONDS:.0f} s without network: lost {missed}", flush=True)
    _leave(screens)
    return int(bool(lost or missed))


def _leave(screens: list[Screen]) -> None:
    for one in screens:
        one.cut()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, nargs="+", default=[1000, 3000])
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--role", choices=("measure", "publish", "prepare"), default="measure")
    given = parser.parse_args()
    if given.role != "measure":
        return publish() if given.role == "publish" else prepare()
    from madoguchi.config.server import allow_many_connections

    allow_many_connections()
    code = 0
    for kind in given.database:
        if kind == "postgresql" and binaries() is None:
            print("not run: PostgreSQL is not here")
            continue
        code |= asyncio.run(measure(kind, given.clients, given.events))
    return code


if __name__ == "__main__":
    sys.exit(main())

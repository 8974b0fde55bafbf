"""How the product is served: two processes of granian, each with a limit on how long a stop may take.

Pages are WSGI with few blocking threads; the streams of boards and phones are ASGI in a process of their own, with room for as many
connections as there are screens. `together` holds both: when one ends, all end.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType

BLOCKING_THREADS = 3
KILL_AFTER_SECONDS = 3
# Every open stream is a request that goes on; granian's own limit is 1,024.
STREAM_BACKLOG = 8192
LOOK_SECONDS = 0.3


def server_command(*, host: str, port: int, workers: int) -> list[str]:
    """The command line that serves every page of this database."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(BLOCKING_THREADS),
        "--workers-kill-timeout", str(KILL_AFTER_SECONDS), "--no-access-log", "--log-level", "warning",
        "madoguchi.config.wsgi:application",
    ]  # fmt: skip


def stream_command(*, host: str, port: int) -> list[str]:
    """The command line that serves the live streams of this database. One worker: a hub serves thousands of screens."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", host, "--port", str(port),
        "--workers", "1", "--http", "1", "--no-ws", "--backlog", str(STREAM_BACKLOG),
        "--backpressure", str(STREAM_BACKLOG), "--workers-kill-timeout", str(KILL_AFTER_SECONDS),
        "--no-access-log", "--log-level", "warning", "madoguchi.config.asgi:application",
    ]  # fmt: skip


def allow_many_connections() -> None:
    """As many open connections as this machine lets a program have; each stream is one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def together(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> int:
    """Run these programs until one of them ends or this one is told to; then end all. 0 when it was told to."""
    allow_many_connections()
    running = [subprocess.Popen(list(words), env=dict(environment)) for words in commands]
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not told and all(one.poll() is None for one in running):
        time.sleep(LOOK_SECONDS)
    end_all(running)
    return 0 if told else 1


def end_all(running: Sequence[subprocess.Popen[bytes] | subprocess.Popen[str]]) -> None:
    """End these programs, by force when they take longer than they may."""
    for one in running:
        one.terminate()
    for one in running:
        with suppress(subprocess.TimeoutExpired):
            one.wait(KILL_AFTER_SECONDS + 2)
    for one in running:
        if one.poll() is None:
            one.kill()
            one.wait()


def worker_command() -> list[str]:
    """The command line that does what was put off (taking in a survey)."""
    return [sys.executable, "-m", "madoguchi.config.command_line", "work"]

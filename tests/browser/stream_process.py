"""The real stream process beside the live server of a test, on the test's own database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from django.db import connection

from madoguchi.config.server import stream_command

START_SECONDS = 60


def database_url() -> str:
    """The database of this test, for another process."""
    said = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{said['NAME']}"
    return f"postgresql://{quote(said['USER'])}@/{said['NAME']}?host={said['HOST']}"


@dataclass(slots=True)
class StreamProcess:
    """Granian with the streams; it can be stopped in the middle, killed, and started again on the same port."""

    port: int
    environment: dict[str, str]
    _running: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = stream_command(host="127.0.0.1", port=self.port)
        self._running = subprocess.Popen(words, env=self.environment, start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._running.poll() is None:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the streams did not start")

    def kill(self) -> None:
        """As a power cut does it."""
        self._signal(signal.SIGKILL)
        if self._running:
            self._running.wait()

    def freeze(self) -> None:
        """Connections stay open and nothing comes any more, as with a pulled cable."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._running and self._running.poll() is None:
            os.killpg(self._running.pid, number)


@contextmanager
def streams(*, beat_seconds: float) -> Iterator[StreamProcess]:
    """A stream process for the length of a test."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings",
        "MADOGUCHI_DATABASE_URL": database_url(),
        "MADOGUCHI_BEAT_SECONDS": str(beat_seconds),
    }
    made = StreamProcess(port, environment)
    made.start()
    try:
        yield made
    finally:
        made.thaw()
        made.kill()

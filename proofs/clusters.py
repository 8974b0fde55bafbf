"""A PostgreSQL cluster that a proof may kill: as it is installed, with fsync, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.postgres import TO_GET_IT, binaries

from proofs.frame import NotHere


class Cluster:
    """Data in `data`, a socket in a short folder; run as `postgres` when we are the superuser."""

    def __init__(self, data: Path, *options: str) -> None:
        found = binaries()
        if found is None:
            raise NotHere(f"needs PostgreSQL; to get it: {TO_GET_IT}")
        self.programs, self.data, self.options = found, data, options
        self.socket = Path(tempfile.mkdtemp(prefix="mdgk"))
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.process: subprocess.Popen[bytes] | None = None
        if os.getuid() == 0:
            shutil.chown(self.socket, self.user, self.user)

    @property
    def url(self) -> str:
        return f"postgresql://{self.user}@/postgres?host={self.socket}"

    def words(self, name: str, *more: str) -> list[str]:
        """A program of the cluster's, as its user."""
        front = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        )
        return [*front, str(self.programs / name), *more]

    def run(self, name: str, *more: str) -> None:
        subprocess.run(self.words(name, *more), check=True, capture_output=True, cwd="/")

    def make(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(self.data, self.user, self.user)
        self.run("initdb", "--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D", str(self.data))

    def start(self) -> bool:
        """Start it and wait until it takes connections; False when it does not come up."""
        # Whoever was killed by another process than its parent is still listed, and its locks would seem to be held.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        settings = [part for one in self.options for part in ("-c", one)]
        words = self.words(
            "postgres", "-D", str(self.data), "-c", "listen_addresses=", "-c", f"unix_socket_directories={self.socket}", *settings
        )  # fmt: skip
        until = time.monotonic() + 120
        with (self.socket / "log").open("ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True, cwd="/")
        while time.monotonic() < until and self.process.poll() is None:
            ready = subprocess.run(
                [str(self.programs / "pg_isready"), "-q", "-h", str(self.socket)], check=False
            ).returncode
            if ready == 0:
                return True
            time.sleep(0.05)
        return False

    def kill(self) -> None:
        """SIGKILL to it and all its processes."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._signal(signal.SIGINT)

    def _signal(self, number: int) -> None:
        if self.process is not None:
            # The postmaster leads the session; its processes lead groups of their own.
            theirs = subprocess.run(
                ["ps", "-o", "pid=", "-s", str(self.process.pid)], capture_output=True, text=True, check=False
            ).stdout.split()
            for pid in theirs if number == signal.SIGKILL else [str(self.process.pid)]:
                with suppress(ProcessLookupError):
                    os.kill(int(pid), number)
            self.process.wait(60)
            self.process = None


@contextmanager
def cluster(data: Path, *options: str, fresh: bool = True) -> Iterator[Cluster]:
    """A running cluster, stopped afterwards."""
    made = Cluster(data, *options)
    if fresh:
        made.make()
    try:
        if not made.start():
            raise RuntimeError((made.socket / "log").read_text(errors="replace")[-500:])
        yield made
    finally:
        made.kill()
        shutil.rmtree(made.socket, ignore_errors=True)

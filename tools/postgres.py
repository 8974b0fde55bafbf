"""A PostgreSQL of the tests' own: a temporary cluster on a unix socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TO_GET_IT = "apt-get install postgresql, or set MADOGUCHI_TEST_POSTGRES to a postgresql:// URL"


def binaries() -> Path | None:
    """The newest installed server's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def temporary_cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a cluster, yield its URL, stop it and remove it. The server may not be root: root becomes postgres.

    `durable`: what is committed reaches the disk, as with a server that is in use; a test does without.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError(f"no PostgreSQL server here; to get it: {TO_GET_IT}")
    folder = Path(tempfile.mkdtemp(prefix="mdgpg"))
    as_user: list[str] = []
    user = pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
        user = "postgres"
    data = folder / "data"

    def run(*words: str) -> None:
        subprocess.run([*as_user, *words], check=True, capture_output=True, cwd=folder)

    run(
        str(programs / "initdb"),
        "--no-sync",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-D",
        str(data),
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    if not durable:
        options += " -c fsync=off -c full_page_writes=off"
        # The procedures of a city, 600 kB, are written for nearly every test; PostgreSQL's own compression takes 20 ms for them.
        with suppress(subprocess.CalledProcessError):  # a server that was built without it
            faster = "default_toast_compression=lz4"
            run(str(programs / "postgres"), "-D", str(data), "-c", faster, "-C", "default_toast_compression")
            options += f" -c {faster}"
    run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql://{user}@/postgres?host={folder}"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

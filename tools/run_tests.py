"""`make test`: the core; the rooms, the house and the browser on SQLite; the rooms again, and the channels, on PostgreSQL.

A channel has no query of its own, and its screens are opened on SQLite by the browser, the journeys and the walks of the
house; so its own tests run once, on PostgreSQL, or on SQLite where there is no other. `make looks` is the browser's
full form: every screen in every state. What cannot run here is counted and said: "not run: …; to get it: …". With MADOGUCHI_REQUIRE_ALL=1 it is a failure.
The last line is pytest's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import migrated
from tools.postgres import TO_GET_IT, binaries, temporary_cluster

ROOT = Path(__file__).resolve().parent.parent
CORE = ["tests/unit", "tests/packs"]
ROOMS, CHANNELS = ["tests/rooms"], ["tests/channels"]
REST = ["tests/house", "tests/journeys", "tests/browser"]
LATER = {"MADOGUCHI_TESTS_ON_POSTGRESQL": CHANNELS[0]}
LOOKS = ["tests/house", "tests/browser", "tests/journeys"]
NO_TESTS = 5
# The core only computes: a worker for each of two cores, tests taken from whoever has most left. A room also waits, for
# browsers, processes and the disk: one worker more; the longest come first, and a file's tests stay together with their
# city and browser (by file, not by marks: pytest-xdist's groups need an attribute that pytest 9.2 no longer has).
COMPUTING = ["-n", "2", "--dist", "worksteal"]
WAITING = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]


def pytest(
    name: str, folders: list[str], spread: list[str], *, which: str = "not slow", **environment: str
) -> int:
    """One run of pytest over those folders that exist; its exit code, 0 when there was nothing to run."""
    there = [folder for folder in folders if (ROOT / folder).exists()]
    if not there:
        return 0
    print(f"\n== {name}: {' '.join(there)}", flush=True)
    words = [sys.executable, "-m", "pytest", "-q", *spread, "-m", which, *there]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.run(words, cwd=ROOT, env={**kept, **environment}, check=False).returncode
    return 0 if code == NO_TESTS else code


def quick() -> list[int]:
    """The exit codes of `make test`."""
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(TemporaryDirectory(prefix="madoguchi-tests-")))
        url = os.environ.get("MADOGUCHI_TEST_POSTGRES")
        own = until_the_end.enter_context(temporary_cluster()) if not url and binaries() else None
        sqlite = migrated.on_sqlite(folder)
        codes = [pytest("core", CORE, COMPUTING)]
        if not (url or own):
            codes.append(pytest("SQLite", ROOMS + CHANNELS + REST, WAITING, **sqlite.environment()))
            print(f"\nnot run: the rooms on PostgreSQL; to get it: {TO_GET_IT}")
            return [*codes, 1 if os.environ.get("MADOGUCHI_REQUIRE_ALL") == "1" else 0]
        postgresql = migrated.on_postgres(own, folder) if own else None
        codes.append(pytest("SQLite", ROOMS + CHANNELS + REST, WAITING, **LATER, **sqlite.environment()))
        copied = postgresql.environment() if postgresql else {}
        there = {"MADOGUCHI_DATABASE_URL": url or own or ""}
        return [*codes, pytest("PostgreSQL", ROOMS + CHANNELS, WAITING, **there, **copied)]


def main() -> int:
    if sys.argv[1:] == ["looks"]:
        return pytest("looks", LOOKS, WAITING, which="slow and not proof")
    return 1 if any(quick()) else 0


if __name__ == "__main__":
    sys.exit(main())

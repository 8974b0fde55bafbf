"""`make test`: the core first, then every room on SQLite, then the rooms again on PostgreSQL.

What cannot run here is counted and said: "not run: …; to get it: …". With MADOGUCHI_REQUIRE_ALL=1 it is a failure.
The last line is pytest's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.postgres import TO_GET_IT, binaries, temporary_cluster

ROOT = Path(__file__).resolve().parent.parent
CORE = ["tests/unit", "tests/packs"]
ROOMS = ["tests/rooms", "tests/channels"]
REST = ["tests/house", "tests/journeys", "tests/browser"]
NO_TESTS = 5


def pytest(name: str, folders: list[str], **environment: str) -> int:
    """One run of pytest over those folders that exist; its exit code, 0 when there was nothing to run."""
    there = [folder for folder in folders if (ROOT / folder).exists()]
    if not there:
        return 0
    print(f"\n== {name}: {' '.join(there)}", flush=True)
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "not slow", *there]
    code = subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode
    return 0 if code == NO_TESTS else code


def on_postgres() -> int:
    """The rooms on a PostgreSQL that was given, or on one of the tests' own."""
    url = os.environ.get("MADOGUCHI_TEST_POSTGRES")
    if url:
        return pytest("PostgreSQL", ROOMS, MADOGUCHI_DATABASE_URL=url)
    with temporary_cluster() as own:
        return pytest("PostgreSQL", ROOMS, MADOGUCHI_DATABASE_URL=own)


def main() -> int:
    codes = [pytest("core", CORE)]
    if os.environ.get("MADOGUCHI_TEST_POSTGRES") or binaries():
        codes += [pytest("SQLite", ROOMS + REST), on_postgres()]
    else:
        print(f"\nnot run: the rooms on PostgreSQL; to get it: {TO_GET_IT}")
        codes.append(1 if os.environ.get("MADOGUCHI_REQUIRE_ALL") == "1" else 0)
        codes.append(pytest("SQLite", ROOMS + REST))
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())

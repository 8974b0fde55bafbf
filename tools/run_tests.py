"""`make test`: the core first, then every room on SQLite, then the rooms again on PostgreSQL.

What cannot run here is counted and said: "not run: …, to get it: …". With MADOGUCHI_REQUIRE_ALL=1 it is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tools.postgres import TO_GET_IT, binaries, temporary_cluster

ROOT = Path(__file__).resolve().parent.parent
CORE = ["tests/unit", "tests/packs"]
ROOMS = ["tests/rooms", "tests/channels"]
REST = ["tests/house", "tests/journeys", "tests/browser"]


def pytest(name: str, folders: list[str], **environment: str) -> int:
    there = [folder for folder in folders if (ROOT / folder).exists()]
    if not there:
        return 0
    began = time.monotonic()
    print(f"\n== {name}: {' '.join(there)}", flush=True)
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *there]
    code = subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode
    print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
    return 0 if code == 5 else code


def main() -> int:
    required = os.environ.get("MADOGUCHI_REQUIRE_ALL") == "1"
    codes = [pytest("core", CORE), pytest("SQLite", ROOMS + REST)]
    url = os.environ.get("MADOGUCHI_TEST_POSTGRES")
    if url:
        codes.append(pytest("PostgreSQL", ROOMS, MADOGUCHI_DATABASE_URL=url))
    elif binaries():
        with temporary_cluster() as own:
            codes.append(pytest("PostgreSQL", ROOMS, MADOGUCHI_DATABASE_URL=own))
    else:
        print(f"\nnot run: the rooms on PostgreSQL; to get it: {TO_GET_IT}")
        codes.append(1 if required else 0)
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())

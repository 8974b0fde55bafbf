"""An empty database with every migration done, made once for all workers of a test run: each begins with a copy.

Without it every worker migrates its own, some nine seconds of the processor each.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
# In the environment of the tests: the file, or the name of the database beside the one of the URL.
VARIABLE = "MADOGUCHI_TEST_MIGRATED"
NAME = "madoguchi_migrated"


@dataclass(frozen=True)
class Migrated:
    """A database that is being migrated by a process of its own."""

    place: str
    process: subprocess.Popen[bytes]

    def environment(self) -> dict[str, str]:
        """Waits until it is done; what tests are told of it. Where it failed nothing: they migrate, and say what is wrong."""
        return {VARIABLE: self.place} if self.process.wait() == 0 else {}


def on_sqlite(folder: Path) -> Migrated:
    """Begin a file in this folder."""
    file = folder / "migrated.sqlite3"
    return Migrated(str(file), _migrate(f"sqlite:///{file}", folder))


def on_postgres(url: str, folder: Path) -> Migrated:
    """Begin a database of its own in the cluster of this URL, for others to be made from."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")
    return Migrated(NAME, _migrate(url.replace("/postgres?", f"/{NAME}?"), folder))


def _migrate(url: str, home: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "MADOGUCHI_DATABASE_URL": url, "MADOGUCHI_HOME": str(home)}
    words = [sys.executable, "-m", "madoguchi.config.command_line", "migrate", "--verbosity", "0"]
    return subprocess.Popen(words, cwd=ROOT, env=environment)

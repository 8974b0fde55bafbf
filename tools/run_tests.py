"""`make test`: the core; then house and channels on SQLite and the rooms on PostgreSQL, with journeys and browser beside them.

The core is what all else stands on and what only computes: dates, names and addresses (jp), the rules (procedures), the national
pack. Every operation of a room meets both databases: by its own tests the stricter one, by the screens that call it the other; what
is about databases runs on both (docs/decisions/0017). Where there is no PostgreSQL, all run on SQLite. `make looks` is the full
form: every screen in every state, then the rooms on SQLite and the channels on PostgreSQL. What cannot run here is counted and
said: "not run: …; to get it: …". With MADOGUCHI_REQUIRE_ALL=1 it is a failure. The last line is pytest's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from tools import migrated
from tools.postgres import TO_GET_IT, binaries, temporary_cluster

ROOT = Path(__file__).resolve().parent.parent
# In two halves of one length, a process each: handing five thousand small tests to workers would take longer than many of them.
PARTS_OF_A_REGISTER = "tests/unit/procedures/test_register_in_parts.py"
CORE = ["tests/unit/procedures", f"--ignore={PARTS_OF_A_REGISTER}"]
CORE_TOO = ["tests/unit/jp", "tests/packs", PARTS_OF_A_REGISTER]
COMPUTED = ["tests/unit", "--ignore=tests/unit/jp", "--ignore=tests/unit/procedures"]
ROOMS, CHANNELS = "tests/rooms", "tests/channels"
SCREENS = ["tests/journeys", "tests/browser"]
ON_THE_OTHER = "MADOGUCHI_TESTS_ON_THE_OTHER"
NO_TESTS = 5
# A worker for each of two cores. A file's tests stay together with their city and browser (by file, not by marks: pytest-xdist's
# groups need an attribute that pytest 9.2 no longer has).
ALONE = ["-n", "0"]
TOGETHER = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def command(words: list[str], spread: list[str], which: str) -> list[str]:
    """One run of pytest over those folders that exist."""
    there = [one for one in words if one.startswith("-") or (ROOT / one).exists()]
    return [sys.executable, "-m", "pytest", "-q", *spread, "-m", which, *there]


def surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a run: compiled modules are kept, so that the second worker need not compile them again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {**more}


def pytest(
    name: str,
    words: list[str],
    environment: Mapping[str, str] = {},
    *,
    spread: list[str] = TOGETHER,
    which: str = "not slow",
) -> int:
    """Run it; the exit code, 0 when there was nothing to run."""
    print(f"\n== {name}: {' '.join(words)}", flush=True)
    done = subprocess.run(command(words, spread, which), cwd=ROOT, env=surroundings(environment), check=False)
    return 0 if done.returncode == NO_TESTS else done.returncode


@contextmanager
def beside(
    name: str,
    words: list[str],
    codes: list[int],
    environment: Mapping[str, str] = {},
    *,
    spread: list[str] = TOGETHER,
) -> Iterator[None]:
    """Run it beside what is done meanwhile; what it says is told when it is over, its exit code added."""
    with TemporaryFile() as told:
        running = subprocess.Popen(
            command(words, spread, "not slow"),
            cwd=ROOT, env=surroundings(environment), stdout=told, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield
            codes.append(running.wait())
        finally:
            running.kill()
            told.seek(0)
            print(
                f"\n== {name}: {' '.join(words)}\n{told.read().decode(errors='replace')}", end="", flush=True
            )


def on_both(codes: list[int], here: list[str], there: str, *, screens: bool) -> None:
    """Add the exit codes of these folders on SQLite and of `there` on PostgreSQL.

    SQLite does of `there`, PostgreSQL of the first of `here`, what is about databases. `screens`: journeys and browser beside them.
    """
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(TemporaryDirectory(prefix="madoguchi-tests-")))
        url = os.environ.get("MADOGUCHI_TEST_POSTGRES")
        own = until_the_end.enter_context(temporary_cluster()) if not url and binaries() else None
        sqlite, postgresql = (
            migrated.on_sqlite(folder),
            migrated.on_postgres(own, folder) if own else None,
        )
        copied = sqlite.environment()
        if screens:
            until_the_end.enter_context(beside("screens", SCREENS, codes, copied))
        if not (url or own):
            codes.append(pytest("SQLite", [*here, there], copied))
            print(f"\nnot run: {there} on PostgreSQL; to get it: {TO_GET_IT}")
            codes.append(1 if os.environ.get("MADOGUCHI_REQUIRE_ALL") == "1" else 0)
            return
        codes.append(pytest("SQLite", [*here, there], {**copied, ON_THE_OTHER: there}))
        server = {"MADOGUCHI_DATABASE_URL": url or own or "", ON_THE_OTHER: here[0]}
        server |= postgresql.environment() if postgresql else {}
        codes.append(pytest("PostgreSQL", [there, here[0]], server))


def main() -> int:
    codes: list[int] = []
    if sys.argv[1:] == ["looks"]:
        codes.append(pytest("looks", ["tests/house", *SCREENS], which="slow and not proof"))
        on_both(codes, [ROOMS], CHANNELS, screens=False)
    else:
        with beside("core too", CORE_TOO, codes, spread=ALONE):
            codes.append(pytest("core", CORE, spread=ALONE))
        on_both(codes, [CHANNELS, "tests/house", *COMPUTED], ROOMS, screens=True)
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Plant faults one after the other and see whether the tests find them: `python -m proofs.planting JOB`.

A parent that has loaded whatever is not ours forks a process for each fault; that one loads our programs anew, with the fault in
them, and runs the tests that run its line, the quickest first, until one fails. Of a fault that all of those pass, other tests of
the folders are asked too, the quickest first and for a stated time: what is kept after its first use is run by one test and used
by others. An endless loop, or memory without end, counts as found. What was said of a fault is kept; started again, it goes on.

`python -O -m proofs.planting JOB` takes the asserts out of the tests.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from proofs.covering import the_same_every_time
from proofs.kept import ROOT
from proofs.planted import planted

# Loaded anew in each process: ours, and what Django has to be set up for.
OURS = ("madoguchi", "tests", "proofs", "tools", "benchmarks", "conftest", "__main__", "django", "allauth", "axes", "csp", "ninja",
        "django_htmx", "django_tasks", "django_tasks_db", "pytest_django", "whitenoise")  # fmt: skip
MEMORY = 6 * 1024**3
# Beyond the time that the tests take without a fault: for loading our programs, and for being slower.
LOADING, SLOWER, ON_THE_CLOCK = 20, 5, 30
FIRST_TESTS, FIRST_SECONDS = 60, 3.0
FOUND, PASSED, GONE = 1, 0, 5


class Asked:
    """A pytest plugin: these tests in this order; the one that fails is written down."""

    def __init__(self, order: list[str], told: int) -> None:
        self._order = {name: place for place, name in enumerate(order)}
        self._told = told

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "needs(name): cannot run without this program")
        the_same_every_time()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [one for one in items if one.nodeid in self._order]
        items.sort(key=lambda one: self._order[one.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self._told, report.nodeid.encode())


def plant(file: str, number: int) -> None:
    """From now on the module of this file is loaded with its fault."""
    plain = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        if Path(self.path) == ROOT / file:
            return planted(file, number)
        return plain(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]  # this is how it is planted


def words(tests: list[str], *more: str, django: bool = False) -> list[str]:
    """What pytest is started with, here and when the tests are watched. `django`: for rooms; law and language do without."""
    plugin = ["-p", "pytest_django.plugin"] if django else ["--confcutdir=tests/packs"]
    plain = ["-q", "-x", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:warnings", "-m", "not slow"]
    return [*plain, *plugin, *more, *tests]


def ask(
    fault: dict[str, Any] | None, tests: list[str], seconds: float, *, django: bool = False
) -> tuple[int, str]:
    """Run these tests with the fault in a process of its own; pytest's exit code and the test that failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 3
        try:
            code = _asked(fault, tests, writing, LOADING + SLOWER * seconds, django)
        finally:
            os._exit(code)
    os.close(writing)
    ended = os.pidfd_open(child)
    if not select.select([ended], [], [], ON_THE_CLOCK * (LOADING + SLOWER * seconds))[0]:
        os.kill(child, signal.SIGKILL)
    os.close(ended)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as said:
        by = said.read()
    if os.WIFSIGNALED(status):
        return FOUND, f"stopped: no end, or no memory left (signal {os.WTERMSIG(status)})"
    return os.WEXITSTATUS(status), by


def _asked(fault: dict[str, Any] | None, tests: list[str], told: int, seconds: float, django: bool) -> int:
    nothing = os.open(os.devnull, os.O_RDWR)
    if "PLANTING_LOUD" not in os.environ:
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if fault is not None:
        plant(fault["file"], fault["number"])
    folders = sorted({name.split("::")[0] for name in tests})
    return int(pytest.main(words(folders, django=django), plugins=[Asked(tests, told)]))


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests that can be asked, with the seconds that each takes and those for loading its file."""

    seconds: dict[str, float]
    collecting: dict[str, float]
    django: bool = False

    def quickest_first(self, names: Iterable[str]) -> list[str]:
        """Those of files that are loaded at once before those of a file that takes its time."""
        return sorted(names, key=lambda name: self.seconds[name] + self._loading(name))

    def until(self, names: Iterable[str], most: float) -> list[str]:
        """As many of them as take so many seconds together."""
        chosen: list[str] = []
        loaded: set[str] = set()
        spent = 0.0
        for name in names:
            file = name.split("::")[0]
            spent += self.seconds[name] + (0.0 if file in loaded else self._loading(name))
            loaded.add(file)
            if spent > most:
                break
            chosen.append(name)
        return chosen

    def together(self, names: Iterable[str]) -> float:
        """How long they take."""
        return sum(self.seconds[name] for name in names)

    def _loading(self, name: str) -> float:
        return self.collecting.get(name.split("::")[0], 0.0)


def verdict(
    fault: dict[str, Any], running: list[str], near: list[str], tests: Tests, more: float
) -> dict[str, Any]:
    """What the tests say of one fault; `near`: those that run its file, asked before others."""
    running = tests.quickest_first(running)
    first = tests.until(running[:FIRST_TESTS], FIRST_SECONDS) or running[:1]
    others = [*tests.quickest_first(near), *tests.quickest_first(set(tests.seconds) - {*running, *near})]
    for asked in (first, running[len(first) :], tests.until(others, more)):
        if not asked:
            continue
        code, by = ask(fault, asked, tests.together(asked), django=tests.django)
        if code not in (PASSED, GONE):
            return {"key": fault["key"], "found": True, "by": by or f"loading (pytest {code})"}
    return {"key": fault["key"], "found": False, "by": f"{len(running)} tests run it"}


def load_what_is_not_ours(names: list[str]) -> None:
    """So that every fault's process has it already."""
    for name in names:
        if name.split(".")[0] not in OURS:
            with suppress(Exception):
                importlib.import_module(name)


def main(argv: list[str]) -> int:
    job = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    written = Path(job["written"])
    os.chdir(ROOT)
    os.environ.update(job["environment"])
    load_what_is_not_ours(job["modules"])
    done = (
        {json.loads(line)["key"] for line in written.read_text().splitlines()} if written.exists() else set()
    )
    tests, names = Tests(job["seconds"], job["collecting"], job["django"]), list(job["seconds"])
    running = {one["key"]: [names[at] for at in one["tests"]] for one in job["faults"]}
    if not done:
        _unharmed(running, tests)
    with written.open("a", encoding="utf-8") as out:
        for place, fault in enumerate(job["faults"]):
            if fault["key"] in done:
                continue
            began = time.monotonic()
            told = verdict(
                fault, running[fault["key"]], [names[at] for at in fault["near"]], tests, job["more"]
            )
            out.write(
                json.dumps(told | {"seconds": round(time.monotonic() - began, 2)}, ensure_ascii=False) + "\n"
            )
            out.flush()
            how = "found" if told["found"] else "NOT FOUND"
            print(f"{place + 1}/{len(job['faults'])} {how} {fault['told']}", flush=True)
    return 0


def _unharmed(running: dict[str, list[str]], tests: Tests) -> None:
    """A test that fails without any fault would find every one."""
    some = sorted({name for names in running.values() for name in tests.quickest_first(names)[:3]})
    code, by = ask(None, some, tests.together(some), django=tests.django)
    if code != PASSED:
        raise SystemExit(f"without any fault the tests fail (pytest {code}): {by}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

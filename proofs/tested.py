"""A promise that a test of the suite shows: run by pytest in a process of its own, with its guard or without.

As a pytest plugin (`-p proofs.tested`) it takes the guard out when the session starts, and counts: a test is one try, or as many
as it says with `record_property("n", …)`; a failed one lost `record_property("losses", …)`, else one.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from proofs.frame import Result
from proofs.kept import ROOT

WITHOUT, COUNTS = "PROOFS_WITHOUT", "PROOFS_COUNTS"
_tries: list[tuple[int, int]] = []


def tested(
    own: Path,
    *tests: str,
    which: str = "not slow",
    without: Callable[[], None] | None = None,
    database: str = "",
    spread: int = 0,
) -> Result:
    """Run these tests (pytest's own words) and count. `without`: a function of a module that takes the guard out.

    `which`: an expression of marks. `database`: a URL, else SQLite. `spread`: over so many processes (never with `without`).
    Raises RuntimeError when no test was run.
    """
    counts = own / "counts.json"
    counts.unlink(missing_ok=True)
    environment = {**os.environ, COUNTS: str(counts), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    environment.pop("MADOGUCHI_DATABASE_URL", None)
    if database:
        environment["MADOGUCHI_DATABASE_URL"] = database
    if without is not None:
        environment[WITHOUT] = f"{without.__module__}:{without.__qualname__}"
    words = [sys.executable, "-m", "pytest", "-q", "-p", "proofs.tested", "-m", which, *tests]
    words += ["-n", str(spread), "--dist", "worksteal"] if spread else ["-p", "no:xdist"]
    subprocess.run(words, cwd=ROOT, env=environment, check=False)
    if not counts.exists():
        raise RuntimeError(f"pytest ended before it counted: {' '.join(tests)}")
    told = json.loads(counts.read_text())
    return Result(told["n"], told["losses"])


def pytest_sessionstart(session: pytest.Session) -> None:
    name = os.environ.get(WITHOUT, "")
    if name:
        module, _, function = name.partition(":")
        getattr(importlib.import_module(module), function)()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if (report.when == "call" and not report.skipped) or report.failed:
        said = dict(report.user_properties)
        losses = max(1, int(str(said.get("losses", 1)))) if report.failed else 0
        _tries.append((int(str(said.get("n", 1))), losses))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if COUNTS in os.environ and not hasattr(session.config, "workerinput"):
        told = {"n": sum(n for n, _ in _tries), "losses": sum(losses for _, losses in _tries)}
        Path(os.environ[COUNTS]).write_text(json.dumps(told))

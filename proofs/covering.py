"""Which test runs which line, and how long it and the loading of its file take: a pytest plugin (`-p proofs.covering`) that writes it down.

`COVERING` names the file; `COVERING_OF` the folders whose lines are meant, parted by commas. Lines that are run before the first
test, when modules are loaded, are written without a test. A test is
meant by its place among `seconds`. A test that needs a
program of this machine, and one that does not pass, is left out.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

import coverage
from proofs.kept import ROOT

FILE, OF = "COVERING", "COVERING_OF"
_seconds: dict[str, float] = {}
_failed: set[str] = set()
_collecting: dict[str, float] = {}
_watching: coverage.Coverage | None = None


def the_same_every_time() -> None:
    """Hypothesis draws the same examples in every process, keeps none and makes none smaller: a verdict can be had again."""
    settings.register_profile(
        "planted",
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )
    settings.load_profile("planted")


if FILE in os.environ:  # at once: what is loaded later is seen from its first line
    _watching = coverage.Coverage(
        data_file=f"{os.environ[FILE]}.coverage",
        branch=True,
        source=os.environ[OF].split(","),
        config_file=False,
    )
    _watching.start()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(name): cannot run without this program")
    the_same_every_time()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, object, object]:
    began = time.process_time()
    try:
        return (yield)
    finally:
        if isinstance(collector, pytest.Module):
            _collecting[collector.nodeid] = round(time.process_time() - began, 4)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    assert _watching is not None
    _watching.switch_context(item.nodeid)
    began = time.process_time()
    try:
        return (yield)
    finally:
        _seconds[item.nodeid] = time.process_time() - began
        _watching.switch_context("")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [one for one in items if one.get_closest_marker("needs") is None]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    if _watching is None:
        return
    _watching.stop()
    _watching.save()
    data = _watching.get_data()
    passed = {name: round(seconds, 4) for name, seconds in _seconds.items() if name not in _failed}
    place = {name: at for at, name in enumerate(passed)}
    lines = {}
    for file in sorted(data.measured_files()):
        name = Path(file).resolve().relative_to(ROOT).as_posix()
        lines[name] = {
            line: sorted(place[one] for one in tests if one in place)
            for line, tests in data.contexts_by_lineno(file).items()
        }
    told = {
        "seconds": passed,
        "collecting": _collecting,
        "lines": lines,
        "modules": list(sys.modules),
    }
    written = Path(os.environ[FILE])
    partial = written.with_suffix(".part")
    partial.write_text(json.dumps(told))
    partial.rename(written)

"""P21: of faults planted in law, language, money and 支援措置, the tests find nine in ten.

An area is folders of programs and the tests that are asked; of all the faults that could be planted in it (`proofs/planted.py`) so
many are drawn by one fixed order, so that a larger number has the smaller one in it. Those that no test can find, for nothing that
anybody sees is other, stand with the reason in `equivalent_faults.toml` and are counted apart. Lost is what of the others is not
found above one in ten. The control: the same faults, and the tests without their asserts.

Of our own, since of the kept libraries cosmic-ray (MIT) starts pytest anew for each fault and knows not which test runs its line,
mutmut 3 (BSD) leaves out whatever has a decorator or stands outside of functions; neither draws a sample.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any

import tomli
from tools import migrated

from proofs.frame import Proof, Result
from proofs.kept import ROOT
from proofs.planted import Fault, faults, files
from proofs.planting import words

EQUIVALENT = ROOT / "proofs" / "equivalent_faults.toml"
MISSED_AT_MOST = 10  # one in so many
SEED, QUICK = 21, 20


@dataclass(frozen=True, slots=True)
class Area:
    """Programs, the tests that are asked, and how many faults are planted at full size."""

    name: str
    programs: tuple[str, ...]
    tests: tuple[str, ...]
    full: int
    leave_out: tuple[str, ...] = ()
    django: bool = False

    def environment(self, own: Path) -> dict[str, str]:
        """What its tests are told: with Django a home of their own, and a database that was migrated once."""
        plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        if not self.django:
            return plain
        home = own / "home"
        home.mkdir(exist_ok=True)
        file = own / "migrated.sqlite3"
        told = {migrated.VARIABLE: str(file)} if file.exists() else migrated.on_sqlite(own).environment()
        return plain | told | {"MADOGUCHI_HOME": str(home)}


JP = Area("jp", ("src/madoguchi/jp",), ("tests/unit/jp",), 600)
PROCEDURES = Area(
    "procedures",
    ("src/madoguchi/procedures",),
    ("tests/unit/procedures", "tests/packs"),
    1_000,
    ("src/madoguchi/procedures/bulk/spark.py",),  # needs Java
)

MONEY = Area(
    "money",
    tuple(
        f"src/madoguchi/payments/{one}.py"
        for one in ("states", "taking_in", "refunds", "values", "signing", "reconciling")
    ),
    ("tests/rooms/payments",),
    150,
    django=True,
)
PROTECTION = Area(
    "protection",
    tuple(f"src/madoguchi/residents/{one}.py" for one in ("protection", "sheltering", "withholding")),
    ("tests/rooms/residents",),
    100,
    django=True,
)


def quick(own: Path) -> Result:
    return planted(own, JP, QUICK, more=2)


def full(own: Path) -> Result:
    told = Result(0, 0)
    for area in (JP, PROCEDURES, MONEY, PROTECTION):
        told += planted(own, area, area.full, more=10)
    return told


def control(own: Path) -> Result:
    return planted(own, JP, QUICK, more=2, asserts=False)


def planted(own: Path, area: Area, count: int, more: float, asserts: bool = True) -> Result:
    """Plant so many faults in an area and ask its tests. `more`: seconds of tests that do not run the line."""
    chosen = drawn(area, count)
    watched = watch(own, area)
    written, job = own / f"{area.name}.jsonl", own / f"{area.name}.job.json"
    told = {
        "written": str(written),
        "more": more,
        "django": area.django,
        "environment": area.environment(own),
        "modules": watched["modules"],
        "seconds": watched["seconds"],
        "collecting": watched["collecting"],
        "faults": [
            {
                "key": one.key, "file": one.file, "number": one.number, "told": one.told(),
                "tests": running(one, watched["lines"]), "near": near(one, watched["lines"]),
            }
            for one in chosen
        ],
    }  # fmt: skip
    job.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    optimised = () if asserts else ("-O",)
    subprocess.run([sys.executable, *optimised, "-m", "proofs.planting", str(job)], cwd=ROOT, check=True)
    said = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    return judged(area.name, chosen, {one["key"]: one for one in said})


def judged(name: str, chosen: list[Fault], said: dict[str, dict[str, Any]]) -> Result:
    """What was found of what could be; each that was not is printed."""
    no_test_can = [one for one in chosen if one.key in equivalent()]
    asked = [one for one in chosen if one.key not in equivalent()]
    missed = [one for one in asked if not said[one.key]["found"]]
    for one in missed:
        print(f"NOT FOUND {one.told()} ({said[one.key]['by']})", flush=True)
    found = len(asked) - len(missed)
    low, high = wilson(found, len(asked))
    told = f"{name}: {found:,} of {len(asked):,} found, {100 * found / len(asked):.1f} % ({100 * low:.1f}–{100 * high:.1f})"
    if no_test_can:
        told += f", {len(no_test_can)} that no test can find"
    return Result(len(asked), max(0, len(missed) - len(asked) // MISSED_AT_MOST), told)


def drawn(area: Area, count: int) -> list[Fault]:
    """The first so many in one fixed order of all. Raises ValueError when an equivalent one is none of them."""
    programs = [file for file in files(*area.programs) if file not in area.leave_out]
    every = [one for file in programs for one in faults(file)]
    gone = {key for key in equivalent() if key.split("::")[0] in programs} - {one.key for one in every}
    if gone:
        raise ValueError(f"{EQUIVALENT.name} tells of faults that there are not: {sorted(gone)}")
    Random(SEED).shuffle(every)
    return every[:count]


def running(fault: Fault, lines: dict[str, dict[str, list[int]]]) -> list[int]:
    """The tests that run its line; if that one is of no step of its own, its statement."""
    of_file = lines.get(fault.file, {})
    there = of_file.get(str(fault.lines[0]))
    if there:
        return there
    return sorted({test for line in fault.lines for test in of_file.get(str(line), [])})


def near(fault: Fault, lines: dict[str, dict[str, list[int]]]) -> list[int]:
    """The tests that run its file, where none runs its line: what is written at the top is run when it is loaded."""
    of_file = lines.get(fault.file, {})
    return [] if running(fault, lines) else sorted({test for tests in of_file.values() for test in tests})


def watch(own: Path, area: Area) -> dict[str, Any]:
    """Which test runs which line, and how long it takes: the tests once, unharmed."""
    written = own / f"{area.name}.json"
    if not written.exists():
        folders = sorted({str(Path(one).parent) if one.endswith(".py") else one for one in area.programs})
        watching = {"COVERING": str(written), "COVERING_OF": ",".join(folders)}
        environment = {**os.environ, **area.environment(own), **watching}
        started = words(list(area.tests), "-p", "proofs.covering", "--maxfail=1000", django=area.django)
        subprocess.run([sys.executable, "-m", "pytest", *started], cwd=ROOT, env=environment, check=False)
    watched: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return watched


@cache
def equivalent() -> dict[str, str]:
    """Faults that no test can find, and why."""
    if not EQUIVALENT.exists():
        return {}
    listed = tomli.loads(EQUIVALENT.read_text(encoding="utf-8")).get("fault", [])
    return {one["key"]: one["because"] for one in listed}


def wilson(found: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The interval in which the share of all lies, 95 times in 100 (Wilson 1927)."""
    share, square = found / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


PROOF = Proof(
    "P21",
    "The tests find planted faults",
    quick,
    full,
    control,
    "money is six modules of payments (fees are drawn with procedures); 支援措置 the three that decide it, not each place that asks them. Spark is left out.",
)

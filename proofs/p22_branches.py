"""P22: every branch of law and language is taken by a test, and 95 % of all.

Counted by coverage.py: statements and branches (both ways of an `if`, each `case`, a loop entered and not). jp and procedures by
tests/unit and tests/packs alone, without Django; the whole of it by the whole suite on SQLite, a folder at a time, so that it can be
stopped. What is run in a process of its own (commands, workers) is not counted. The control leaves one file of tests out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from proofs.frame import Proof, Result
from proofs.kept import ROOT

JP, PROCEDURES, ALL = "src/madoguchi/jp", "src/madoguchi/procedures", "src/madoguchi"
SPARK = "*/procedures/bulk/spark.py"
LAW_TESTS = ("tests/unit", "tests/packs")
WITHOUT = "tests/unit/jp/test_dates_and_ages.py"
OF_ALL_AT_LEAST = 95
NO_TESTS = 5
LONG_NAMES = 12


def quick(own: Path) -> Result:
    return _law(own, (JP,), ("tests/unit/jp",))


def full(own: Path) -> Result:
    return _law(own, (JP, PROCEDURES), LAW_TESTS) + _all(own)


def control(own: Path) -> Result:
    return _law(own, (JP,), ("tests/unit/jp", f"--ignore={WITHOUT}"))


def _law(own: Path, programs: tuple[str, ...], tests: tuple[str, ...]) -> Result:
    """Nothing may be missed."""
    data = own / "law.coverage"
    code = _watched(data, programs, tests)
    if code:
        raise RuntimeError(f"the tests of {' and '.join(programs)} fail (pytest {code}); see the log")
    there, missed, where = _counted(data, own, SPARK)
    names = " and ".join(one.rpartition("/")[2] for one in programs)
    return Result(there, missed, f"{names} {_share(there, missed)}{where}")


def _all(own: Path) -> Result:
    """One in twenty may be missed. Each folder of tests is run once; stopped and started again, it goes on with the next."""
    folders = [
        *LAW_TESTS,
        *_rooms("tests/rooms"),
        *_rooms("tests/channels"),
        "tests/house",
        "tests/journeys",
        "tests/browser",
    ]
    for folder in folders:
        data = own / f"{folder.replace('/', '-')}.coverage"
        if not data.exists():
            partial = data.with_suffix(".part")
            code = _watched(partial, (ALL,), (folder,))
            if code not in (0, NO_TESTS):
                raise RuntimeError(f"the tests of {folder} fail (pytest {code}); see the log")
            if partial.exists():
                partial.rename(data)
    every = sorted(str(one) for one in own.glob("tests-*.coverage"))
    together = own / "all.data"
    _coverage("combine", "--keep", f"--data-file={together}", *every)
    there, missed, _where = _counted(together, own)
    allowed = there * (100 - OF_ALL_AT_LEAST) // 100
    return Result(there, max(0, missed - allowed), f"all {_share(there, missed)}")


def _rooms(folder: str) -> list[str]:
    """Its folders, and its own tests."""
    inside = sorted(one for one in (ROOT / folder).iterdir() if one.is_dir() and one.name[0] not in "._")
    own = sorted(one for one in (ROOT / folder).glob("test_*.py"))
    return [one.relative_to(ROOT).as_posix() for one in [*inside, *own]]


def _watched(data: Path, programs: tuple[str, ...], tests: tuple[str, ...]) -> int:
    words = [f"--data-file={data}", "--branch", f"--source={','.join(programs)}", "-m", "pytest"]
    return _coverage("run", *words, "-q", "-p", "no:xdist", "-m", "not slow", *tests)


def _coverage(*words: str) -> int:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return subprocess.run(
        [sys.executable, "-m", "coverage", *words], cwd=ROOT, env=environment, check=False
    ).returncode


def _counted(data: Path, own: Path, omitted: str = "") -> tuple[int, int, str]:
    """Statements and branches, how many of them were missed, and in which files most."""
    written = own / "told.json"
    _coverage("json", f"--data-file={data}", "-o", str(written), *([f"--omit={omitted}"] if omitted else []))
    told: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    there = missed = 0
    by_file = []
    for file, one in told["files"].items():
        counts = one["summary"]
        there += counts["num_statements"] + counts["num_branches"]
        gone = counts["missing_lines"] + counts["missing_branches"]
        missed += gone
        if gone:
            by_file.append((gone, file))
            print(
                f"MISSED {file}: lines {one['missing_lines']}, branches {one.get('missing_branches', [])}",
                flush=True,
            )
    worst = ", ".join(
        f"{Path(file).stem} {gone}" for gone, file in sorted(by_file, reverse=True)[:LONG_NAMES]
    )
    return there, missed, f", missed in {worst}" if worst else ""


def _share(there: int, missed: int) -> str:
    return f"{100 * (there - missed) / max(there, 1):.2f} % of {there:,} statements and branches"


PROOF = Proof(
    "P22",
    "Branches covered",
    quick,
    full,
    control,
    "what Spark does needs Java 17 and is not counted in procedures; what runs in a process of its own is counted nowhere.",
)

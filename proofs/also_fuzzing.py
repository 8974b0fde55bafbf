"""Whatever bytes come in, a parser answers with its value or with the sentence that it declares: tried by atheris.

Each parser of `tests/parsers/table.py` is tried for so many seconds of a processor, resumable parser by parser; a try is one input. Lost is every
kind of fault: an exception that is not declared, text that nobody can store, more than five seconds of a processor or 90 of the
clock, more than 1.5 GB. The inputs that reach new lines are kept in `tests/data/corpus` (`python -m tests.parsers.keeping`) and run in
`make test`. The controls: a damaged workbook is told by the library's own error, a day that never was by Python's, and a text nested without
end by the interpreter's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from proofs.frame import NotHere, Proof, Result, weakest
from proofs.kept import ROOT

QUICK_SECONDS, FULL_SECONDS, CONTROL_SECONDS = 1, 600, 3


def quick(own: Path) -> Result:
    return fuzzed(own, QUICK_SECONDS)


def full(own: Path) -> Result:
    return fuzzed(own, FULL_SECONDS)


def control(own: Path) -> Result:
    return weakest(
        fuzzed(own / "workbook", CONTROL_SECONDS, "workbook", without="workbooks_trusted"),
        fuzzed(own / "dates", CONTROL_SECONDS, "dates", without="days_unguarded"),
        fuzzed(own / "webhook", CONTROL_SECONDS, "webhook", without="depth_unguarded"),
    )


def fuzzed(own: Path, seconds: int, *names: str, without: str = "") -> Result:
    """Try these parsers (all of them without a name); `without`: a function of this module that takes a guard out first."""
    if find_spec("atheris") is None:
        raise NotHere("needs atheris, which has wheels for Linux on x86_64 only; to get it: make dev")
    from proofs.fuzzer import state_of

    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one), "MADOGUCHI_HOME": str(own),
        "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings_test",
    }  # fmt: skip
    own.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "proofs.fuzzer", str(own), str(seconds)]
    more = ["--without", f"{__name__}:{without}"] if without else []
    subprocess.run([*words, *names, *more], cwd=ROOT, env=environment, check=True)
    states = {one.stem: state_of(own, one.stem) for one in sorted(own.glob("*.json"))}
    faults = [f"{name}: {fault}" for name, one in states.items() for fault in one.faults]
    first = f", first {faults[0][:120]}" if faults else ""
    told = (
        without
        or f"{len(states)} parsers, {min(one.seconds for one in states.values()):,.0f} s of a processor each or more"
    )
    return Result(sum(one.runs for one in states.values()), len(faults), f"{told}{first}")


def workbooks_trusted() -> None:
    """What a library raises over a damaged package is told as it is, but for the one error that it is known for."""
    from zipfile import BadZipFile

    from madoguchi.spreadsheets import workbook

    workbook.BROKEN = (BadZipFile,)  # type: ignore[assignment]  # the guard


def days_unguarded() -> None:
    """A day that its month never had is left to Python."""
    from datetime import date

    from madoguchi.jp import wareki

    wareki._from_parts = lambda _text, year, month, day: date(year, month, day)  # type: ignore[assignment]  # the guard


def depth_unguarded() -> None:
    """A text nested without end is left to the interpreter."""
    import json

    from madoguchi.payments import webhooks

    webhooks.json_of = json.loads  # type: ignore[attr-defined,assignment]  # the guard


PROOF = Proof(
    "fuzzing",
    "Whatever bytes or text come in, a parser answers with its value or the sentence that it declares, in time and memory",
    quick,
    full,
    control,
    "Parsers are tried without the database: what a constraint refuses later is P20's. Inputs are 4 kB at most; large ones are the proof of memory's. "
    "Branches of libraries written in C (JSON, TOML, pictures, parquet) are not counted, so that what they reach inside steers nothing.",
)

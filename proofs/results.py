"""proofs/RESULTS.md: a line for each promise and form, with the machine and the day; a run replaces the lines of what it ran."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

from proofs.every import PROMISES, every, unproven
from proofs.frame import Proof
from proofs.kept import ROOT, Outcome

FILE = ROOT / "proofs" / "RESULTS.md"
HEAD = """# What was shown

`make proofs` (full) and `python -m proofs.run --quick` write these lines; [README.md](README.md) says what they mean. *Without the guard*: how
many of how many tries broke the promise when its guard was taken out; it must be some, else the proof finds nothing.

| promise | form | n | losses | without the guard | result | seconds | day, machine, commit | |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of one promise in one form."""

    proof: Proof
    form: str
    told: Outcome
    control: Outcome
    result: str

    def line(self) -> str:
        """As printed."""
        why = self.told.broken or self.told.not_here or self.told.detail
        return (
            f"{self.proof.key:<4} {self.result:<8} n {self.told.n:>9,}  losses {self.told.losses:,}  without the guard "
            f"{_tries(self.control)}  {self.told.seconds:,.0f} s  {self.proof.promise}{f' ({why})' if why else ''}"
        )

    def cells(self) -> str:
        """As written."""
        why = self.told.broken or self.told.not_here or self.told.detail
        cells = (
            self.proof.key, self.form, f"{self.told.n:,}", f"{self.told.losses:,}", _tries(self.control), self.result,
            f"{self.told.seconds:,.0f}", _where(), f"{self.proof.promise}. {why}".replace("|", "/").replace("\n", " "),
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


def row(proof: Proof, form: str, told: Outcome, control: Outcome) -> Row:
    """What is said of this: the promise first, then whether it could have been found broken."""
    if told.not_here or control.not_here:
        result = "not run"
    elif told.broken or told.losses or not told.n:
        result = "BROKEN"
    elif control.broken or not control.losses:
        result = "UNPROVEN"
    else:
        result = "kept"
    return Row(proof, form, told, control, result)


def write(one: Row) -> None:
    """Replace its line, leave the others."""
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    rows = {_key(line): line for line in lines if line.startswith("| ") and not line.startswith("| promise")}
    written = one.cells()
    rows[_key(written)] = written
    order = [proof.key for proof in every()]
    known = [key for key in rows if key[0] in order]
    known.sort(key=lambda key: (order.index(key[0]), key[1]))
    FILE.write_text(HEAD + "\n".join(rows[key] for key in known) + "\n" + _not_shown(), encoding="utf-8")


def _not_shown() -> str:
    limits = [f"- {one.key}: {one.limits}" for one in every() if one.limits]
    missing = [f"- {key} ({PROMISES[key]}): {why}." for key, why in unproven().items()]
    return "\n## What is not shown here\n\n" + "\n".join([*limits, *missing]) + "\n"


def _key(line: str) -> tuple[str, str]:
    key, form = line.split("|")[1:3]
    return key.strip(), form.strip()


def _tries(control: Outcome) -> str:
    if control.broken or control.not_here:
        return f"not tried: {control.broken or control.not_here}"
    told = f" ({control.detail})" if control.detail else ""
    return f"{control.losses:,} of {control.n:,}{told}".replace("|", "/").replace("\n", " ")


def _where() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {os.cpu_count()} cores {platform.machine()}, {commit or 'no commit known'}"

"""What was already shown: kept in the work folder for as long as nothing that it was shown with has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOWN_WITH = ("src", "packs", "proofs", "tests", "benchmarks", "tools")
SUFFIXES = frozenset({".py", ".toml", ".html", ".typ", ".js", ".css", ".sql", ".po", ".json", ".csv"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one form ended with. `broken`: why it did not end; `not_here`: what this machine has not."""

    n: int = 0
    losses: int = 0
    detail: str = ""
    seconds: float = 0.0
    broken: str = ""
    not_here: str = ""


@cache
def inputs() -> str:
    """A digest of the programs and data with which a proof is made: another one, and what was shown is shown anew."""
    digest = hashlib.sha256()
    for path in sorted(one for folder in SHOWN_WITH for one in (ROOT / folder).rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def folder(work: Path, key: str, form: str) -> Path:
    """The folder of a form; emptied when it is of other inputs."""
    own, mark = work / key / form, work / key / form / "inputs"
    if own.exists() and (not mark.exists() or mark.read_text() != inputs()):
        shutil.rmtree(own)
    own.mkdir(parents=True, exist_ok=True)
    mark.write_text(inputs())
    return own


def read(own: Path) -> Outcome | None:
    """What the form ended with, if it did."""
    told = own / "outcome.json"
    return Outcome(**json.loads(told.read_text(encoding="utf-8"))) if told.exists() else None


def write(own: Path, outcome: Outcome) -> None:
    """Keep it, whole or not at all."""
    partial = own / "outcome.part"
    partial.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")
    partial.rename(own / "outcome.json")

"""`make bench`: run every benchmark in turn and write what they print, with the machine, to RESULTS.md.

A benchmark is a module of this folder that prints its figures; those named proofs_* belong to `make proofs`.
Figures of different machines do not compare: ratios do.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
NOT_BENCHMARKS = {"__init__", "run", "proofs"}


def benchmarks() -> list[str]:
    """The names of the benchmarks, in the order in which they run."""
    names = sorted(path.stem for path in HERE.glob("*.py"))
    return [name for name in names if name not in NOT_BENCHMARKS and not name.startswith("proofs_")]


def main() -> int:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    parts = ["# Results", "", f"Written by `make bench` on {machine}. Trust ratios more than figures."]
    failed = []
    for name in benchmarks():
        print(f"== {name}", flush=True)
        began = time.monotonic()
        words = [sys.executable, "-m", f"benchmarks.{name}"]
        done = subprocess.run(words, cwd=HERE.parent, capture_output=True, text=True, check=False)
        print(done.stdout, end="", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stderr, file=sys.stderr)
            parts += ["", f"## {name}", "", f"Ended with {done.returncode}."]
            continue
        took = f"{time.monotonic() - began:.0f} s"
        parts += ["", f"## {name} ({took})", "", "```text", done.stdout.rstrip(), "```"]
    RESULTS.write_text("\n".join(parts) + "\n", encoding="utf-8")
    print(f"written: {RESULTS.relative_to(HERE.parent)}")
    if failed:
        print(f"ended with a fault: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

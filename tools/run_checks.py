"""`make check`: everything that reads the code without running the product's tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS: list[tuple[str, list[str]]] = [
    ("ruff", [str(BIN / "ruff"), "check", "."]),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "-q", "."]),
    ("mypy --strict", [str(BIN / "mypy")]),
    ("layers", [str(BIN / "lint-imports"), "--no-cache"]),
    ("templates", [sys.executable, "-m", "tools.template_lint"]),
    ("migrations", [str(BIN / "madoguchi"), "makemigrations", "--check", "--dry-run"]),
    ("procedures", [str(BIN / "madoguchi"), "procedures", "lint"]),
    ("known faults", [sys.executable, "-m", "tools.known_faults", "--if-there"]),
]


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "MADOGUCHI_HOME": home, "PYTHONPATH": str(ROOT / "src")}
        for name, words in CHECKS:
            done = subprocess.run(
                words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            note = f" ({done.stdout.strip()})" if name == "known faults" else ""
            print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name}{note}", flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout + done.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

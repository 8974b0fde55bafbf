"""`make proofs`: the full-size proofs. Each may be stopped and started again; its state is under var/proofs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "proofs"
PROOFS = (
    ["-m", "benchmarks.proofs_import", "broken", "--work", str(WORK)],
    ["-m", "benchmarks.proofs_import", "large", "--work", str(WORK)],
    ["-m", "benchmarks.proofs_forms", "--work", str(WORK)],
    ["-m", "benchmarks.proofs_agreement", "--work", str(WORK)],
    [
        "-m",
        "pytest",
        "-q",
        "-m",
        "slow",
        "tests/unit",
        "tests/packs",
        "tests/rooms/booking",
        "tests/rooms/payments",
        "tests/channels/online",
    ],
    ["-m", "benchmarks.pay_histories", "--work", str(WORK)],
    ["-m", "benchmarks.pay_kills", "--kills", "200", "--work", str(WORK)],
)


def main() -> int:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    codes = [
        subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=False).returncode
        for words in PROOFS
    ]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())

"""`make proofs`: the promises of the issue at full size. Stop it at any time; the next start goes on where it was.

Each proof keeps its own state in its folder under build/proofs, so that it can go on; one that ended well is not
run again for the same code, unless its folder is removed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "proofs"
PROOFS: dict[str, list[str]] = {
    "broken imports": ["benchmarks.proofs_import", "broken", "--cases", "10000"],
    "a large import": ["benchmarks.proofs_import", "large", "--megabytes", "1024"],
}


def code_now() -> str:
    """The commit, and whether something was changed since."""
    words = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def main() -> int:
    code, failed = code_now(), []
    for name, (module, *arguments) in PROOFS.items():
        work = WORK / name.replace(" ", "-")
        done = work / "done"
        if done.exists() and done.read_text() == code and not code.endswith("-dirty"):
            print(f"ok    {name}: done before, at {code}")
            continue
        work.mkdir(parents=True, exist_ok=True)
        print(f"…     {name}", flush=True)
        words = [sys.executable, "-m", module, *arguments, "--work", str(work)]
        if subprocess.run(words, cwd=ROOT, check=False).returncode:
            failed.append(name)
            continue
        done.write_text(code)
        print(f"ok    {name}", flush=True)
    if failed:
        print(f"not proved: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

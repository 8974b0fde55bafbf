"""`make bench`: every benchmark in one run, written to benchmarks/RESULTS.md with the machine and the commands.

The register of a million is made once under var/bench and used again.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "bench"
RESIDENTS = os.environ.get("MADOGUCHI_BENCH_RESIDENTS", "1000000")
RUNS = (
    ("判定と次の質問（世帯5人） / deciding and the next question", ["benchmarks/decide.py"]),
    ("帳票 / sheets", ["benchmarks/sheets.py"]),
    ("画面 / screens", ["-m", "benchmarks.screens", "--work", str(WORK), "--residents", RESIDENTS]),
    ("棚卸し / inventory", ["-m", "benchmarks.inventory", "--work", str(WORK / "inventory")]),
    (
        "待ち列の1日 / a day of the hall",
        ["-m", "benchmarks.queue_day", "--faster", "10", "--begin", "90", "--minutes", "60"],
    ),
    ("待ち時間の見込み / waits", ["-m", "benchmarks.waits"]),
    ("ほかの役所の記録 / logs of other offices", ["-m", "benchmarks.waits_logs"]),
    ("カードの交付状況 / card coverage", ["-m", "benchmarks.coverage"]),
    ("表示盤の配信 / live streams", ["-m", "benchmarks.streams"]),
    ("検索 / search", ["-m", "benchmarks.search", "--work", str(WORK), "--residents", RESIDENTS]),
)


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    parts = [
        "# Benchmarks\n",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{datetime.now(UTC).date().isoformat()}. Command: `make bench`. Register: {int(RESIDENTS):,} invented residents, SQLite.\n",
    ]
    code = 0
    for title, words in RUNS:
        print(f"== {title}", flush=True)
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            capture_output=True,
            text=True,
            check=False,
        )
        print(done.stdout[-3000:], done.stderr[-2000:] if done.returncode else "", flush=True)
        code = code or int(done.returncode > 1)
        shown = " ".join(words).replace(str(WORK), "var/bench")
        parts.append(f"## {title}\n\n`python {shown}`\n\n```\n{done.stdout.strip()}\n```\n")
    (ROOT / "benchmarks" / "RESULTS.md").write_text("\n".join(parts), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())

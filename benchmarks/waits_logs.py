"""How well waits are foreseen on invented logs of other offices' queues, none of which our simulator made.

    python -m benchmarks.waits_logs [--seeds 3]

Five kinds of office (`benchmarks.queue_logs`), read and scored exactly as by `madoguchi queue score`.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from pathlib import Path

from benchmarks.queue_logs import STYLES, queue_log
from madoguchi.booking.waits.report import OURS, report_of
from madoguchi.booking.waits.snapshots import joins, read_snapshots


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    best, within, count = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for style in STYLES:
            for seed in range(1, given.seeds + 1):
                path = Path(folder) / f"{style}{seed}.csv"
                with path.open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows(queue_log(style, seed=seed))
                read = read_snapshots(path)
                scores = report_of(read, joins(read.snapshots, every=5)).scores
                ours = scores[OURS]
                others = {name: one.mean_error for name, one in scores.items() if name != OURS}
                count += 1
                best += ours.mean_error < min(others.values())
                within += 0.77 <= ours.covered <= 0.83
                print(
                    f"{style:<8} {seed}: {ours.count} waits, error {ours.mean_error:.1f} (median {ours.median_error:.1f}), "
                    f"band {ours.covered:.1%}; "
                    + ", ".join(f"{name} {each:.1f}" for name, each in others.items()),
                    flush=True,
                )
    print(f"\n{count} logs: ours best on {best}, band within 77–83 % on {within}")
    return 0 if best == count else 1


if __name__ == "__main__":
    sys.exit(main())

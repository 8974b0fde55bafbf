"""Proof of the import: 10,000 broken files, each held to every promise, and one file of 1 GB in bounded memory.

    python -m benchmarks.proofs_import broken --work FOLDER [--cases 10000]
    python -m benchmarks.proofs_import large  --work FOLDER [--megabytes 1024] [--store]

Both print counts as they go. `broken` may be stopped and goes on where it was; it needs no more than its number to make
a case again: `--only 4711`. `large` tries the file (dry run: everything but storing, so that a run which was stopped has
nothing to go on from and begins again; the file and a finished run are kept); with --store it stores it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

MOST_MEMORY_MB = 512
SHOWN_EVERY = 100


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("proof", choices=["broken", "large"])
    parser.add_argument(
        "--work", type=Path, required=True, help="a folder for the database, the file and the state"
    )
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--only", type=int)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--store", action="store_true")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    os.environ["MADOGUCHI_HOME"] = str(given.work)
    os.environ["MADOGUCHI_DATABASE_URL"] = f"sqlite:///{(given.work / f'{given.proof}.sqlite3').resolve()}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "madoguchi.config.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    proofs: dict[str, Callable[[argparse.Namespace], int]] = {"broken": broken, "large": large}
    return proofs[given.proof](given)


def broken(given: argparse.Namespace) -> int:
    """Every case keeps its promises inside a transaction of its own, which is rolled back."""
    from django.db import transaction
    from tests.rooms.residents.checking import check_everything
    from tests.rooms.residents.malformed import case

    state = given.work / "broken.json"
    done: dict[str, object] = {"next": 0, "figures": {}, "failures": []}
    if state.exists() and given.only is None:
        done = json.loads(state.read_text())
    figures = Counter(done["figures"])
    failures: list[str] = list(done["failures"])  # type: ignore[call-overload]  # as written below
    numbers = [given.only] if given.only is not None else range(int(str(done["next"])), given.cases)
    for number in numbers:
        made = case(number)
        try:
            with transaction.atomic():
                report = check_everything(made.data)
                transaction.set_rollback(True)
        except Exception as error:  # the proof lists whatever goes wrong and goes on; it hides nothing
            failures.append(
                f"case {number} ({made.form}; {', '.join(made.faults)}): {type(error).__name__}: {error}"[
                    :300
                ]
            )
        else:
            figures["files refused as a whole" if report is None else "files taken in"] += 1
            if report is not None:
                figures["rows in"] += report.rows_in
                figures["rows stored"] += report.stored
                figures["rows refused"] += report.refused_rows
        if number % SHOWN_EVERY == SHOWN_EVERY - 1 or number == given.cases - 1:
            state.write_text(
                json.dumps({"next": number + 1, "figures": figures, "failures": failures}, ensure_ascii=False)
            )
            print(f"{number + 1}/{given.cases} {dict(figures)} failures: {len(failures)}", flush=True)
    for failure in failures:
        print(failure)
    adds_up = figures["rows in"] == figures["rows stored"] + figures["rows refused"]
    return 0 if adds_up and not failures else 1


def large(given: argparse.Namespace) -> int:
    """One large file; the highest memory of the whole process is measured by the kernel."""
    from madoguchi.audit.entries import Actor
    from madoguchi.residents.importing.mapping import load_mapping
    from madoguchi.residents.operations import import_file

    path = given.work / f"{given.megabytes}MB.csv"
    finished = given.work / f"{given.megabytes}MB{'-stored' if given.store else ''}.txt"
    if finished.exists():
        print(finished.read_text(encoding="utf-8"))
        return 0
    if not path.exists():
        _write_large(path, given.megabytes)
    began = time.monotonic()

    def progress(rows: int, share: float) -> None:
        if rows % 50_000 == 0 or share >= 1:
            print(
                f"{share:4.0%} {rows:,} rows {time.monotonic() - began:,.0f} s {_peak():.0f} MB", flush=True
            )

    with path.open("rb") as stream:
        report = import_file(
            stream=stream,
            mapping=load_mapping("standard"),
            dry_run=not given.store,
            by=Actor(None, "proof", "", ""),
            now=datetime(2026, 11, 23, tzinfo=UTC),
            progress=progress,
        )
    figures = f"{path.stat().st_size / 1024**2:,.0f} MB, {time.monotonic() - began:,.0f} s, highest memory {_peak():.0f} MB"
    print(report.text())
    print(figures)
    kept = _peak() <= MOST_MEMORY_MB and report.rows_in == report.stored + report.refused_rows
    if kept:
        finished.write_text(
            f"{report.rows_in:,} rows in, {report.refused_rows:,} refused\n{figures}\n", encoding="utf-8"
        )
    return 0 if kept else 1


def _write_large(path: Path, megabytes: int) -> None:
    """A register's rows again and again, each time with other numbers; every thousandth row is broken."""
    from madoguchi.jp.check_digits import with_check_digit
    from madoguchi.residents.population.files import HEADINGS, csv_row
    from madoguchi.residents.population.register import register

    homes = register(residents=20_000, seed=1, on=date(2026, 11, 1))
    rows = [csv_row(home, person)[1:] for home in homes for person in home.people]
    tails = [",".join("" if cell is None else str(cell) for cell in row) + "\r\n" for row in rows]
    partial = path.with_suffix(".part")
    serial = 200_000_000
    with partial.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(HEADINGS) + "\r\n")
        while out.tell() < megabytes * 1024 * 1024:
            lines = []
            for tail in tails:
                serial += 1
                number = with_check_digit(str(serial))
                lines.append(f"{number},{tail}" if serial % 1000 else f"{number}0,{tail}")
            out.writelines(lines)
    partial.rename(path)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())

"""A file of 1 GB is tried in bounded memory, every row counted. The control reads the whole file before its first row."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from proofs.databases import on, sqlite
from proofs.frame import Proof, Result

MOST_MEMORY_MB = 512
SHOWN_EVERY = 50_000


def quick(own: Path) -> Result:
    return on(sqlite(own), own, tried, 16)


def full(own: Path) -> Result:
    return on(sqlite(own), own, tried, 1024)


def control(own: Path) -> Result:
    return on(sqlite(own), own, read_whole, 128)


def tried(own: Path, megabytes: str) -> Result:
    """Try the file (everything but storing); the highest memory of the whole process is the kernel's figure."""
    return _tried(own, int(megabytes), lambda stream: stream)


def read_whole(own: Path, megabytes: str) -> Result:
    return _tried(own, int(megabytes), lambda stream: io.BytesIO(b"".join(stream.readlines())))


def _tried(own: Path, megabytes: int, opened: Callable[[BinaryIO], BinaryIO]) -> Result:
    from madoguchi.audit.entries import Actor
    from madoguchi.residents.importing.mapping import load_mapping
    from madoguchi.residents.operations import import_file

    path, began = own / f"{megabytes}MB.csv", time.monotonic()
    if not path.exists():
        _write(path, megabytes)

    def progress(rows: int, share: float) -> None:
        if rows % SHOWN_EVERY == 0:
            print(
                f"{share:4.0%} {rows:,} rows {time.monotonic() - began:,.0f} s {_peak():.0f} MB", flush=True
            )

    with path.open("rb") as stream:
        report = import_file(
            stream=opened(stream), mapping=load_mapping("standard"), dry_run=True, by=Actor(None, "proof", "", ""),
            now=datetime(2026, 11, 23, tzinfo=UTC), progress=progress,
        )  # fmt: skip
    lost = abs(report.rows_in - report.stored - report.refused_rows)
    detail = f"{megabytes} MB, {report.refused_rows:,} rows refused, highest memory {_peak():.0f} MB"
    return Result(report.rows_in, lost + (_peak() > MOST_MEMORY_MB), detail)


def _write(path: Path, megabytes: int) -> None:
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


PROOF = Proof(
    "memory", "A file of 1 GB is taken in with bounded memory, every row counted", quick, full, control
)

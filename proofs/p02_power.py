"""P2: the current goes at any moment; what was shown as saved is there when it is back.

SQLite: the product itself works through acts of cases, with its own settings (WAL, synchronous=FULL), on a disk that keeps a log of
every write (disk.c). From the log, the disk after a cut at any place: what was synced, and any sectors of what was not. Each
state is opened anew, its integrity checked, and what it holds compared with what had been confirmed. The control is
synchronous=OFF.

PostgreSQL: its data lie on a file system in a file; while cases are worked on, the file is cloned at a moment (XFS reflink), which is
the disk as the cut leaves it. The clone is mounted, PostgreSQL recovers on it, and the same is compared. The control is fsync=off.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from proofs import counter_day, disk, power_postgresql
from proofs.databases import on, sqlite
from proofs.frame import NotHere, Proof, Result, weakest
from proofs.going_on import going_on

# What acts write, all of it in one transaction each.
COUNTS = (
    "SELECT (SELECT count(*) FROM cases_caserow), (SELECT count(*) FROM cases_actrow), (SELECT count(*) FROM cases_factrow), "
    "(SELECT count(*) FROM cases_personrow), (SELECT count(*) FROM audit_entryrow WHERE kind = 'step'), "
    "(SELECT sum(version) FROM cases_caserow), (SELECT count(*) FROM cases_actrow WHERE undone_at IS NOT NULL)"
)
VISITS = 12
MEMORY = Path("/dev/shm")


def quick(own: Path) -> Result:
    return _sqlite(own, 150, visits=3)


def full(own: Path) -> Result:
    told = _sqlite(own, 10_000, visits=VISITS)
    try:
        return told + power_postgresql.cuts(own, 200)
    except NotHere as why:
        return told + Result(0, 0, f"PostgreSQL not run: {why}")


def control(own: Path) -> Result:
    least = _sqlite(own, 150, visits=3, without="not_synced")
    try:
        return weakest(least, power_postgresql.cuts(own, 6, "fsync=off", "full_page_writes=off"))
    except NotHere:
        return least


def _sqlite(own: Path, states: int, *, visits: int, without: str = "") -> Result:
    with disk.loaded(own):
        on(sqlite(own), own, recorded, visits, without)
    return on(sqlite(own, "other"), own, compared, states)


def not_synced() -> None:
    """The guard taken out: SQLite tells the disk of nothing."""
    from django.conf import settings
    from django.db import connection

    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    connection.settings_dict["OPTIONS"] = options
    connection.close()


def recorded(own: Path, visits: str, without: str = "") -> Result:
    """Work through visits on a disk that keeps a log; what each confirmation stands for is noted in it."""
    from django.db import connection

    log, start = own / "writes.log", own / "start"
    if (own / "counts.json").exists():
        return Result(0, 0)
    cookies = counter_day.build(own)
    if without:
        not_synced()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.rmtree(start, ignore_errors=True)
    start.mkdir()
    for path in own.glob("proof.sqlite3*"):
        if not path.name.endswith("-shm"):
            shutil.copyfile(path, start / path.name)
    place = Path(connection.settings_dict["NAME"])
    ask, counts = counter_day.in_process(cookies), [_counts()]
    disk.record(place, log)
    for _number in range(int(visits)):
        visit = counter_day.Visit(ask)
        for act in visit.acts():
            if not act():
                raise RuntimeError(f"the visit ended after {visit.confirmed} acts")
            visit.confirmed += 1
            counts.append(_counts())
            disk.note(len(counts) - 1)
    (own / "counts.json").write_text(json.dumps(counts))
    return Result(len(counts), 0)


def _counts() -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return [int(one or 0) for one in cursor.fetchone()]


def compared(own: Path, states: str) -> Result:
    """So many states of the disk after a cut, each opened and compared."""
    from proofs.power import Disk

    log = disk.entries(own / "writes.log")
    counts = [tuple(one) for one in json.loads((own / "counts.json").read_text())]
    start = {f"{own.resolve()}/{path.name}": path.read_bytes() for path in (own / "start").iterdir()}
    places = sorted(random.Random(1).randrange(1, len(log) + 1) for _state in range(int(states)))
    playing = Disk.of(log, start)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:

        def one(number: int) -> Iterator[str]:
            playing.play(places[number])
            for old in Path(folder).iterdir():
                old.unlink()
            playing.cut(random.Random(number), Path(folder))
            yield from _wrong(Path(folder) / "proof.sqlite3", counts, playing.confirmed)

        return going_on(own, "cuts-sqlite", int(states), one)


def _wrong(place: Path, counts: list[tuple[int, ...]], confirmed: int) -> Iterator[str]:
    """What is wrong with the database that is found: broken, less than was confirmed, or half an act."""
    try:
        with closing(sqlite3.connect(place)) as found:
            said = found.execute("PRAGMA integrity_check(1)").fetchone()[0]
            there = tuple(int(one or 0) for one in found.execute(COUNTS).fetchone())
    except sqlite3.DatabaseError as error:
        yield f"broken: {error}"
        return
    if said != "ok":
        yield f"broken: {said}"
    if there not in counts[confirmed : confirmed + 2]:
        known = counts.index(there) if there in counts else None
        yield f"{confirmed} confirmed, found " + (
            "half an act" if known is None else f"the state after {known}"
        )


PROOF = Proof(
    "P2",
    "… and a power cut",
    quick,
    full,
    control,
    "SQLite: files are taken to be there once they are made (a lost directory entry of the -wal is not tried); PostgreSQL only where "
    "loop devices and XFS with reflink can be had",
)

"""P25: a copy restores to the promised point, and an older copy is noticed.

SQLite: the office works, a copy is made meanwhile, the office goes on, the copy is put back: the database is what it was at the
moment of the copy, row for row (SHA-256 over every table), with the attached files and the key. A database that is put back by
hand is noticed at the start.

PostgreSQL: base copy and received log; put back to a clock time between two acts, and to the last commit (nothing that was committed is
missing, with the disk of the server gone).

The full form has 150,000 residents and ten minutes for putting back. The controls: the file of a database in use copied by hand
without its -wal, and the question at the start left out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from proofs import counter_day
from proofs.clusters import Cluster, cluster
from proofs.databases import on, sqlite
from proofs.frame import NotHere, Proof, Result, weakest
from proofs.kept import ROOT

MOST_SECONDS = 600
RESIDENTS = 150_000
# What putting back adds of its own, and what is not the office's.
NOT_COMPARED = ("porch_markrow", "django_session", "django_migrations")


def quick(own: Path) -> Result:
    return on(sqlite(own), own, on_sqlite, 20)


def full(own: Path) -> Result:
    told = on(sqlite(own), own, on_sqlite, RESIDENTS)
    try:
        return told + on_postgresql(own, RESIDENTS)
    except NotHere as why:
        return told + Result(0, 0, f"PostgreSQL not run: {why}")


def control(own: Path) -> Result:
    return weakest(
        on(sqlite(own), own, on_sqlite, 20, "by hand"),
        on(sqlite(own, "two"), own, on_sqlite, 20, "not asked"),
    )


def content() -> str:
    """SHA-256 over every row of every table that is the office's, in order; the line of the putting back itself left out."""
    from django.apps import apps
    from django.db import connection

    made = hashlib.sha256()
    for table in sorted(one._meta.db_table for one in apps.get_models(include_auto_created=True)):
        if table in NOT_COMPARED:
            continue
        where = " WHERE activity <> 'old_copy_accepted'" if table == "audit_entryrow" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}{where} ORDER BY 1")
            made.update(table.encode())
            while rows := cursor.fetchmany(5000):
                for row in rows:
                    made.update(repr(row).encode())
    return made.hexdigest()


def _city(own: Path, residents: int) -> counter_day.Asked:
    from django.utils import timezone

    from madoguchi.city.models import StaffMember
    from madoguchi.config import demo_city

    if not StaffMember.objects.exists():
        demo_city.build(residents=residents, now=timezone.now())
    return counter_day.in_process(counter_day.build(own))


def on_sqlite(own: Path, residents: str, without: str = "") -> Result:
    """One copy made, put back and compared; one put back by hand, which has to be noticed."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from madoguchi.config.keeping import marks

    ask, copies, place = _city(own, int(residents)), own / "copies", Path(connection.settings_dict["NAME"])
    shutil.rmtree(copies, ignore_errors=True)
    attached = _attached(os.urandom(100_000))
    counter_day.Visit(ask).go()
    before, began = content(), time.monotonic()
    careless = own / "by-hand.sqlite3"
    shutil.copyfile(place, careless)
    call_command("backup", str(copies), stdout=sys.stderr)
    copied = time.monotonic() - began
    marks.set_mark(settings.HOME, now=timezone.now())
    counter_day.Visit(ask).go()
    _attached(b"changed")
    [copy] = copies.iterdir()
    connection.close()
    if without == "by hand":
        _lay_over(place, careless)
        return Result(1, int(content() != before), without)
    wrong = _by_hand(place, copy, asked=without != "not asked")
    if without:
        return Result(1, len(wrong), without)
    began = time.monotonic()
    call_command("restore", str(copy), stdout=sys.stderr)
    took = time.monotonic() - began
    if content() != before:
        wrong.append("not what it was at the moment of the copy")
    if (Path(settings.ATTACHMENTS_FOLDER) / "a" / "one").read_bytes() != attached:
        wrong.append("the attached file is not what it was")
    if took > MOST_SECONDS:
        wrong.append(f"putting back took {took:.0f} s")
    print(wrong, flush=True)
    size = place.stat().st_size / 2**20
    told = f"SQLite, {int(residents):,} residents, {size:,.0f} MB: copy {copied:.1f} s, put back {took:.1f} s"
    return Result(4, len(wrong), told)


def _attached(content: bytes) -> bytes:
    """A file that a resident attached."""
    from django.conf import settings

    there = Path(settings.ATTACHMENTS_FOLDER) / "a" / "one"
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(content)
    return content


def _lay_over(place: Path, copy: Path) -> None:
    """A file laid over the database, as somebody in a hurry would."""
    for tail in ("-wal", "-shm"):
        place.with_name(place.name + tail).unlink(missing_ok=True)
    shutil.copyfile(copy, place)


def _by_hand(place: Path, copy: Path, *, asked: bool) -> list[str]:
    """Whether the copy's file, laid over the database, goes unnoticed; afterwards it is as before."""
    from django.conf import settings
    from django.db import connection

    from madoguchi.config.keeping import marks

    kept = place.with_name("kept.sqlite3")
    shutil.copyfile(place, kept)
    _lay_over(place, copy / "database.sqlite3")
    try:
        if asked:
            marks.check(settings.HOME)
    except marks.OldCopy:
        return []
    finally:
        connection.close()
        _lay_over(place, kept)
    return ["an older copy was not noticed"]


def on_postgresql(own: Path, residents: int) -> Result:
    """Base copy, received log, the server's disk not used any more; put back to a clock time and to the last commit."""
    data = own / "cluster"
    shutil.rmtree(data, ignore_errors=True)
    with cluster(data) as running:
        return on(running.url, own, _worked, residents)


def _worked(own: Path, residents: str) -> Result:
    """The office works while the log is received; then everything is put back from copies alone."""
    from django.core.management import call_command
    from django.db import connection

    ask, wrong = _city(own, int(residents)), list[str]()
    copies, wal = own / "pg-copies", own / "wal"
    for folder in (copies, wal, own / "at-time", own / "at-end"):
        shutil.rmtree(folder, ignore_errors=True)
    words = [sys.executable, "-m", "madoguchi.config.command_line", "backup", str(wal), "--follow"]
    following = subprocess.Popen(words, cwd=ROOT, env=dict(os.environ))
    try:
        while not list(wal.glob("*")):
            time.sleep(0.2)
        call_command("backup", str(copies), stdout=sys.stderr)
        counter_day.Visit(ask).go()
        then = content()
        time.sleep(1.2)
        moment = datetime.now(UTC)
        time.sleep(1.2)
        counter_day.Visit(ask).go()
        last = content()
        connection.close()
        time.sleep(2.0)
    finally:
        following.terminate()
        following.wait(60)
    [copy] = copies.iterdir()
    for one in (wal, *wal.iterdir()):
        one.chmod(0o755 if one.is_dir() else 0o644)
    seconds = [
        _put_back(copy, own / "at-time", wal, moment, then, wrong),
        _put_back(copy, own / "at-end", wal, None, last, wrong),
    ]
    print(wrong, flush=True)
    return Result(4, len(wrong), f"PostgreSQL, {int(residents):,} residents: put back {max(seconds):.1f} s")


def _put_back(
    copy: Path, to: Path, wal: Path, until: datetime | None, wanted: str, wrong: list[str]
) -> float:
    """Put back to a moment, started and compared; the seconds that putting back took."""
    from django.core.management import call_command

    began = time.monotonic()
    more = ["--until", until.isoformat()] if until else []
    call_command("restore", str(copy), "--to", str(to), "--wal", str(wal), *more, stdout=sys.stderr)
    took = time.monotonic() - began
    if took > MOST_SECONDS:
        wrong.append(f"putting back took {took:.0f} s")
    found = Cluster(to)
    try:
        if not found.start():
            wrong.append(f"{to.name}: does not start")
            return took
        words = "import django; django.setup(); from proofs.p25_backup import content; print(content())"
        done = subprocess.run(
            [sys.executable, "-c", words],
            cwd=ROOT,
            env={**os.environ, "MADOGUCHI_DATABASE_URL": found.url},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.stdout.strip() != wanted:
            wrong.append(f"{to.name}: not what it was ({done.stderr.strip()[-200:]})")
    finally:
        found.kill()
        shutil.rmtree(found.socket, ignore_errors=True)
    return took


PROOF = Proof(
    "P25",
    "A backup restores to the promised point",
    quick,
    full,
    control,
    "SQLite goes back to the copies that were made, not to moments between them",
)

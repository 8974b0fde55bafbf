"""Power cuts of PostgreSQL: its disk is a file on XFS, cloned at a moment (reflink) as the cut leaves it, and started on the clone."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proofs import counter_day
from proofs.clusters import Cluster, cluster
from proofs.databases import on
from proofs.frame import NotHere, Result
from proofs.going_on import going_on

TO_GET_IT = "apt-get install xfsprogs e2fsprogs, as the superuser, with loop devices"


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"needs clones of a disk ({done.stderr.strip()[:120]}); to get it: {TO_GET_IT}")


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    """The file system in a file, at a folder."""
    at.mkdir(parents=True, exist_ok=True)
    _run("mount", "-o", "loop", str(image), str(at))
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=False, capture_output=True)


def cuts(own: Path, number: int, *options: str) -> Result:
    """So many cuts while cases are worked on; the cluster has these options besides its own."""
    if shutil.which("mkfs.xfs") is None or shutil.which("mkfs.ext4") is None:
        raise NotHere(f"needs mkfs.xfs and mkfs.ext4; to get it: {TO_GET_IT}")
    image = own / "xfs.img"
    with image.open("wb") as file:
        file.truncate(3 * 2**30)
    _run("mkfs.xfs", "-q", "-f", "-m", "reflink=1", str(image))
    with mounted(image, own / "xfs") as clones:
        disk = clones / "disk.img"
        with disk.open("wb") as file:
            file.truncate(600 * 2**20)
        _run("mkfs.ext4", "-q", "-F", str(disk))
        with mounted(disk, own / "disk") as there, cluster(there / "data", *options) as running:
            told = on(running.url, own, cut, number, clones, *options)
    image.unlink()
    return told


def cut(own: Path, number: str, clones: str, *options: str) -> Result:
    """The cuts, from the process that works on the cases."""
    from django.db import connection

    from proofs.p02_power import COUNTS

    cookies = counter_day.build(own)
    ask, stop = counter_day.in_process(cookies), threading.Event()
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        counts = [tuple(int(one or 0) for one in cursor.fetchone())]

    def work() -> None:
        while not stop.is_set():
            for act in counter_day.Visit(ask).acts():
                if not act():
                    raise RuntimeError("a visit was not confirmed")
                with connection.cursor() as cursor:
                    cursor.execute(COUNTS)
                    counts.append(tuple(int(one or 0) for one in cursor.fetchone()))
        connection.close()

    working = threading.Thread(target=work)
    working.start()
    try:

        def one(which: int) -> Iterator[str]:
            time.sleep(0.05 + random.Random(which).random())
            confirmed = len(counts) - 1
            clone = Path(clones) / "clone.img"
            _run("cp", "--reflink=always", str(Path(clones) / "disk.img"), str(clone))
            later = len(counts) + 1
            yield from _found(own, clone, counts, confirmed, later)
            clone.unlink()

        return going_on(own, "cuts-postgresql", int(number), one, 5)
    finally:
        stop.set()
        working.join()


def _found(
    own: Path, clone: Path, counts: list[tuple[int, ...]], confirmed: int, later: int
) -> Iterator[str]:
    """What is wrong with what PostgreSQL finds on the clone."""
    from proofs.p02_power import COUNTS

    with mounted(clone, own / "after") as there:
        found = Cluster(there / "data")
        try:
            if not found.start():
                yield "does not start: " + (found.socket / "log").read_text(errors="replace").strip()[-120:]
                return
            done = subprocess.run(
                found.words(
                    "psql", "-h", str(found.socket), "-d", "postgres", "-At", "-F", " ", "-c", COUNTS
                ),
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                yield f"broken: {done.stderr.strip()[:120]}"
                return
            state = tuple(int(one or 0) for one in done.stdout.strip().split(" "))
            if state not in counts[confirmed : later + 1]:
                yield f"{confirmed} confirmed, found {json.dumps(state)}, wanted {counts[confirmed]}"
        finally:
            found.kill()
            shutil.rmtree(found.socket, ignore_errors=True)

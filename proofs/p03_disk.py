"""P3: a full, read-only or failing disk never shows “saved”.

The product itself goes through a visit at the counter. In each of its acts, every write, sync and truncation of the database's files
fails once (disk.c): for the k-th, k = 0, 1, 2, … until the act needs no k-th. What the screen showed as saved has to be there,
whole, after the database is opened anew; the page of a failure is the one that says so. The full form does it besides on a
file system that is filled to the last block and one that is made read-only, where one can be mounted. The control takes an error of
the database for done.
"""

from __future__ import annotations

import errno
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from proofs import counter_day, disk
from proofs.databases import on, sqlite
from proofs.frame import NotHere, Proof, Result
from proofs.power_postgresql import mounted

BROKEN_ONCE, BROKEN, FULL, READ_ONLY = "broken once", "broken", "full", "read-only"
FAULTS = {
    BROKEN_ONCE: (errno.EIO, False), BROKEN: (errno.EIO, True), FULL: (errno.ENOSPC, True), READ_ONLY: (errno.EROFS, True),
}  # fmt: skip
PAGE = "保存できたことを確かめられていません"
MOST = 5_000


def quick(own: Path) -> Result:
    with disk.loaded(own):
        return on(sqlite(own), own, failing, FULL, 9)


def full(own: Path) -> Result:
    with disk.loaded(own):
        told = on(sqlite(own), own, failing, ",".join(FAULTS), 1)
    return told + _mounted(own)


def control(own: Path) -> Result:
    with disk.loaded(own):
        return on(sqlite(own), own, failing, FULL, 5, "without")


def failing(own: Path, faults: str, every: str, without: str = "") -> Result:
    """Every `every`-th write of each act of a visit fails with each of the faults."""
    from django.db import connection

    logging.disable(logging.CRITICAL)  # each failure is wanted
    if without:
        errors_taken_for_done()
    cookies = counter_day.build(own)
    ask = counter_day.in_process(cookies)
    first = counter_day.Visit(ask)
    first.go()
    undisturbed = counter_day.acts_of(first.case)
    connection.close()
    tries, wrong, by_fault = 0, list[str](), dict[str, int]()
    for name in faults.split(","):
        before = tries
        tried, faulty = _through(Path(connection.settings_dict["NAME"]), ask, undisturbed, name, int(every))
        tries, wrong = tries + tried, [*wrong, *faulty]
        by_fault[name] = tries - before
        print(f"{name}: {tried} writes failed, {len(faulty)} wrong", flush=True)
    for one in wrong[:20]:
        print(one)
    told = ", ".join(f"{name} {number:,}" for name, number in by_fault.items())
    return Result(tries, len(wrong), told + (f"; first: {wrong[0][:160]}" if wrong else ""))


def _through(
    place: Path, ask: counter_day.Asked, undisturbed: list[counter_day.Act], name: str, every: int
) -> tuple[int, list[str]]:
    """One visit, with each write of each of its acts failing; how many failed, and what was wrong."""
    from django.db import connection

    fault, stays = FAULTS[name]
    pages: list[str] = []

    def asked(method: str, path: str, fields: dict[str, str] | None) -> tuple[int, str, str] | None:
        told = ask(method, path, fields)
        if told is not None and method == "POST" and told[0] >= 500:
            pages.append(told[2])
        return told

    visit, tries, wrong = counter_day.Visit(asked), 0, []
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        for act in visit.acts():
            _copy(place, Path(folder) / place.name)
            for k in range(0, MOST, every):
                _copy(Path(folder) / place.name, place)
                case, confirmed = visit.case, visit.confirmed
                pages.clear()
                disk.fail(place, k, fault, stays=stays)
                visit.confirmed += act()
                reached = disk.count() > k
                disk.fail(None, 0, 0, stays=False)
                connection.close()
                found = [*counter_day.wrong_with(visit, undisturbed), *_harmed(), *_not_said(pages)]
                connection.close()
                if not reached:
                    break
                tries += 1
                wrong += [f"{name}, write {k} of act {confirmed + 1}: {one}" for one in found]
                visit.case, visit.confirmed = case, confirmed
            if visit.confirmed != confirmed + 1:
                raise RuntimeError(f"act {confirmed + 1} does not succeed without a fault: {pages}")
    return tries, wrong


def _harmed() -> Iterator[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        (said,) = cursor.fetchone()
    if said != "ok":
        yield f"broken: {said}"
    if counter_day.unowned():
        yield "a case opened by half"


def _not_said(pages: list[str]) -> Iterator[str]:
    for page in pages:
        if PAGE not in page:
            yield f"the page does not say so: {page[:80]}"


def _copy(source: Path, to: Path) -> None:
    """The database with what stands in its -wal; nobody has it open."""
    for tail in ("", "-wal", "-shm"):
        to.with_name(to.name + tail).unlink(missing_ok=True)
        if (there := source.with_name(source.name + tail)).exists():
            shutil.copyfile(there, to.with_name(to.name + tail))


def errors_taken_for_done() -> None:
    """The guard taken out: an error of the database is not told to the screen."""
    from django.db import DatabaseError

    from madoguchi.cases import hearing

    done = hearing.answer_prompt

    def careless(**said: object) -> None:
        try:
            done(**said)  # type: ignore[arg-type]  # what the screen said
        except DatabaseError:
            return

    hearing.answer_prompt = careless  # the guard


def _mounted(own: Path) -> Result:
    """The same visit on a file system that is really full, and really read-only."""
    image = own / "small.img"
    with image.open("wb") as file:
        file.truncate(96 * 2**20)
    try:
        if shutil.which("mkfs.ext4") is None:
            raise NotHere("needs mkfs.ext4")
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
        with mounted(image, own / "small") as there:
            return on(f"sqlite:///{there / 'proof.sqlite3'}", own, filled, there)
    except NotHere as why:
        return Result(0, 0, f"mounted disks not run: {why}")


def filled(own: Path, where: str) -> Result:
    """Visits with ever less room, down to none, and then read-only."""
    from django.db import connection

    logging.disable(logging.CRITICAL)

    ask = counter_day.in_process(counter_day.build(own))
    first = counter_day.Visit(ask)
    first.go()
    undisturbed, filler = counter_day.acts_of(first.case), Path(where) / "filler"
    wrong, tries = list[str](), 0
    for room in (*range(400, -1, -20), -1):
        connection.close()
        filler.unlink(missing_ok=True)
        if room >= 0:
            _fill(filler, room * 1024)
        else:
            subprocess.run(["mount", "-o", "remount,ro", where], check=True)
        visit = counter_day.Visit(ask)
        visit.go()
        connection.close()
        if room < 0:
            subprocess.run(["mount", "-o", "remount,rw", where], check=True)
        filler.unlink(missing_ok=True)
        tries += 1
        wrong += [f"{room} kB: {one}" for one in (*counter_day.wrong_with(visit, undisturbed), *_harmed())]
        if room <= 0 and visit.confirmed:
            wrong.append(f"{room} kB: confirmed {visit.confirmed}")
    return Result(tries, len(wrong), f"mounted disks, filled and read-only, {tries}" + "".join(wrong[:1]))


def _fill(filler: Path, leave: int) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
        file.truncate(max(file.tell() - leave, 0))


PROOF = Proof(
    "P3",
    "A full, read-only or failing disk never shows “saved”",
    quick,
    full,
    control,
    "on SQLite; PostgreSQL's disk is not made to fail",
)

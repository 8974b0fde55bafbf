"""A whole register decided (登録者全員の判定): the files of a register in, one Parquet file of what people are entitled to out.

1. The register is read in parts of whole households, as many people at once as the memory allows (`files`).
2. Each part is decided for all procedures in one pass over its columns (`batch`, `outcomes`), and written beside the target.
3. Whoever was stopped goes on: a part that was written is not decided again, unless the register, the day, the procedures
   or their revision are others. At the end the parts become one file, which is moved to its place.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.batch import Batch
from madoguchi.procedures.bulk.files import Register, RegisterUnreadable, Slice
from madoguchi.procedures.bulk.joining import join
from madoguchi.procedures.bulk.outcomes import Docket
from madoguchi.procedures.bulk.writing import NOTHING_FOUND, Tally, tally_in, write
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.implied import DEATH_DATE
from madoguchi.procedures.judge import facts_read, looks_at_kin
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind

__all__ = ["Limits", "RegisterUnreadable", "Tally", "entitled"]
_MEGABYTE = 1 << 20
# Measured: the columns, outcomes and rows of one person while a part is being decided.
_BYTES_OF_A_PERSON = 1_500
_FEWEST, _MOST = 20_000, 500_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much memory a run may take, and how many parts it decides at once (None: one for each processor)."""

    megabytes: int = 4_096
    at_once: int | None = None

    def workers(self) -> int:
        """Return how many parts are decided at once."""
        return self.at_once or os.cpu_count() or 1

    def people(self) -> int:
        """Return how many people a part has."""
        room = self.megabytes * _MEGABYTE // 2 // self.workers() // _BYTES_OF_A_PERSON
        return max(_FEWEST, min(_MOST, room))


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be decided: the procedures, on which day, with which calendar."""

    pack: Pack
    procedures: tuple[Procedure, ...]
    on: date
    open_days: OpenDays

    def keys(self) -> frozenset[str]:
        """Return the facts of people that are read."""
        read = {key for one in self.procedures for holder, key in facts_read(one) if holder is Holder.PERSON}
        return frozenset(read | {DEATH_DATE, "lives_with_household"})

    def mark(self, register: Path, names: Iterable[str], people: int) -> str:
        """Return what tells this run from another: a part of another run is of no use."""
        files = {name: (register / name).stat() for name in names}
        return json.dumps(
            {
                "revision": self.pack.revision,
                "procedures": [one.id for one in self.procedures],
                "on": self.on.isoformat(),
                "open_days": repr(
                    [sorted(self.open_days.closed), sorted(self.open_days.opened), sorted(self.open_days.weekly)]
                ),
                "files": {name: [one.st_size, one.st_mtime_ns] for name, one in files.items()},
                "people": people,
            }
        )


def entitled(
    pack: Pack,
    procedures: Sequence[Procedure],
    *,
    register: Path,
    on: date,
    open_days: OpenDays,
    out: Path,
    limits: Limits = Limits(),  # noqa: B008  -- a value that never changes
    done: Callable[[int, int], None] = lambda parts, of: None,
) -> Tally:
    """Decide procedures over a register; writes one row per procedure and subject that is not "not needed".

    `procedures` empty: all of event "none". `done` is told how many parts of how many are written. Raises
    RegisterUnreadable, and then leaves nothing behind; what a run that was killed had written is used by the next.
    """
    order = Order(pack, tuple(procedures) or pack.procedures_of(EventKind.none), on, open_days)
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{max(256, limits.megabytes // 4)}MB'")
        files = Register(connection, pack, register, order.keys(), with_events=bool(procedures))
        work = out.with_name(f".{out.name}.parts")
        _prepare(work, order.mark(register, files.names, limits.people()))
        connection.execute("SET temp_directory = ?", [str(work / "spilled")])
        slices = files.slices(limits.people())
        if slices is None:
            parts = -(-files.people() // limits.people())
            slices = [Slice()] if parts <= 1 else files.deal(parts, work)
        tally = _decide(order, files, slices, work, limits, done)
        finished = out.with_name(f".{out.name}.unfinished")
        join([_part(work, number) for number in range(len(slices))], finished)
        finished.replace(out)
    shutil.rmtree(work)
    return tally


def _prepare(work: Path, mark: str) -> None:
    """Make the folder of the parts; parts of another run are thrown away."""
    said = work / "order.json"
    if said.is_file() and said.read_text(encoding="utf-8") == mark:
        return
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    said.write_text(mark, encoding="utf-8")


def _part(work: Path, number: int) -> Path:
    return work / f"part-{number:05}.parquet"


def _decide(
    order: Order,
    files: Register,
    slices: list[Slice],
    work: Path,
    limits: Limits,
    done: Callable[[int, int], None],
) -> Tally:
    tally, ready = NOTHING_FOUND, 0
    left = []
    for number, chosen in enumerate(slices):
        written = tally_in(_part(work, number)) if _part(work, number).exists() else None
        if written is None:
            left.append((number, chosen))
        else:
            tally, ready = tally + written, ready + 1
    done(ready, len(slices))
    decide_one = partial(_decide_one, order, files, work)
    with ThreadPoolExecutor(max_workers=limits.workers()) as pool:
        waiting = [pool.submit(decide_one, number, chosen) for number, chosen in left]
        try:
            for one in as_completed(waiting):
                tally, ready = tally + one.result(), ready + 1
                done(ready, len(slices))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return tally


def _decide_one(order: Order, files: Register, work: Path, number: int, chosen: Slice) -> Tally:
    with files.connection.cursor() as connection:
        part = files.read(chosen, connection)
        batch = Batch(order.pack, part, order.on, order.open_days)
        if any(looks_at_kin(one) for one in order.procedures):
            strangers = batch.strangers()
            if strangers:
                part = files.with_strangers(part, strangers, connection)
                batch = Batch(order.pack, part, order.on, order.open_days)
    docket = Docket(batch)
    found = [one for procedure in order.procedures for one in docket.decided(procedure)]
    return write(batch, found, _part(work, number))

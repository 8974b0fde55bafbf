"""A whole register decided (登録者全員の判定): the files of a register in, one Parquet file of what people are entitled to out.

1. The register is read in parts of whole households, as many people at once as the memory allows (`files`).
2. Each part is decided for all procedures in one pass over its columns (`batch`, `outcomes`), and written beside the target.
3. Whoever was stopped goes on: a part that was written is not decided again, unless the register, the day, the procedures
   or their revision are others. At the end the parts become one file, which is moved to its place.
"""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.batch import Batch
from madoguchi.procedures.bulk.files import Register, RegisterUnreadable, Slice
from madoguchi.procedures.bulk.joining import join
from madoguchi.procedures.bulk.orders import Limits, Order
from madoguchi.procedures.bulk.outcomes import Docket
from madoguchi.procedures.bulk.single import situation_of
from madoguchi.procedures.bulk.spark import SparkUnavailable, entitled_on_spark
from madoguchi.procedures.bulk.writing import NOTHING_FOUND, Tally, tally_in, write
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.decisions import Decision
from madoguchi.procedures.judge import looks_at_kin
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind

__all__ = ["Limits", "RegisterUnreadable", "SparkUnavailable", "Tally", "entitled", "explained"]


def entitled(
    pack: Pack,
    procedures: Sequence[Procedure],
    *,
    register: Path,
    on: date,
    open_days: OpenDays,
    out: Path,
    limits: Limits = Limits(),
    on_spark: bool = False,
    done: Callable[[int, int], None] = lambda parts, of: None,
) -> Tally:
    """Decide procedures over a register; writes one row per procedure and subject that is not "not needed".

    `procedures` empty: all of event "none". `done` is told how many parts of how many are written. Raises
    RegisterUnreadable, and then leaves nothing behind; what a run that was killed had written is used by the next. On Spark
    also SparkUnavailable.
    """
    order = Order(pack, tuple(procedures) or pack.procedures_of(EventKind.none), on, open_days)
    if on_spark:
        return entitled_on_spark(
            order, register=register, out=out, with_events=bool(procedures), limits=limits, done=done
        )
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
        batch = _batch(order, files, chosen, connection)
    docket = Docket(batch)
    found = [one for procedure in order.procedures for one in docket.decided(procedure)]
    return write(batch, found, _part(work, number))


def _batch(order: Order, files: Register, chosen: Slice, connection: duckdb.DuckDBPyConnection) -> Batch:
    """Read a part, with whoever its relations name and who lives elsewhere."""
    part = files.read(chosen, connection)
    batch = Batch(order.pack, part, order.on, order.open_days)
    strangers = batch.strangers() if any(looks_at_kin(one) for one in order.procedures) else []
    if not strangers:
        return batch
    return Batch(order.pack, files.with_strangers(part, strangers, connection), order.on, order.open_days)


def explained(
    pack: Pack,
    procedures: Sequence[Procedure],
    *,
    register: Path,
    on: date,
    open_days: OpenDays,
    household: str,
) -> tuple[Decision, ...]:
    """Decide one household of a register as `decide` does, with reasons, law and what is missing.

    One decision for each procedure and subject, "not needed" too; none where nobody lives there. Raises
    RegisterUnreadable.
    """
    order = Order(pack, tuple(procedures) or pack.procedures_of(EventKind.none), on, open_days)
    with duckdb.connect() as connection:
        files = Register(connection, pack, register, order.keys(), with_events=bool(procedures))
        batch = _batch(order, files, Slice(only=household), connection)
        if not len(batch.homes):
            return ()
        situation = situation_of(batch, 0)
    away = batch.elsewhere
    elsewhere = set() if away is None else set(batch.ids.filter(pa.array(away)).to_pylist())
    return tuple(
        decision
        for procedure in order.procedures
        if situation.event in procedure.events
        for decision in decide_procedure(pack, procedure, situation, on=on, open_days=open_days)
        if decision.subject not in elsewhere
    )

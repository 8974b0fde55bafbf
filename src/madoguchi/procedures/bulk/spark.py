"""A register decided on Spark (都道府県・全国の規模): the same columns, dealt out over many machines.

1. Spark reads the files of the register, fetches kin who live elsewhere, and deals the rows out by household.
2. Each task decides the households that it was dealt with the same code as on one machine (`batch`, `outcomes`): there is no
   second translation of the rules that could say something else. Every machine needs madoguchi installed.
3. Spark writes the rows as it has them; at the end they become one file.

Wants the extra `madoguchi[spark]` and Java 17. Without a master given by Spark's own settings it runs on this machine.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from madoguchi.procedures.bulk.batch import ELSEWHERE, Batch, Part
from madoguchi.procedures.bulk.files import EVENTS, PEOPLE, RELATIONS, Register
from madoguchi.procedures.bulk.joining import join
from madoguchi.procedures.bulk.orders import Limits, Order
from madoguchi.procedures.bulk.outcomes import Docket
from madoguchi.procedures.bulk.writing import SCHEMA, Tally, rows_of

_TASK, _FILE = "task_", "file_"
_ROWS = (
    "procedure string, subject string, household_id string, status string, deadline date, amount_yen bigint"
)


# Spark takes no dictionaries.
_PLAIN = pa.schema(
    [(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in SCHEMA]
)


class SparkUnavailable(RuntimeError):
    """The extra `madoguchi[spark]`, or Java, is not there, or Spark gave up."""


def entitled_on_spark(
    order: Order,
    *,
    register: Path,
    out: Path,
    with_events: bool,
    limits: Limits,
    done: Callable[[int, int], None] = lambda parts, of: None,
) -> Tally:
    """Do the same as `register.entitled` on Spark; `register` and `out` are where every machine of it can reach them.

    Raises RegisterUnreadable and SparkUnavailable. Spark itself repeats what a lost machine had to do; a run that was stopped
    as a whole begins again.
    """
    with duckdb.connect() as connection:
        files = Register(connection, order.pack, register, order.keys(), with_events=with_events)
        tasks = max(1, -(-files.people() // limits.people()))
    session = _session()
    work = out.with_name(f".{out.name}.spark")
    shutil.rmtree(work, ignore_errors=True)
    try:
        done(0, 1)
        _written(session, order, files, tasks, work)
        parts = sorted(work.glob("part-*.parquet"))
        finished = out.with_name(f".{out.name}.unfinished")
        join(parts, finished)
        finished.replace(out)
        done(1, 1)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        session.stop()
    with duckdb.connect() as connection:
        counts = connection.execute(
            "SELECT status, count(*) FROM read_parquet(?) GROUP BY ALL ORDER BY ALL", [str(out)]
        ).fetchall()
    return Tally(sum(number for _, number in counts), dict(counts))


def _written(session: Any, order: Order, files: Register, tasks: int, work: Path) -> None:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        rows = _dealt(session, files, tasks).groupBy(_TASK).applyInArrow(_task(order, files), _ROWS)
        rows.write.parquet(str(work), compression="zstd")
    except (PySparkException, Py4JError) as error:
        said = [one.strip() for one in str(error).splitlines() if one.strip()]
        told = next(
            (one for one in reversed(said) if "Error" in one), said[0] if said else type(error).__name__
        )
        raise SparkUnavailable(
            f"Spark での計算が終わりませんでした（{told[:300]}）。Spark の記録を確かめるか、--engine duckdb を指定してください。"
        ) from error


def _session() -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkUnavailable(
            "Spark がありません。「pip install 'madoguchi[spark]'」で入れるか、--engine duckdb を指定してください。"
        ) from error
    if shutil.which("java") is None:
        raise SparkUnavailable("Java 17 がありません。入れてから、もう一度実行してください。")
    logging.getLogger("py4j").setLevel(logging.ERROR)
    # The tasks run with the Python that has madoguchi, unless Spark was told of another.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return (
        SparkSession.builder.appName("madoguchi entitled")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .getOrCreate()
    )


def _dealt(session: Any, files: Register, tasks: int) -> Any:
    """Return the rows of all files as one frame, each with its task: one household is all in one."""
    from pyspark.sql import functions as f

    people = session.read.parquet(str(files.folder / PEOPLE)).selectExpr(*_for_spark(files.people_columns()))
    relations = session.read.parquet(str(files.folder / RELATIONS)).selectExpr(
        *(f"CAST(`{name}` AS STRING) AS `{name}`" for name in ("household_id", "kind", "of", "is"))
    )
    frames = [
        people.withColumn(ELSEWHERE, f.lit(False)).withColumn(_FILE, f.lit(PEOPLE)),
        _elsewhere(people, relations).withColumn(_FILE, f.lit(PEOPLE)),
        relations.withColumn(_FILE, f.lit(RELATIONS)),
    ]
    if EVENTS in files.names:
        events = session.read.parquet(str(files.folder / EVENTS))
        # What the event knows may be called as what a person does.
        columns = _for_spark(files.event_columns(), prefix="event_")
        frames.append(events.selectExpr(*columns).withColumn(_FILE, f.lit(EVENTS)))
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.unionByName(frame, allowMissingColumns=True)
    return whole.withColumn(_TASK, f.expr(f"pmod(xxhash64(household_id), {tasks})"))


def _elsewhere(people: Any, relations: Any) -> Any:
    """Return those whom a relation of a household names and who live in another, once for each such household."""
    from pyspark.sql import functions as f

    homes = people.select("id", f.col("household_id").alias("home"))
    of = homes.withColumnsRenamed({"id": "of", "home": "of_home"})
    kin = homes.withColumnsRenamed({"id": "is", "home": "is_home"})
    named = relations.join(of, "of").join(kin, "is").where("of_home <> is_home")
    away = named.where("household_id = of_home").selectExpr("household_id AS home", "`is` AS who")
    away = away.union(named.where("household_id = is_home").selectExpr("household_id AS home", "`of` AS who"))
    found = people.join(away.distinct(), people["id"] == away["who"]).withColumn(
        "household_id", f.col("home")
    )
    found = found.drop("home", "who").withColumn(ELSEWHERE, f.lit(True))
    if "lives_with_household" in found.columns:
        found = found.withColumn("lives_with_household", f.lit(False))
    return found


def _for_spark(columns: list[str], prefix: str = "") -> list[str]:
    """Return column expressions of DuckDB as Spark writes them."""
    found = []
    for one in columns:
        expression, name = one.rsplit(" AS ", 1)
        expression = expression.replace("VARCHAR[]", "ARRAY<STRING>").replace("VARCHAR", "STRING")
        found.append(f"{expression} AS {name if name == 'household_id' else prefix + name}")
    return found


def _task(order: Order, files: Register) -> Callable[[pa.Table], pa.Table]:
    """Return what a task does with the rows that it was dealt."""
    people = [one.rsplit(" AS ", 1)[1] for one in files.people_columns()]
    with_events = EVENTS in files.names
    events = [one.rsplit(" AS ", 1)[1] for one in files.event_columns()] if with_events else []

    def decide(table: pa.Table) -> pa.Table:
        of = {name: table.filter(pc.equal(table[_FILE], name)) for name in (PEOPLE, RELATIONS, EVENTS)}
        told = None
        if with_events:
            told = of[EVENTS].select([name if name == "household_id" else f"event_{name}" for name in events])
            told = told.rename_columns(events)
        part = Part(
            of[PEOPLE].select([*people, ELSEWHERE]),
            of[RELATIONS].select(["household_id", "kind", "of", "is"]),
            told,
        )
        batch = Batch(order.pack, part, order.on, order.open_days)
        docket = Docket(batch)
        found = [one for procedure in order.procedures for one in docket.decided(procedure)]
        return pa.concat_tables([_PLAIN.empty_table(), *(rows_of(batch, one).cast(_PLAIN) for one in found)])

    return decide

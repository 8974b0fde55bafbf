"""What was found in a part, as rows (結果の行): one for each procedure and subject that is not "not needed"."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from madoguchi.procedures.bulk.batch import Batch
from madoguchi.procedures.bulk.columns import Values
from madoguchi.procedures.bulk.outcomes import STATUSES, Found
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT

_WORD = pa.dictionary(pa.int8(), pa.string())
SCHEMA = pa.schema(
    [
        ("procedure", _WORD),
        ("subject", pa.string()),
        ("household_id", pa.string()),
        ("status", _WORD),
        ("deadline", pa.date32()),
        ("amount_yen", pa.int64()),
    ]
)
_ROWS_OF_A_GROUP = 1_000_000
_TALLY = ".tally"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were written, by outcome."""

    rows: int
    by_status: dict[str, int]

    def __add__(self, other: "Tally") -> "Tally":
        statuses = {**self.by_status, **other.by_status}
        counts = {key: self.by_status.get(key, 0) + other.by_status.get(key, 0) for key in statuses}
        return Tally(self.rows + other.rows, counts)


NOTHING_FOUND = Tally(0, {})


def rows_of(batch: Batch, found: Found) -> pa.Table:
    """Return the rows of one procedure."""
    size = len(found.homes)
    home = batch.household_ids.take(pa.array(found.homes))
    subject = (
        pa.repeat(HOUSEHOLD_SUBJECT, size) if found.people is None else batch.ids.take(pa.array(found.people))
    )
    status = pa.DictionaryArray.from_arrays(
        pa.array(found.outcomes), pa.array([one.value for one in STATUSES])
    )
    deadline = _column(found.deadline, size, pa.int32()).cast(pa.date32())
    columns = [_same(found.procedure, size), subject, home, status, deadline]
    columns.append(_column(found.yen, size, pa.int64()))
    return pa.table(columns, schema=SCHEMA)


def _same(text: str, size: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, np.int8)), pa.array([text]))


def _column(values: Values | None, size: int, type_: pa.DataType) -> pa.Array:
    if values is None:
        return pa.nulls(size, type_)
    known: Any = None if values.known is None else ~np.broadcast_to(values.known, size)
    return pa.array(np.broadcast_to(values.low, size), type_, mask=known, safe=False)


def tally_of(found: Iterable[Found]) -> Tally:
    """Count the rows."""
    counts = np.zeros(len(STATUSES), np.int64)
    for one in found:
        counts += np.bincount(one.outcomes, minlength=len(STATUSES))
    by_status = {one.value: int(number) for one, number in zip(STATUSES, counts, strict=True) if number}
    by_status.pop(Status.NOT_NEEDED.value, None)
    return Tally(sum(by_status.values()), by_status)


def write(batch: Batch, found: list[Found], out: Path) -> Tally:
    """Write the rows of a part with their tally to a file; what stands under its name is whole."""
    tally = tally_of(found)
    out.with_suffix(_TALLY).write_text(json.dumps(tally.by_status), encoding="utf-8")
    beside = out.with_suffix(".unfinished")
    with pq.ParquetWriter(
        beside,
        SCHEMA,
        compression="zstd",
        compression_level=1,
        use_dictionary=["procedure", "status"],
        column_encoding={
            "subject": "PLAIN",
            "household_id": "PLAIN",
            "deadline": "PLAIN",
            "amount_yen": "PLAIN",
        },
        write_statistics=["procedure", "status", "household_id"],
        store_schema=False,
    ) as writer:
        for one in found:
            if len(one.homes):
                writer.write_table(rows_of(batch, one), row_group_size=_ROWS_OF_A_GROUP)
    beside.replace(out)
    return tally


def tally_in(part: Path) -> Tally | None:
    """Return the tally of a part that was written; None where the file is not whole."""
    try:
        by_status = json.loads(part.with_suffix(_TALLY).read_text(encoding="utf-8"))
        rows = pq.read_metadata(part).num_rows
    except (OSError, ValueError):
        return None
    tally = Tally(sum(by_status.values()), by_status)
    return tally if tally.rows == rows else None

"""The bulk form and the single decision agree: for every procedure, on random households full of unknown facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.procedures.registers import ON, households, write

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.register import RegisterUnreadable, entitled
from madoguchi.procedures.decide import Status, decide
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation import EventKind

Rows = dict[tuple[str, str, str], tuple[str, date | None, int | None]]
CLOSED = OpenDays(closed=frozenset({date(2026, 11, 24), date(2026, 11, 19)}))


def one_by_one(event: EventKind, size: int, seed: int) -> Rows:
    pack = national_pack()
    return {
        (one.procedure, one.subject, str(number)): (
            one.status.value,
            one.deadline,
            one.amount.yen if one.amount else None,
        )
        for number, situation in enumerate(households(pack, event, size, seed))
        for one in decide(pack, situation, on=ON, open_days=CLOSED)
        if one.status is not Status.NOT_NEEDED
    }


def at_once(event: EventKind, size: int, seed: int, folder: Path) -> Rows:
    pack = national_pack()
    write(pack, households(pack, event, size, seed), folder)
    out = folder / "out.parquet"
    entitled(pack, pack.procedures_of(event), register=folder, on=ON, open_days=CLOSED, out=out)
    return {
        (row["procedure"], row["subject"], row["household_id"]): (
            row["status"],
            row["deadline"],
            row["amount_yen"],
        )
        for row in pq.read_table(out).to_pylist()
    }


@pytest.mark.parametrize("event", [event for event in EventKind if national_pack().procedures_of(event)])
def test_the_whole_register_is_decided_as_each_household_alone(event: EventKind, tmp_path: Path) -> None:
    alone, together = one_by_one(event, 25, 1), at_once(event, 25, 1, tmp_path)
    differ = {key: (alone.get(key), together.get(key)) for key in alone.keys() | together.keys()}
    assert {key: both for key, both in differ.items() if both[0] != both[1]} == {}


def test_nobody_named_means_what_everybody_may_have(tmp_path: Path) -> None:
    pack = national_pack()
    write(pack, households(pack, EventKind.move_in, 5, 2), tmp_path)
    tally = entitled(pack, (), register=tmp_path, on=ON, open_days=CLOSED, out=tmp_path / "out.parquet")
    asked = {one.id for one in pack.procedures_of(EventKind.none)}
    assert {row["procedure"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()} <= asked
    assert tally.rows == sum(tally.by_status.values())


def test_a_register_without_a_column_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    pack = national_pack()
    write(pack, households(pack, EventKind.move_in, 2, 3), tmp_path)
    pq.write_table(
        pq.read_table(tmp_path / "relations.parquet").drop(["kind"]), tmp_path / "relations.parquet"
    )
    with pytest.raises(RegisterUnreadable, match=r"relations\.parquet に列「kind」がありません"):
        entitled(pack, (), register=tmp_path, on=ON, open_days=CLOSED, out=tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_an_event_that_there_is_not_is_refused(tmp_path: Path) -> None:
    pack = national_pack()
    write(pack, households(pack, EventKind.move_in, 2, 3), tmp_path)
    events = pq.read_table(tmp_path / "events.parquet")
    place = events.column_names.index("kind")
    events = events.set_column(place, "kind", pa.array(["moved"] * events.num_rows))
    pq.write_table(events, tmp_path / "events.parquet")
    with pytest.raises(RegisterUnreadable, match="「moved」という届出はありません"):
        entitled(
            pack, pack.procedures, register=tmp_path, on=ON, open_days=CLOSED, out=tmp_path / "out.parquet"
        )

"""A prefecture decides its residents on Spark, and gets what one machine says: every kind of event, much unknown, kin elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.procedures.registers import ON, households, write

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.register import Limits, entitled
from madoguchi.procedures.commands.entitled import main
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation import EventKind, Situation

pytestmark = [pytest.mark.slow, pytest.mark.needs("Spark")]
CLOSED = OpenDays(closed=frozenset({date(2026, 11, 24), date(2026, 11, 19)}))
OF_EACH_EVENT = 60


def prefecture() -> list[Situation]:
    """Households of every event."""
    pack = national_pack()
    return [
        one
        for place, event in enumerate(EventKind)
        if pack.procedures_of(event)
        for one in households(pack, event, OF_EACH_EVENT, 40 + place)
    ]


def registered(folder: Path, situations: Sequence[Situation]) -> None:
    """Write the register, some of its relations naming people of other households."""
    pack = national_pack()
    write(pack, [_numbered(situation, place) for place, situation in enumerate(situations)], folder)
    relations, chance = pq.read_table(folder / "relations.parquet"), Random(8)
    ids = pq.read_table(folder / "people.parquet")["id"].to_pylist()
    away = [chance.choice(ids) if chance.random() < 0.2 else one for one in relations["is"].to_pylist()]
    place = relations.column_names.index("is")
    pq.write_table(relations.set_column(place, "is", pa.array(away)), folder / "relations.parquet")


def _numbered(situation: Situation, place: int) -> Situation:
    """Give each household ids of its own: every event's households were numbered from 0."""
    names = {one.id: f"{place}-{number}" for number, one in enumerate(situation.people)}
    return replace(
        situation,
        people=tuple(replace(one, id=names[one.id]) for one in situation.people),
        relations=tuple(
            replace(one, of=names[one.of], is_=names[one.is_]) for one in situation.relations or ()
        ),
    )


def rows(out: Path) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in pq.read_table(out).to_pylist()), key=str)


def test_spark_says_what_one_machine_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = national_pack()
    registered(tmp_path, prefecture())
    found = {}
    for engine in (False, True):
        out = tmp_path / f"{engine}.parquet"
        tally = entitled(
            pack,
            pack.procedures,
            register=tmp_path,
            on=ON,
            open_days=CLOSED,
            out=out,
            limits=Limits(people_of_a_part=500),
            on_spark=engine,
        )
        found[engine] = rows(out)
        assert tally.rows == len(found[engine])
    assert found[True] == found[False]
    assert {one[0] for one in found[True]} > {"child-allowance-claim", "nhi-enrol", "resident-tax-free"}
    out = tmp_path / "by-command.parquet"
    words = ["child-medical", "--register", str(tmp_path), "--on", ON.isoformat(), "--out", str(out)]
    assert main([*words, "--engine", "spark"]) == 0
    assert {row[0] for row in rows(out)} == {"child-medical"}

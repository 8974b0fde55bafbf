"""A register is decided in parts: in any order, stopped and gone on with, with kin who live elsewhere, explained row by row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.procedures.registers import ON, households, write

from madoguchi.jp import dates
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk import outcomes
from madoguchi.procedures.bulk.batch import Batch
from madoguchi.procedures.bulk.columns import Index
from madoguchi.procedures.bulk.days import COLUMN_FUNCTIONS, number_of, open_day
from madoguchi.procedures.bulk.files import Register
from madoguchi.procedures.bulk.joining import join
from madoguchi.procedures.bulk.register import Limits, entitled, explained
from madoguchi.procedures.bulk.single import settled
from madoguchi.procedures.decide import Status, decide
from madoguchi.procedures.language.functions import FUNCTIONS
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation

DAYS = OpenDays(closed=frozenset({date(2026, 11, 19)}))
SMALL = Limits(people_of_a_part=20)
EVENT = EventKind.none
# One of each sort: claimants tried, kin of kin, a fact read twice, sums over kin, nothing but a fact, the household.
CHOSEN = tuple(
    national_pack().procedure(one)
    for one in ("child-allowance-claim", "single-parent-medical", "nhi-enrol", "resident-tax-free", "tuition-support",
                "former-surname", "refusal-request")
)  # fmt: skip


def rows(file: Path) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in pq.read_table(file).to_pylist())


def run(folder: Path, out: Path, **more: Any) -> list[tuple[Any, ...]]:
    entitled(national_pack(), CHOSEN, register=folder, on=ON, open_days=DAYS, out=out, **more)
    return rows(out)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty households, a few in each group of rows, in the order of their numbers."""
    folder = tmp_path_factory.mktemp("register")
    write(national_pack(), households(national_pack(), EVENT, 60, 7), folder)
    (folder / "events.parquet").unlink()
    for name in ("people.parquet", "relations.parquet"):
        table = pq.read_table(folder / name).sort_by("household_id")
        pq.write_table(table, folder / name, row_group_size=8)
    return folder


def test_in_parts_is_the_same_as_at_once(register: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    whole = run(register, tmp_path / "whole.parquet")
    parts = run(register, tmp_path / "parts.parquet", limits=SMALL, done=lambda *one: told.append(one))
    assert parts == whole
    assert told[0] == (0, told[-1][1])
    assert told[-1][0] == told[-1][1] > 3
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_register_in_no_order_is_dealt_out_first(register: Path, tmp_path: Path) -> None:
    for name in ("people.parquet", "relations.parquet"):
        table = pq.read_table(register / name)
        order = Random(3).sample(range(table.num_rows), table.num_rows)
        pq.write_table(table.take(order), tmp_path / name, row_group_size=8)
    assert run(tmp_path, tmp_path / "out.parquet", limits=SMALL) == run(register, tmp_path / "whole.parquet")


def test_a_group_of_no_rows_leaves_the_order_as_it_is(register: Path, tmp_path: Path) -> None:
    for name in ("people.parquet", "relations.parquet"):
        table = pq.read_table(register / name)
        with pq.ParquetWriter(tmp_path / name, table.schema) as writer:
            for part in (table.slice(0, 40), table.slice(0, 0), table.slice(40)):
                writer.write_table(part, row_group_size=8)
    with duckdb.connect() as connection:
        files = Register(connection, national_pack(), tmp_path, (), with_events=False)
        assert len(files.slices(SMALL.people()) or ()) > 3
    assert run(tmp_path, tmp_path / "out.parquet", limits=SMALL) == run(register, tmp_path / "whole.parquet")


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.unit.procedures.test_register_in_parts import SMALL, run
folder, out, most = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
def done(parts, of):
    if parts >= most:
        os.kill(os.getpid(), signal.SIGKILL)
run(folder, out, limits=SMALL, done=done)
"""


def test_killed_in_the_middle_it_goes_on_and_ends_the_same(register: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "out.parquet", list[tuple[int, int]]()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(register), str(out), "3"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert not out.exists()
    again = run(register, out, limits=SMALL, done=lambda *one: told.append(one))
    assert told[0][0] >= 3
    assert again == run(register, tmp_path / "whole.parquet")


def test_a_part_that_is_not_whole_or_of_another_day_is_decided_again(register: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"

    def stop(parts: int, of: int) -> None:
        if parts >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(register, out, limits=SMALL, done=stop)
    work = tmp_path / ".out.parquet.parts"
    part = min(work.glob("part-*.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    assert run(register, out, limits=SMALL) == run(register, tmp_path / "whole.parquet")
    with pytest.raises(KeyboardInterrupt):
        run(register, out, limits=SMALL, done=stop)
    pack, told = national_pack(), list[tuple[int, int]]()
    entitled(
        pack,
        CHOSEN,
        register=register,
        on=ON + timedelta(days=1),
        open_days=DAYS,
        out=out,
        limits=SMALL,
        done=lambda *one: told.append(one),
    )
    assert told[0][0] == 0


# --- kin who live elsewhere -------------------------------------------------------------------------------------


def _apart(pack: Pack) -> list[Situation]:
    """Random households whose kin partly live in the household before: as the register has them, and as `decide` does."""
    chance, found = Random(11), list[Situation]()
    for situation in households(pack, EVENT, 40, 5):
        if found and chance.random() < 0.6:
            other = chance.choice(found[-1].people)
            guest = PersonFacts(other.id, {**other.values, "lives_with_household": False})
            mine = chance.choice(situation.people).id
            kind = chance.choice((RelationKind.parent, RelationKind.spouse, RelationKind.guardian))
            ends = (mine, other.id) if chance.random() < 0.5 else (other.id, mine)
            if not any(one.id.startswith("guest") for one in situation.people):
                situation = Situation(
                    situation.event, {}, {}, (*situation.people, guest),
                    (*(situation.relations or ()), Relation(kind, *ends)), None, ON,
                )  # fmt: skip
        found.append(situation)
    return found


def _own(situation: Situation, number: int) -> tuple[PersonFacts, ...]:
    return tuple(one for one in situation.people if one.id.startswith(f"{number}-"))


def test_kin_count_wherever_they_live(tmp_path: Path) -> None:
    pack = national_pack()
    situations = _apart(pack)
    write(pack, situations, tmp_path)
    people = pq.read_table(tmp_path / "people.parquet")
    lives = [
        one == home for one, home in zip(
            [key.split("-")[0] for key in people["id"].to_pylist()],
            people["household_id"].to_pylist(), strict=True,
        )
    ]  # fmt: skip
    assert not all(lives)
    pq.write_table(people.filter(pa.array(lives)), tmp_path / "people.parquet", row_group_size=8)
    (tmp_path / "events.parquet").unlink()
    alone = sorted(
        (one.procedure, one.subject, str(number), one.status.value, one.deadline,
         one.amount.yen if one.amount else None)
        for number, situation in enumerate(situations)
        for one in decide(pack, situation, on=ON, open_days=DAYS)
        if one.status is not Status.NOT_NEEDED
        and one.subject in {"household", *(person.id for person in _own(situation, number))}
    )  # fmt: skip
    key = lambda row: str(row)  # noqa: E731  -- None stands beside days
    for limits in (Limits(), SMALL):
        out = tmp_path / "out.parquet"
        entitled(pack, (), register=tmp_path, on=ON, open_days=DAYS, out=out, limits=limits)
        together = [tuple(row.values()) for row in pq.read_table(out).to_pylist()]
        assert sorted(together, key=key) == sorted(alone, key=key)


@pytest.mark.parametrize("event", [EventKind.move_in, EventKind.death])
def test_each_household_has_a_day_of_its_own(event: EventKind, tmp_path: Path) -> None:
    pack = national_pack()
    situations = [
        replace(one, notified_on=ON - timedelta(days=37 * number))
        for number, one in enumerate(households(pack, event, 30, 9))
    ]
    write(pack, situations, tmp_path)
    alone = [
        (one.procedure, one.subject, str(number), one.status.value, one.deadline,
         one.amount.yen if one.amount else None)
        for number, situation in enumerate(situations)
        for one in decide(pack, situation, on=ON, open_days=DAYS)
        if one.status is not Status.NOT_NEEDED
    ]  # fmt: skip
    out = tmp_path / "out.parquet"
    chosen = pack.procedures_of(event)
    entitled(pack, chosen, register=tmp_path, on=ON, open_days=DAYS, out=out, limits=SMALL)
    together = [tuple(row.values()) for row in pq.read_table(out).to_pylist()]
    assert sorted(together, key=str) == sorted(alone, key=str)


@pytest.mark.parametrize(
    ("event", "procedure"),
    [
        # Who of the household died is not known; nor what the dead had; nor the day on which they moved in.
        (EventKind.death, "head-died"), (EventKind.death, "inheritance-registration"), (EventKind.move_in, "dog-address"),
        (EventKind.move_in, "bank-transfer"),
    ],
)  # fmt: skip
def test_what_is_open_for_sure_is_not_decided_household_by_household(
    event: EventKind, procedure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, alone = national_pack(), []

    def counted(
        batch: Batch, rule: Procedure, kind: EventKind, homes: Index, people: Index | None
    ) -> list[Status]:
        alone.extend(homes.tolist())
        return settled(batch, rule, kind, homes, people)

    monkeypatch.setattr(outcomes, "settled", counted)
    couples = [
        Situation(
            event, {}, {},
            (PersonFacts("head", {"birth_date": date(1950 + n, 3, 1), "relationship": "世帯主"}),
             PersonFacts("wife", {"birth_date": date(1951 + n, 3, 1), "relationship": "妻"})),
            (Relation(RelationKind.spouse, "head", "wife"), Relation(RelationKind.spouse, "wife", "head")), None, ON,
        )
        for n in range(40)
    ]  # fmt: skip
    write(pack, couples, tmp_path)
    chosen = [pack.procedure(procedure)]
    entitled(pack, chosen, register=tmp_path, on=ON, open_days=DAYS, out=tmp_path / "out.parquet")
    told = pq.read_table(tmp_path / "out.parquet")["status"].to_pylist()
    assert set(told) == {"ask"}
    assert len(alone) < len(couples) / 4


def test_any_row_is_explained_as_if_that_household_came_alone(register: Path, tmp_path: Path) -> None:
    pack = national_pack()
    found = run(register, tmp_path / "out.parquet")
    for number, situation in list(enumerate(households(pack, EVENT, 60, 7)))[:12]:
        told = explained(pack, CHOSEN, register=register, on=ON, open_days=DAYS, household=str(number))
        plain = Situation(EVENT, {}, {}, situation.people, situation.relations, None, None)
        wanted = {one.id for one in CHOSEN}
        single = decide(pack, plain, on=ON, open_days=DAYS)
        assert set(told) == {one for one in single if one.procedure in wanted}
        needing = {(one.procedure, one.subject, one.status.value) for one in told}
        assert {row[:2] + row[3:4] for row in found if row[2] == str(number)} <= needing
        assert all(one.because for one in told)
    assert explained(pack, (), register=register, on=ON, open_days=DAYS, household="nobody") == ()


# --- what it stands on ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COLUMN_FUNCTIONS))
def test_legal_dates_over_columns_are_those_of_one_person(name: str) -> None:
    chance = Random(name)
    leap = [
        date(year, month, day)
        for year in (1948, 2000, 2008)
        for month, day in ((2, 28), (2, 29), (3, 1), (4, 1))
    ]
    some = [date(1900, 1, 1) + timedelta(days=chance.randrange(55_000)) for _ in range(300)] + leap
    second = {"age_on": [date(2026, 2, 28), date(2028, 2, 29), ON]}.get(name, [0, 1, 6, 18, 75, 108])
    arity = len(FUNCTIONS[name].parameters)
    for other in second if arity == 2 else [None]:
        given = [] if other is None else [number_of(other) if isinstance(other, date) else other]
        found = COLUMN_FUNCTIONS[name](np.array([number_of(one) for one in some]), *map(np.asarray, given))
        wanted = [FUNCTIONS[name].compute(one, *([] if other is None else [other])) for one in some]
        assert found.tolist() == [number_of(one) if isinstance(one, date) else one for one in wanted]


def test_open_days_over_columns() -> None:
    some = [date(2026, 4, 25) + timedelta(days=number) for number in range(260)]
    found = open_day(np.array([number_of(one) for one in some]), DAYS)
    assert found.tolist() == [number_of(dates.roll_to_open_day(one, DAYS.is_open)) for one in some]


def test_joined_files_are_read_like_one_that_was_written_at_once(tmp_path: Path) -> None:
    chance, parts = np.random.default_rng(4), []
    for number in range(20):
        size = int(chance.integers(0, 900))
        table = pa.table(
            {"a": chance.integers(0, 9, size), "b": [f"{n % 7}" * 9 or None for n in range(size)]}
        )
        parts.append(tmp_path / f"{number}.parquet")
        pq.write_table(
            table, parts[-1], row_group_size=100, compression="zstd", write_page_index=bool(number % 2)
        )
    join(parts, tmp_path / "joined.parquet")
    joined = pq.read_table(tmp_path / "joined.parquet")
    assert joined.equals(pa.concat_tables([pq.read_table(part) for part in parts]))
    assert pq.read_table(tmp_path / "joined.parquet", filters=[("a", "=", 3)]).num_rows == sum(
        one == 3 for one in joined["a"].to_pylist()
    )

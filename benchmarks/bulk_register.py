"""An invented register in Parquet, as large as is wanted (大きな架空の登録者): made of whole columns, a million people in about two seconds.

    python -m benchmarks.bulk_register --residents 10000000 --out FOLDER

Not the residents of `madoguchi population` (they have names, addresses and the import layout): only what rules read, with
families of five shapes, birthdays of every day, some of them 不詳, and some facts unknown. The same seed, the same register.
"""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madoguchi.procedures.situation import EventKind

ON = date(2026, 11, 9)
_TODAY = (ON - date(1970, 1, 1)).days
_HOMES_OF_A_BLOCK = 400_000
# head, spouse, three children, a parent of the head: who is there in each shape of family, and its share.
_SHAPES = np.array(
    [
        [1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 0],
        [1, 0, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0], [1, 1, 1, 1, 0, 1], [1, 1, 0, 0, 0, 1],
    ],
    np.bool_,
)  # fmt: skip
_SHARES = (0.38, 0.21, 0.12, 0.10, 0.03, 0.05, 0.02, 0.05, 0.04)
_HEAD, _SPOUSE, _CHILD, _PARENT = 0, 1, 2, 5
_GRADES = ("none", "1", "2", "3", "4", "5", "6")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(f"{make(arguments.out, arguments.residents, arguments.seed):,} residents")


def make(folder: Path, residents: int, seed: int) -> int:
    """Write people.parquet and relations.parquet in the order of the households; returns how many people there are."""
    chance, people, homes = np.random.default_rng(seed), 0, 0
    writers: list[pq.ParquetWriter] = []
    while people < residents:
        size = min(_HOMES_OF_A_BLOCK, max(1, int((residents - people) / 2.25)))
        tables = _block(chance, size, homes, people)
        if not writers:
            files = ("people.parquet", "relations.parquet")
            writers = [
                pq.ParquetWriter(folder / name, one.schema, compression="zstd", compression_level=1)
                for name, one in zip(files, tables, strict=True)
            ]
        for writer, table in zip(writers, tables, strict=True):
            writer.write_table(table, row_group_size=100_000)
        people, homes = people + tables[0].num_rows, homes + size
    for writer in writers:
        writer.close()
    return people


def happened(register: Path, folder: Path, share: float, seed: int) -> int:
    """Lay the same register out in `folder` with this share of its households in one of the eleven events of the last 30 days.

    The day of each event and of its notice is known; who of a household is meant is not. Returns how many events there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("people.parquet", "relations.parquet"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to((register / name).resolve())
    homes = pc.unique(pq.read_table(register / "people.parquet", columns=["household_id"])["household_id"])
    chance = np.random.default_rng(seed)
    some = homes.take(pa.array(np.flatnonzero(chance.random(len(homes)) < share)))
    kinds = [one for one in EventKind if one is not EventKind.none]
    kind = chance.integers(0, len(kinds), len(some))
    days = (_TODAY - chance.integers(0, 30, len(some))).astype(np.int32)
    table = {"household_id": some, "kind": _words(kind, tuple(one.value for one in kinds))}
    for key in sorted({one.date_key for one in kinds}):
        elsewhere = np.asarray([one.date_key != key for one in kinds])[kind]
        table[key] = pa.array(days, pa.date32(), mask=elsewhere)
    pq.write_table(pa.table(table | {"notified_on": pa.array(days, pa.date32())}), folder / "events.parquet")
    return len(some)


def _block(chance: np.random.Generator, size: int, homes: int, people: int) -> tuple[pa.Table, pa.Table]:
    there = _SHAPES[chance.choice(len(_SHARES), size, p=_SHARES)]
    ages = np.zeros((size, 6))
    with_children = there[:, _CHILD]
    ages[:, _HEAD] = np.where(with_children, chance.uniform(24, 62, size), chance.uniform(18, 96, size))
    ages[:, _SPOUSE] = np.clip(ages[:, _HEAD] + chance.normal(-1, 4, size), 18, 100)
    eldest = np.minimum(chance.uniform(0, 28, size), ages[:, _HEAD] - 18)
    for place in range(3):
        ages[:, _CHILD + place] = np.maximum(0, eldest - 2.4 * place)
    ages[:, _PARENT] = np.clip(ages[:, _HEAD] + chance.uniform(20, 34, size), 40, 108)
    role = np.broadcast_to(np.arange(6), there.shape)[there]
    home = np.broadcast_to(np.arange(size)[:, None], there.shape)[there]
    number = np.full(there.shape, -1)
    number[there] = np.arange(len(role))
    return (
        _people(chance, role, home + homes, ages[there], people, there[:, _SPOUSE][home]),
        _relations(there, number + people, homes),
    )


def _people(
    chance: np.random.Generator, role: Any, home: Any, age: Any, first: int, married: Any
) -> pa.Table:
    size = len(role)
    draw = chance.random((8, size), np.float32)
    birth = (_TODAY - age * 365.2425 - draw[0]).astype(np.int32)
    doubtful = draw[1] < 0.0015
    female = np.where(role == _SPOUSE, draw[2] < 0.9, np.where(role == _HEAD, draw[2] < 0.35, draw[2] < 0.5))
    employment, income, insurance, pension = _work(chance, role, age, draw)
    care = np.where((age >= 65) & (draw[7] < 0.18), 1 + (draw[7] * 38).astype(np.int8), 0)
    days = pa.array(birth, pa.date32(), mask=doubtful)
    year = (birth // 365.2425).astype(np.int32)
    ends = [(year * 365.2425).astype(np.int32), (year * 365.2425).astype(np.int32) + 364]
    return pa.table(
        {
            "id": _ids(1_000_000_000 + first + np.arange(size)),
            "household_id": _ids(5_000_000_000 + home),
            "birth_date": days,
            "birth_earliest": pa.array(ends[0], pa.date32(), mask=~doubtful),
            "birth_latest": pa.array(ends[1], pa.date32(), mask=~doubtful),
            "sex": _words(female.astype(np.int8), ("male", "female"), draw[0] > 0.999),
            "relationship": _words(role, ("世帯主", "妻", "子", "子", "子", "母")),
            "nationality_class": _words((draw[1] > 0.98).astype(np.int8), ("jp", "mid_long")),
            "health_insurance": _words(
                insurance,
                ("nhi", "employee_insured", "employee_dependent", "late_elderly", "welfare", "none"),
                draw[7] > 0.997,
            ),
            "pension": _words(pension, ("1", "2", "3", "voluntary", "receiving", "none"), draw[3] > 0.997),
            "employment": _words(
                employment,
                ("employed", "self_employed", "public_servant", "unemployed", "student", "none"),
                draw[4] > 0.99,
            ),
            "income_yen": pa.array((income // 10_000 * 10_000).astype(np.int64), mask=draw[5] < 0.02),
            "has_card": pa.array(draw[2] < 0.78, mask=draw[6] > 0.999),
            "care_level": _words(
                care, ("none", "support1", "support2", "care1", "care2", "care3", "care4", "care5")
            ),
            "physical_disability_grade": _words(_grade(draw[6], 0.03), _GRADES),
            "intellectual_disability_grade": _words((draw[0] < 0.009).astype(np.int8), ("none", "B")),
            "mental_disability_grade": _words(_grade(draw[1], 0.011) // 2, _GRADES),
            "is_pregnant": pa.array(female & (age > 20) & (age < 42) & (draw[3] < 0.03)),
            "lives_with_household": pa.array(np.ones(size, np.bool_)),
            "child_allowance_recipient": pa.array(married & (draw[4] < 0.8), mask=draw[5] > 0.95),
        }
    )


def _work(chance: np.random.Generator, role: Any, age: Any, draw: Any) -> tuple[Any, Any, Any, Any]:
    """Return employment, income, health insurance and pension, as far as they fit each other."""
    size = len(role)
    employment = _employment(age, draw[3])
    works = np.isin(employment, (0, 2)) & (age < 75)
    income = np.where(age < 18, 0, np.where(works, chance.lognormal(15, 0.5, size), draw[4] * 1_800_000))
    dependent = (role != _HEAD) & (income < 1_300_000) & (draw[5] < 0.8)
    insurance = np.where(
        age >= 75, 3, np.where(works, 1, np.where(dependent, 2, np.where(draw[5] > 0.985, 4, 0)))
    )
    insurance = np.where(draw[6] < 0.0005, 5, insurance)
    pension = np.where(
        age >= 65, 4, np.where(works & (age >= 15), 1, np.where((age >= 20) & (age < 60), 0, 5))
    )
    pension = np.where((pension == 0) & (role == _SPOUSE) & (insurance == 2), 2, pension)
    pension = np.where((pension == 0) & (draw[6] > 0.99), 5, pension)
    return employment, income, insurance, pension


def _employment(age: Any, draw: Any) -> Any:
    student = (age >= 6) & ((age < 18) | ((age < 22) & (draw < 0.55)))
    working = np.where(age < 60, 0.84, np.where(age < 65, 0.7, np.where(age < 75, 0.38, 0.1)))
    kind = np.where(draw < working * 0.1, 1, np.where(draw < working * 0.15, 2, 0))
    idle = np.where((draw > 0.96) & (age < 65), 3, 5)
    return np.where(student, 4, np.where((age >= 18) & (draw < working), kind, idle))


def _grade(draw: Any, share: float) -> Any:
    return np.where(draw < share, 1 + (draw / share * 6).astype(np.int8), 0)


def _ids(numbers: Any) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _words(places: Any, words: tuple[str, ...], unknown: Any = None) -> pa.Array:
    indices = pa.array(np.asarray(places, np.int8), mask=unknown)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words)).cast(pa.string())


def _relations(there: Any, number: Any, homes: int) -> pa.Table:
    """Spouses both ways, each child's parents, and the head's parent, household by household."""
    both = there[:, _SPOUSE]
    told = [("spouse", _HEAD, _SPOUSE, both), ("spouse", _SPOUSE, _HEAD, both)]
    for child in range(_CHILD, _PARENT):
        told += [
            ("parent", child, _HEAD, there[:, child]),
            ("parent", child, _SPOUSE, there[:, child] & both),
        ]
    told.append(("parent", _HEAD, _PARENT, there[:, _PARENT]))
    chosen = np.stack([rows for *_, rows in told], axis=1)
    place = np.broadcast_to(np.arange(len(told)), chosen.shape)[chosen]
    home = np.broadcast_to(np.arange(len(there))[:, None], chosen.shape)[chosen]
    of, kin = (np.array([one[side] for one in told])[place] for side in (1, 2))
    return pa.table(
        {
            "household_id": _ids(5_000_000_000 + homes + home),
            "kind": _words((place >= 2).astype(np.int8), ("spouse", "parent")),
            "of": _ids(1_000_000_000 + number[home, of]),
            "is": _ids(1_000_000_000 + number[home, kin]),
        }
    )


if __name__ == "__main__":
    main()

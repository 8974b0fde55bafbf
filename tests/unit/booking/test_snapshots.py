"""Snapshots of other offices: forgivingly read, numbers counted on over the wrap, and scored by day."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from madoguchi.booking.waits.command import main
from madoguchi.booking.waits.report import TITLES
from madoguchi.booking.waits.snapshots import SnapshotsRefused, counted_on, joins, read_snapshots

HEADING = [
    "time",
    "office",
    "queue",
    "waiting",
    "desks open",
    "last number called",
    "declared service minutes",
]


def log(days: int = 10, seed: int = 1) -> list[list[object]]:
    """An invented office: two queues, steady desks, one number every few minutes; its own rule, not the simulator's."""
    chance, rows = Random(seed), []
    for queue, minutes in (("証明", 3.0), ("異動", 9.0)):
        number = 990
        for day in range(days):
            morning = datetime.fromisoformat("2026-09-01T08:30") + timedelta(days=day)
            waiting, due = 0, 0.0
            for minute in range(0, 480, 2):
                waiting += sum(chance.random() < 1 / minutes for _ in range(2)) if minute < 420 else 0
                due += 2
                while waiting and due >= minutes:
                    due -= minutes * chance.uniform(0.5, 1.5)
                    waiting, number = waiting - 1, number % 999 + 1
                rows.append(
                    [morning + timedelta(minutes=minute), "まどか", queue, waiting, 2, f"A{number:03d}", 15]
                )
    return rows


def written(path: Path, rows: list[list[object]], heading: list[str] = HEADING) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


@pytest.mark.parametrize(
    ("numbers", "calls"),
    [
        ([1, 2, 5], [0, 1, 4]),
        ([998, 999, 1, 3], [0, 1, 3, 5]),
        ([10, 12, 11, 13], [0, 2, 2, 3]),  # one called out of turn takes nothing back
        ([7, 7, 7], [0, 0, 0]),
        ([98, 99, 2], [0, 1, 4]),
    ],
)
def test_numbers_are_counted_on_over_the_wrap_and_never_back(numbers: list[int], calls: list[int]) -> None:
    assert counted_on(numbers) == calls


def test_somebody_who_joins_is_called_when_the_numbers_have_come_to_them(tmp_path: Path) -> None:
    start = datetime.fromisoformat("2026-09-01T09:00")
    rows = [[start + timedelta(minutes=n), "o", "q", 2 if n == 0 else 0, 1, 100 + n, 5] for n in range(6)]
    (joined,) = joins(read_snapshots(written(tmp_path / "a.csv", rows)).snapshots, every=1).joined
    assert (joined.ahead, joined.waited) == (2, 3.0)


def test_it_reads_what_other_offices_write(tmp_path: Path) -> None:
    rows = log(3)
    plain = read_snapshots(written(tmp_path / "a.csv", rows)).snapshots
    zipped = tmp_path / "a.csv.gz"
    zipped.write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    table = pa.table({name: [str(row[at]) for row in rows] for at, name in enumerate(HEADING)})
    parquet.write_table(table, tmp_path / "a.parquet")
    japanese = ["日時", "庁舎", "列", "待ち人数", "窓口数", "呼出番号", "標準の分"]
    (tmp_path / "b.csv").write_bytes(
        written(tmp_path / "b8.csv", rows, japanese).read_text("utf-8").replace(",", ";").encode("cp932")
    )
    for other in (zipped, tmp_path / "a.parquet", tmp_path / "b.csv"):
        assert read_snapshots(other).snapshots == plain


def test_rows_that_cannot_be_read_are_counted_and_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = log(6)
    for at, column, wrong in ((3, 0, "昨日"), (50, 3, "多い"), (90, 5, "なし"), (95, 4, "-1")):
        rows[at][column] = wrong
    out = tmp_path / "report.json"
    assert main(["score", str(written(tmp_path / "a.csv", rows)), "--out", str(out)]) == 1
    said = json.loads(out.read_text("utf-8"))
    assert said["rows"] == said["rows_read"] + said["rows_refused"] == len(rows)
    assert [fault.split(":")[0] for fault in said["faults"]] == ["5行目", "52行目", "92行目", "97行目"]
    assert "4行は読めませんでした" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("time,queue,waiting\n", "列「desks」「last_called」がありません"),
        ("", "列「time」"),
        (",".join(HEADING) + "\nx,o,q,1,1,5,5\n", "読める行がありません"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with pytest.raises(SnapshotsRefused, match=sentence):
        read_snapshots(tmp_path / "a.csv")
    assert main(["score", str(tmp_path / "a.csv"), "--out", str(tmp_path / "r.md")]) == 2
    assert not (tmp_path / "r.md").exists()


def test_ours_is_the_best_of_the_rules_and_its_band_holds(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    rows = log(20)
    Random(3).shuffle(rows)
    assert main(["score", str(written(tmp_path / "a.csv", rows)), "--out", str(out)]) == 0
    said = json.loads(out.read_text("utf-8"))
    errors = {name: one["mean_error"] for name, one in said["scores"].items()}
    assert set(errors) == set(TITLES)
    assert min(errors, key=lambda name: errors[name]) == "madoguchi"
    assert 0.7 <= said["scores"]["madoguchi"]["covered"] <= 0.9
    assert said["days_learned_from"] == 14
    assert said["days_scored"] == 6


def test_a_single_day_is_foreseen_without_having_learned(tmp_path: Path) -> None:
    out = tmp_path / "report.md"
    assert main(["score", str(written(tmp_path / "a.csv", log(1))), "--out", str(out)]) == 0
    assert "学んだ日: 0、採点した日: 1" in out.read_text("utf-8")

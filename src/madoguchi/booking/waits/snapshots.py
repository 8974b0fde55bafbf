"""Snapshots of queues of any office (待ち列の写し): read forgivingly, and turned into waits that can be foreseen and checked.

1. Columns are found by their names in several spellings; a row that cannot be read is counted and listed with its line.
2. Of each queue and day the numbers are counted on: 999 is followed by 1, a number called out of turn takes nothing back.
3. At a snapshot somebody who is not there joins at the end; they are called when the numbers have come to them.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as parquet

from madoguchi.booking.waits.day_shape import SLOT_MINUTES, Moved

NAMES: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "timestamp", "datetime", "at", "date", "時刻", "日時"),
    "office": ("office", "branch", "site", "location", "庁舎", "窓口名", "施設"),
    "queue": ("queue", "queue_name", "group", "service", "列", "待ち列", "用件"),
    "waiting": ("waiting", "queue_length", "people_waiting", "waiting_count", "待ち人数", "待ち"),
    "desks": ("desks", "desks_open", "open_desks", "active_desks", "counters", "開いている窓口", "窓口数"),
    "last": ("last_called", "last_number_called", "last_number", "current_number", "number", "最後に呼んだ番号", "呼出番号"),
    "declared": ("service_minutes", "declared_service_minutes", "declared_minutes", "service_time", "標準の分", "一件の分"),
}  # fmt: skip
OPTIONAL = frozenset({"office", "declared"})
LONGEST_WAIT = 180.0
LONGEST_GAP = 30.0
TODAY_WINDOW = timedelta(minutes=45)
MOST_FAULTS = 50
LARGEST = 512 * 1024 * 1024


class SnapshotsRefused(ValueError):
    """The file cannot be used at all; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look at one queue."""

    at: datetime
    office: str
    queue: str
    waiting: int
    desks: int
    last: int
    declared: float | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the snapshots, how many rows there were, and why some could not be read."""

    snapshots: tuple[Snapshot, ...]
    rows: int
    refused: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who joins at a snapshot. `pace`: minutes between calls lately; `last_wait`: of who was called last."""

    at: datetime
    queue: tuple[str, str]
    ahead: int
    desks: int
    declared: float | None
    pace: float | None
    pace_half_hour: float | None
    last_wait: float | None
    waited: float

    @property
    def day(self) -> date:
        """The day of the snapshot."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Joins:
    """All who join, and how many were left out: not called that day, or only after three hours.

    `moves`: how each queue moved in each half hour of each day, whoever joined.
    """

    joined: tuple[Joined, ...]
    not_called: int
    too_long: int
    moves: tuple[tuple[date, Moved], ...] = ()


def read_snapshots(path: Path) -> Read:
    """Read CSV (also .gz) or Parquet. Raises SnapshotsRefused."""
    found: list[Snapshot] = []
    faults: list[str] = []
    rows = 0
    for line, row in _rows(path):
        rows += 1
        try:
            found.append(_snapshot(row))
        except (ValueError, KeyError) as error:
            faults.append(f"{line}行目: {error}")
    if not found:
        raise SnapshotsRefused(
            f"{path.name}: 読める行がありません。" + (faults[0] if faults else "中身を確かめてください。")
        )
    return Read(tuple(found), rows, len(faults), tuple(faults[:MOST_FAULTS]))


def joins(snapshots: Iterable[Snapshot], *, every: int = 5) -> Joins:
    """Let somebody join at every n-th snapshot of a queue at which people wait and a desk is open."""
    by_day: dict[tuple[str, str, date], list[Snapshot]] = {}
    for one in snapshots:
        by_day.setdefault((one.office, one.queue, one.at.date()), []).append(one)
    found: list[Joined] = []
    moves: list[tuple[date, Moved]] = []
    not_called = too_long = 0
    for place, day in sorted(by_day.items()):
        day.sort(key=lambda one: one.at)
        moves += [(place[2], one) for one in _moves((place[0], place[1]), day)]
        for joined in _of_day((place[0], place[1]), day, every):
            if joined is None:
                not_called += 1
            elif joined.waited > LONGEST_WAIT:
                too_long += 1
            else:
                found.append(joined)
    found.sort(key=lambda one: one.at)
    return Joins(tuple(found), not_called, too_long, tuple(moves))


def counted_on(numbers: Sequence[int]) -> list[int]:
    """How many calls there were up to each snapshot of a day: over the wrap, never back."""
    highest = max(numbers)
    modulus = 10 ** max(2, len(str(highest)))
    total, before, calls = 0, numbers[0], [0]
    for number in numbers[1:]:
        step = number - before
        if step < -modulus // 2:
            step += modulus if modulus - before <= modulus // 2 else 0
        if 0 < step <= modulus // 2:
            total, before = total + step, number
        calls.append(total)
    return calls


def _of_day(queue: tuple[str, str], day: Sequence[Snapshot], every: int) -> Iterator[Joined | None]:
    calls = counted_on([one.last for one in day])
    eligible = [place for place, one in enumerate(day) if one.waiting >= 1 and one.desks >= 1]
    reached: list[tuple[datetime, float]] = []
    for place in eligible:
        when = _called(day, calls, place)
        if when is not None:
            reached.append((when, (when - day[place].at).total_seconds() / 60))
    reached.sort()
    for place in eligible[::every]:
        one, when = day[place], _called(day, calls, place)
        if when is None:
            yield None
            continue
        done = bisect_right(reached, (one.at, LONGEST_WAIT))
        yield Joined(
            at=one.at,
            queue=queue,
            ahead=one.waiting,
            desks=one.desks,
            declared=one.declared,
            pace=_pace(day, calls, place, TODAY_WINDOW),
            pace_half_hour=_pace(day, calls, place, timedelta(minutes=30)),
            last_wait=reached[done - 1][1] if done else None,
            waited=(when - one.at).total_seconds() / 60,
        )


def _moves(queue: tuple[str, str], day: Sequence[Snapshot]) -> Iterator[Moved]:
    """The moves between two looks count for the half hour in which they began; what lies in a long gap is not known."""
    calls = counted_on([one.last for one in day])
    called: dict[int, float] = {}
    lasted: dict[int, float] = {}
    for place, (before, after) in enumerate(pairwise(day)):
        minutes = (after.at - before.at).total_seconds() / 60
        if before.waiting > 0 and 0 < minutes <= LONGEST_GAP:
            slot = (before.at.hour * 60 + before.at.minute) // SLOT_MINUTES
            called[slot] = called.get(slot, 0.0) + calls[place + 1] - calls[place]
            lasted[slot] = lasted.get(slot, 0.0) + minutes
    for slot, minutes in lasted.items():
        yield Moved(queue, slot, called[slot], minutes)


def _called(day: Sequence[Snapshot], calls: Sequence[int], place: int) -> datetime | None:
    """When the numbers come to somebody who joins behind everybody that waits at a snapshot."""
    goal = calls[place] + day[place].waiting + 1
    later = bisect_left(calls, goal, lo=place + 1)
    return day[later].at if later < len(day) else None


def _pace(day: Sequence[Snapshot], calls: Sequence[int], place: int, window: timedelta) -> float | None:
    """Minutes between calls in the last while; None with fewer than two calls."""
    first = place
    while first > 0 and day[place].at - day[first - 1].at <= window:
        first -= 1
    made = calls[place] - calls[first]
    return (day[place].at - day[first].at).total_seconds() / 60 / made if made >= 2 else None


# --- reading -----------------------------------------------------------------------------------------------------


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        if path.suffix == ".parquet":
            yield from _of_parquet(path)
            return
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise SnapshotsRefused(f"{path}: 読めません（{error}）。場所と名前を確かめてください。") from error
    if len(raw) > LARGEST:
        raise SnapshotsRefused(f"{path.name}: {LARGEST // 1024**2}MBを超えています。期間で分けてください。")
    yield from _of_text(_decoded(raw, path), path)


def _of_text(text: str, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    sample = text[:4096]
    delimiter = max(",;\t", key=sample.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        columns = _columns(next(reader, []), path)
        for line, cells in enumerate(reader, start=2):
            if any(cells):
                yield line, {key: cells[at] if at < len(cells) else "" for key, at in columns.items()}
    except csv.Error as error:
        raise SnapshotsRefused(
            f"{path.name} {reader.line_num}行目: CSV として読めません（{error}）。引用符を確かめてください。"
        ) from error


def _of_parquet(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    table = parquet.read_table(path)
    columns = _columns(table.column_names, path)
    for number, row in enumerate(table.to_pylist(), start=1):
        values = list(row.values())
        yield number, {key: "" if values[at] is None else str(values[at]) for key, at in columns.items()}


def _decoded(raw: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SnapshotsRefused(
        f"{path.name}: 文字コードが UTF-8 でも CP932 でもありません。UTF-8 で保存し直してください。"
    )


def _columns(heading: Sequence[str], path: Path) -> dict[str, int]:
    """Where each column is, by the first of its names that the heading has."""
    there = {re.sub(r"[\s\-]+", "_", name.strip().lower()): at for at, name in enumerate(heading)}
    found = {key: next((there[name] for name in names if name in there), -1) for key, names in NAMES.items()}
    missing = [NAMES[key][0] for key, at in found.items() if at < 0 and key not in OPTIONAL]
    if missing:
        raise SnapshotsRefused(
            f"{path.name}: 列「{'」「'.join(missing)}」がありません。見出しの行を確かめてください（使える見出し: "
            f"{', '.join(names[0] for names in NAMES.values())}）。"
        )
    return {key: at for key, at in found.items() if at >= 0}


def _snapshot(row: Mapping[str, str]) -> Snapshot:
    declared = row.get("declared", "").strip()
    return Snapshot(
        at=_time(row["time"]),
        office=row.get("office", "").strip(),
        queue=row["queue"].strip(),
        waiting=_whole(row["waiting"], "waiting"),
        desks=_whole(row["desks"], "desks"),
        last=_number(row["last"]),
        declared=_minutes(declared) if declared else None,
    )


def _time(text: str) -> datetime:
    said = text.strip().replace("/", "-")
    if re.fullmatch(r"\d{9,11}(\.\d+)?", said):
        return datetime.fromtimestamp(float(said)).astimezone().replace(tzinfo=None)
    try:
        return datetime.fromisoformat(said).replace(tzinfo=None)
    except ValueError:
        raise ValueError(f"time「{text[:40]}」を日時として読めません（2026-11-09 09:15 のように）") from None


def _whole(text: str, name: str) -> int:
    try:
        value = float(text.strip())
    except ValueError:
        raise ValueError(f"{name}「{text[:40]}」が数ではありません") from None
    if not 0 <= value < 10_000 or value != int(value):
        raise ValueError(f"{name}「{text[:40]}」は0から9999までの整数ではありません")
    return int(value)


def _number(text: str) -> int:
    digits = re.findall(r"\d+", text)
    if not digits or len(digits[-1]) > 6:
        raise ValueError(f"last_called「{text[:40]}」に番号がありません")
    return int(digits[-1])


def _minutes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"service_minutes「{text[:40]}」が数ではありません") from None
    if not 0 <= value <= 600:
        raise ValueError(f"service_minutes「{text[:40]}」は0から600分までではありません")
    return value

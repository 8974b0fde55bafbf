"""Reading somebody else's log of queues (待ち列の記録): one row each time somebody looked. Nothing is dropped unsaid.

CSV (also .csv.gz; UTF-8 or cp932; comma, semicolon or tab) or Parquet. Column names in English or Japanese, in several
spellings (`COLUMNS`). A row that cannot be read is counted and listed with its line and the reason.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

MOST_LISTED = 200
LARGEST_COUNT = 100_000
EPOCH = re.compile(r"\d{9,13}(\.\d+)?")
DIGITS = re.compile(r"(\d+)\D*$")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "timestamp", "datetime", "at", "observed_at", "日時", "時刻", "記録日時", "取得日時", "観測日時"),
    "office": ("office", "branch", "site", "location", "庁舎", "窓口", "拠点", "施設", "庁舎名", "支所"),
    "queue": ("queue", "lane", "service", "group", "queue_name", "列", "待ち列", "窓口の列", "用件", "業務"),
    "waiting": ("waiting", "queue_length", "people_waiting", "waiting_people", "待ち人数", "待ち", "待機人数", "待人数"),
    "desks": ("desks", "desks_open", "open_desks", "active_desks", "counters", "開いている席", "席", "席数", "稼働席数", "窓口数", "開設窓口数"),
    "last_called": ("last_called", "last_number_called", "last_number", "current_number", "called", "number", "呼出番号", "呼び出し番号", "最後に呼んだ番号", "現在の番号", "番号"),
    "service_minutes": ("service_minutes", "declared_service_minutes", "declared_minutes", "service_time", "minutes", "所要時間", "所要分", "届出所要分", "標準所要時間", "対応時間"),
}  # fmt: skip
FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y年%m月%d日 %H:%M")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a queue stood at one moment (待ち列の記録の1行). `at`: the local clock as seconds; `day`: its date's ordinal."""

    at: float
    day: int
    office: str
    queue: str
    waiting: int
    desks: int
    number: int
    minutes: float | None


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that could not be read: its line in the file and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class SnapshotLog:
    """What was read of a file (待ち列の記録). `unreadable`: the first of the rows that were not; `refused`: how many."""

    snapshots: tuple[Snapshot, ...]
    rows: int
    refused: int
    unreadable: tuple[UnreadableRow, ...]


class UnreadableLog(ValueError):
    """The file is no log of queues. The sentence says what to do."""


class _Unreadable(ValueError):
    """One row cannot be read, and why."""


def read_log(
    path: Path, *, zone: ZoneInfo | None = None, progress: Callable[[int], None] | None = None
) -> SnapshotLog:
    """Every row of a log. `zone`: where the office is, for times that carry an offset; without it they stand as written.

    Raises UnreadableLog.
    """
    snapshots: list[Snapshot] = []
    unreadable: list[UnreadableRow] = []
    rows = refused = 0
    try:
        for line, row in _rows(path):
            rows += 1
            try:
                snapshots.append(_snapshot(row, zone))
            except _Unreadable as error:
                refused += 1
                if len(unreadable) < MOST_LISTED:
                    unreadable.append(UnreadableRow(line, str(error)))
            if progress is not None and rows % 5000 == 0:
                progress(rows)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableLog(
            f"「{path}」を読めません（{error}）。CSV・CSV.GZ・Parquet のファイルか確かめてください。"
        ) from error
    return SnapshotLog(tuple(snapshots), rows, refused, tuple(unreadable))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Each row by our own column names, with its line in the file."""
    if path.suffix == ".parquet":
        yield from _parquet_rows(path)
        return
    text = _text(path)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = _named(next(reader, []), path)
    for values in reader:
        if any(one.strip() for one in values):
            yield (
                reader.line_num,
                {name: values[at] if at < len(values) else "" for name, at in names.items()},
            )


def _text(path: Path) -> str:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp932")


def _parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        names = _named(file.schema_arrow.names, path)
        line = 0
        for batch in file.iter_batches():
            columns = {name: batch.column(at).to_pylist() for name, at in names.items()}
            for place in range(batch.num_rows):
                line += 1
                yield line, {name: values[place] for name, values in columns.items()}
    except arrow.ArrowInvalid as error:
        raise UnreadableLog(f"「{path}」を Parquet として読めません。ファイルを確かめてください。") from error


def _named(head: Iterable[object], path: Path) -> dict[str, int]:
    """Where each of our columns is. Raises UnreadableLog that names those that are not there."""
    spelled = {_spelling(str(one)): at for at, one in reversed(list(enumerate(head)))}
    found = {
        name: spelled[_spelling(one)]
        for name, spellings in COLUMNS.items()
        for one in reversed(spellings)
        if _spelling(one) in spelled
    }
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        said = "、".join(f"{name}（{COLUMNS[name][-3]} など）" for name in missing)
        raise UnreadableLog(f"「{path}」に列 {said} がありません。1行目の見出しに加えてください。")
    return found


def _spelling(name: str) -> str:
    return re.sub(r"[\s_\-()]", "", unicodedata.normalize("NFKC", name).strip().lower())


def _snapshot(row: Mapping[str, object], zone: ZoneInfo | None) -> Snapshot:
    at = _moment(row["time"], zone)
    wall = at.replace(tzinfo=UTC)
    queue = _words(row["queue"])
    if not queue:
        raise _Unreadable("待ち列（queue）が空です")
    return Snapshot(
        at=wall.timestamp(),
        day=wall.date().toordinal(),
        office=_words(row["office"]),
        queue=queue,
        waiting=_count(row["waiting"], "待ち人数（waiting）"),
        desks=_count(row["desks"], "席（desks）"),
        number=_number(row["last_called"]),
        minutes=_minutes(row["service_minutes"]),
    )


def _words(given: object) -> str:
    return "" if given is None else unicodedata.normalize("NFKC", str(given)).strip()


def _moment(given: object, zone: ZoneInfo | None) -> datetime:
    if isinstance(given, datetime):
        found = given
    else:
        found = _read_moment(_words(given))
    return found.astimezone(zone) if zone is not None and found.tzinfo is not None else found


def _read_moment(text: str) -> datetime:
    if EPOCH.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 -- the office's own clock, without a zone
        except ValueError:
            continue
    raise _Unreadable(f"日時（time）が読めません: {text[:40] or '空'}")


def _count(given: object, name: str) -> int:
    found = _float(given)
    if found is None or not 0 <= found <= LARGEST_COUNT or found != int(found):
        raise _Unreadable(f"{name}が0以上の整数ではありません: {_words(given)[:40] or '空'}")
    return int(found)


def _float(given: object) -> float | None:
    """A number as it is written: 3, "3", "3.0", "３人"; None for anything else."""
    match = re.fullmatch(r"([+-]?\d+(?:[.,]\d+)?)\s*[人席分名件]?", _words(given))
    return float(match[1].replace(",", ".")) if match else None


def _number(given: object) -> int:
    """The digits at the end of a called number ("A012" is 12)."""
    text = re.sub(r"\.0+$", "", _words(given))
    match = DIGITS.search(text)
    if match is None or len(match[1]) > 9:
        raise _Unreadable(f"呼出番号（last_called）に番号がありません: {text[:40] or '空'}")
    return int(match[1])


def _minutes(given: object) -> float | None:
    """Declared minutes; None where the office says none, or 0."""
    found = _float(given)
    if found is None and _words(given) not in ("", "-", "nan", "None", "null"):
        raise _Unreadable(f"所要分（service_minutes）が読めません: {_words(given)[:40]}")
    return found if found is not None and math.isfinite(found) and found > 0 else None

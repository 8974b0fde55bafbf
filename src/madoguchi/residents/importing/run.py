"""Taking one file in: look at it, read every row, stage, publish, report."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from madoguchi.audit.entries import Actor
from madoguchi.residents.importing.entries import EntryReader
from madoguchi.residents.importing.mapping import FileMapping
from madoguchi.residents.importing.reading import Fault, OpenedFile, SourceRow, open_file
from madoguchi.residents.importing.report import ImportReport, Refusal, RefusalList
from madoguchi.residents.importing.staging import Staging, clear, keep_refusals, open_batch, publish
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.rows import Origin

JAPAN = ZoneInfo("Asia/Tokyo")
CHUNK = 1000
READ_AT_ONCE = 1024 * 1024

Progress = Callable[[int, float], None]


def import_file(
    *,
    stream: BinaryIO,
    mapping: FileMapping,
    dry_run: bool,
    by: Actor,
    now: datetime,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Take a file in. Every row is stored or refused with a sentence; the register changes at once or not at all.

    `as_of` is the day the source system made the file (default: today); `progress` gets rows so far and the share of the
    file that was read. Raises FileRefused, WorkbookRefused (nothing of the file was taken), ImportUnderWay.
    """
    today = now.astimezone(JAPAN).date()
    origin = Origin(mapping.source, as_of or today, now)
    with _seekable(stream) as file:
        digest, size = _measured(file)
        opened = open_file(file, mapping)
        reader = EntryReader(mapping, opened.heading, today)
        if not dry_run:
            origin = replace(
                origin, batch=open_batch(mapping=mapping.name, digest=digest, by=by, origin=origin)
            )
        finished = False
        try:
            run = _Run(opened, reader, origin)
            run.all_rows(file, size, progress)
            if origin.batch is not None:
                run.publish(by)
            finished = True
        finally:
            if not finished and origin.batch is not None:
                clear(batch=origin.batch, by=by, origin=origin)
    return run.report(mapping, dry_run)


class _Run:
    """One pass over the rows."""

    def __init__(self, opened: OpenedFile, reader: EntryReader, origin: Origin) -> None:
        self._opened, self._reader, self._origin = opened, reader, origin
        self._staging = Staging(origin)
        self._refusals = RefusalList()
        self._seen = _Seen()
        self._rows_in = 0

    def all_rows(self, file: BinaryIO, size: int, progress: Progress | None) -> None:
        chunk: list[SourceRow] = []
        for row in self._opened.rows:
            chunk.append(row)
            if len(chunk) == CHUNK:
                self._take(chunk)
                chunk = []
                if progress is not None:
                    progress(self._rows_in, min(file.tell() / size, 1.0))
        self._take(chunk)
        if progress is not None:
            progress(self._rows_in, 1.0)

    def _take(self, rows: Sequence[SourceRow]) -> None:
        self._rows_in += len(rows)
        read = [(row, self._reader.entry(row)) for row in rows]
        people = [(row.line, entry.resident_no) for row, entry in read if isinstance(entry, RegisterEntry)]
        before = self._seen.add(people)
        entries: list[RegisterEntry] = []
        refused: list[Refusal] = []
        for row, result in read:
            if isinstance(result, RegisterEntry):
                first = before.get(row.line)
                if first is None:
                    entries.append(result)
                    continue
                result = Fault(
                    f"同じ宛名番号の人が{first}行目にもあります。1つの抽出に1人1行にしてください",
                    self._reader.number_heading,
                )
            more = "" if row.line == row.last_line else f"（{row.place}のひと続き）"
            refused.append(Refusal(row.line, result.column, result.byte, result.sentence + more))
        for refusal in refused:
            self._refusals.add(refusal)
        if entries:
            self._staging.add(entries)
        if refused and self._origin.batch is not None:
            keep_refusals(self._origin.batch, refused)

    def publish(self, by: Actor) -> None:
        assert self._origin.batch is not None
        publish(
            batch=self._origin.batch,
            rows_in=self._rows_in,
            stored=self._rows_in - self._refusals.count,
            unchanged=self._staging.unchanged,
            by=by,
            origin=self._origin,
        )

    def report(self, mapping: FileMapping, dry_run: bool) -> ImportReport:
        notes = []
        if self._reader.unused:
            notes.append(f"使わなかった列: {'、'.join(self._reader.unused[:20])}")
        if self._reader.absent:
            notes.append(f"ファイルになかった列: {'、'.join(self._reader.absent[:20])}")
        if not self._rows_in:
            notes.append("見出しだけで、行がありませんでした")
        return ImportReport(
            mapping=mapping.name,
            kind=self._opened.kind,
            dry_run=dry_run,
            rows_in=self._rows_in,
            new=self._staging.new,
            changed=self._staging.changed,
            unchanged=self._staging.unchanged,
            refused_rows=self._refusals.count,
            refused=tuple(self._refusals.first),
            notes=tuple(notes),
            refusals=self._refusals,
        )


class _Seen:
    """The numbers of the file so far and their lines, kept on disk: a file may hold more than memory should."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA cache_size=-16384")
        self._database.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def add(self, people: Sequence[tuple[int, str]]) -> dict[int, int]:
        """Remember (line, number) pairs; gives the lines whose number came before, with the line where it did."""
        doubles: dict[int, int] = {}
        self._database.execute("BEGIN")
        for line, number in people:
            if not self._database.execute(
                "INSERT OR IGNORE INTO seen VALUES (?, ?)", (number, line)
            ).rowcount:
                (first,) = self._database.execute(
                    "SELECT line FROM seen WHERE number = ?", (number,)
                ).fetchone()
                doubles[line] = first
        self._database.execute("COMMIT")
        return doubles


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream itself when it can be read twice, else a temporary copy of it."""
    if stream.seekable():
        stream.seek(0)
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy, READ_AT_ONCE)
        copy.seek(0)
        yield copy


def _measured(file: BinaryIO) -> tuple[str, int]:
    """Digest and size; the file stands at its start again."""
    digest, size = hashlib.sha256(), 0
    while block := file.read(READ_AT_ONCE):
        digest.update(block)
        size += len(block)
    file.seek(0)
    return digest.hexdigest(), max(size, 1)

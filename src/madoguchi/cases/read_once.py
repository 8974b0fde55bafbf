"""A record that was read before its case was locked, used again if nobody has acted meanwhile (一度だけ読む)."""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.cases.models import CaseRow
from madoguchi.cases.record import Record, read_record


@dataclass(frozen=True, slots=True)
class ReadAt:
    """A record and the version of its case that was read before it (読んだ時点の記録)."""

    version: int
    record: Record


def record_at(case: CaseRow, read: ReadAt | None) -> Record:
    """The record of a case that is locked: the one that was read, if nobody has acted since, else as it is now.

    Every act raises the version in its own transaction and nothing else changes a record, so that what was read after
    a version is what stands while the version is the same.
    """
    return read.record if read is not None and read.version == case.version else read_record(case)

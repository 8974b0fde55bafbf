"""What was read of a case, used again while nobody has acted on it (一度だけ読む).

1. `record_at`: within one act, what was read before the case was locked.
2. `now_known`: from one page to the next. Who answers question after question asks for the same rows, decided in the same
   way, twice a question. They are kept for a minute in this process, by the case and its version.

Every act raises the version in its own transaction and nothing else changes a record: what was read after a version is what
stands while the version is the same. The row of the case itself (whose it is, its version and state) is never kept: without
having read it, and having seen whose it is, in this very request, nobody comes to what is kept here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from django.db import connection

from madoguchi.cases.judging import Judged, judge_whole, narrowed
from madoguchi.cases.models import CaseRow
from madoguchi.cases.record import Record, StandingRows, fold, read_record, standing_rows
from madoguchi.city.queries import open_days
from madoguchi.jp.open_days import OpenDays

# As long as a connection is kept, and for the same reason: a database that was put back is seen after that.
KEPT_SECONDS = 60.0
MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class ReadAt:
    """A record and the version of its case that was read before it (読んだ時点の記録)."""

    version: int
    record: Record


def record_at(case: CaseRow, read: ReadAt | None) -> Record:
    """The record of a case that is locked: the one that was read, if nobody has acted since, else as it is now."""
    return read.record if read is not None and read.version == case.version else read_record(case)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case with its record and its decisions (判定した受付). `judged`: what it files; `whole`: all that its event asks for."""

    record: Record
    judged: Judged
    whole: Judged
    _follows: dict[str, Any] = field(default_factory=dict)

    def once(self, what: str, work: Callable[[], T]) -> T:
        """What `work` says, worked out once. It may look at nothing but the record, the decisions and what `what` names."""
        if what not in self._follows:
            self._follows[what] = work()
        found: T = self._follows[what]
        return found


# What else than its record a case is decided by: its event, the day of its notice, the revision, the city's calendar.
_Basis = tuple[str, date, str, OpenDays]


@dataclass(frozen=True, slots=True)
class _Read:
    version: int
    rows: StandingRows
    record: Record
    at: float
    known: dict[_Basis, KnownCase] = field(default_factory=dict)


_kept: OrderedDict[str, _Read] = OrderedDict()
_lock = Lock()


def now_known(case: CaseRow, *, calendar: OpenDays | None = None) -> KnownCase:
    """The record and the decisions of a case whose row was read just now. `calendar`: the city's, where it was read already.

    Inside a transaction everything is read anew and nothing is kept: what was written in it may yet be taken back.
    """
    read = _read(case)
    basis = (case.event_kind, case.notified_on, case.revision, calendar or open_days())
    known = read.known.get(basis)
    if known is None:
        whole = judge_whole(case, read.record, calendar=basis[-1])
        known = read.known[basis] = KnownCase(read.record, narrowed(whole, read.record), whole)
    return known


def _read(case: CaseRow) -> _Read:
    now = monotonic()
    if connection.in_atomic_block:
        return _read_anew(case, None, now)
    with _lock:
        while _kept and now - next(iter(_kept.values())).at > KEPT_SECONDS:
            _kept.popitem(last=False)
        found = _kept.get(case.public_id)
    if found is not None and found.version == case.version:
        return found
    read = _read_anew(case, found, now)
    with _lock:
        _kept.pop(case.public_id, None)
        _kept[case.public_id] = read
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return read


def _read_anew(case: CaseRow, earlier: _Read | None, now: float) -> _Read:
    rows = standing_rows(case, before=earlier.rows if earlier else None)
    return _Read(case.version, rows, fold(rows), now)

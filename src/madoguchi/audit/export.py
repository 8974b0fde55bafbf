"""Steps of cases as a table for process mining (業務の流れの分析): the columns of XES, one line a step.

No resident and no name of staff is in it: cases go by their public number, staff by theirs. Practice is left
out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import StringIO

from madoguchi.audit.entries import Kind
from madoguchi.audit.models import EntryRow
from madoguchi.audit.queries import JAPAN

BODY_COLUMNS = (
    "procedure", "explanation", "prompt", "fields_asked", "asked_again", "characters_typed_by_resident",
    "signatures", "resident_moves",
)  # fmt: skip
COUNTS = frozenset(BODY_COLUMNS[3:])
COLUMNS = (
    "case:concept:name", "concept:name", "time:timestamp", "lifecycle:transition", "org:resource",
    "org:group", "channel", *BODY_COLUMNS,
)  # fmt: skip


def steps_csv(*, first: date, last: date) -> Iterator[str]:
    """Lines of CSV (header, CRLF): the steps of these days in Japan, both ends included."""
    begin = datetime.combine(first, time.min, tzinfo=JAPAN)
    end = datetime.combine(last, time.min, tzinfo=JAPAN) + timedelta(days=1)
    rows = EntryRow.objects.filter(kind=Kind.STEP.value, at__gte=begin, at__lt=end).order_by("id")
    yield _line(COLUMNS)
    for row in rows.iterator(chunk_size=2000):
        if not row.body.get("practice"):
            yield _line(_cells(row))


def _cells(row: EntryRow) -> tuple[object, ...]:
    return (
        row.case,
        row.activity,
        row.at.astimezone(JAPAN).isoformat(timespec="milliseconds"),
        row.lifecycle,
        "system" if row.staff_id is None else f"staff-{row.staff_id}",
        row.branch,
        row.channel,
        *(row.body.get(name, 0 if name in COUNTS else "") for name in BODY_COLUMNS),
    )


def _line(cells: tuple[object, ...]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()

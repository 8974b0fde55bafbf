"""What must hold for every file whatsoever that somebody tries to take in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime

from madoguchi.audit.entries import Actor
from madoguchi.residents.importing.mapping import FileMapping, load_mapping
from madoguchi.residents.importing.reading import FileRefused
from madoguchi.residents.importing.report import ImportReport
from madoguchi.residents.importing.run import import_file
from madoguchi.residents.models import ImportRefusal, ResidentFact, ResidentRecord, SearchKey
from madoguchi.spreadsheets.workbook import WorkbookRefused

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OFFICER = Actor(2, "基幹担当", "main", "it")


def take_in(data: bytes, *, dry_run: bool = False, mapping: FileMapping | None = None) -> ImportReport:
    return import_file(
        stream=io.BytesIO(data),
        mapping=mapping or load_mapping("standard"),
        dry_run=dry_run,
        by=OFFICER,
        now=NOW,
        as_of=date(2026, 11, 20),
    )


def figures(report: ImportReport) -> Mapping[str, object]:
    """What two runs over the same file and the same register must agree on."""
    return {key: value for key, value in report.as_json().items() if key != "dry_run"}


def counts() -> tuple[int, int, int, int]:
    return (
        ResidentRecord.objects.count(),
        ResidentFact.objects.count(),
        SearchKey.objects.count(),
        ImportRefusal.objects.count(),
    )


def check_everything(data: bytes) -> ImportReport | None:
    """Try, take in, take in again, and hold each to its promises. None when the file was refused as a whole."""
    before = counts()
    try:
        tried = take_in(data, dry_run=True)
    except (FileRefused, WorkbookRefused) as refused:
        assert "取り込めません" in str(refused) and len(str(refused)) > 15
        assert counts() == before
        _check_refused_for_real(data, before)
        return None
    assert counts() == before, "a dry run must change nothing"
    done = take_in(data)
    assert figures(done) == figures(tried), "a dry run must say what the run will do"
    assert done.rows_in == done.stored + done.refused_rows
    assert len(done.refused) == min(done.refused_rows, 1000)
    for refusal in done.refused:
        assert refusal.row >= 1 and len(refusal.sentence) >= 5
    after = counts()
    assert after[0] - before[0] == done.new + done.changed
    assert after[3] - before[3] == done.refused_rows
    assert not ResidentRecord.objects.filter(history_no__isnull=True).exists(), "nothing may stay half stored"
    again = take_in(data)
    assert (again.new, again.changed, again.unchanged) == (0, 0, done.stored), (
        "the same file again changes nothing"
    )
    assert counts()[:3] == after[:3]
    return done


def _check_refused_for_real(data: bytes, before: tuple[int, int, int, int]) -> None:
    try:
        take_in(data)
    except (FileRefused, WorkbookRefused):
        assert counts() == before
    else:
        raise AssertionError("the dry run refused the file and the run did not")

"""Reading the audit: the timeline of a person, a member of staff or a case, and whether the chain still holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from madoguchi.audit.entries import Entry, Kind
from madoguchi.audit.models import EntryRow, OutboxRow, SealedEntry, SealRow
from madoguchi.audit.operations import FIRST_PREVIOUS, chained, digest_of

JAPAN = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the audit, as a sentence, and the line it is about (None: a whole batch)."""

    entry_id: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of checking the chain: how many lines and batches, how many lines wait for a seal, what is wrong."""

    lines: int
    batches: int
    unsealed: int
    faults: tuple[Fault, ...]
    head: str


def verify() -> Verification:
    """Check every batch and every line. A changed, removed, added-in or reordered line is named."""
    faults: list[Fault] = []
    previous, batches, sealed = FIRST_PREVIOUS, 0, 0
    for seal in SealRow.objects.order_by("number").iterator():
        batches += 1
        said = dict(SealedEntry.objects.filter(seal=seal).order_by("entry_id").values_list("entry_id", "digest"))
        sealed += len(said)
        if seal.number != batches:
            faults.append(Fault(None, f"封印 {batches} 番がありません。"))
        if seal.previous != previous or chained(previous, list(said.items())) != seal.digest:
            faults.append(Fault(None, f"封印 {seal.number} 番のつながりが合いません。封印の記録が書きかえられています。"))
        faults.extend(_lines(said))
        previous = seal.digest
    lines = EntryRow.objects.count()
    return Verification(lines, batches, max(lines - sealed, 0), tuple(faults), previous)


def _lines(said: dict[int, str]) -> Iterable[Fault]:
    rows = {row.id: row for row in EntryRow.objects.filter(id__in=list(said))}
    for entry_id, digest in said.items():
        row = rows.get(entry_id)
        if row is None:
            yield Fault(entry_id, f"証跡 {entry_id} 番が消されています。")
        elif row.digest != digest or digest_of(row) != digest:
            yield Fault(entry_id, f"証跡 {entry_id} 番が書きかえられています。")


def person_timeline(person_key: str, *, limit: int = 500) -> tuple[Entry, ...]:
    """Who read this person's data, newest first."""
    return tuple(_entry(row) for row in EntryRow.objects.filter(person_key=person_key).order_by("-id")[:limit])


def staff_timeline(staff_id: int, *, limit: int = 500) -> tuple[Entry, ...]:
    """What this member of staff read and did, newest first."""
    return tuple(_entry(row) for row in EntryRow.objects.filter(staff_id=staff_id).order_by("-id")[:limit])


def steps_of(case: str) -> tuple[Entry, ...]:
    """The steps of a case in the order in which they happened."""
    return tuple(_entry(row) for row in EntryRow.objects.filter(case=case, kind=Kind.STEP.value).order_by("id"))


def daily_head(day: date) -> str | None:
    """The digest of the last batch sealed on that day in Japan: what an office prints and keeps."""
    begin = datetime.combine(day, time.min, tzinfo=JAPAN)
    row = SealRow.objects.filter(sealed_at__gte=begin, sealed_at__lt=begin + timedelta(days=1)).order_by("-number").first()
    return row.digest if row else None


def outbox_after(branch: str, sequence: int, *, limit: int = 200) -> tuple[tuple[int, str, str], ...]:
    """Lines of a branch's outbox after `sequence`: number, topic, subject."""
    rows = OutboxRow.objects.filter(branch=branch, sequence__gt=sequence).order_by("sequence")[:limit]
    return tuple((row.sequence, row.topic, row.subject) for row in rows)


def _entry(row: EntryRow) -> Entry:
    return Entry(
        id=row.id,
        kind=Kind(row.kind),
        at=row.at,
        activity=row.activity,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
        branch=row.branch,
        desk=row.desk,
        case=row.case,
        person_key=row.person_key,
        purpose=row.purpose,
        body=dict(row.body),
    )

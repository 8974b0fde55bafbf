"""Reading the audit: timelines of a person, a member of staff or a case, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, Min, OuterRef, Subquery

from madoguchi.audit.entries import Channel, Entry, Kind, Purpose
from madoguchi.audit.models import EntryRow, OutboxCounter, OutboxRow, SealedEntry, SealRow
from madoguchi.audit.sealing import FIRST_PREVIOUS, chained, digest_of

JAPAN = ZoneInfo("Asia/Tokyo")
# Well below what SQLite takes in one statement.
KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the audit, as a sentence, and the line it is about (None: a whole batch)."""

    entry_id: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the chain found: lines, batches, lines that wait for a seal, the faults."""

    lines: int
    batches: int
    unsealed: int
    faults: tuple[Fault, ...]
    head: str


def verify(*, printed_head: str | None = None) -> Verification:
    """Check every batch and every line. A changed, removed, added-in or reordered line is named.

    `printed_head`: a head that was printed or kept elsewhere; when the chain does not contain it, its end was
    cut off or all of it was written anew, which no look at the database alone can show.
    """
    horizon = SealedEntry.objects.aggregate(highest=Max("entry_id"))["highest"] or 0
    batches, head, faults = _batches(printed_head)
    faults.extend(Fault(number, f"証跡 {number} 番が消されています。") for number in _removed())
    lines, unsealed = 0, 0
    lowest_seal: int | None = None
    for row in _with_their_seal():
        lines += 1
        if row.sealed_digest is None:
            unsealed += row.id > horizon
            if row.id <= horizon:
                faults.append(
                    Fault(row.id, f"証跡 {row.id} 番は封印のあとで差し込まれたか、封印から外されています。")
                )
        elif lowest_seal is not None and row.seal_number > lowest_seal:
            faults.append(
                Fault(
                    row.id,
                    f"証跡 {row.id} 番の順番が封印と合いません。差し込まれたか、並べかえられています。",
                )
            )
        else:
            lowest_seal = row.seal_number
        if digest_of(row) != row.digest or row.sealed_digest not in (None, row.digest):
            faults.append(Fault(row.id, f"証跡 {row.id} 番が書きかえられています。"))
    faults.sort(key=lambda fault: fault.entry_id or 0)
    return Verification(lines, batches, unsealed, tuple(faults), head)


def _batches(printed_head: str | None) -> tuple[int, str, list[Fault]]:
    """How many batches there are, the digest of the last, and where their chain breaks."""
    faults: list[Fault] = []
    sealed = SealedEntry.objects.order_by("seal__number", "entry_id").values_list(
        "seal_id", "entry_id", "digest"
    )
    contents = groupby(sealed.iterator(), key=lambda row: row[0])
    held = next(contents, None)
    count, number, previous, seen = 0, 0, FIRST_PREVIOUS, False
    for seal in SealRow.objects.order_by("number").iterator():
        rows: list[tuple[int, str]] = []
        if held is not None and held[0] == seal.id:
            rows = [(entry_id, digest) for _, entry_id, digest in held[1]]
            held = next(contents, None)
        if seal.number != number + 1:
            faults.append(Fault(None, f"封印 {number + 1} 番から {seal.number - 1} 番までがありません。"))
        if seal.previous != previous or chained(seal.previous, seal.sealed_at, rows) != seal.digest:
            faults.append(
                Fault(
                    None, f"封印 {seal.number} 番のつながりが合いません。封印の記録が書きかえられています。"
                )
            )
        count, number, previous = count + 1, seal.number, seal.digest
        seen = seen or seal.digest == printed_head
    if printed_head is not None and not seen:
        faults.append(
            Fault(None, "控えの値が封印の中にありません。終わりが切られたか、はじめから書き直されています。")
        )
    return count, previous, faults


def _removed() -> Iterable[int]:
    """Numbers of lines that were sealed and are no longer there."""
    there = EntryRow.objects.filter(id=OuterRef("entry_id"))
    gone = SealedEntry.objects.filter(~Exists(there)).order_by("entry_id").values_list("entry_id", flat=True)
    return gone.iterator()


def _with_their_seal() -> Iterable[Any]:
    """All lines, the newest first, each with the digest it was sealed with and the number of that seal."""
    own = SealedEntry.objects.filter(entry_id=OuterRef("id"))
    rows = EntryRow.objects.annotate(
        sealed_digest=Subquery(own.values("digest")), seal_number=Subquery(own.values("seal__number"))
    )
    return rows.order_by("-id").iterator(chunk_size=2000)


def person_timeline(person_key: str, *, limit: int = 500) -> tuple[Entry, ...]:
    """Who read this person's data, newest first."""
    return tuple(
        _entry(row) for row in EntryRow.objects.filter(person_key=person_key).order_by("-id")[:limit]
    )


def readings_of(person_key: str, *, limit: int) -> tuple[Entry, ...]:
    """Who else read this person's data, newest first, for that person; without practice and what they did themselves."""
    rows = EntryRow.objects.filter(person_key=person_key, kind=Kind.ACCESS.value)
    shown = rows.exclude(purpose__in=(Purpose.PRACTICE.value, Purpose.OWN.value)).order_by("-id")[:limit]
    return tuple(_entry(row) for row in shown)


def staff_timeline(staff_id: int, *, limit: int = 500) -> tuple[Entry, ...]:
    """What this member of staff read and did, newest first."""
    return tuple(_entry(row) for row in EntryRow.objects.filter(staff_id=staff_id).order_by("-id")[:limit])


def steps_of(case: str) -> tuple[Entry, ...]:
    """The steps of a case in the order in which they happened."""
    return tuple(
        _entry(row) for row in EntryRow.objects.filter(case=case, kind=Kind.STEP.value).order_by("id")
    )


def visits_begun(*, first: date, last: date) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """Case or ticket with all its steps in order, of those whose first step lies in these days in Japan; practice is left out."""
    begin = datetime.combine(first, time.min, tzinfo=JAPAN)
    end = datetime.combine(last, time.min, tzinfo=JAPAN) + timedelta(days=1)
    steps = EntryRow.objects.filter(kind=Kind.STEP.value).exclude(case="")
    keys = sorted(set(steps.filter(at__gte=begin, at__lt=end).values_list("case", flat=True)))
    for place in range(0, len(keys), KEYS_AT_ONCE):
        rows = steps.filter(case__in=keys[place : place + KEYS_AT_ONCE]).order_by("case", "id")
        for key, there in groupby(rows.iterator(chunk_size=2000), key=lambda row: row.case):
            found = tuple(_entry(row) for row in there)
            if begin <= found[0].at and not any(one.body.get("practice") for one in found):
                yield key, found


def daily_head(day: date) -> str | None:
    """The digest of the last batch sealed on that day in Japan: what an office prints and keeps."""
    begin = datetime.combine(day, time.min, tzinfo=JAPAN)
    row = (
        SealRow.objects.filter(sealed_at__gte=begin, sealed_at__lt=begin + timedelta(days=1))
        .order_by("-number")
        .first()
    )
    return row.digest if row else None


def outbox_head(branch: str) -> int:
    """The number of the last line of a branch's outbox; 0 before the first."""
    return OutboxCounter.objects.filter(branch=branch).values_list("last", flat=True).first() or 0


def outbox_heads(branches: Iterable[str]) -> dict[str, int]:
    """The number of the last line of each of these branches' outboxes, in one query; those without a line are left out."""
    return dict(OutboxCounter.objects.filter(branch__in=list(branches)).values_list("branch", "last"))


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
        lifecycle=row.lifecycle,
        channel=row.channel,
    )


def first_channels(cases: Iterable[str]) -> dict[str, Channel]:
    """Where each of these cases began: the channel of its first step."""
    found: dict[str, Channel] = {}
    keys = sorted(cases)
    for place in range(0, len(keys), KEYS_AT_ONCE):
        theirs = EntryRow.objects.filter(case__in=keys[place : place + KEYS_AT_ONCE], kind=Kind.STEP.value)
        first = theirs.values("case").annotate(first=Min("id")).values("first")
        for case, channel in EntryRow.objects.filter(id__in=first).values_list("case", "channel"):
            found[case] = Channel(channel)
    return found

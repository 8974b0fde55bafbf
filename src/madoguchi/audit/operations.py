"""Writing the audit: readings before they are shown, acts and steps with their work, seals over all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef

from madoguchi.audit.entries import Actor, Channel, Kind, Lifecycle, Purpose, StepDetail
from madoguchi.audit.models import EntryRow, OutboxCounter, OutboxRow, SealedEntry, SealRow

SEAL_BATCH = 1000
FIRST_PREVIOUS = "0" * 64


def record_access(
    *,
    actor: Actor,
    purpose: Purpose,
    authority: str,
    person_keys: Sequence[str],
    fields: Sequence[str],
    case: str | None,
    screen: str,
    now: datetime,
) -> None:
    """Write down that these people are about to be read, by key, one line a person.

    Durable: it is committed by itself before it returns, so that later work that rolls back cannot undo it. Raises
    RuntimeError inside another transaction, because then the promise could not be kept.
    """
    rows = [
        _row(
            actor,
            kind=Kind.ACCESS,
            activity="read",
            now=now,
            case=case,
            person_key=key,
            purpose=purpose.value,
            authority=authority,
            body={"fields": sorted(fields), "screen": screen},
        )
        for key in person_keys or ("",)
    ]
    with transaction.atomic(durable=True):
        EntryRow.objects.bulk_create(rows)


def record_act(*, actor: Actor, activity: str, now: datetime, case: str | None = None, **keys: str | int) -> None:
    """Write down an act of the office (sign-in, export, publish), in the caller's transaction; `keys` hold no values."""
    _row(actor, kind=Kind.ACT, activity=activity, now=now, case=case, body=dict(keys)).save(force_insert=True)


def record_step(
    *,
    actor: Actor,
    case: str,
    activity: str,
    channel: Channel,
    now: datetime,
    lifecycle: Lifecycle = Lifecycle.COMPLETE,
    detail: StepDetail = StepDetail(),  # noqa: B008 -- a frozen value
    practice: bool = False,
) -> None:
    """Write down one step of a case (XES event) in the caller's transaction, and tell the live outbox."""
    body: dict[str, Any] = {name: value for name in StepDetail.__slots__ if (value := getattr(detail, name))}
    if practice:
        body["practice"] = True
    _row(
        actor, kind=Kind.STEP, activity=activity, now=now, case=case, lifecycle=lifecycle, channel=channel, body=body
    ).save(force_insert=True)
    announce(branch=actor.branch, topic=activity, subject=case, now=now)


def announce(*, branch: str, topic: str, subject: str, now: datetime) -> int:
    """Add a line to the branch's outbox; returns its number, given out without gaps in the caller's transaction."""
    OutboxCounter.objects.get_or_create(branch=branch)
    OutboxCounter.objects.filter(branch=branch).update(last=F("last") + 1)
    number = OutboxCounter.objects.values_list("last", flat=True).get(branch=branch)
    OutboxRow.objects.create(branch=branch, sequence=number, topic=topic, subject=subject, at=now)
    return number


def seal(*, now: datetime) -> int:
    """Seal every line not yet sealed; returns how many were sealed. Two sealers at once: one seals, one finds nothing."""
    sealed = 0
    while True:
        batch = _seal_batch(now)
        sealed += batch
        if batch < SEAL_BATCH:
            return sealed


def _seal_batch(now: datetime) -> int:
    unsealed = ~Exists(SealedEntry.objects.filter(entry_id=OuterRef("id")))
    try:
        with transaction.atomic():
            rows = list(EntryRow.objects.filter(unsealed).order_by("id").values_list("id", "digest")[:SEAL_BATCH])
            if not rows:
                return 0
            last = SealRow.objects.order_by("-number").first()
            previous = last.digest if last else FIRST_PREVIOUS
            made = SealRow.objects.create(
                number=(last.number + 1) if last else 1, previous=previous, digest=chained(previous, rows), sealed_at=now
            )
            SealedEntry.objects.bulk_create(
                SealedEntry(entry_id=entry_id, seal=made, digest=digest) for entry_id, digest in rows
            )
            return len(rows)
    except IntegrityError:
        return 0


def chained(previous: str, rows: Sequence[tuple[int, str]]) -> str:
    """The digest of a batch: the one before it, then each line's number and digest in order."""
    text = previous + "".join(f"\n{number}:{digest}" for number, digest in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(row: EntryRow) -> str:
    """The digest of one line, over everything it says."""
    said = [
        row.kind, row.at.astimezone(UTC).isoformat(), row.activity, row.lifecycle, row.staff_id, row.staff_name, row.branch, row.desk,
        row.terminal, row.channel, row.case, row.person_key, row.purpose, row.authority, row.body,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _row(
    actor: Actor,
    *,
    kind: Kind,
    activity: str,
    now: datetime,
    case: str | None,
    body: dict[str, Any],
    person_key: str = "",
    purpose: str = "",
    authority: str = "",
    lifecycle: Lifecycle = Lifecycle.COMPLETE,
    channel: Channel | None = None,
) -> EntryRow:
    row = EntryRow(
        kind=kind.value,
        at=now,
        activity=activity,
        lifecycle=lifecycle.value,
        staff_id=actor.staff_id,
        staff_name=actor.name,
        branch=actor.branch,
        desk=actor.desk,
        terminal=actor.terminal,
        channel=channel.value if channel else "",
        case=case or "",
        person_key=person_key,
        purpose=purpose,
        authority=authority,
        body=body,
    )
    row.digest = digest_of(row)
    return row

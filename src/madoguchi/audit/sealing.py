"""Seals over the audit (封印): every line is a leaf of one tree (`tree`), and each batch seals the root that the tree has then.

A batch is taken only when no writer is in the middle of a line, so that line numbers in later batches are
always higher: a line that turns up below a sealed number was put there afterwards.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max

from madoguchi.audit.models import EntryRow, SealedEntry, SealRow
from madoguchi.audit.tree import Frontier, leaf_hash

SEAL_BATCH = 1000
FIRST_PREVIOUS = "0" * 64
_LOCK_NOT_AVAILABLE = "55P03"


def seal(*, now: datetime) -> int:
    """Seal every line not yet sealed; returns how many were sealed.

    Two sealers at once: one seals, the other finds nothing. While a long work is still writing (an import),
    nothing is sealed and the lines wait: the counter never waits for a seal longer than a fifth of a second.
    """
    sealed = 0
    while True:
        batch = _seal_batch(now)
        sealed += batch
        if batch < SEAL_BATCH:
            return sealed


def _seal_batch(now: datetime) -> int:
    try:
        with transaction.atomic():
            _wait_for_writers()
            horizon = SealedEntry.objects.aggregate(highest=Max("entry_id"))["highest"] or 0
            waiting = EntryRow.objects.filter(id__gt=horizon).order_by("id")
            rows = list(waiting.values_list("id", "digest")[:SEAL_BATCH])
            if not rows:
                return 0
            last = SealRow.objects.order_by("-number").first()
            edge = edge_of(last).with_leaves(leaf_of(entry_id, digest) for entry_id, digest in rows)
            previous, root = last.digest if last else FIRST_PREVIOUS, edge.root().hex()
            made = SealRow.objects.create(
                number=(last.number + 1) if last else 1,
                previous=previous,
                digest=chained(previous, now, edge.size, root),
                sealed_at=now,
                size=edge.size,
                root=root,
                peaks=[peak.hex() for peak in edge.peaks],
            )
            SealedEntry.objects.bulk_create(
                SealedEntry(entry_id=entry_id, seal=made, digest=digest) for entry_id, digest in rows
            )
            return len(rows)
    except IntegrityError:
        return 0
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            return 0
        raise


def _wait_for_writers() -> None:
    """On PostgreSQL, wait shortly until nobody is writing a line. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            cursor.execute("LOCK TABLE audit_entryrow IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def edge_of(seal: SealRow | None) -> Frontier:
    """The tree as it stood with this seal; the empty one without any."""
    return Frontier(seal.size, tuple(map(bytes.fromhex, seal.peaks))) if seal else Frontier()


def leaf_of(entry_id: int, digest: str) -> bytes:
    """The leaf of a line: its number and its digest."""
    return leaf_hash(f"{entry_id}:{digest}".encode())


def chained(previous: str, sealed_at: datetime, size: int, root: str) -> str:
    """The digest of a seal: the one before it, when it was made, how many lines the tree had, and its root."""
    text = f"{previous}\n{_instant(sealed_at)}\n{size}\n{root}"
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(row: EntryRow) -> str:
    """The digest of one line, over everything it says."""
    said = [
        row.kind, _instant(row.at), row.activity, row.lifecycle, row.staff_id, row.staff_name, row.branch,
        row.desk, row.terminal, row.channel, row.case, row.person_key, row.purpose, row.authority, row.body,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()

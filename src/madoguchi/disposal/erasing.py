"""Erasing what was approved, batch by batch (消去): each batch goes whole, with its lines of the log, or not at all.

A process that is killed leaves whole batches behind; whoever goes on takes up the records that are still named. Each
record is looked at once more before it goes: what was held, opened again, or got a longer period since stays, and is said.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.erasing import empty_the_log_of_writes, overwrite_what_is_freed
from madoguchi.audit.operations import record_act
from madoguchi.disposal.classes import KEEPERS
from madoguchi.disposal.holds import held
from madoguchi.disposal.models import CertificateRow, DisposedRow, HoldRow, ItemRow, ProposalRow
from madoguchi.disposal.periods import period_of, period_rows
from madoguchi.disposal.values import LeftWhy, ProposalState, RecordClass

log = logging.getLogger(__name__)
# Small enough that the counter does not notice the lock of one batch.
BATCH = 50
# How many batches one round of the worker takes, so that the other work of the round is not put off for long.
BATCHES_A_ROUND = 20
_BY = Actor(None, "system", "", "")


@dataclass(frozen=True, slots=True)
class Erased:
    """What a round did (消去の回): records that are gone, and such that stay after all."""

    gone: int
    left: int


def go_on(*, now: datetime, batches: int = BATCHES_A_ROUND) -> Erased:
    """Erase some more of what was approved. Nothing when nothing is approved.

    A table that others hold for longer than a moment is left for the next round.
    """
    gone, left, overwriting = 0, 0, False
    for proposal in ProposalRow.objects.filter(state=ProposalState.APPROVED.value).order_by("pk"):
        if not overwriting:
            overwrite_what_is_freed()
            overwriting = True
        for _ in range(batches):
            try:
                done = _batch(proposal.pk, now=now)
            except OperationalError as error:
                log.warning("the disposal waits for the database (%s)", type(error).__name__)
                return Erased(gone, left)
            if done is None:
                empty_the_log_of_writes()
                break
            gone, left = gone + done.gone, left + done.left
    return Erased(gone, left)


def unfinished() -> bool:
    """Whether something that was approved is not erased yet."""
    return ProposalRow.objects.filter(state=ProposalState.APPROVED.value).exists()


def _batch(proposal: int, *, now: datetime) -> Erased | None:
    """One batch in one transaction: what it did; None when nothing is left to look at and it is certified."""
    with transaction.atomic():
        row = ProposalRow.objects.select_for_update().get(pk=proposal)
        if row.state != ProposalState.APPROVED.value:
            return None
        items = list(ItemRow.objects.filter(proposal=row, left="").order_by("nth")[:BATCH])
        if not items:
            _certify(row, now=now)
            return None
        record_class = RecordClass(row.record_class)
        why = _looked_at(row, record_class, items)
        going = [one for one in items if one.record not in why]
        names = [one.record for one in going]
        rows = KEEPERS[record_class].erase(names) if names else 0
        HoldRow.objects.filter(record_class=row.record_class, record__in=names).delete()
        _note(row, going, now=now)
        for reason in LeftWhy:
            left = [one.pk for one in items if why.get(one.record) is reason]
            ItemRow.objects.filter(pk__in=left).update(left=reason.value)
        record_act(
            actor=_BY, activity="records_erased", now=now, proposal=row.pk, of=row.record_class,
            records=len(names), rows=rows, left=len(why),
        )  # fmt: skip
        return Erased(len(names), len(why))


def _looked_at(row: ProposalRow, record_class: RecordClass, items: Iterable[ItemRow]) -> dict[str, LeftWhy]:
    """Which of these records stay after all, and why."""
    rule, kept = period_rows().get(record_class), held(record_class)
    names = [one.record for one in items]
    if rule is None:
        return dict.fromkeys(names, LeftWhy.PERIOD)
    before = min(row.before, period_of(rule).last_ended(row.on))
    may = KEEPERS[record_class].ended(before=before, kept=kept, only=names)
    return {
        one.record: LeftWhy.HELD
        if one.record in kept
        else LeftWhy.PERIOD
        if one.ended_on > before
        else LeftWhy.NOT_ENDED
        for one in items
        if one.record not in may
    }


def _note(row: ProposalRow, going: list[ItemRow], *, now: datetime) -> None:
    """The lines of the log take the place of what was named."""
    DisposedRow.objects.bulk_create(
        DisposedRow(proposal=row, nth=one.nth, record=one.record, ended_on=one.ended_on, erased_at=now)
        for one in going
    )
    ItemRow.objects.filter(pk__in=[one.pk for one in going]).delete()


def _certify(row: ProposalRow, *, now: datetime) -> None:
    """Nothing is left to look at: say so for good, with a digest of the list that the audit keeps too."""
    lines = DisposedRow.objects.filter(proposal=row).order_by("nth")
    digest, erased = digest_of_list(lines.values_list("nth", "record", "ended_on")), lines.count()
    left = ItemRow.objects.filter(proposal=row).count()
    rule, approved_at = period_of(row.period), row.answered_at
    if approved_at is None:  # the database refuses it too (disposal_approved_by_another)
        raise RuntimeError("a proposal that nobody approved is not certified")
    CertificateRow.objects.create(
        proposal=row, record_class=row.record_class, years=rule.years, counted_from=rule.counted_from.value,
        basis=rule.basis, on=row.on, erased=erased, left=left, proposed_by_name=row.proposed_by_name,
        proposed_at=row.proposed_at, approved_by_name=row.answered_by_name, approved_at=approved_at,
        finished_at=now, digest=digest,
    )  # fmt: skip
    ProposalRow.objects.filter(pk=row.pk).update(state=ProposalState.DONE.value)
    record_act(actor=_BY, activity="disposal_done", now=now, proposal=row.pk, records=erased, list=digest)


def digest_of_list(lines: Iterable[tuple[int, str, object]]) -> str:
    """SHA-256 over the list of what was erased: number, record and the day of its end, a line each."""
    found = hashlib.sha256()
    for nth, record, ended_on in lines:
        found.update(f"{nth}\t{record}\t{ended_on}\n".encode())
    return found.hexdigest()

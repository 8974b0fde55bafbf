"""Proposing to erase what is due, and the answer of another person (廃棄の伺いと承認)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.disposal.classes import KEEPERS
from madoguchi.disposal.holds import held
from madoguchi.disposal.models import DisposedRow, ItemRow, ProposalRow
from madoguchi.disposal.periods import period_of, period_rows, periods_now
from madoguchi.disposal.values import DueLine, Proposal, ProposalState, RecordClass

# Of one proposal: so that it is written in a moment. What is beyond comes with the next.
MOST_RECORDS = 10_000
_OPEN = (ProposalState.PROPOSED.value, ProposalState.APPROVED.value)


class ProposalRefused(ValueError):
    """Something cannot be proposed, approved or sent back; the sentence says why."""


class NoSuchProposal(LookupError, Http404):
    """No proposal of that number."""

    def __init__(self) -> None:
        super().__init__("その番号の廃棄の伺いはありません。一覧から選び直してください。")


def due_lines(*, on: date) -> tuple[DueLine, ...]:
    """What is due of each class on a day, in the order of the classes."""
    periods = periods_now()
    open_ones = dict(ProposalRow.objects.filter(state__in=_OPEN).values_list("record_class", "pk"))
    lines = []
    for one in RecordClass:
        kept, period = held(one), periods.get(one)
        found = KEEPERS[one].ended(before=period.last_ended(on), kept=kept) if period else {}
        days = found.values()
        lines.append(
            DueLine(
                one, period, len(found), min(days, default=None), max(days, default=None), len(kept),
                open_ones.get(one.value),
            )
        )  # fmt: skip
    return tuple(lines)


def propose(*, record_class: RecordClass, on: date, by: Actor, now: datetime) -> int:
    """Propose to erase what is due of a class on a day; the proposal's number. Raises ProposalRefused.

    What is named is fixed with it; each record is looked at once more before it goes.
    """
    if by.staff_id is None:
        raise ProposalRefused("廃棄の伺いは、職員がサインインして作ります。")
    rule = period_rows().get(record_class)
    if rule is None:
        raise ProposalRefused(
            f"「{record_class.label}」の保存期間が定められていません。定めのないものは消しません。"
        )
    before = period_of(rule).last_ended(on)
    found = KEEPERS[record_class].ended(before=before, kept=held(record_class))
    named = list(found.items())[:MOST_RECORDS]
    if not named:
        raise ProposalRefused(f"「{record_class.label}」に、保存期間の過ぎた記録はありません。")
    days = [day for _, day in named]
    try:
        with transaction.atomic():
            row = ProposalRow.objects.create(
                record_class=record_class.value, period=rule, on=on, before=before, count=len(named),
                oldest=min(days), newest=max(days), proposed_at=now, proposed_by=by.staff_id,
                proposed_by_name=by.name,
            )  # fmt: skip
            ItemRow.objects.bulk_create(
                (
                    ItemRow(proposal=row, nth=nth, record=record, ended_on=day)
                    for nth, (record, day) in enumerate(named, 1)
                ),
                batch_size=500,
            )
            record_act(
                actor=by, activity="disposal_proposed", now=now, of=record_class.value, proposal=row.pk,
                records=len(named),
            )  # fmt: skip
    except IntegrityError as error:
        raise ProposalRefused(
            f"「{record_class.label}」には、まだ終わっていない廃棄の伺いがあります。先にそれを終えてください。"
        ) from error
    return int(row.pk)


def approve(*, proposal: int, by: Actor, now: datetime) -> None:
    """Approve it; from now on the worker erases. Raises ProposalRefused for whoever proposed it, and when it was answered."""
    with transaction.atomic():
        row = _waiting(proposal)
        if by.staff_id is None or row.proposed_by == by.staff_id:
            raise ProposalRefused("伺いを作った人は承認できません。もう1人の担当に承認してもらってください。")
        _answer(row, ProposalState.APPROVED, note="", by=by, now=now)
        record_act(actor=by, activity="disposal_approved", now=now, proposal=row.pk, records=row.count)


def send_back(*, proposal: int, note: str, by: Actor, now: datetime) -> None:
    """Not approved, with a reason, or taken back by whoever proposed it. Nothing is erased. Raises ProposalRefused."""
    with transaction.atomic():
        row = _waiting(proposal)
        own = row.proposed_by == by.staff_id
        if not own and not note.strip():
            raise ProposalRefused("差しもどす理由を入れてください。")
        state = ProposalState.TAKEN_BACK if own else ProposalState.REFUSED
        _answer(row, state, note=note.strip()[:200], by=by, now=now)
        ItemRow.objects.filter(proposal=row).delete()
        activity = "disposal_taken_back" if own else "disposal_refused"
        record_act(actor=by, activity=activity, now=now, proposal=row.pk)


def _waiting(proposal: int) -> ProposalRow:
    row = ProposalRow.objects.select_for_update().filter(pk=proposal).first()
    if row is None:
        raise NoSuchProposal
    if row.state != ProposalState.PROPOSED.value:
        raise ProposalRefused("この伺いは、もう答えが出ています。画面を開き直してください。")
    return row


def _answer(row: ProposalRow, state: ProposalState, *, note: str, by: Actor, now: datetime) -> None:
    ProposalRow.objects.filter(pk=row.pk).update(
        state=state.value, note=note, answered_at=now, answered_by=by.staff_id, answered_by_name=by.name
    )


def proposals(*, most: int | None = None) -> tuple[Proposal, ...]:
    """Every proposal with how far it is, the newest first (廃棄の伺いと記録の一覧)."""
    return tuple(_proposal(row) for row in _counted().order_by("-pk")[:most])


def proposal_of(proposal: int) -> Proposal:
    """One proposal. Raises NoSuchProposal."""
    row = _counted().filter(pk=proposal).first()
    if row is None:
        raise NoSuchProposal
    return _proposal(row)


def _counted() -> QuerySet[ProposalRow]:
    gone = DisposedRow.objects.filter(proposal=OuterRef("pk"))
    left = ItemRow.objects.filter(proposal=OuterRef("pk")).exclude(left="")
    return ProposalRow.objects.select_related("period").annotate(
        erased=_how_many(gone), left_there=_how_many(left)
    )


def _how_many(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("proposal").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _proposal(row: Any) -> Proposal:
    return Proposal(
        row.pk, ProposalState(row.state), period_of(row.period), row.on, row.count, row.oldest, row.newest,
        row.proposed_by, row.proposed_by_name, row.proposed_at, row.answered_by_name, row.answered_at, row.note,
        row.erased, row.left_there,
    )  # fmt: skip

"""審査 and what follows: a second officer checks, the core system acknowledges. Until then everything is 仮."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.cases.acting import begin_act, civil_day, finish_act
from madoguchi.cases.hearing import ReasonMissing
from madoguchi.cases.models import ReviewRow
from madoguchi.cases.states import Act


class SamePerson(ValueError):
    """Who entered the data may not review it."""

    def __init__(self) -> None:
        super().__init__("自分が入力した受付は審査できません。ほかの審査担当に頼んでください。")


def approve(*, case: str, by: Actor, now: datetime, version: int | None) -> None:
    """Confirm that what was entered is right. Raises SamePerson for whoever entered it."""
    _review(case, Act.APPROVE, approved=True, note="", by=by, now=now, version=version)


def send_back(*, case: str, note: str, by: Actor, now: datetime, version: int | None) -> None:
    """Return the case to the counter, saying why (差し戻し)."""
    if not note.strip():
        raise ReasonMissing
    _review(case, Act.RETURN, approved=False, note=note.strip(), by=by, now=now, version=version)


def _review(
    case: str, act: Act, *, approved: bool, note: str, by: Actor, now: datetime, version: int | None
) -> None:
    with transaction.atomic():
        row = begin_act(case, act, version=version)
        if by.staff_id is None or by.staff_id in (row.last_entered_by, row.opened_by):
            raise SamePerson
        ReviewRow.objects.create(
            case=row,
            round=row.signed_round,
            approved=approved,
            note=note[:200],
            entered_by=row.last_entered_by or row.opened_by or 0,
            reviewed_by=by.staff_id,
            reviewed_by_name=by.name,
            at=now,
        )
        finish_act(row, act, by=by, now=now, detail=StepDetail(note=note[:100]))


def hand_over(*, case: str, by: Actor, now: datetime) -> None:
    """The change data has left for the core system (仮 still)."""
    with transaction.atomic():
        row = begin_act(case, Act.HAND_OVER, version=None)
        finish_act(row, Act.HAND_OVER, by=by, now=now, channel=Channel.SYSTEM, processed_on=civil_day(now))


def acknowledge(*, case: str, by: Actor, now: datetime) -> None:
    """The core system has registered the change: no longer 仮."""
    with transaction.atomic():
        row = begin_act(case, Act.ACKNOWLEDGE, version=None)
        finish_act(row, Act.ACKNOWLEDGE, by=by, now=now, channel=Channel.SYSTEM)


def refuse(*, case: str, reason: str, by: Actor, now: datetime) -> None:
    """The core system did not take the change: back to the counter with its reason."""
    with transaction.atomic():
        row = begin_act(case, Act.REFUSE, version=None)
        finish_act(
            row, Act.REFUSE, by=by, now=now, channel=Channel.SYSTEM, detail=StepDetail(note=reason[:100])
        )

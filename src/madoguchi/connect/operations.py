"""Sending an approved change to the core system and taking its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.cases import reviewing
from madoguchi.cases.acting import NotNow, civil_day, find_case
from madoguchi.cases.record import read_record
from madoguchi.cases.states import CaseStatus
from madoguchi.cases.tasks import finish_by_registration
from madoguchi.connect.change_data import as_it_may_leave, body_of, digest_of
from madoguchi.connect.message_states import MessageState
from madoguchi.connect.models import MessageRow
from madoguchi.connect.registering import CoreNumber, register_movers, see_that_numbers_are_free

# The notices that registering itself carries out; what else the citizens' department has to do stays open.
NOTICES = frozenset({"move-in-notice", "move-in-from-abroad", "special-move-in"})
WAITING = (MessageState.CREATED.value, MessageState.HANDED_OVER.value)


class NoSuchMessage(LookupError):
    """No message of that id waits for an answer."""

    def __init__(self, change: str) -> None:
        self.change = change
        super().__init__(
            f"異動データ {change} は、答えを待っていません。異動データの番号を確かめてください。"
        )


class AnsweredOtherwise(ValueError):
    """A second answer that says the opposite of the first."""

    def __init__(self, change: str, state: MessageState) -> None:
        self.change = change
        self.state = state
        super().__init__(
            f"異動データ {change} は、もう「{state.label}」になっています。答えを取りちがえていないか確かめてください。"
        )


class AnswerNeedsReason(ValueError):
    """A refusal without a reason."""

    def __init__(self) -> None:
        super().__init__("登録できなかった理由を入れてください。窓口に伝わります。")


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over: the bodies, and how many of them for the first time."""

    bodies: tuple[dict[str, Any], ...]
    first_time: int


def approve_and_create(*, case: str, by: Actor, now: datetime, version: int | None) -> None:
    """A second officer approves; the change data is made in the same breath. Practice makes none.

    A case of nobody but people without a 住民票 makes none either: it ends here.

    A message of an earlier round that nobody answered yet is superseded. Raises what `cases.reviewing.approve` raises.
    """
    with transaction.atomic():
        MessageRow.objects.filter(case=case, state__in=WAITING).update(state=MessageState.SUPERSEDED.value)
        reviewing.approve(case=case, by=by, now=now, version=version)
        row = find_case(case)
        if row.practice:
            return
        if read_record(row).nobody_registered:
            reviewing.close(case=case, by=by, now=now)
            return
        body = body_of(case, on=civil_day(now))
        MessageRow.objects.create(
            change_id=body["change_id"],
            case=case,
            number=row.number,
            round=row.signed_round,
            body=body,
            digest=digest_of(body),
            created_at=now,
        )
        record_act(actor=by, activity="change_created", now=now, case=case, round=row.signed_round)


def hand_over(*, by: Actor, now: datetime, cases: Sequence[str] | None = None) -> Handed:
    """Give out what is created, or again what was given out and not answered: the same content each time.

    Only addresses may go missing from one time to the next, when somebody has come to be protected. A case that is
    being corrected is left out until it is approved again.
    """
    rows = MessageRow.objects.filter(state__in=WAITING).order_by("id")
    if cases is not None:
        rows = rows.filter(case__in=cases)
    waiting = [row for row in rows if _still_stands(row)]
    if not waiting:
        return Handed((), 0)
    people = [
        str(person["resident_no"] or f"{row.case}/{person['ref']}")
        for row in waiting
        for person in row.body["people"]
    ]
    record_access(
        actor=by, purpose=Purpose.CHANGE_DATA, authority="csv_core", person_keys=people, fields=("change_data",),
        case=None, screen="changes", now=now,
    )  # fmt: skip
    first = sum(_mark(row, by, now) for row in waiting)
    return Handed(
        tuple(
            as_it_may_leave(row.case, row.body, on=civil_day(now)) for row in waiting if _still_stands(row)
        ),
        first,
    )


def _still_stands(row: MessageRow) -> bool:
    """Whether the case is as the message says: not opened again since."""
    case = find_case(row.case)
    return case.signed_round == row.round and case.status in (
        CaseStatus.APPROVED.value,
        CaseStatus.SENT.value,
    )


def _mark(row: MessageRow, by: Actor, now: datetime) -> bool:
    """Say that the message has left; whether it was the first time."""
    try:
        with transaction.atomic():
            moved = MessageRow.objects.filter(pk=row.pk, state=MessageState.CREATED.value).update(
                state=MessageState.HANDED_OVER.value, handed_over_at=now
            )
            if moved:
                reviewing.hand_over(case=row.case, by=by, now=now)
    except NotNow:  # corrected in this moment: it stays behind, and the file is made without it
        return False
    return bool(moved)


def answer(
    *,
    change: str,
    accepted: bool,
    reason: str = "",
    numbers: Mapping[str, CoreNumber] | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Take the core system's answer to one message. A second, equal answer changes nothing.

    Accepted: the case is registered (no longer 仮), and whoever was given a 宛名番号 stands in our register. Refused: the
    case is back at the counter with the reason. While the case is being corrected, only the answer is kept.
    Raises NoSuchMessage, AnsweredOtherwise, AnswerNeedsReason, NumberTaken.
    """
    if not accepted and not reason.strip():
        raise AnswerNeedsReason
    wanted = MessageState.ACKNOWLEDGED if accepted else MessageState.REFUSED
    if accepted and numbers:
        see_that_numbers_are_free(change_body(change), numbers, by=by, now=now)
    with transaction.atomic():
        row = _waiting_row(change, wanted)
        if row is None:
            return
        MessageRow.objects.filter(pk=row.pk).update(
            state=wanted.value, result=reason.strip()[:200], answered_at=now
        )
        if accepted:
            register_movers(row.case, numbers or {}, by=by, now=now)
        if not _still_stands(row):
            record_act(actor=by, activity="change_answered", now=now, case=row.case, round=row.round)
        elif accepted:
            reviewing.acknowledge(case=row.case, by=by, now=now)
            finish_by_registration(case=row.case, procedures=NOTICES, by=by, now=now)
        else:
            reviewing.refuse(case=row.case, reason=reason, by=by, now=now)


def change_body(change: str) -> dict[str, Any]:
    """What a message says. Raises NoSuchMessage."""
    row = MessageRow.objects.filter(change_id=change).first()
    if row is None:
        raise NoSuchMessage(change)
    return dict(row.body)


def _waiting_row(change: str, wanted: MessageState) -> MessageRow | None:
    """The message that waits for an answer, locked; None when it has this very answer already."""
    row = MessageRow.objects.select_for_update().filter(change_id=change).first()
    if row is None or row.handed_over_at is None:
        raise NoSuchMessage(change)
    state = MessageState(row.state)
    if state is wanted:
        return None
    if state in (MessageState.ACKNOWLEDGED, MessageState.REFUSED):
        raise AnsweredOtherwise(change, state)
    return row

"""審査 and what follows: a second officer checks, the core system acknowledges. Until then everything is 仮."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.cases.acting import NotNow, begin_act, civil_day, finish_act
from madoguchi.cases.closing import content_digest
from madoguchi.cases.hearing import ReasonMissing
from madoguchi.cases.judging import judge
from madoguchi.cases.models import ActRow, CaseRow, ReviewRow, SignatureRow
from madoguchi.cases.record import read_record
from madoguchi.cases.states import Act, CaseStatus


class SamePerson(ValueError):
    """Who entered the data may not review it."""

    def __init__(self) -> None:
        super().__init__("自分が入力した受付は審査できません。ほかの審査担当に頼んでください。")


class SignatureOutdated(NotNow):
    """What was signed is not what the case says."""

    def __init__(self) -> None:
        ValueError.__init__(
            self, "署名された内容と、いまの受付の内容が違います。差し戻して、もう一度署名をもらってください。"
        )


class EarlierFirst(NotNow):
    """A case that stands on another one whose change has not left yet (同じ日の二つめの届出)."""

    def __init__(self, number: str) -> None:
        self.number = number
        ValueError.__init__(
            self,
            f"この受付は、受付 {number} のあとの届出です。先に受付 {number} の異動データを渡してください。",
        )


class SomebodyRegistered(NotNow):
    """A case that would end without change data although the register knows somebody in it."""

    def __init__(self) -> None:
        ValueError.__init__(
            self,
            "この受付には住民票のある方がいるため、異動データを作らずに終えることはできません。異動データを渡してください。",
        )


def approve(*, case: str, by: Actor, now: datetime, version: int | None) -> None:
    """Confirm that what was entered is right.

    Raises SamePerson for whoever entered any of it, SignatureOutdated when the signature covers something else.
    """
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
        if by.staff_id is None or by.staff_id in entered_by(row):
            raise SamePerson
        if approved and not _signature_holds(row):
            raise SignatureOutdated
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


def entered_by(row: CaseRow) -> frozenset[int]:
    """Everyone who opened the case or entered anything that still stands: none of them may review it."""
    standing = ActRow.objects.filter(case=row, undone_at__isnull=True, by__isnull=False)
    entered = standing.filter(Q(facts__isnull=False) | Q(kind=Act.SIGN.value))
    people = {row.opened_by, row.last_entered_by, *entered.values_list("by", flat=True)}
    return frozenset(person for person in people if person is not None)


def _signature_holds(row: CaseRow) -> bool:
    signed = SignatureRow.objects.filter(case=row, round=row.signed_round).first()
    record = read_record(row)
    return signed is not None and signed.content_digest == content_digest(record, judge(row, record))


def hand_over(*, case: str, by: Actor, now: datetime) -> None:
    """The change data has left for the core system (仮 still). Raises EarlierFirst for a case that stands on another."""
    with transaction.atomic():
        row = begin_act(case, Act.HAND_OVER, version=None)
        if row.follows is not None and row.follows.status not in (
            CaseStatus.SENT.value,
            CaseStatus.REGISTERED.value,
            CaseStatus.CLOSED.value,
        ):
            raise EarlierFirst(row.follows.number)
        finish_act(row, Act.HAND_OVER, by=by, now=now, channel=Channel.SYSTEM, processed_on=civil_day(now))


def close(*, case: str, by: Actor, now: datetime) -> None:
    """A case of nobody but people without a 住民票 ends here: there is nothing to register. Raises SomebodyRegistered."""
    with transaction.atomic():
        row = begin_act(case, Act.CLOSE, version=None)
        if not read_record(row).nobody_registered:
            raise SomebodyRegistered
        finish_act(row, Act.CLOSE, by=by, now=now, channel=Channel.SYSTEM)


def acknowledge(*, case: str, by: Actor, now: datetime) -> None:
    """The core system has registered the change: no longer 仮, and the certificates asked for may be issued."""
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

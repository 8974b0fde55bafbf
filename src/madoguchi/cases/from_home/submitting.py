"""Submitting (申請を出す): once, with a declaration; the sign-in takes the place of a signature, and is kept as such.

1. What must be known is known, somebody may file it, and something is filed.
2. What would be brought and was not attached is noted as still to come (補正待ち), as at the counter.
3. The signature covers every answer, what is filed and every file. The tasks of the departments go out with it.
4. Asked a second time, the answer is the same receipt.
5. Where a fee is paid before (`fee_paid`), the declaration asks for it, and the money files what was declared: both or neither.
   What was changed meanwhile, taken back, or cannot be filed any more is not filed by it, and the money goes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, StepDetail
from madoguchi.audit.operations import record_act
from madoguchi.cases import closing
from madoguchi.cases.acting import Given, NotNow, begin_act, finish_act
from madoguchi.cases.from_home.attaching import digests_of, everything_to_bring
from madoguchi.cases.from_home.fees import HomeFee, bill_after, bill_before, is_owed
from madoguchi.cases.from_home.following import (
    dated_today,
    home_row,
    now_standing,
    see_that_it_may,
)
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HOME_ACTS, HomeAct
from madoguchi.cases.judging import Judged, applied_for, judge, prompt_now
from madoguchi.cases.models import AttachmentRow, CaseRow, DocumentRow, HomeCaseRow, HomeFeeRow
from madoguchi.cases.record import Record, read_record
from madoguchi.cases.roles import in_their_own_name
from madoguchi.cases.states import Act, CaseStatus, FactSource, PayState
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef
from madoguchi.procedures.packs import FeeTime, FromHome
from madoguchi.procedures.situation import EventKind

ATTACHED = "attached_files"


class CannotSubmit(ValueError):
    """Something is missing yet; the sentence says what."""


class NotDeclared(CannotSubmit):
    """The declaration was not ticked."""

    def __init__(self) -> None:
        super().__init__("「内容にまちがいありません」にしるしを付けてから、「申請する」を押してください。")


class NotAnswered(CannotSubmit):
    """A question is open."""

    def __init__(self) -> None:
        super().__init__("まだ答えていない質問があります。答えてから、もう一度「申請する」を押してください。")


class NothingFiled(CannotSubmit):
    """Nothing follows from the answers that could be applied for."""

    def __init__(self) -> None:
        super().__init__(
            "いまの答えでは、申請できるものがありません。答えを確かめるか、窓口でご相談ください。"
        )


class ApplicantDied(CannotSubmit):
    """Whoever applies was said to have died."""

    def __init__(self) -> None:
        super().__init__("亡くなった方に、申請する方が入っています。「変更」から答えを直してください。")


class MayNotFile(CannotSubmit):
    """Not by who applies."""

    def __init__(self) -> None:
        super().__init__(
            "あなたからは、この手続きを申請できません。ご本人が申請するか、窓口でご相談ください。"
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What somebody has in hand after applying (受付の控え)."""

    number: str
    submitted_at: datetime


def submit(
    *,
    number: str,
    who: Applicant,
    declared: bool,
    by: Actor,
    now: datetime,
    version: int | None,
    paid_here: bool = False,
) -> Receipt | HomeFee:
    """Apply. Raises NotYours, CannotSubmit, NotNowFromHome, SomebodyElseChanged; twice gives the same receipt.

    `paid_here`: whether fees can be paid online in this office. Then a fee that is paid before is the answer, and nothing is
    filed yet; without, it is asked for after the filing.
    """
    home = home_row(number, who)
    with transaction.atomic():
        row = CaseRow.objects.select_for_update().get(pk=home.case_id)
        home = HomeCaseRow.objects.get(pk=home.pk)
        state = now_standing(row, submitted=home.submitted_at is not None)
        if HomeAct.SUBMIT not in HOME_ACTS[state]:
            return _as_before(home, row)
        if not declared:
            raise NotDeclared
        row = dated_today(begin_act(row.public_id, Act.SIGN, version=version), home, now=now)
        record = read_record(row)
        judged = judge(row, record)
        _see_that_it_is_whole(row, judged, record)
        first = bill_before(row, judged, record, now=now) if paid_here else None
        if first is not None:
            record_act(
                actor=by, activity="home_fee_asked", now=now, case=row.public_id, account=who.account,
                person=who.principal_no, yen=first.yen,
            )  # fmt: skip
            return first
        _file(row, home, judged, record, paid_here=paid_here, by=by, now=now)
    return Receipt(home.number, home.submitted_at or now)


def paid(*, reference: str, payment: str, yen: int, now: datetime) -> str:
    """The money of a fee is there: count it, and file what it was paid for; an empty answer when it is done, else why not.

    In the caller's transaction with the payment's own mark. Again by the same payment: the same answer, nothing twice.
    """
    with transaction.atomic():
        row = CaseRow.objects.select_for_update(of=("self",)).filter(home_fees__reference=reference).first()
        fee = HomeFeeRow.objects.select_related("case").filter(reference=reference).first()
        if row is None or fee is None:
            return "知らない請求"
        if fee.state == PayState.PAID.value and fee.payment == payment:
            return ""
        if fee.state != PayState.ASKED.value or not is_owed(fee):
            return "申請の内容が変わったか、取りやめになったもの"
        if yen != fee.yen:
            return "金額のちがう支払い"
        if fee.paid_when == FeeTime.BEFORE.value and row.status == CaseStatus.HEARING.value:
            why = _filed_by_money(row, now)
            if why:
                return why
        HomeFeeRow.objects.filter(pk=fee.pk).update(state=PayState.PAID.value, payment=payment, paid_at=now)
    return ""


def _filed_by_money(row: CaseRow, now: datetime) -> str:
    """File what was declared before it was paid; why not, when it cannot be filed any more."""
    home = HomeCaseRow.objects.get(case=row)
    by = Actor(None, "代理の方" if home.mandate else "ご本人", "", "")
    try:
        with transaction.atomic():
            row = dated_today(begin_act(row.public_id, Act.SIGN, version=None), home, now=now)
            record = read_record(row)
            judged = judge(row, record)
            _see_that_it_is_whole(row, judged, record)
            _file(row, home, judged, record, paid_here=True, by=by, now=now)
    except (CannotSubmit, NotNow) as error:
        return f"申請できなくなったもの（{type(error).__name__}）"
    return ""


def _file(
    row: CaseRow,
    home: HomeCaseRow,
    judged: Judged,
    record: Record,
    *,
    paid_here: bool,
    by: Actor,
    now: datetime,
) -> None:
    """What every submission does, in the caller's transaction."""
    _note_what_is_to_come(row, judged, record, by=by, now=now)
    given = {FactRef(ATTACHED, EVENT_SUBJECT): Given(digests_of(row), FactSource.SIGN_IN)}
    given |= in_their_own_name(judged, record)
    finish_act(row, Act.CHOOSE, by=by, now=now, given=given, detail=StepDetail(fields_asked=0))
    record = read_record(row)
    closing.put_signature(row, record, judge(row, record), kind="sign_in", strokes=[], by=by, now=now)
    bill_after(row, judged, record, all_of_it=not paid_here, now=now)
    HomeCaseRow.objects.filter(pk=home.pk, submitted_at__isnull=True).update(submitted_at=now)
    record_act(
        actor=by, activity="home_submitted", now=now, case=row.public_id, account=home.account,
        person=home.principal_no,
    )  # fmt: skip


def _as_before(home: HomeCaseRow, row: CaseRow) -> Receipt:
    """The receipt that was given already. Raises NotNowFromHome where none was."""
    if home.submitted_at is None or row.status == CaseStatus.WITHDRAWN.value:
        see_that_it_may(home, HomeAct.SUBMIT)
    assert home.submitted_at is not None, "submitted, or refused above"
    return Receipt(home.number, home.submitted_at)


def _see_that_it_is_whole(row: CaseRow, judged: Judged, record: Record) -> None:
    event = EventKind(row.event_kind)
    no_day = event is not EventKind.none and record.value(event.date_key) is None
    if no_day or prompt_now(judged, record) is not None:
        raise NotAnswered
    if not applied_for(judged, record):
        raise NothingFiled
    if record.value("death_date", record.text("notifier_ref")) is not None:
        raise ApplicantDied
    try:
        closing.see_that_they_may_file(judged, record)
    except closing.VisitorMayNot as error:
        raise MayNotFile from error


def _note_what_is_to_come(row: CaseRow, judged: Judged, record: Record, *, by: Actor, now: datetime) -> None:
    """Each thing that is certainly needed and was not attached; what came meanwhile is no longer missing."""
    attached = set(
        AttachmentRow.objects.filter(case=row, dropped_at__isnull=True).values_list("procedure", "text")
    )
    missing = [
        (procedure, one.text)
        for one in everything_to_bring(judged, record)
        for procedure in one.procedures
        if one.certain and one.way is not FromHome.SHOWN and (procedure, one.text) not in attached
    ]
    if missing or DocumentRow.objects.filter(case=row).exists():
        closing.note_documents(case=row.public_id, missing=missing, by=by, now=now)

"""Giving money back (返金): one asks, another approves, the provider is told; never more than was paid."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.payments.models import PaymentRow, RefundRow
from madoguchi.payments.states import REFUND_FOLLOWS, Command, PaymentState, RefundState
from madoguchi.payments.taking_in import locked, order
from madoguchi.payments.values import RefundNotPossible


def ask_refund(*, payment: str, yen: int, reason: str, by: Actor, now: datetime) -> int:
    """Ask for a refund, in full or in part; its number. Raises NoSuchPayment, RefundNotPossible."""
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise RefundNotPossible("返金の理由を書いてください。もう一人が読んで承認します。")
    with transaction.atomic():
        row = locked(payment)
        left = row.captured_yen - row.refunded_yen - row.promised_yen
        if row.state != PaymentState.CAPTURED.value:
            raise RefundNotPossible(
                f"「{PaymentState(row.state).label}」の支払いは返金できません。状態を確かめてください。"
            )
        if not 0 < yen <= left:
            raise RefundNotPossible(f"返金できるのは{left:,}円までです。金額を確かめてください。")
        refund = RefundRow.objects.create(
            payment=row, key=f"refund-{secrets.token_hex(12)}", yen=yen, reason=reason[:200],
            state=RefundState.ASKED.value, asked_by=by.staff_id, asked_by_name=by.name, at=now,
        )  # fmt: skip
        PaymentRow.objects.filter(pk=row.pk).update(promised_yen=F("promised_yen") + yen)
        record_act(actor=by, activity="refund_asked", now=now, payment=row.number, yen=yen)
    return refund.pk


def approve_refund(*, refund: int, by: Actor, now: datetime) -> str:
    """Approve what somebody else asked for; the payment of which the provider is now to be told. Raises RefundNotPossible."""
    try:
        with transaction.atomic():
            row = _step(refund, RefundState.APPROVED, approved_by=by.staff_id, approved_by_name=by.name)
            order(row.payment, Command.REFUND, now=now, key=row.key, refund=row)
            record_act(actor=by, activity="refund_approved", now=now, payment=row.payment.number, yen=row.yen)
    except IntegrityError as error:  # the database itself wants two people
        raise RefundNotPossible(
            "返金は、頼んだ人とは別の人が承認します。もう一人に頼んでください。"
        ) from error
    return row.payment.number


def drop_refund(*, refund: int, by: Actor, now: datetime) -> None:
    """Take back what was asked and not approved. Raises RefundNotPossible."""
    with transaction.atomic():
        row = _step(refund, RefundState.DROPPED)
        PaymentRow.objects.filter(pk=row.payment.pk).update(promised_yen=F("promised_yen") - row.yen)
        record_act(actor=by, activity="refund_dropped", now=now, payment=row.payment.number, yen=row.yen)


def _step(refund: int, after: RefundState, **changes: object) -> RefundRow:
    row = RefundRow.objects.select_related("payment").filter(pk=refund).first()
    if row is None:
        raise RefundNotPossible("その返金は見つかりません。画面を開き直してください。")
    locked(row.payment.number)
    before = [one.value for one, following in REFUND_FOLLOWS.items() if after in following]
    if RefundRow.objects.filter(pk=refund, state__in=before).update(state=after.value, **changes) != 1:
        raise RefundNotPossible(
            f"この返金は「{RefundState(row.state).label}」です。画面を開き直してください。"
        )
    return row

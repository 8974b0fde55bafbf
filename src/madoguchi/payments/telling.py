"""Telling the provider what it has to be told (決済事業者への指図): outside any transaction, again until it has answered.

An order is claimed for some seconds, told, and done with when its answer was taken in. Whoever is stopped in between leaves
it to the next round; the provider takes the same order once, by its key.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from madoguchi.payments.models import OutboxRow, PaymentRow, RefundRow
from madoguchi.payments.ports import PaymentProvider, ProviderRefusedError, ProviderUnsure
from madoguchi.payments.states import OPEN, REFUND_FOLLOWS, Command, PaymentState, RefundState
from madoguchi.payments.taking_in import (
    LOOK_AGAIN,
    MISFITS,
    locked,
    looked_at,
    order_again,
    refund_under_way,
    step,
    take_in,
)
from madoguchi.payments.values import Truth

log = logging.getLogger(__name__)
CLAIMED_FOR = timedelta(seconds=30)
AGAIN = timedelta(seconds=10)
LONGEST = timedelta(minutes=30)
MOST_AT_ONCE = 100
# So many orders in a row without an answer: the line is down, and the rest of the round is not spent on waiting for it.
SILENT_AT_MOST = 3


def tell(*, provider: PaymentProvider, now: datetime, payment: str | None = None) -> int:
    """Tell what is due, of one payment or of all; how many orders are done with.

    What was ordered in answer to an order (a capture after an authorisation) is told in the next round.
    """
    rows = OutboxRow.objects.filter(due_at__lte=now)
    if payment is not None:
        rows = rows.filter(payment__number=payment)
    done = silent = 0
    for order in list(
        rows.select_related("payment__payable", "refund").order_by("due_at", "pk")[:MOST_AT_ONCE]
    ):
        if not _claimed(order, now):
            continue
        answered = _told(provider, order, now)
        done += answered
        silent = 0 if answered else silent + 1
        if silent == SILENT_AT_MOST:
            break
    return done


def _claimed(order: OutboxRow, now: datetime) -> bool:
    rows = OutboxRow.objects.filter(pk=order.pk, due_at=order.due_at)
    return rows.update(due_at=now + CLAIMED_FOR, attempts=F("attempts") + 1) == 1


def _told(provider: PaymentProvider, order: OutboxRow, now: datetime) -> bool:
    try:
        truth = _of_this(order.payment.number, _answer(provider, order))
        with transaction.atomic():
            take_in(truth=truth, now=now)
            OutboxRow.objects.filter(pk=order.pk).update(due_at=None)
            if order.refund is not None and refund_under_way(order.payment):
                PaymentRow.objects.filter(pk=order.payment.pk, look_at=None).update(look_at=now + LOOK_AGAIN)
    except ProviderRefusedError as refused:
        _refused(order, refused.reason, now)
    except (ProviderUnsure, *MISFITS) as error:
        log.warning("an order to the payment provider is told again later (%s)", type(error).__name__)
        wait = min(AGAIN * 2 ** min(order.attempts, 8), LONGEST)
        OutboxRow.objects.filter(pk=order.pk, due_at__isnull=False).update(due_at=now + wait)
        return False
    return True


def _of_this(payment: str, truth: Truth) -> Truth:
    """An answer about another payment is none."""
    if truth.reference != payment:
        raise ProviderUnsure
    return truth


def _answer(provider: PaymentProvider, order: OutboxRow) -> Truth:
    payment = order.payment
    match Command(order.command):
        case Command.CREATE:
            lines: Sequence[tuple[str, int]] = [(text, yen) for text, yen in payment.payable.lines]
            made = provider.create_session(
                reference=payment.number, yen=payment.yen, title=payment.payable.title, lines=lines,
                come_back=payment.come_back,
            )  # fmt: skip
            PaymentRow.objects.filter(pk=payment.pk).update(page=made.page[:500])
            return made.truth
        case Command.CAPTURE:
            return provider.capture(reference=payment.number)
        case Command.CANCEL:
            return provider.cancel(reference=payment.number)
        case Command.REFUND:
            assert order.refund is not None, "the database holds it"
            return provider.refund(reference=payment.number, yen=order.refund.yen, key=order.refund.key)


def _refused(order: OutboxRow, reason: str, now: datetime) -> None:
    """The provider will not: a session that is not made is a payment that failed; else how things stand is looked at next."""
    with transaction.atomic():
        row = locked(order.payment.number)
        if OutboxRow.objects.filter(pk=order.pk, due_at__isnull=False).update(due_at=None) != 1:
            return
        untold = OutboxRow.objects.filter(payment=row, command=Command.CREATE.value, due_at__isnull=False)
        if order.command == Command.CANCEL.value and untold.exists():
            order_again(row, Command.CANCEL, at=now + AGAIN)  # the session is made first, then nobody may pay
        if order.command == Command.CREATE.value and row.state == PaymentState.CREATED.value:
            step(row, PaymentState.FAILED, now=now)
        if order.command == Command.CAPTURE.value:
            order_again(
                row, Command.CANCEL, at=now
            )  # whoever cannot be charged is let go, and pays another way
        if order.refund is not None:
            _refund_refused(row, order.refund.pk, reason)
        PaymentRow.objects.filter(pk=row.pk).update(look_at=now)


def _refund_refused(row: PaymentRow, refund: int, reason: str) -> None:
    ours = RefundRow.objects.get(pk=refund)
    if RefundState.REFUSED not in REFUND_FOLLOWS[RefundState(ours.state)]:
        return
    RefundRow.objects.filter(pk=refund).update(state=RefundState.REFUSED.value, result=reason)
    PaymentRow.objects.filter(pk=row.pk).update(promised_yen=F("promised_yen") - ours.yen)


def ask_provider(*, provider: PaymentProvider, payment: str, now: datetime) -> bool:
    """Ask how a payment stands and take it in; False when there was no answer."""
    rows = PaymentRow.objects.filter(number=payment)
    asked_for, session = rows.values_list("look_at", "session").first() or (None, None)
    try:
        truth = provider.fetch(reference=payment)
        if truth is not None:
            take_in(truth=_of_this(payment, truth), now=now)
        elif session is not None:
            _forgotten(payment, now)
        looked_at(payment=payment, asked_for=asked_for, now=now)
    except (ProviderUnsure, ProviderRefusedError, *MISFITS) as error:
        log.warning("how a payment stands is asked again later (%s)", type(error).__name__)
        return False
    return True


def _forgotten(payment: str, now: datetime) -> None:
    """The provider made this session and knows it no more: nobody can pay there, and whoever wants to may pay anew."""
    with transaction.atomic():
        row = locked(payment)
        if row.state in OPEN:
            step(row, PaymentState.FAILED, now=now)

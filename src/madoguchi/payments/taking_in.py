"""Taking in what the provider knows (決済事業者の記録の取込み): the only place where money and states change.

What the provider knows only grows, and every movement is booked once by its key. So it does not matter how often, in which
order or by which way (answer, webhook, question) it is told, nor where we were stopped before.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.payments.models import LedgerRow, OutboxRow, PayableRow, PaymentRow, RefundRow, StepRow
from madoguchi.payments.states import (
    BOOKED,
    FOLLOWS,
    LIVING,
    OPEN,
    REFUND_FOLLOWS,
    Command,
    FilingState,
    Move,
    PaymentState,
    Phase,
    RefundState,
)
from madoguchi.payments.values import Moved, NoSuchPayment, NotThatState, RecordContradicts, Truth

SYSTEM = Actor(None, "system", "", "")
LOOK_AGAIN = timedelta(minutes=1)
LOOK_AT_LEAST = timedelta(hours=1)
# What the provider may tell that cannot be: it is listed, and nothing of it is taken in.
MISFITS = (IntegrityError, NotThatState, NoSuchPayment, RecordContradicts)


def locked(number: str) -> PaymentRow:
    """The payment, what it is for locked first and then itself, in the caller's transaction. Raises NoSuchPayment."""
    payable = PayableRow.objects.filter(payments__number=number).values_list("pk", flat=True).first()
    if payable is None:
        raise NoSuchPayment
    PayableRow.objects.select_for_update().get(pk=payable)
    return PaymentRow.objects.select_for_update().select_related("payable").get(number=number)


def step(row: PaymentRow, after: PaymentState, *, now: datetime, **changes: object) -> None:
    """Go one step on, as the table of states allows, and write it down. Raises NotThatState."""
    before = PaymentState(row.state)
    if after not in FOLLOWS[before]:
        raise NotThatState(before, after)
    row.state = after.value
    done = PaymentRow.objects.filter(pk=row.pk, state=before.value)
    if done.update(state=after.value, changed_at=now, **changes) != 1:
        raise NotThatState(before, after)
    StepRow.objects.create(
        payment=row, nth=StepRow.objects.filter(payment=row).count(), state=after.value, at=now
    )
    record_act(actor=SYSTEM, activity=f"payment_{after.value}", now=now, payment=row.number)


def take_in(*, truth: Truth, now: datetime) -> None:
    """Take in how a session stands at the provider, all of it or nothing. Raises NoSuchPayment, RecordContradicts."""
    with transaction.atomic():
        row = locked(truth.reference)
        if row.session not in (None, truth.session):
            raise RecordContradicts("この支払いの画面は、決済事業者の別の画面になっています。")
        if sum(one.move is Move.CAPTURE for one in truth.moved) > 1:
            raise RecordContradicts("決済事業者が、1つの支払いで2度受け取ったと言っています。")
        if row.session is None:
            row.session = truth.session
            PaymentRow.objects.filter(pk=row.pk).update(session=truth.session)
        _phase(row, truth.phase, now)
        for one in sorted(truth.moved, key=lambda one: list(Move).index(one.move)):
            _book(row, one, now)
        _settle(row, now)
        if row.state in OPEN and row.look_at is None:
            PaymentRow.objects.filter(pk=row.pk).update(look_at=now + LOOK_AGAIN)


def looked_at(*, payment: str, asked_for: datetime | None, now: datetime) -> None:
    """When the provider is asked next, after it was asked: while anybody may still pay, at growing distances; else no more.

    `asked_for`: the `look_at` for which it was asked. What somebody wanted to have looked at meanwhile stays wanted, and
    only an answer to a question counts: an old message that is taken in late says nothing of how things stand now.
    """
    rows = PaymentRow.objects.filter(number=payment, look_at=asked_for)
    row = rows.first()
    if row is not None:
        wait = min(LOOK_AGAIN * 2 ** min(row.looked, 6), LOOK_AT_LEAST)
        going_on = row.state in OPEN or refund_under_way(row)
        rows.update(look_at=now + wait if going_on else None, looked=F("looked") + 1)


def refund_under_way(row: PaymentRow) -> bool:
    """Whether the provider took an order to give back, and has not said yet that it did."""
    ours = RefundRow.objects.filter(payment=row, state=RefundState.APPROVED.value)
    return ours.filter(orders__due_at__isnull=True, orders__isnull=False).exists()


def _phase(row: PaymentRow, phase: Phase, now: datetime) -> None:
    state = PaymentState(row.state)
    if phase is Phase.AUTHORISED and state is PaymentState.CREATED:
        step(row, PaymentState.AUTHORISED, now=now)
        if row.payable.open:
            order(row, Command.CAPTURE, now=now)
        else:
            order_again(row, Command.CANCEL, at=now)
    elif phase is Phase.FAILED and state in (PaymentState.CREATED, PaymentState.AUTHORISED):
        step(row, PaymentState.FAILED, now=now)


def order(
    row: PaymentRow, command: Command, *, now: datetime, key: str = "", refund: RefundRow | None = None
) -> None:
    """Put an order into the outbox, once, in the caller's transaction."""
    OutboxRow.objects.get_or_create(
        payment=row,
        command=command.value,
        key=key,
        defaults={"due_at": now, "made_at": now, "refund": refund},
    )


def order_again(row: PaymentRow, command: Command, *, at: datetime) -> None:
    """Put an order into the outbox even if it was done with: what the provider refused while there was nothing to do it to."""
    order(row, command, now=at)
    OutboxRow.objects.filter(payment=row, command=command.value, key="", due_at=None).update(due_at=at)


def _book(row: PaymentRow, moved: Moved, now: datetime) -> None:
    debit, credit = BOOKED[moved.move]
    key = "" if moved.move is Move.CAPTURE else moved.key
    booked, new = LedgerRow.objects.get_or_create(
        payment=row, move=moved.move.value, key=key,
        defaults={
            "debit": debit.value, "credit": credit.value, "yen": moved.yen, "on": moved.on, "at": now,
        },
    )  # fmt: skip
    if booked.yen != moved.yen:
        raise RecordContradicts("決済事業者の言う金額が、前に言った金額と違います。")
    if moved.move is Move.REFUND:
        _refund_done(row, moved.key)
    if new:
        record_act(
            actor=SYSTEM, activity=f"money_{moved.move.value}", now=now, payment=row.number, yen=moved.yen
        )


def _refund_done(row: PaymentRow, key: str) -> None:
    refund = RefundRow.objects.filter(payment=row, key=key).first()
    if refund is None or RefundState.DONE not in REFUND_FOLLOWS[RefundState(refund.state)]:
        return
    if refund.state == RefundState.APPROVED.value:
        PaymentRow.objects.filter(pk=row.pk).update(promised_yen=F("promised_yen") - refund.yen)
    RefundRow.objects.filter(pk=refund.pk).update(state=RefundState.DONE.value)
    OutboxRow.objects.filter(refund=refund).update(due_at=None)


def _settle(row: PaymentRow, now: datetime) -> None:
    """Bring state and sums to what is booked."""
    sums = dict.fromkeys(Move, 0)
    for move, yen in LedgerRow.objects.filter(payment=row).values_list("move").annotate(Sum("yen")):
        sums[Move(move)] = yen
    captured = sums[Move.CAPTURE]
    if not captured:
        return
    back = sums[Move.REFUND] + sums[Move.DISPUTE_LOST]
    if row.captured_yen == 0:
        _captured(row, captured, now)
    if back != row.refunded_yen:
        row.refunded_yen = back
        PaymentRow.objects.filter(pk=row.pk).update(refunded_yen=back, changed_at=now)
    held = sums[Move.DISPUTE] > sums[Move.DISPUTE_WON] + sums[Move.DISPUTE_LOST]
    for state in _way(PaymentState(row.state), held=held, gone=back >= captured):
        step(row, state, now=now)
    if row.state == PaymentState.REFUNDED.value:
        _given_back(row)


def _way(state: PaymentState, *, held: bool, gone: bool) -> tuple[PaymentState, ...]:
    """The steps from where a captured payment stands to where it belongs."""
    if gone:
        return () if state is PaymentState.REFUNDED else (PaymentState.REFUNDED,)
    if held:
        return () if state is PaymentState.DISPUTED else (PaymentState.DISPUTED,)
    return (PaymentState.CAPTURED,) if state is PaymentState.DISPUTED else ()


def _captured(row: PaymentRow, captured: int, now: datetime) -> None:
    """The money is there: file it; what nobody owes goes back by itself."""
    row.captured_yen = captured
    other = PaymentRow.objects.filter(payable=row.payable, state__in=LIVING, surplus=False).exclude(pk=row.pk)
    row.surplus = other.exists()
    wanted = captured == row.yen and not row.surplus
    row.filing = (FilingState.DUE if wanted else FilingState.REFUSED).value
    step(
        row,
        PaymentState.CAPTURED,
        now=now,
        captured_yen=captured,
        surplus=row.surplus,
        filing=row.filing,
        paid_at=now,
    )
    if not wanted:
        give_back_by_itself(row, "二重の支払い" if row.surplus else "金額のちがう支払い", now)


def give_back_by_itself(row: PaymentRow, reason: str, now: datetime) -> None:
    """Order the refund of all that is left, in the caller's transaction: nothing can be filed for this money.

    What was asked for and not approved is dropped: all of it goes back, whatever a second person would have said.
    Again only when money moved meanwhile, so that what the provider refuses is not ordered for ever.
    """
    for asked in RefundRow.objects.filter(payment=row, state=RefundState.ASKED.value):
        RefundRow.objects.filter(pk=asked.pk).update(state=RefundState.DROPPED.value)
        PaymentRow.objects.filter(pk=row.pk).update(promised_yen=F("promised_yen") - asked.yen)
        row.promised_yen -= asked.yen
    left = row.captured_yen - row.refunded_yen - row.promised_yen
    key = f"auto-{row.number}-{LedgerRow.objects.filter(payment=row).count()}"
    if left <= 0 or RefundRow.objects.filter(key=key).exists():
        return
    refund = RefundRow.objects.create(
        payment=row, key=key, yen=left, reason=reason[:200], state=RefundState.APPROVED.value,
        by_system=True, asked_by_name="自動", at=now,
    )  # fmt: skip
    row.promised_yen += left
    PaymentRow.objects.filter(pk=row.pk).update(promised_yen=F("promised_yen") + left)
    order(row, Command.REFUND, now=now, key=key, refund=refund)


def _given_back(row: PaymentRow) -> None:
    """All of it is back: what counts as paid by it no longer does."""
    PaymentRow.objects.filter(pk=row.pk, filing=FilingState.DUE.value).update(filing=FilingState.NONE.value)
    PaymentRow.objects.filter(pk=row.pk, filing=FilingState.FILED.value).update(
        filing=FilingState.UNDO_DUE.value
    )
    row.filing = PaymentRow.objects.values_list("filing", flat=True).get(pk=row.pk)

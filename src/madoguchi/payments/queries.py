"""Reading payments: one, lists by state, what stands open between us, the provider and the rooms that asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from madoguchi.payments.models import EventRow, LedgerRow, OutboxRow, PayableRow, PaymentRow, RefundRow
from madoguchi.payments.ports import FilingPort
from madoguchi.payments.states import (
    OPEN,
    REFUNDS_OPEN,
    Account,
    FilingState,
    Move,
    PaymentState,
    RefundState,
)
from madoguchi.payments.values import LedgerLine, NoSuchPayment, Payment, Refund

MOST_SHOWN = 500
UNCERTAIN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class FiledNotPaid:
    """Something counts as paid, and the money is not there (反映済みで未入金)."""

    source: str
    reference: str
    payment: str
    known: bool
    disputed: bool


def _told() -> Exists:
    return Exists(OutboxRow.objects.filter(payment=OuterRef("pk"), due_at__isnull=False))


def _rows() -> QuerySet[PaymentRow]:
    return PaymentRow.objects.select_related("payable").annotate(telling=_told())


def payment_of(row: PaymentRow) -> Payment:
    """The value of a row that was read with `telling`."""
    return Payment(
        number=row.number,
        asked=row.payable.number,
        title=row.payable.title,
        yen=row.yen,
        state=PaymentState(row.state),
        filing=FilingState(row.filing),
        captured_yen=row.captured_yen,
        refunded_yen=row.refunded_yen,
        promised_yen=row.promised_yen,
        page=row.page,
        surplus=row.surplus,
        telling=bool(getattr(row, "telling", False)),
        made_at=row.made_at,
        changed_at=row.changed_at,
        paid_at=row.paid_at,
    )


def payment(*, number: str) -> Payment:
    """One payment. Raises NoSuchPayment."""
    row = _rows().filter(number=number).first()
    if row is None:
        raise NoSuchPayment
    return payment_of(row)


def payments_of(*, asked: str) -> tuple[Payment, ...]:
    """The payments of what was asked for, the newest first."""
    return tuple(payment_of(row) for row in _rows().filter(payable__number=asked).order_by("-pk"))


def payments(*, state: PaymentState | None = None, most: int | None = MOST_SHOWN) -> tuple[Payment, ...]:
    """Payments, the newest first; `most` None: every one of them."""
    rows = _rows() if state is None else _rows().filter(state=state.value)
    return tuple(payment_of(row) for row in rows.order_by("-pk")[:most])


def counts() -> dict[PaymentState, int]:
    """How many payments stand where."""
    found = dict(PaymentRow.objects.values_list("state").annotate(Count("pk")))
    return {state: found.get(state.value, 0) for state in PaymentState}


def paid_not_filed() -> tuple[Payment, ...]:
    """The money is there, and what it is for does not say so: yet to be filed, or refused and not given back yet."""
    waiting = Q(filing__in=(FilingState.DUE.value, FilingState.UNDO_DUE.value))
    going_back = Q(filing=FilingState.REFUSED.value, state=PaymentState.CAPTURED.value)
    return tuple(payment_of(row) for row in _rows().filter(waiting | going_back).order_by("pk")[:MOST_SHOWN])


def uncertain(*, now: datetime) -> tuple[Payment, ...]:
    """Of which we do not know whether the provider did what it was told, or whether somebody paid."""
    tried = OutboxRow.objects.filter(payment=OuterRef("pk"), due_at__isnull=False, attempts__gt=0)
    old = Q(state=PaymentState.AUTHORISED.value, changed_at__lt=now - UNCERTAIN_AFTER)
    rows = _rows().filter(Exists(tried) | old)
    return tuple(payment_of(row) for row in rows.order_by("pk")[:MOST_SHOWN])


def unknown_events() -> int:
    """Signed messages about payments that are not ours."""
    return EventRow.objects.exclude(fault="").count()


def filed_not_paid(*, ports: Mapping[str, FilingPort], source: str | None = None) -> tuple[FiledNotPaid, ...]:
    """What counts as paid in the rooms, without the money for it here."""
    found = []
    for name, port in ports.items():
        if source is not None and name != source:
            continue
        filed = port.filed()
        good = set(
            PaymentRow.objects.filter(
                state=PaymentState.CAPTURED.value, filing=FilingState.FILED.value, payable__source=name
            ).values_list("payable__reference", "number")
        )
        wrong = [one for one in filed if (one.reference, one.payment) not in good]
        if not wrong:
            continue
        states = dict(
            PaymentRow.objects.filter(number__in=[one.payment for one in wrong]).values_list(
                "number", "state"
            )
        )
        found += [
            FiledNotPaid(
                name, one.reference, one.payment, one.payment in states,
                states.get(one.payment) == PaymentState.DISPUTED.value,
            )
            for one in wrong
        ]  # fmt: skip
    return tuple(found)


def refunds(*, open_only: bool = False, payment: str | None = None) -> tuple[Refund, ...]:
    """Refunds of ours, of one payment or of all, the newest first."""
    rows = RefundRow.objects.select_related("payment__payable").order_by("-pk")
    if payment is not None:
        rows = rows.filter(payment__number=payment)
    if open_only:
        rows = rows.filter(state__in=REFUNDS_OPEN)
    return tuple(
        Refund(
            row.pk, row.payment.number, row.payment.payable.title, row.yen, row.reason, RefundState(row.state),
            row.asked_by, row.asked_by_name, row.approved_by_name, row.result, row.at,
        )
        for row in rows[:MOST_SHOWN]
    )  # fmt: skip


def ledger(*, payment: str) -> tuple[LedgerLine, ...]:
    """Both lines of every booking of a payment; they sum to zero."""
    lines = []
    for row in LedgerRow.objects.filter(payment__number=payment).order_by("pk"):
        move = Move(row.move)
        lines.append(LedgerLine(payment, move, Account(row.debit), row.yen, row.on))
        lines.append(LedgerLine(payment, move, Account(row.credit), -row.yen, row.on))
    return tuple(lines)


def balances() -> dict[Account, int]:
    """What stands in each account; all together zero."""
    found = dict.fromkeys(Account, 0)
    for debit, credit, yen in LedgerRow.objects.values_list("debit", "credit").annotate(Sum("yen")):
        found[Account(debit)] += yen
        found[Account(credit)] -= yen
    return found


def waiting_to_be_paid() -> int:
    """How many numbers are given out and not paid."""
    paid = PaymentRow.objects.filter(payable=OuterRef("pk")).exclude(
        state__in=(*OPEN, PaymentState.FAILED.value)
    )
    return PayableRow.objects.filter(~Exists(paid), open=True).count()


def asked_numbers(*, source: str, references: Sequence[str]) -> dict[str, tuple[str, str, bool]]:
    """By reference: the number given out, its four digits, whether it is still open."""
    rows = PayableRow.objects.filter(source=source, reference__in=references)
    return {row.reference: (row.number, row.code, row.open) for row in rows}

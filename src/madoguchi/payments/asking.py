"""Giving out what is to be paid (支払いの依頼), and beginning a payment of it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.payments.models import OutboxRow, PayableRow, PaymentRow, StepRow
from madoguchi.payments.states import LIVING, OPEN, Command, PaymentState
from madoguchi.payments.taking_in import SYSTEM, order
from madoguchi.payments.values import (
    AlreadyPaid,
    Asked,
    NoLongerToPay,
    NoSuchPayment,
    Payable,
    PayLine,
    PaymentRefused,
)

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when read aloud
NUMBER_LENGTH = 8


def ask(*, payable: Payable, by: Actor, now: datetime) -> Asked:
    """Give out a number for something to pay; again for the same reference: the same number.

    Raises PaymentRefused when there is nothing to pay, or when the reference was given out for another amount.
    """
    if payable.yen <= 0:
        raise PaymentRefused("支払うものがありません。内訳を確かめてください。")
    with transaction.atomic():
        row, new = PayableRow.objects.get_or_create(
            source=payable.source,
            reference=payable.reference,
            defaults={
                "number": _new_number(),
                "code": f"{secrets.randbelow(10_000):04d}",
                "title": payable.title[:120],
                "lines": [[line.text, line.yen] for line in payable.lines],
                "yen": payable.yen,
                "owner_key": payable.owner_key,
                "made_at": now,
            },
        )
        if new:
            record_act(actor=by, activity="payment_asked", now=now, asked=row.number, yen=row.yen)
    if row.yen != payable.yen:
        raise PaymentRefused(
            "同じものを別の金額で出しています。前の支払い番号を取りやめてから、出し直してください。"
        )
    return asked_of(row)


def withdraw(*, source: str, reference: str, by: Actor, now: datetime) -> None:
    """Nothing is to be paid any more. Whoever is just paying is stopped; what is paid by then goes back by itself."""
    with transaction.atomic():
        row = PayableRow.objects.select_for_update().filter(source=source, reference=reference).first()
        if row is None or not row.open:
            return
        PayableRow.objects.filter(pk=row.pk).update(open=False)
        for payment in PaymentRow.objects.select_for_update().filter(payable=row, state__in=OPEN):
            order(payment, Command.CANCEL, now=now)
        record_act(actor=by, activity="payment_withdrawn", now=now, asked=row.number)


def begin(*, asked: str, key: str, come_back: str, now: datetime) -> str:
    """Begin to pay and return the number of the payment; nothing is told to the provider yet (`telling`).

    The same key is the same payment; while one is under way, it is that one. `come_back`: where the provider sends whoever
    paid, with {number} for what was asked. Raises NoSuchPayment, NoLongerToPay, AlreadyPaid.
    """
    for _attempt in range(2):
        try:
            return _begin(asked, key, come_back, now)
        except IntegrityError:  # the same press, or another one of the same asking, in the same moment
            continue
    return _begin(asked, key, come_back, now)


def _begin(asked: str, key: str, come_back: str, now: datetime) -> str:
    with transaction.atomic():
        row = PayableRow.objects.select_for_update().filter(number=asked).first()
        if row is None:
            raise NoSuchPayment
        before = PaymentRow.objects.filter(payable=row, key=key).first()
        if before is not None:
            return before.number
        living = PaymentRow.objects.filter(payable=row, state__in=LIVING, surplus=False).first()
        if living is not None and living.state in OPEN:
            return living.number
        if living is not None:
            raise AlreadyPaid
        if not row.open:
            raise NoLongerToPay
        made = PaymentRow.objects.create(
            number=_new_number(), key=key, payable=row, yen=row.yen, come_back=come_back[:300],
            made_at=now, changed_at=now,
        )  # fmt: skip
        StepRow.objects.create(payment=made, nth=0, state=PaymentState.CREATED.value, at=now)
        order(made, Command.CREATE, now=now)
        record_act(actor=SYSTEM, activity="payment_created", now=now, payment=made.number, yen=made.yen)
    return made.number


def open_by_code(*, number: str, code: str) -> Asked:
    """What is to be paid, by its number and digits. Raises NoSuchPayment, alike for a wrong number and wrong digits."""
    said = number.strip().upper()
    row = PayableRow.objects.filter(number=said).first() if set(said) <= set(LETTERS) else None
    if row is None or not constant_time_compare(row.code, code.strip()):
        raise NoSuchPayment
    return asked_of(row)


def look_at(*, number: str) -> Asked:
    """What was asked for. Raises NoSuchPayment."""
    row = PayableRow.objects.filter(number=number).first()
    if row is None:
        raise NoSuchPayment
    return asked_of(row)


def asked_of(row: PayableRow) -> Asked:
    """The value of a row."""
    lines = tuple(PayLine(text, yen) for text, yen in row.lines)
    payable = Payable(row.source, row.reference, row.title, lines, row.owner_key)
    return Asked(row.number, row.code, payable, row.open, row.made_at)


def _new_number() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(NUMBER_LENGTH))


def being_told(row: PaymentRow) -> bool:
    """Whether the provider still has to be told something of it."""
    rows: Any = OutboxRow.objects.filter(payment=row, due_at__isnull=False)
    return bool(rows.exists())

"""What is to be paid, payments, the ledger, refunds, what was heard and what has to be told. Private to this room. No name."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madoguchi.payments.states import (
    LIVING,
    Account,
    Command,
    FilingState,
    Move,
    PaymentState,
    RefundState,
)


def _known(field: str, words: type[PaymentState | FilingState | RefundState | Command | Move]) -> Q:
    return Q(**{f"{field}__in": [one.value for one in words]})


class PayableRow(models.Model):
    """Something to pay (支払いの依頼), given out under a number with four digits."""

    number = models.CharField(max_length=12, unique=True)
    code = models.CharField(max_length=4)
    source = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    lines = models.JSONField()
    yen = models.PositiveIntegerField()
    owner_key = models.CharField(max_length=64)
    open = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="payments_asked_once"),
            models.CheckConstraint(condition=Q(yen__gt=0), name="payments_asked_yen"),
        ]
        indexes = [models.Index(fields=["owner_key"], name="payments_owner")]


class PaymentRow(models.Model):
    """One attempt to pay (支払い). `promised_yen`: refunds of ours on the way. `look_at`: when the provider is asked next."""

    number = models.CharField(max_length=12, unique=True)
    key = models.CharField(max_length=64, unique=True)
    payable = models.ForeignKey(PayableRow, on_delete=models.PROTECT, related_name="payments")
    yen = models.PositiveIntegerField()
    come_back = models.CharField(max_length=300)
    state = models.CharField(max_length=12, default=PaymentState.CREATED.value)
    filing = models.CharField(max_length=12, default=FilingState.NONE.value)
    session = models.CharField(max_length=64, null=True, unique=True)
    page = models.CharField(max_length=500, default="")
    captured_yen = models.PositiveIntegerField(default=0)
    refunded_yen = models.PositiveIntegerField(default=0)
    promised_yen = models.PositiveIntegerField(default=0)
    surplus = models.BooleanField(default=False)
    look_at = models.DateTimeField(null=True)
    looked = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payable"], condition=Q(state__in=LIVING, surplus=False), name="payments_never_twice"
            ),
            models.CheckConstraint(condition=_known("state", PaymentState), name="payments_state_known"),
            models.CheckConstraint(condition=_known("filing", FilingState), name="payments_filing_known"),
            models.CheckConstraint(
                condition=Q(refunded_yen__lte=F("captured_yen")), name="payments_no_more_back_than_came"
            ),
            models.CheckConstraint(
                condition=Q(promised_yen__lte=F("captured_yen")), name="payments_no_more_promised_than_came"
            ),
            models.CheckConstraint(
                condition=Q(captured_yen=0) | ~Q(state__in=("created", "authorised", "failed")),
                name="payments_money_is_never_forgotten",
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="payments_look"),
            models.Index(
                fields=["filing"], condition=Q(filing__in=("due", "undo_due")), name="payments_to_file"
            ),
            models.Index(fields=["state", "id"], name="payments_state"),
        ]


class StepRow(models.Model):
    """One step of a payment, in order."""

    payment = models.ForeignKey(PaymentRow, on_delete=models.PROTECT, related_name="steps")
    nth = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "nth"], name="payments_step_once")]


class LedgerRow(models.Model):
    """A booking (仕訳): so many yen out of one account and into another, so that the two lines sum to zero.

    Once for each movement that the provider reports, however often it does.
    """

    payment = models.ForeignKey(PaymentRow, on_delete=models.PROTECT, related_name="bookings")
    move = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    debit = models.CharField(max_length=10)
    credit = models.CharField(max_length=10)
    yen = models.PositiveIntegerField()
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "move", "key"], name="payments_booked_once"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(move=Move.CAPTURE.value), name="payments_captured_once"
            ),
            models.CheckConstraint(condition=Q(yen__gt=0) & ~Q(debit=F("credit")), name="payments_booked"),
            models.CheckConstraint(
                condition=Q(debit__in=[one.value for one in Account])
                & Q(credit__in=[one.value for one in Account])
                & _known("move", Move),
                name="payments_accounts_known",
            ),
        ]
        indexes = [models.Index(fields=["on"], name="payments_booked_on")]


class RefundRow(models.Model):
    """A refund of ours (返金): asked by one, approved by another; by the system when nothing can be filed."""

    payment = models.ForeignKey(PaymentRow, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=64, unique=True)
    yen = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    by_system = models.BooleanField(default=False)
    asked_by = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=150)
    approved_by = models.BigIntegerField(null=True)
    approved_by_name = models.CharField(max_length=150, default="")
    result = models.CharField(max_length=60, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_known("state", RefundState), name="payments_refund_known"),
            models.CheckConstraint(condition=Q(yen__gt=0), name="payments_refund_yen"),
            models.CheckConstraint(
                condition=Q(by_system=True)
                | Q(state__in=("asked", "dropped"))
                | Q(approved_by__isnull=False) & ~Q(approved_by=F("asked_by")),
                name="payments_refund_by_two",
            ),
            models.CheckConstraint(
                condition=Q(by_system=True) | Q(asked_by__isnull=False), name="payments_refund_is_asked"
            ),
        ]


class OutboxRow(models.Model):
    """What the provider still has to be told (決済事業者への指図), once for each key, until it has answered."""

    payment = models.ForeignKey(PaymentRow, on_delete=models.PROTECT, related_name="orders")
    command = models.CharField(max_length=8)
    key = models.CharField(max_length=64)
    refund = models.ForeignKey(RefundRow, null=True, on_delete=models.PROTECT, related_name="orders")
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "command", "key"], name="payments_told_once"),
            models.CheckConstraint(condition=_known("command", Command), name="payments_command_known"),
            models.CheckConstraint(
                condition=Q(command=Command.REFUND.value, refund__isnull=False)
                | ~Q(command=Command.REFUND.value) & Q(refund__isnull=True),
                name="payments_refund_has_its_row",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_to_tell")
        ]


class EventRow(models.Model):
    """A webhook that came (届いた知らせ), once for each event of the provider; taken in when `taken_at` says so."""

    event = models.CharField(max_length=64, unique=True)
    reference = models.CharField(max_length=20)
    body = models.JSONField()
    came_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=60, default="")

    class Meta:
        indexes = [models.Index(fields=["taken_at"], condition=Q(taken_at=None), name="payments_to_take")]


class StatementRow(models.Model):
    """The provider's file of one day (日次の明細ファイル); a later file of that day takes its place."""

    day = models.DateField(unique=True)
    digest = models.CharField(max_length=64)
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()


class StatementLineRow(models.Model):
    """One line of the provider's file."""

    statement = models.ForeignKey(StatementRow, on_delete=models.CASCADE, related_name="lines")
    reference = models.CharField(max_length=20)
    move = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    yen = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "reference", "move", "key"], name="payments_statement_line_once"
            ),
            models.CheckConstraint(condition=_known("move", Move), name="payments_statement_move_known"),
        ]

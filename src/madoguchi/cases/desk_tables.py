"""Tables of a department's desk: messages about a task, rulings and their papers. Private to this room.

What was said, read, decided and issued is only ever added to; the database refuses the rest.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madoguchi.cases.states import MessageKind, RulingKind, Side


class TaskMessageRow(models.Model):
    """One message between a department and a resident about a task (やりとり)."""

    task = models.ForeignKey("cases.TaskRow", on_delete=models.PROTECT, related_name="messages")
    nth = models.PositiveIntegerField()
    side = models.CharField(max_length=8)
    kind = models.CharField(max_length=8)
    text = models.CharField(max_length=1000)
    answer_by = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=150)
    account = models.BigIntegerField(null=True)
    mandate = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "nth"], name="cases_message_once"),
            models.CheckConstraint(
                condition=Q(side=Side.OFFICE.value, by__isnull=False, account__isnull=True)
                | Q(side=Side.RESIDENT.value, by__isnull=True, account__isnull=False),
                name="cases_message_by_one_side",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in MessageKind]), name="cases_message_kind"
            ),
            models.CheckConstraint(
                condition=Q(answer_by__isnull=True) | Q(kind=MessageKind.ASK.value),
                name="cases_only_asked_by_a_day",
            ),
        ]


class MessageReadRow(models.Model):
    """That the other side has read a message (既読): once, by whoever came first."""

    message = models.OneToOneField(TaskMessageRow, on_delete=models.PROTECT, related_name="read")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    account = models.BigIntegerField(null=True)


class GivenNumberRow(models.Model):
    """The 宛名番号 that somebody of a case was given by the core system afterwards."""

    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="given_numbers")
    ref = models.CharField(max_length=8)
    resident_no = models.CharField(max_length=20, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "ref"], name="cases_number_given_once")]


class NoticeAddressRow(models.Model):
    """Where a resident wishes to be told by mail that something has come about a case; nothing else is sent there."""

    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="notice_addresses")
    account = models.BigIntegerField()
    address = models.EmailField(max_length=254)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "account"], name="cases_notice_address_once")]


class NoticeRow(models.Model):
    """One mail that something has come: of each message and each paper one to an address at most."""

    address = models.ForeignKey(NoticeAddressRow, on_delete=models.CASCADE, related_name="notices")
    about = models.CharField(max_length=40)
    tried_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "about"], name="cases_notice_once")]


class TellingRow(models.Model):
    """Where whoever signed in wishes to be told by mail that something is new on their page, after words they agreed to."""

    account = models.BigIntegerField(unique=True)
    address = models.EmailField(max_length=254)
    language = models.CharField(max_length=12)
    words = models.CharField(max_length=20)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="cases_telling_after_consent")]


class ToldRow(models.Model):
    """That somebody was told of one change, or tried to be: each once."""

    telling = models.ForeignKey(TellingRow, on_delete=models.CASCADE, related_name="told")
    about = models.CharField(max_length=40)
    tried_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["telling", "about"], name="cases_told_once")]


class RulingRow(models.Model):
    """A decision about a task as somebody proposes it (決定の案); in force with its `RulingAnswerRow`."""

    task = models.ForeignKey("cases.TaskRow", on_delete=models.PROTECT, related_name="rulings")
    nth = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=1000, default="", blank=True)
    objection = models.CharField(max_length=100, default="", blank=True)
    two_persons = models.BooleanField()
    at = models.DateTimeField()
    by = models.BigIntegerField()
    by_name = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "nth"], name="cases_ruling_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in RulingKind]), name="cases_ruling_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[one.value for one in RulingKind if one.against])
                | (~Q(reason="") & ~Q(objection="")),
                name="cases_against_with_a_reason",
            ),
        ]


class RulingAnswerRow(models.Model):
    """What became of a proposed decision: in force or sent back; where two are needed, by another than who proposed."""

    ruling = models.OneToOneField(RulingRow, on_delete=models.PROTECT, related_name="answer")
    in_force = models.BooleanField()
    note = models.CharField(max_length=200, default="", blank=True)
    two_persons = models.BooleanField()
    proposed_by = models.BigIntegerField()
    by = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(two_persons=False) | Q(in_force=False) | ~Q(by=F("proposed_by")),
                name="cases_ruling_by_another",
            )
        ]


class ResultPaperRow(models.Model):
    """A result document that was issued (結果の書面): its number, its check code, and what stands on it."""

    ruling = models.OneToOneField(RulingRow, on_delete=models.PROTECT, related_name="paper")
    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="result_papers")
    nth = models.PositiveIntegerField()
    number = models.CharField(max_length=12, unique=True)
    code = models.CharField(max_length=12)
    body = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "nth"], name="cases_result_paper_once")]

"""Tables of the audit. Private to this room; rows are only ever added."""

from __future__ import annotations

from django.db import models


class EntryRow(models.Model):
    """One line: an access, an act or a step."""

    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    activity = models.CharField(max_length=64)
    lifecycle = models.CharField(max_length=8, default="complete")
    staff_id = models.BigIntegerField(null=True)
    staff_name = models.CharField(max_length=150, default="")
    branch = models.CharField(max_length=40, default="")
    desk = models.CharField(max_length=40, default="")
    terminal = models.CharField(max_length=64, default="")
    channel = models.CharField(max_length=16, default="")
    case = models.CharField(max_length=40, default="")
    person_key = models.CharField(max_length=40, default="")
    purpose = models.CharField(max_length=32, default="")
    authority = models.CharField(max_length=32, default="")
    body = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="audit_case"),
            models.Index(fields=["person_key", "id"], name="audit_person"),
            models.Index(fields=["staff_id", "id"], name="audit_staff"),
            models.Index(fields=["at"], name="audit_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=("access", "act", "step")), name="audit_kind_known"
            ),
        ]


class SealRow(models.Model):
    """A sealed batch: how many lines the tree has with it, the tree's root and its edge; its digest is chained to the batch before."""

    number = models.PositiveIntegerField(unique=True)
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()
    size = models.PositiveBigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    peaks = models.JSONField(default=list)


class SealedEntry(models.Model):
    """That a line was in a batch, and what it said then; so a removed line can still be named."""

    entry_id = models.BigIntegerField(unique=True)
    seal = models.ForeignKey(SealRow, on_delete=models.PROTECT, related_name="sealed")
    digest = models.CharField(max_length=64)


class OutboxRow(models.Model):
    """What happened, for screens that watch live; numbered without gaps per branch."""

    branch = models.CharField(max_length=40)
    sequence = models.PositiveBigIntegerField()
    topic = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "sequence"], name="audit_outbox_number")]


class OutboxCounter(models.Model):
    """The last number given to each branch; its row is the lock."""

    branch = models.CharField(max_length=40, unique=True)
    last = models.PositiveBigIntegerField(default=0)

"""Every estimate that was shown, and what was learned by day. Keys and seconds only; nothing here is ever overwritten."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class EstimateOutcome(models.TextChoices):
    """What became of the wait that an estimate was about (見込みの結果)."""

    OPEN = "", "まだ待っています"
    CALLED = "called", "呼ばれました"
    LEFT = "left", "呼ばれる前に終わりました"


class EstimateRow(models.Model):
    """One estimate as it was shown to one person (伝えた見込み). `number`: 1 for the first of a step, which is scored.

    `ended_at`: when the number was called, or the wait ended without (censored).
    """

    branch = models.CharField(max_length=40)
    ticket = models.CharField(max_length=32)
    step = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    lane = models.CharField(max_length=40)
    service = models.CharField(max_length=40)
    booked = models.BooleanField(default=False)
    told_at = models.DateTimeField()
    method = models.CharField(max_length=10)
    low = models.PositiveIntegerField()
    middle = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    work = models.PositiveIntegerField()
    ahead = models.PositiveSmallIntegerField()
    desks = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=16, default="", blank=True)
    lowest_low = models.PositiveIntegerField()
    lowest_middle = models.PositiveIntegerField()
    lowest_high = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, default="", blank=True, choices=EstimateOutcome.choices)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "step", "number"], name="booking_estimate_once"),
            models.CheckConstraint(
                condition=Q(low__lte=F("middle")) & Q(middle__lte=F("high")), name="booking_estimate_band"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="booking_estimate_ended_when",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=EstimateOutcome.values), name="booking_estimate_outcome_known"
            ),
        ]
        indexes = [models.Index(fields=["number", "told_at"], name="booking_estimate_first")]


class LearnedWaitsRow(models.Model):
    """What a branch had learned when a day began (学習の版). One version a day, never written over."""

    branch = models.CharField(max_length=40)
    day = models.DateField()
    state = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "day"], name="booking_learned_once_a_day")]

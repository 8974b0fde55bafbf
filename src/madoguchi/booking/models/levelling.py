"""What levelling keeps: who came when, who can sit where, and proposals, of which one may be adopted for a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ProposalState(models.TextChoices):
    """Where a proposal stands (案の状態)."""

    WAITING = "waiting", "順番待ち"
    WORKING = "working", "計算中"
    READY = "ready", "できました"
    FAILED = "failed", "できませんでした"


class ArrivalRow(models.Model):
    """Who came to a lane in a quarter-hour of a day that is over. Minutes are means; null: not measured."""

    branch = models.CharField(max_length=40)
    lane = models.CharField(max_length=40)
    day = models.DateField()
    quarter = models.PositiveSmallIntegerField()
    arrivals = models.PositiveIntegerField()
    booked = models.PositiveIntegerField(default=0)
    wait_minutes = models.FloatField(null=True)
    desk_minutes = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "lane", "day", "quarter"], name="booking_arrivals_once"
            ),
            models.CheckConstraint(condition=Q(quarter__lt=96), name="booking_arrivals_in_a_day"),
            models.CheckConstraint(
                condition=Q(booked__lte=F("arrivals")), name="booking_arrivals_booked_within"
            ),
            models.CheckConstraint(
                condition=Q(wait_minutes__isnull=True) | Q(wait_minutes__gte=0), name="booking_arrivals_wait"
            ),
            models.CheckConstraint(
                condition=Q(desk_minutes__isnull=True) | Q(desk_minutes__gt=0), name="booking_arrivals_desk"
            ),
        ]


class LaneOfficerRow(models.Model):
    """Which lanes of a branch a member of staff knows, and when they usually work, in quarter-hours from midnight."""

    branch = models.CharField(max_length=40)
    staff = models.BigIntegerField()
    lanes = models.JSONField(default=list)
    begins = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    lunch = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "staff"], name="booking_lane_officer_once"),
            models.CheckConstraint(
                condition=Q(begins__lt=F("ends")) & Q(ends__lte=96), name="booking_lane_officer_hours"
            ),
        ]


class ProposalRow(models.Model):
    """A proposal for one day of a branch. Its plan never changes; a roster that was edited is a proposal of its own."""

    branch = models.CharField(max_length=40)
    day = models.DateField()
    target_minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=ProposalState, default=ProposalState.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    sentence = models.CharField(max_length=300, default="")
    given = models.JSONField(null=True)
    plan = models.JSONField(null=True)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    adopted = models.BooleanField(null=True)
    adopted_by = models.CharField(max_length=150, default="")
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "day", "adopted"], name="booking_one_plan_a_day"),
            models.CheckConstraint(
                condition=Q(adopted__isnull=True) | Q(adopted=True, state="ready", plan__isnull=False),
                name="booking_plan_adopted_ready",
            ),
            models.CheckConstraint(
                condition=Q(target_minutes__gte=1, target_minutes__lte=120), name="booking_plan_target"
            ),
        ]
        indexes = [models.Index(fields=["branch", "day"], name="booking_plan_day")]

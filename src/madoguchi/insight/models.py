"""Tables of played visits. Private to this room; nothing of them is in the office's figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ExperienceRow(models.Model):
    """One played visit (体験): who is played, with which practice case, before or after the change, and what was noticed."""

    persona = models.CharField(max_length=60)
    round = models.CharField(max_length=6)
    case = models.CharField(max_length=32, default="", blank=True)
    case_number = models.CharField(max_length=12, default="", blank=True)
    branch = models.CharField(max_length=40, default="", blank=True)
    observer = models.BigIntegerField()
    observer_name = models.CharField(max_length=150)
    begun_at = models.DateTimeField()
    notes = models.CharField(max_length=2000, default="", blank=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(round__in=("before", "after")), name="insight_round_known"),
            models.CheckConstraint(condition=~Q(persona=""), name="insight_persona_said"),
        ]


class PressRow(models.Model):
    """One press of the stopwatch. `key` is made by the device: a press that is sent again is the same one."""

    experience = models.ForeignKey(ExperienceRow, on_delete=models.PROTECT, related_name="presses")
    key = models.CharField(max_length=40)
    pressed = models.CharField(max_length=10)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experience", "key"], name="insight_press_once"),
            models.CheckConstraint(
                condition=Q(
                    pressed__in=(
                        "wait",
                        "walk",
                        "write",
                        "talk",
                        "end",
                        "counter",
                        "sheet",
                        "question",
                        "repeat",
                    )
                ),
                name="insight_press_known",
            ),
        ]


class CoverageDayRow(models.Model):
    """One counting of cards (集計日): the groups, which never leave this table, and what of them is shown. Never changed."""

    day = models.DateField(unique=True)
    counted_at = models.DateTimeField()
    counted_by = models.CharField(max_length=150)
    groups = models.JSONField()
    numbers = models.JSONField()


class OutingRow(models.Model):
    """One plan of a visit that was asked for (出張の計画), from one counting. Never changed; the rest is in tour and steps."""

    day = models.ForeignKey(CoverageDayRow, on_delete=models.PROTECT, related_name="outings")
    visit_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=150)
    area = models.CharField(max_length=40)
    start = models.CharField(max_length=100)
    budget = models.JSONField()


class OutingTourRow(models.Model):
    """What the solver found for a plan (出張の道順): towns, and the people reached where that may be shown. Never changed."""

    outing = models.OneToOneField(OutingRow, on_delete=models.PROTECT, related_name="tour")
    stops = models.JSONField()
    covered = models.JSONField()
    minutes = models.PositiveIntegerField()
    reach = models.PositiveIntegerField(null=True)
    of_bound = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField()


class OutingStepRow(models.Model):
    """What became of a plan (出張の経過); only ever added, each once."""

    outing = models.ForeignKey(OutingRow, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=("done", "dropped")), name="insight_outing_step_known"
            ),
            models.UniqueConstraint(fields=["outing"], name="insight_outing_ends_once"),
        ]

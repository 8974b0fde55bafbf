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

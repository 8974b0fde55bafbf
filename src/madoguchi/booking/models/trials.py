"""How often somebody tried to open a ticket by its code."""

from __future__ import annotations

from django.db import models


class CodeTrialRow(models.Model):
    """Trials at one number, or from one address (kept as a digest), within one span of minutes."""

    key = models.CharField(max_length=64)
    span = models.PositiveBigIntegerField()
    trials = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "span"], name="booking_code_trial_once")]

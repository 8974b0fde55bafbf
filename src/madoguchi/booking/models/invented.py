"""Days whose tickets are invented (架空の日), in a city of the demo. Once there, a mark is never taken away."""

from __future__ import annotations

from django.db import models


class InventedDayRow(models.Model):
    """That the tickets of a branch on a day were made up (架空の日)."""

    branch = models.CharField(max_length=40)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "day"], name="booking_invented_day_once"),
        ]

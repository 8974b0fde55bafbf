"""Which services are booked for the declared minutes, whatever was learned."""

from __future__ import annotations

from django.db import models


class PinnedLengthRow(models.Model):
    """That a service of a branch is held to the minutes that the city declares (長さの固定): by whom, since when."""

    branch = models.CharField(max_length=40)
    service = models.CharField(max_length=40)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "service"], name="booking_pinned_length_once"),
        ]

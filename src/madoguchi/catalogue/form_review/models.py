"""Tables of the form review. Private to the room. Nothing here is about a person."""

from __future__ import annotations

from django.db import models


class SheetMarksRow(models.Model):
    """What the city found out about the boxes of a sheet: by the code of a box its mark and the basis."""

    sheet = models.CharField(max_length=60, unique=True)
    version = models.PositiveIntegerField(default=1)
    marks = models.JSONField(default=dict)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()


class ReviewSettingRow(models.Model):
    """What was set for the review: the assumptions or the identifiers; of each the newest counts, the older ones stay."""

    assumptions = models.JSONField(null=True)
    identifiers = models.JSONField(null=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(assumptions__isnull=False, identifiers__isnull=True)
                | models.Q(assumptions__isnull=True, identifiers__isnull=False),
                name="catalogue_review_sets_one_thing",
            ),
        ]

"""Tables of the catalogue. Private; a published revision is immutable (the database refuses)."""

from __future__ import annotations

from django.db import models

from madoguchi.catalogue.form_review.models import ReviewSettingRow, SheetMarksRow
from madoguchi.catalogue.inventory.models import (
    CityProcedureRow,
    EaseDefinitionRow,
    NationalDetailRow,
    NationalProcedureRow,
    PlanRow,
    SurveyRefusalRow,
    SurveyRow,
    SurveyUploadRow,
)

__all__ = [
    "CityProcedureRow", "CurrentRow", "DraftRow", "DraftState", "DraftUndoRow", "EaseDefinitionRow", "NationalDetailRow", "NationalProcedureRow", "PlanRow",
    "ReviewSettingRow", "RevisionRow", "SheetMarksRow", "SurveyRefusalRow", "SurveyRow", "SurveyUploadRow",
]  # fmt: skip


class RevisionRow(models.Model):
    """A published revision: the files exactly as they were read, by folder and name."""

    revision = models.CharField(max_length=64, unique=True)
    folders = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=150)
    note = models.CharField(max_length=200, default="")


class CurrentRow(models.Model):
    """Which revision new cases are decided by. There is one; going back to an older one changes only this."""

    only = models.BooleanField(default=True, unique=True)
    revision = models.ForeignKey(RevisionRow, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="catalogue_one_current")]


class DraftState(models.TextChoices):
    """What became of a draft."""

    OPEN = "open"
    PUBLISHED = "published"
    DROPPED = "dropped"


class DraftRow(models.Model):
    """A draft: the revision it began from, the city's layer as it is now, and who wrote in it.

    `tested` is the version that passed the tests last; any change makes the next version.
    """

    title = models.CharField(max_length=60)
    base = models.CharField(max_length=64)
    layer = models.JSONField()
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    version = models.PositiveIntegerField(default=1)
    tested = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list)
    writers = models.JSONField(default=list)
    begun_by = models.CharField(max_length=150)
    begun_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()
    published = models.CharField(max_length=64, default="")


class DraftUndoRow(models.Model):
    """A draft's layer as it was before a version, so that every change can be taken back."""

    draft = models.ForeignKey(DraftRow, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    layer = models.JSONField()
    what = models.CharField(max_length=200)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "version"], name="catalogue_one_undo_a_version")
        ]

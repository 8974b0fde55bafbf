"""Tables of the catalogue. Private; a published revision is immutable (the database refuses)."""

from __future__ import annotations

from django.db import models

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
    "CityProcedureRow", "CurrentRow", "EaseDefinitionRow", "NationalDetailRow", "NationalProcedureRow", "PlanRow",
    "RevisionRow", "SurveyRefusalRow", "SurveyRow", "SurveyUploadRow",
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

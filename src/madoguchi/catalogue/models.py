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
    "CityProcedureRow", "CurrentRow", "DraftRow", "DraftState", "DraftUndoRow", "EaseDefinitionRow", "FeedbackCitationRow", "FeedbackRow", "NationalDetailRow", "NationalProcedureRow", "PlanRow",
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


def _one_of(field: str, known: list[str], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": known}), name=name)


class FeedbackRow(models.Model):
    """What was said of a screen: masked words, the screen's name, the kind of giver, and what became of it."""

    number = models.CharField(max_length=8, unique=True)
    press = models.CharField(max_length=64, unique=True)
    verdict = models.CharField(max_length=10)
    words = models.CharField(max_length=400, default="", blank=True)
    screen = models.CharField(max_length=80, default="", blank=True)
    procedure = models.CharField(max_length=80, default="", blank=True)
    giver = models.CharField(max_length=10)
    department = models.CharField(max_length=60, default="", blank=True)
    language = models.CharField(max_length=10)
    revision = models.CharField(max_length=64, default="", blank=True)
    given_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="new")
    said = models.CharField(max_length=400, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = [
            _one_of("verdict", ["clear", "unclear", "wrong", "other"], "catalogue_feedback_verdict_known"),
            _one_of("giver", ["resident", "clerk"], "catalogue_feedback_giver_known"),
            _one_of("state", ["new", "read", "answered", "declined"], "catalogue_feedback_state_known"),
            models.CheckConstraint(
                condition=models.Q(giver="clerk") | models.Q(department=""),
                name="catalogue_feedback_residents_have_no_department",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(said=""),
                name="catalogue_feedback_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("new", "read")) | models.Q(decided_at__isnull=False),
                name="catalogue_feedback_decided_some_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "-given_at"], name="catalogue_feedback_by_state")]


class FeedbackCitationRow(models.Model):
    """A draft that answers a feedback; `revision`: what it became, once it is published."""

    feedback = models.ForeignKey(FeedbackRow, on_delete=models.PROTECT, related_name="citations")
    draft = models.ForeignKey(DraftRow, on_delete=models.PROTECT, related_name="citations")
    revision = models.ForeignKey(RevisionRow, on_delete=models.PROTECT, related_name="citations", null=True)
    cited_by = models.CharField(max_length=150)
    cited_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedback", "draft"], name="catalogue_feedback_cited_once"),
            models.CheckConstraint(
                condition=models.Q(revision__isnull=True, published_at__isnull=True)
                | models.Q(revision__isnull=False, published_at__isnull=False),
                name="catalogue_feedback_published_some_day",
            ),
        ]

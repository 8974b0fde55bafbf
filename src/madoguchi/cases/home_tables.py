"""Tables of applications from home. Private to the room of the cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class HomeCaseRow(models.Model):
    """That a case was opened from home: by which account, for whom, after which consent; its receipt number.

    `procedure`: the one that is applied for; empty: whatever the event asks for. `mark`: of the page that opened it, so
    that pressing twice opens one.
    """

    case = models.OneToOneField("cases.CaseRow", on_delete=models.PROTECT, related_name="home")
    number = models.CharField(max_length=12, unique=True)
    mark = models.CharField(max_length=32, unique=True)
    account = models.BigIntegerField()
    principal_no = models.CharField(max_length=20, db_index=True)
    mandate = models.CharField(max_length=32, default="", blank=True)
    procedure = models.CharField(max_length=80, default="", blank=True)
    consent_version = models.CharField(max_length=20)
    consented_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(condition=~Q(consent_version=""), name="cases_home_after_consent"),
        ]


class AttachmentRow(models.Model):
    """A picture or PDF that was attached; the file itself lies in the strong room, under `public_id`.

    Taken away again before the submission: `dropped_at`. After it, nothing of it changes.
    """

    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="attachments")
    public_id = models.CharField(max_length=32, unique=True)
    procedure = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    account = models.BigIntegerField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("pdf", "jpeg", "png")), name="cases_attachment_kind_known"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="cases_attachment_not_empty"),
            models.UniqueConstraint(
                fields=["case", "digest", "procedure", "text"],
                condition=Q(dropped_at__isnull=True),
                name="cases_attachment_once",
            ),
        ]


class CorrectionWishRow(models.Model):
    """What a resident asked to have put right after the submission (訂正の申し出), in their own words."""

    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="correction_wishes")
    text = models.CharField(max_length=200)
    account = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "cases"

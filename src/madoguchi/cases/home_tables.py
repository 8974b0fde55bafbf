"""Tables of applications from home. Private to the room of the cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madoguchi.cases.states import PayState
from madoguchi.procedures.packs import FeeTime


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


class HomeFeeRow(models.Model):
    """What an application from home costs, as it is asked for (申請の手数料). `payment`: the payment by which it is paid.

    `content`: a digest of everything that is filed when a fee of before is paid; empty for one of after.
    """

    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="home_fees")
    nth = models.PositiveSmallIntegerField()
    paid_when = models.CharField(max_length=8)
    reference = models.CharField(max_length=80, unique=True)
    lines = models.JSONField()
    yen = models.PositiveIntegerField()
    content = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(max_length=10, default=PayState.ASKED.value)
    payment = models.CharField(max_length=20, default="", blank=True)
    paid_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(fields=["case", "nth"], name="cases_home_fee_once"),
            models.UniqueConstraint(
                fields=["case", "paid_when"],
                condition=~Q(state=PayState.WITHDRAWN.value),
                name="cases_home_fee_paid_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PayState]), name="cases_home_fee_state"
            ),
            models.CheckConstraint(
                condition=Q(paid_when__in=[one.value for one in FeeTime]), name="cases_home_fee_when"
            ),
            models.CheckConstraint(condition=Q(yen__gt=0), name="cases_home_fee_yen"),
            models.CheckConstraint(
                condition=Q(state=PayState.PAID.value, paid_at__isnull=False) & ~Q(payment="")
                | ~Q(state=PayState.PAID.value) & Q(paid_at__isnull=True, payment=""),
                name="cases_home_fee_paid_by",
            ),
        ]

"""Gifts, applications, what changed about them, and whose a sign-in makes them. Private to this room.

個人番号 is in none of these tables. What happened to an application (`StepRow`) and what was told afterwards (`ChangeRow`)
is only added to; a change that came by post is marked when its papers are there.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madoguchi.furusato.states import LIVING, ApplicationState, Proof


class GiftRow(models.Model):
    """A gift (寄附) as the donation management tells of it. `paper_address`: as first told, and printed on the paper."""

    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    given_on = models.DateField()
    yen = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    kana = models.CharField(max_length=300, default="", blank=True)
    postal_code = models.CharField(max_length=8, default="", blank=True)
    address = models.CharField(max_length=500)
    paper_address = models.CharField(max_length=500)
    birth = models.DateField(null=True)
    sex = models.CharField(max_length=20, default="", blank=True)
    donor_key = models.CharField(max_length=64)
    cancelled = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(yen__gt=0), name="furusato_gift_yen")]
        indexes = [
            models.Index(fields=["year", "number"], name="furusato_gift_year"),
            models.Index(fields=["birth", "year"], name="furusato_gift_birth"),
        ]


class SubmissionRow(models.Model):
    """One press by which 申告特例 was asked for one or several gifts: the receipt, and who it was as the city knew them."""

    receipt = models.CharField(max_length=12, unique=True)
    press = models.CharField(max_length=64, unique=True)
    account = models.BigIntegerField(null=True)
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=300)
    kana = models.CharField(max_length=300, default="", blank=True)
    postal_code = models.CharField(max_length=8, default="", blank=True)
    address = models.CharField(max_length=500)
    birth = models.DateField(null=True)
    sex = models.CharField(max_length=20, default="", blank=True)
    at = models.DateTimeField()


class ApplicationRow(models.Model):
    """An application for one gift, and so for its one year. Of those that live there is never a second."""

    submission = models.ForeignKey(SubmissionRow, on_delete=models.PROTECT, related_name="applications")
    gift = models.ForeignKey(GiftRow, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=10)
    proof = models.CharField(max_length=8)
    papers_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gift"], condition=Q(state__in=sorted(LIVING)), name="furusato_never_twice"
            ),
            models.UniqueConstraint(fields=["submission", "gift"], name="furusato_once_a_press"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in ApplicationState]), name="furusato_state_known"
            ),
            models.CheckConstraint(
                condition=Q(proof__in=[one.value for one in Proof]), name="furusato_proof_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.RECEIVED.value)
                | Q(proof=Proof.SIGN_IN.value)
                | Q(papers_on__isnull=False),
                name="furusato_received_is_proved",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="furusato_state")]


class StepRow(models.Model):
    """One step of an application, in order. `reason`: for the applicant, when it was refused."""

    application = models.ForeignKey(ApplicationRow, on_delete=models.PROTECT, related_name="steps")
    nth = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=150)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "nth"], name="furusato_step_once")]


class ChangeRow(models.Model):
    """Another name or address that was told for an application (申告特例申請事項変更届出書の内容). It counts once it is accepted."""

    application = models.ForeignKey(ApplicationRow, on_delete=models.PROTECT, related_name="changes")
    nth = models.PositiveSmallIntegerField()
    press = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    kana = models.CharField(max_length=300, default="", blank=True)
    postal_code = models.CharField(max_length=8, default="", blank=True)
    address = models.CharField(max_length=500)
    changed_on = models.DateField()
    proof = models.CharField(max_length=8)
    told_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "nth"], name="furusato_change_order"),
            models.UniqueConstraint(fields=["application", "press"], name="furusato_change_once"),
            models.CheckConstraint(
                condition=~Q(proof=Proof.SIGN_IN.value) | Q(accepted_at__isnull=False),
                name="furusato_change_proved",
            ),
        ]


class VouchedRow(models.Model):
    """That whoever is signed in by this account is the donor of this gift, as the provider's four facts say (同じ方の寄附)."""

    account = models.BigIntegerField()
    gift = models.ForeignKey(GiftRow, on_delete=models.PROTECT, related_name="vouched")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "gift"], name="furusato_vouched_once")]


class MovedDonorRow(models.Model):
    """That a sign-in of the same name and birth with another address may be the donor; `same` once the desk has found out."""

    account = models.BigIntegerField()
    gift = models.ForeignKey(GiftRow, on_delete=models.PROTECT, related_name="moved")
    address = models.CharField(max_length=500)
    at = models.DateTimeField()
    same = models.BooleanField(null=True)
    how = models.CharField(max_length=100, default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)
    settled_name = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "gift", "address"], name="furusato_moved_once"),
            models.CheckConstraint(
                condition=Q(same__isnull=True) | (Q(settled_at__isnull=False) & ~Q(how="")),
                name="furusato_moved_settled_how",
            ),
        ]

"""Tables of what branches did while the line was cut. Private to the room of the cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madoguchi.cases.states import HeldWhy


class BranchPackageRow(models.Model):
    """A package that a branch took along (持出しデータ): of which branch and day, and the last act of each case that is in it."""

    package = models.CharField(max_length=32, unique=True)
    branch = models.CharField(max_length=40)
    day = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    people = models.PositiveIntegerField()
    bases = models.JSONField(default=dict)

    class Meta:
        app_label = "cases"


class BranchActRow(models.Model):
    """An act of a branch as it arrived. `act`: the act that it became; `held`: why it became none."""

    package = models.ForeignKey(BranchPackageRow, on_delete=models.PROTECT, related_name="acts")
    case = models.CharField(max_length=32, db_index=True)
    number = models.PositiveIntegerField()
    body = models.JSONField()
    received_at = models.DateTimeField()
    act = models.OneToOneField(
        "cases.ActRow", null=True, on_delete=models.PROTECT, related_name="from_branch"
    )
    held = models.CharField(max_length=16, default="", blank=True)

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(fields=["package", "case", "number"], name="cases_branch_act_once"),
            models.CheckConstraint(
                condition=Q(held__in=["", *(one.value for one in HeldWhy)]), name="cases_branch_held_known"
            ),
            models.CheckConstraint(
                condition=Q(act__isnull=True) | Q(held=""), name="cases_branch_done_or_held"
            ),
        ]


class ClashRow(models.Model):
    """A fact that branch and centre both gave, differently (食い違い), and which of both was kept in the end."""

    came_with = models.ForeignKey(BranchActRow, on_delete=models.PROTECT, related_name="clashes")
    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="clashes")
    key = models.CharField(max_length=60)
    subject = models.CharField(max_length=10)
    centre = models.JSONField(null=True)
    branch = models.JSONField(null=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, default="", blank=True)
    kept = models.CharField(max_length=8, default="", blank=True)

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(fields=["came_with", "key", "subject"], name="cases_clash_once"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, kept="")
                | Q(settled_at__isnull=False, kept__in=("centre", "branch")),
                name="cases_clash_settled",
            ),
        ]

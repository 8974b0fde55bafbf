"""Tables of retention and disposal. Private to this room. Periods, what was erased and certificates are only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madoguchi.disposal.values import (
    LONGEST_YEARS,
    CountedFrom,
    HoldReason,
    LeftWhy,
    ProposalState,
    RecordClass,
)

_CLASSES = [one.value for one in RecordClass]


class PeriodRow(models.Model):
    """The period of a class as it was set; the newest of a class holds. `years` null: none from then on."""

    record_class = models.CharField(max_length=24)
    years = models.PositiveSmallIntegerField(null=True)
    counted_from = models.CharField(max_length=16)
    basis = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(record_class__in=_CLASSES), name="disposal_period_class"),
            models.CheckConstraint(
                condition=Q(counted_from__in=[one.value for one in CountedFrom]),
                name="disposal_period_counted",
            ),
            models.CheckConstraint(
                condition=Q(years__isnull=True) | Q(years__gte=1, years__lte=LONGEST_YEARS) & ~Q(basis=""),
                name="disposal_period_years",
            ),
        ]


class HoldRow(models.Model):
    """A record that stays although its period is over; once released, it may be placed again. Gone with its record."""

    record_class = models.CharField(max_length=24)
    record = models.CharField(max_length=40)
    reason = models.CharField(max_length=16)
    note = models.CharField(max_length=100, default="", blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.BigIntegerField()
    placed_by_name = models.CharField(max_length=150)
    released_at = models.DateTimeField(null=True)
    released_by_name = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(record_class__in=_CLASSES), name="disposal_hold_class"),
            models.CheckConstraint(
                condition=Q(reason__in=[one.value for one in HoldReason]), name="disposal_hold_reason"
            ),
            models.UniqueConstraint(
                fields=["record_class", "record"],
                condition=Q(released_at__isnull=True),
                name="disposal_held_once",
            ),
        ]


class ProposalRow(models.Model):
    """That somebody proposes to erase what is due of a class, and what another says to it. `before`: the last day of an end."""

    record_class = models.CharField(max_length=24)
    period = models.ForeignKey(PeriodRow, on_delete=models.PROTECT, related_name="proposals")
    on = models.DateField()
    before = models.DateField()
    count = models.PositiveIntegerField()
    oldest = models.DateField()
    newest = models.DateField()
    state = models.CharField(max_length=12, default=ProposalState.PROPOSED.value)
    proposed_at = models.DateTimeField()
    proposed_by = models.BigIntegerField()
    proposed_by_name = models.CharField(max_length=150)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answered_by_name = models.CharField(max_length=150, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(record_class__in=_CLASSES), name="disposal_proposal_class"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in ProposalState]), name="disposal_proposal_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "done"))
                | Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answered_by=F("proposed_by")),
                name="disposal_approved_by_another",
            ),
            models.CheckConstraint(condition=Q(count__gt=0), name="disposal_proposal_of_something"),
            models.UniqueConstraint(
                fields=["record_class"],
                condition=Q(state__in=("proposed", "approved")),
                name="disposal_one_open_a_class",
            ),
        ]


class ItemRow(models.Model):
    """A record of a proposal that is still there: to be looked at, or left for a reason."""

    proposal = models.ForeignKey(ProposalRow, on_delete=models.CASCADE, related_name="items")
    nth = models.PositiveIntegerField()
    record = models.CharField(max_length=40)
    ended_on = models.DateField()
    left = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "nth"], name="disposal_item_once"),
            models.CheckConstraint(
                condition=Q(left__in=["", *(one.value for one in LeftWhy)]), name="disposal_item_left"
            ),
        ]


class DisposedRow(models.Model):
    """One record that is gone (廃棄記録): our own identifier, which names nobody, and when. Never changed."""

    proposal = models.ForeignKey(ProposalRow, on_delete=models.PROTECT, related_name="disposed")
    nth = models.PositiveIntegerField()
    record = models.CharField(max_length=40)
    ended_on = models.DateField()
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "nth"], name="disposal_disposed_once")]


class CertificateRow(models.Model):
    """That a proposal is done: by which rule, how many, who proposed and approved, and a digest of the list. Never changed."""

    proposal = models.OneToOneField(ProposalRow, on_delete=models.PROTECT, related_name="certificate")
    record_class = models.CharField(max_length=24)
    years = models.PositiveSmallIntegerField()
    counted_from = models.CharField(max_length=16)
    basis = models.CharField(max_length=200)
    on = models.DateField()
    erased = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    proposed_by_name = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    approved_by_name = models.CharField(max_length=150)
    approved_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

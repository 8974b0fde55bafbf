"""What the office offers and when: services, lanes, hours."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ServiceRow(models.Model):
    """Something that people come for (用件). One that is no longer offered stays for the tickets that name it."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=1)
    department = models.CharField(max_length=40, default="")
    event = models.CharField(max_length=20, default="")
    bookable = models.BooleanField(default=True)
    names = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField(default=0)
    in_use = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=1), name="booking_service_takes_time")]


class LaneRow(models.Model):
    """Desks of one branch with one queue (窓口の列)."""

    branch = models.CharField(max_length=40)
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    desks = models.JSONField(default=list)
    officers_come = models.BooleanField(default=False)
    names = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField(default=0)
    in_use = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "key"], name="booking_lane_once")]


class LaneServiceRow(models.Model):
    """That a lane serves a service; a service has one lane at most in a branch."""

    lane = models.ForeignKey(LaneRow, on_delete=models.CASCADE, related_name="offers")
    service = models.ForeignKey(ServiceRow, on_delete=models.PROTECT, related_name="lanes")
    branch = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "service"], name="booking_service_one_lane"),
        ]


class HoursRow(models.Model):
    """When a lane serves: by weekday, within a season, or on one single day (`day`), which then counts alone."""

    lane = models.ForeignKey(LaneRow, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(null=True)
    day = models.DateField(null=True)
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    desks = models.PositiveSmallIntegerField(default=0)
    seats = models.PositiveSmallIntegerField(default=0)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    note = models.CharField(max_length=100, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=False, day__isnull=True, begins__isnull=False)
                | Q(weekday__isnull=True, day__isnull=False),
                name="booking_hours_weekday_or_day",
            ),
            models.CheckConstraint(
                condition=Q(begins__isnull=True, ends__isnull=True) | Q(begins__lt=F("ends")),
                name="booking_hours_end_later",
            ),
            models.CheckConstraint(condition=Q(seats__lte=F("desks")), name="booking_hours_seats_within"),
        ]

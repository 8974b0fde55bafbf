"""Seats by the quarter-hour, bookings of them, what was written to whom, and who waits for one. No name; a contact is kept only as long as needed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madoguchi.booking.hours import QUARTERS_A_DAY
from madoguchi.booking.models.offer import LaneRow, ServiceRow
from madoguchi.booking.reserving_states import BookingState, WaitingState

LIVING = (BookingState.HELD.value, BookingState.CONFIRMED.value)


class SlotRow(models.Model):
    """A quarter-hour of a lane (枠): seats there are, seats taken, and how many of those are more than there are.

    `beyond` is what staff booked over the limit, or what was booked before seats were taken away; never anything else.
    """

    lane = models.ForeignKey(LaneRow, on_delete=models.PROTECT, related_name="slots")
    day = models.DateField()
    quarter = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField()
    used = models.PositiveSmallIntegerField(default=0)
    beyond = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lane", "day", "quarter"], name="booking_slot_once"),
            models.CheckConstraint(condition=Q(quarter__lt=QUARTERS_A_DAY), name="booking_slot_within_day"),
            models.CheckConstraint(
                condition=Q(used__lte=F("seats") + F("beyond")), name="booking_slot_never_more_than_seats"
            ),
            models.CheckConstraint(
                condition=Q(beyond=0) | Q(used=F("seats") + F("beyond")), name="booking_slot_beyond_is_exact"
            ),
        ]


class BookingRow(models.Model):
    """A visit that is booked (予約). `owner`: a digest of whoever holds it; `nth`: which of their living ones this is."""

    number = models.CharField(max_length=12, unique=True)
    code = models.CharField(max_length=4)
    request = models.CharField(max_length=64, unique=True)
    lane = models.ForeignKey(LaneRow, on_delete=models.PROTECT, related_name="bookings")
    service = models.ForeignKey(ServiceRow, on_delete=models.PROTECT, related_name="bookings")
    day = models.DateField()
    quarter = models.PositiveSmallIntegerField()
    quarters = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    held_until = models.DateTimeField(null=True)
    beyond = models.BooleanField(default=False)
    channel = models.CharField(max_length=12)
    language = models.CharField(max_length=10, default="ja")
    owner = models.CharField(max_length=64)
    nth = models.PositiveSmallIntegerField()
    contact = models.EmailField(max_length=254, default="", blank=True)
    sequence = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "nth"], condition=Q(state__in=LIVING), name="booking_no_more_than_allowed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in BookingState]), name="booking_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=BookingState.HELD.value, held_until__isnull=False)
                | ~Q(state=BookingState.HELD.value),
                name="booking_hold_ends",
            ),
            models.CheckConstraint(condition=Q(quarters__gte=1), name="booking_takes_time"),
        ]
        indexes = [
            models.Index(fields=["lane", "day", "state"], name="booking_of_day"),
            models.Index(fields=["day", "code"], name="booking_by_code"),
            models.Index(
                fields=["held_until"], condition=Q(state=BookingState.HELD.value), name="booking_holds_ending"
            ),
        ]


class BookingPartRow(models.Model):
    """One officer's part of a visit that is booked as a whole (ライフイベントの一括予約)."""

    booking = models.ForeignKey(BookingRow, on_delete=models.CASCADE, related_name="parts")
    order = models.PositiveSmallIntegerField()
    service = models.CharField(max_length=40)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "order"], name="booking_part_once")]


class WaitingRow(models.Model):
    """Somebody who would come when a seat comes free (キャンセル待ち), first come first offered."""

    lane = models.ForeignKey(LaneRow, on_delete=models.PROTECT, related_name="waiting")
    service = models.ForeignKey(ServiceRow, on_delete=models.PROTECT, related_name="waiting")
    day = models.DateField()
    quarters = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=64)
    contact = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=10, default="ja")
    state = models.CharField(max_length=8, default=WaitingState.WAITING.value)
    offered = models.OneToOneField(BookingRow, null=True, on_delete=models.PROTECT, related_name="offer_to")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "lane", "day"],
                condition=Q(state=WaitingState.WAITING.value),
                name="booking_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in WaitingState]), name="booking_waiting_known"
            ),
        ]

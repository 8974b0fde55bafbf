"""Tickets of a visit, their steps, what was called and why, the numbers, and the desks that call. No name anywhere."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madoguchi.booking.ticket_states import CallKind, DeskState, Priority, StepState

CURRENT = tuple(
    one.value
    for one in (StepState.WAITING, StepState.CALLED, StepState.SERVING, StepState.HELD, StepState.MISSED)
)
AT_DESK = (StepState.CALLED.value, StepState.SERVING.value)
HIGHEST_NUMBER = 999


class QueueRow(models.Model):
    """One branch's queue (待ち列): its row is the lock of everything that happens in it, and holds the branch's rules."""

    branch = models.CharField(max_length=40, unique=True)
    day = models.DateField()
    issuing = models.BooleanField(default=True)
    most_overtakings = models.PositiveSmallIntegerField(default=3)
    early_minutes = models.PositiveSmallIntegerField(default=0)
    late_minutes = models.PositiveSmallIntegerField(default=15)
    returns_after = models.PositiveSmallIntegerField(default=1)
    only_in_hours = models.BooleanField(default=True)


class NumberRow(models.Model):
    """The last number given on a day under a letter; its row is the lock."""

    branch = models.CharField(max_length=40)
    day = models.DateField()
    letter = models.CharField(max_length=1)
    last = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "day", "letter"], name="booking_number_row_once"),
            models.CheckConstraint(condition=Q(last__lte=HIGHEST_NUMBER), name="booking_number_three_digits"),
        ]


class ReservedNumberRow(models.Model):
    """A number set aside for a day on which the line is cut (予備の番号); used once, by the ticket it became."""

    branch = models.CharField(max_length=40)
    day = models.DateField()
    letter = models.CharField(max_length=1)
    number = models.PositiveSmallIntegerField()
    block = models.CharField(max_length=32)
    used = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "letter", "number"],
                condition=Q(used=False),
                name="booking_reserved_number_once",
            ),
        ]


class TicketRow(models.Model):
    """One number for the whole visit (受付番号票). `live` until the last step is over; a live number is nobody else's."""

    public_id = models.CharField(max_length=32, unique=True)
    branch = models.CharField(max_length=40)
    day = models.DateField()
    letter = models.CharField(max_length=1)
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=4)
    secret_digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10, default="ja")
    priority = models.CharField(max_length=8)
    arrived_at = models.DateTimeField()
    booked_for = models.DateTimeField(null=True)
    booking = models.CharField(max_length=40, default="", blank=True)
    booth = models.CharField(max_length=40, default="", blank=True)
    reserved = models.ForeignKey(ReservedNumberRow, null=True, on_delete=models.PROTECT)
    request = models.CharField(max_length=40, default="", blank=True)
    prints = models.PositiveSmallIntegerField(default=0)
    live = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "letter", "number"],
                condition=Q(live=True),
                name="booking_live_number_once",
            ),
            models.UniqueConstraint(
                fields=["branch", "code"], condition=Q(live=True), name="booking_live_code_once"
            ),
            models.UniqueConstraint(
                fields=["branch", "booth"], condition=Q(live=True) & ~Q(booth=""), name="booking_booth_once"
            ),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(live=True) & ~Q(booking=""), name="booking_ticket_of_booking"
            ),
            models.UniqueConstraint(fields=["reserved"], name="booking_reserved_merged_once"),
            models.UniqueConstraint(
                fields=["branch", "request"], condition=~Q(request=""), name="booking_ticket_request_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=HIGHEST_NUMBER), name="booking_ticket_number"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=[one.value for one in Priority]), name="booking_ticket_priority"
            ),
            models.CheckConstraint(
                condition=~Q(priority=Priority.BOOKED.value) | Q(booked_for__isnull=False),
                name="booking_ticket_booked_when",
            ),
            models.CheckConstraint(
                condition=Q(live=True, ended_at__isnull=True) | Q(live=False, ended_at__isnull=False),
                name="booking_ticket_ended_when",
            ),
        ]
        indexes = [models.Index(fields=["branch", "day"], name="booking_ticket_day")]


class TicketStepRow(models.Model):
    """One service of a visit. `place_at`: the time by which it is ordered; `desk` calls, `place` is where it happens."""

    ticket = models.ForeignKey(TicketRow, on_delete=models.CASCADE, related_name="steps")
    branch = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    service = models.CharField(max_length=40)
    lane = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default=StepState.PLANNED.value)
    waiting_since = models.DateTimeField()
    place_at = models.DateTimeField()
    overtaken = models.PositiveSmallIntegerField(default=0)
    calls = models.PositiveSmallIntegerField(default=0)
    missed = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    desk = models.CharField(max_length=40, default="", blank=True)
    place = models.CharField(max_length=40, default="", blank=True)
    staff = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "order"], name="booking_step_once"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(state__in=CURRENT), name="booking_one_step_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["branch", "desk"], condition=Q(state__in=AT_DESK), name="booking_one_at_a_desk"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in StepState]), name="booking_step_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AT_DESK) | (~Q(desk="") & Q(called_at__isnull=False)),
                name="booking_step_called_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "lane", "state"], name="booking_step_lane"),
        ]


class CallRow(models.Model):
    """That a number was called, and why this one: the rule by which it was chosen, and why each other one was not."""

    ticket = models.ForeignKey(TicketRow, on_delete=models.CASCADE, related_name="calls")
    step = models.ForeignKey(TicketStepRow, on_delete=models.CASCADE, related_name="call_rows")
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    lane = models.CharField(max_length=40)
    desk = models.CharField(max_length=40)
    place = models.CharField(max_length=40)
    staff = models.BigIntegerField(null=True)
    why = models.CharField(max_length=12)
    others = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in CallKind]), name="booking_call_kind_known"
            ),
        ]


class PrintRow(models.Model):
    """That a slip was asked of the printer, and how it ended (印刷の控え); "asked" until it answered.

    Of a ticket, or of a booking that was made at the machine.
    """

    branch = models.CharField(max_length=40)
    day = models.DateField()
    sequence = models.PositiveIntegerField()
    ticket = models.ForeignKey(TicketRow, null=True, on_delete=models.CASCADE, related_name="print_rows")
    booking = models.CharField(max_length=40, default="", blank=True)
    job = models.CharField(max_length=8, unique=True)
    reissued = models.BooleanField()
    outcome = models.CharField(max_length=16, default="asked")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "day", "sequence"], name="booking_print_sequence_once"),
            models.CheckConstraint(
                condition=Q(ticket__isnull=False, booking="") | Q(ticket__isnull=True) & ~Q(booking=""),
                name="booking_print_of_one",
            ),
        ]


class OpenDeskRow(models.Model):
    """Who sits at a desk and which lanes it serves just now (開いている席)."""

    branch = models.CharField(max_length=40)
    desk = models.CharField(max_length=40)
    staff = models.BigIntegerField(null=True)
    lanes = models.JSONField(default=list)
    state = models.CharField(max_length=8, default=DeskState.CLOSED.value)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "desk"], name="booking_open_desk_once"),
            models.UniqueConstraint(
                fields=["staff"], condition=~Q(state=DeskState.CLOSED.value), name="booking_staff_one_desk"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in DeskState]), name="booking_desk_state_known"
            ),
        ]


NEXT_VERSION = F("version") + 1

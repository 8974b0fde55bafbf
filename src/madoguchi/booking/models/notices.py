"""What was written to those who booked (予約の知らせ). No address and no text is kept here."""

from __future__ import annotations

from django.db import models

from madoguchi.booking.models.bookings import BookingRow
from madoguchi.booking.notice_kinds import NoticeKind


class NoticeRow(models.Model):
    """One letter by mail about one state of a booking: there is one at most of each kind and SEQUENCE."""

    booking = models.ForeignKey(BookingRow, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12)
    sequence = models.PositiveIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "kind", "sequence"], name="booking_notice_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[one.value for one in NoticeKind]), name="booking_notice_known"
            ),
        ]

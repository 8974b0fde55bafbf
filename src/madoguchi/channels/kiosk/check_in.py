"""Checking in a booking at the machine (予約の受付): the code of four digits gives the number of the booking.

The seam to the room's bookings: `arrive` is the only place of the machine that knows them.
"""

from __future__ import annotations

from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.booking.tickets.issuing import IssuedTicket


class NotCheckedIn(ValueError):
    """No booking of that code can be received at this machine just now."""

    def __init__(self) -> None:
        super().__init__(
            "この数字の予約は、この機械では受け付けられません。数字を確かめるか、近くの職員にお声がけください。"
        )


def arrive(*, branch: str, code: str, request: str, by: Actor, now: datetime) -> IssuedTicket:
    """The number for the booking with this code. Raises NotCheckedIn."""
    raise NotCheckedIn

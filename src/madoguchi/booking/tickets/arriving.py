"""Whoever booked is here (予約の受付): the code of four digits checks the booking in and gives its number, in one step.

Booking and number stand or fall together. The same code again shows the number that the booking has already.
"""

from __future__ import annotations

from datetime import datetime

from madoguchi.audit.entries import Actor, Channel
from madoguchi.booking import reserving
from madoguchi.booking.booked import BookingRefused, NoSuchBooking
from madoguchi.booking.models import BookingRow
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.tickets.issuing import BookingHasTicket, IssuedTicket, issue, ticket_of_booking
from madoguchi.booking.tickets.queue import locked
from madoguchi.booking.tickets.states import Priority

MAY_COME = (BookingState.CONFIRMED.value, BookingState.NOT_COME.value, BookingState.ARRIVED.value)


class CodeOfSeveral(BookingRefused):
    """Two bookings of one day and branch have the same four digits."""

    def __init__(self) -> None:
        super().__init__(
            "同じ数字の予約がほかにもあります。予約番号の分かるものを持って、近くの職員にお声がけください。"
        )


def check_in_by_code(
    *,
    branch: str,
    code: str,
    by: Actor,
    now: datetime,
    channel: Channel,
    request: str = "",
    language: str = "",
) -> IssuedTicket:
    """The number of today's booking with this code, in the booking's language or in the one chosen now. Raises NoSuchBooking, CodeOfSeveral, NotToday, NotNowInBooking,
    NotOffered, NumbersUsedUp; BookingHasTicket when the visit of the booking is over already.
    """
    with locked(branch, now) as queue:
        found = list(
            BookingRow.objects.filter(lane__branch=branch, day=queue.day, code=code, state__in=MAY_COME)[:2]
        )
        if not found:
            raise NoSuchBooking
        if len(found) > 1:
            raise CodeOfSeveral
        row = found[0]
        before = ticket_of_booking(row.number)
        if before is not None:
            return before
        if row.state == BookingState.ARRIVED.value:
            raise BookingHasTicket(row.number)
        booked = reserving.check_in(number=row.number, now=now, by=by).booked
        return issue(
            branch=branch,
            services=[part.service for part in booked.parts] or [booked.service],
            by=by,
            now=now,
            priority=Priority.BOOKED,
            language=language or booked.language,
            booking=booked.number,
            booked_for=booked.starts,
            channel=channel,
            request=request,
        )

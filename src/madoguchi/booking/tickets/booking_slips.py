"""The slip of a booking that was made at the ticket machine (予約の控えの印刷): in the journal of every slip.

It is written before the printer is asked and again when it has answered; nothing is ever printed again by itself.
"""

from __future__ import annotations

from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking import reserving
from madoguchi.booking.booked import NotNowInBooking
from madoguchi.booking.models import PrintRow
from madoguchi.booking.ports import BookingSlip, PrintOutcome
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.tickets.printing import (
    MOST_PRINTS,
    PrintedOften,
    answered,
    journal_line,
    services_on_slip,
)
from madoguchi.booking.tickets.queue import locked
from madoguchi.city.queries import branch_names, profile

ACTIVITIES = {
    PrintOutcome.PRINTED: "booking_slip_printed",
    PrintOutcome.NO_PAPER: "booking_slip_not_printed",
    PrintOutcome.NOT_CONNECTED: "booking_slip_not_printed",
    PrintOutcome.UNKNOWN: "booking_slip_unknown",
}


def begin_booking_print(*, branch: str, number: str, address: str, now: datetime) -> BookingSlip:
    """Write the journal of the machine in `branch` and return what is to be printed. `address`: what opens the booking.

    Raises NoSuchBooking, NotNowInBooking (it does not stand), PrintedOften.
    """
    with locked(branch, now) as queue:
        booked = reserving.look(number=number)
        if booked.state is not BookingState.CONFIRMED:
            raise NotNowInBooking(booked.state)
        before = PrintRow.objects.filter(booking=number).count()
        if before >= MOST_PRINTS:
            raise PrintedOften
        made = journal_line(queue, now, booking=number, reissued=before > 0)
    return BookingSlip(
        job=made.job,
        sequence=made.sequence,
        reissued=made.reissued,
        city=profile().name,
        branch=branch_names().get(booked.branch, booked.branch),
        number=booked.number,
        code=booked.code,
        address=address,
        services=services_on_slip([part.service for part in booked.parts], booked.language),
        starts=booked.starts,
        minutes=booked.minutes,
        printed_at=now,
        language=booked.language,
    )


def finish_booking_print(
    *, branch: str, slip: BookingSlip, outcome: PrintOutcome, by: Actor, now: datetime
) -> None:
    """Write how it ended, once."""
    with locked(branch, now):
        if answered(slip.job, outcome, now):
            record_act(actor=by, activity=ACTIVITIES[outcome], now=now, booking=slip.number, job=slip.job)


def printed_before(number: str) -> bool:
    """Whether a slip of this booking was asked of a printer already."""
    return PrintRow.objects.filter(booking=number).exists()

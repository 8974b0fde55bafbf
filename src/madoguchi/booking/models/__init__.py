"""Tables of the bookings and tickets. Private to this room."""

from madoguchi.booking.models.bookings import BookingPartRow, BookingRow, SlotRow, WaitingRow
from madoguchi.booking.models.offer import HoursRow, LaneRow, LaneServiceRow, ServiceRow
from madoguchi.booking.models.tickets import (
    CallRow,
    NumberRow,
    OpenDeskRow,
    PrintRow,
    QueueRow,
    ReservedNumberRow,
    TicketRow,
    TicketStepRow,
)

__all__ = [
    "BookingPartRow",
    "BookingRow",
    "CallRow",
    "HoursRow",
    "LaneRow",
    "LaneServiceRow",
    "NumberRow",
    "OpenDeskRow",
    "PrintRow",
    "QueueRow",
    "ReservedNumberRow",
    "ServiceRow",
    "SlotRow",
    "TicketRow",
    "TicketStepRow",
    "WaitingRow",
]

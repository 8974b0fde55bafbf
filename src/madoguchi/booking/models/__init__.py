"""Tables of the bookings and tickets. Private to this room."""

from madoguchi.booking.models.offer import HoursRow, LaneRow, LaneServiceRow, ServiceRow
from madoguchi.booking.models.tickets import (
    CallRow,
    NumberRow,
    OpenDeskRow,
    QueueRow,
    ReservedNumberRow,
    TicketRow,
    TicketStepRow,
)
from madoguchi.booking.models.trials import CodeTrialRow

__all__ = [
    "CallRow",
    "CodeTrialRow",
    "HoursRow",
    "LaneRow",
    "LaneServiceRow",
    "NumberRow",
    "OpenDeskRow",
    "QueueRow",
    "ReservedNumberRow",
    "ServiceRow",
    "TicketRow",
    "TicketStepRow",
]

"""Tables of the bookings and tickets. Private to this room."""

from madoguchi.booking.models.bookings import BookingPartRow, BookingRow, SlotRow, WaitingRow
from madoguchi.booking.models.estimates import EstimateOutcome, EstimateRow, LearnedWaitsRow
from madoguchi.booking.models.invented import InventedDayRow
from madoguchi.booking.models.lengths import PinnedLengthRow
from madoguchi.booking.models.levelling import ArrivalRow, LaneOfficerRow, ProposalRow, ProposalState
from madoguchi.booking.models.notices import NoticeRow
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
from madoguchi.booking.models.trials import CodeTrialRow

__all__ = [
    "ArrivalRow",
    "BookingPartRow",
    "BookingRow",
    "CallRow",
    "CodeTrialRow",
    "EstimateOutcome",
    "EstimateRow",
    "HoursRow",
    "InventedDayRow",
    "LaneOfficerRow",
    "LaneRow",
    "LaneServiceRow",
    "LearnedWaitsRow",
    "NoticeRow",
    "NumberRow",
    "OpenDeskRow",
    "PinnedLengthRow",
    "PrintRow",
    "ProposalRow",
    "ProposalState",
    "QueueRow",
    "ReservedNumberRow",
    "ServiceRow",
    "SlotRow",
    "TicketRow",
    "TicketStepRow",
    "WaitingRow",
]

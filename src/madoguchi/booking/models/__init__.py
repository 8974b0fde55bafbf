"""Tables of the bookings and tickets. Private to this room."""

from madoguchi.booking.models.bookings import BookingPartRow, BookingRow, SlotRow, WaitingRow
from madoguchi.booking.models.levelling import ArrivalRow, LaneOfficerRow, ProposalRow, ProposalState
from madoguchi.booking.models.offer import HoursRow, LaneRow, LaneServiceRow, ServiceRow

__all__ = [
    "ArrivalRow",
    "BookingPartRow",
    "BookingRow",
    "HoursRow",
    "LaneOfficerRow",
    "LaneRow",
    "LaneServiceRow",
    "ProposalRow",
    "ProposalState",
    "ServiceRow",
    "SlotRow",
    "WaitingRow",
]

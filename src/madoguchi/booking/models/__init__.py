"""Tables of the bookings and tickets. Private to this room."""

from madoguchi.booking.models.bookings import BookingPartRow, BookingRow, SlotRow, WaitingRow
from madoguchi.booking.models.offer import HoursRow, LaneRow, LaneServiceRow, ServiceRow

__all__ = [
    "BookingPartRow",
    "BookingRow",
    "HoursRow",
    "LaneRow",
    "LaneServiceRow",
    "ServiceRow",
    "SlotRow",
    "WaitingRow",
]

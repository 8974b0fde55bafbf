"""Tables of the bookings and tickets. Private to this room."""

from madoguchi.booking.models.bookings import BookingPartRow, BookingRow, SlotRow, WaitingRow
from madoguchi.booking.models.notices import NoticeRow, TryRow
from madoguchi.booking.models.offer import HoursRow, LaneRow, LaneServiceRow, ServiceRow

__all__ = [
    "BookingPartRow",
    "BookingRow",
    "HoursRow",
    "LaneRow",
    "LaneServiceRow",
    "NoticeRow",
    "ServiceRow",
    "SlotRow",
    "TryRow",
    "WaitingRow",
]

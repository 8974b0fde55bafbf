"""Tables of the bookings and tickets. Private to this room."""

from madoguchi.booking.models.offer import HoursRow, LaneRow, LaneServiceRow, ServiceRow

__all__ = ["HoursRow", "LaneRow", "LaneServiceRow", "ServiceRow"]

"""A booking as a calendar file (iCalendar, RFC 5545 and 5546), to be put into one's own calendar.

The UID stays, the SEQUENCE goes up with every change, a cancelled booking takes its entry out again. Calendars are shared:
no service, no name, no code and no link to the booking stand in it, only where and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from madoguchi.booking.booked import Booked
from madoguchi.booking.reserving_states import BookingState

PRODUCT = "-//madoguchi//booking//JA"
REMINDERS = (timedelta(days=1), timedelta(hours=1))
GONE = (BookingState.CANCELLED, BookingState.EXPIRED)


@dataclass(frozen=True, slots=True)
class VisitPlace:
    """Where a visit is: the city's code and name, the branch's name."""

    code: str
    city: str
    branch: str


def calendar_file(*, booked: Booked, place: VisitPlace) -> bytes:
    """The booking as a file: METHOD PUBLISH while it lives, CANCEL afterwards. Times in UTC, folded at 75 octets."""
    cancelled = booked.state in GONE
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    event.add("uid", f"{booked.number.lower()}@booking.{place.code}")
    event.add("sequence", booked.sequence)
    event.add("dtstamp", booked.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", booked.starts.astimezone(UTC))
    event.add("dtend", booked.ends.astimezone(UTC))
    event.add("summary", _("%(city)s %(branch)sの予約") % {"city": place.city, "branch": place.branch})
    event.add("location", f"{place.city} {place.branch}")
    event.add("description", _("予約番号 %(number)s") % {"number": booked.number})
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    if not cancelled:
        for before in REMINDERS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", _("市役所の予約があります"))
            alarm.add("trigger", -before)
            event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())

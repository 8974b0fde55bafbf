"""Which bookings and numbers are over, since when, and erasing them (予約・番号の廃棄)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from madoguchi.booking.booked import JAPAN
from madoguchi.booking.models import BookingRow, EstimateRow, PrintRow, TicketRow, WaitingRow
from madoguchi.booking.models.bookings import LIVING

# A booking is named by its number, whoever waited for a seat and got none by this and the row's number.
_WAITED = "waited-"


def ended_bookings(
    *, before: date, kept: frozenset[str], only: Collection[str] | None = None
) -> dict[str, date]:
    """Bookings, and those who waited for a seat, whose day was `before` at the latest and who are not expected any more."""
    rows = BookingRow.objects.filter(day__lte=before).exclude(state__in=LIVING).order_by("pk")
    waited = WaitingRow.objects.filter(day__lte=before, offered__isnull=True).order_by("pk")
    if only is not None:
        rows = rows.filter(number__in=only)
        waited = waited.filter(pk__in=_waited(only))
    found = dict(rows.values_list("number", "day").iterator(chunk_size=2000))
    found |= {f"{_WAITED}{number}": day for number, day in waited.values_list("pk", "day")}
    return {one: day for one, day in found.items() if one not in kept}


def erase_bookings(bookings: Sequence[str]) -> int:
    """Erase these with their parts, letters, slips and waiting, in the caller's transaction; how many rows are gone."""
    gone = WaitingRow.objects.filter(
        Q(offered__number__in=bookings) | Q(pk__in=_waited(bookings), offered__isnull=True)
    ).delete()[0]
    gone += PrintRow.objects.filter(booking__in=bookings).delete()[0]
    return gone + BookingRow.objects.filter(number__in=bookings).delete()[0]


def named_booking(number: str) -> str | None:
    """The booking of this number, if there is one."""
    return BookingRow.objects.filter(number=number).values_list("number", flat=True).first()


def ended_tickets(
    *, before: date, kept: frozenset[str], only: Collection[str] | None = None
) -> dict[str, date]:
    """Numbers of visits that ended on `before` at the latest, with the day of the visit."""
    since = datetime.combine(before + timedelta(days=1), time.min, tzinfo=JAPAN)
    rows = TicketRow.objects.filter(live=False, day__lte=before, ended_at__lt=since).order_by("pk")
    if only is not None:
        rows = rows.filter(public_id__in=only)
    found = dict(rows.values_list("public_id", "day").iterator(chunk_size=2000))
    return {one: day for one, day in found.items() if one not in kept}


def erase_tickets(tickets: Sequence[str]) -> int:
    """Erase these numbers with their steps, calls, slips and what was foreseen, in the caller's transaction; how many rows."""
    gone = EstimateRow.objects.filter(ticket__in=tickets).delete()[0]
    return gone + TicketRow.objects.filter(public_id__in=tickets).delete()[0]


def named_ticket(number: str, day: date | None) -> str | None:
    """The number of a visit by its identifier, or by what was called (A012) and its day; None where that is not one alone."""
    named = Q(public_id=number)
    if day and number[1:].isdecimal():
        named |= Q(letter=number[:1].upper(), number=int(number[1:]), day=day)
    found = list(TicketRow.objects.filter(named).values_list("public_id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def _waited(records: Collection[str]) -> list[int]:
    return [int(one.removeprefix(_WAITED)) for one in records if one.startswith(_WAITED)]

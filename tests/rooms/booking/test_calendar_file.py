"""The calendar file of a booking, read by two independent libraries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import ics
import vobject
from icalendar import Calendar
from tests import cast

from madoguchi.booking.booked import Booked, VisitPart
from madoguchi.booking.calendar_file import VisitPlace, calendar_file
from madoguchi.booking.reserving_states import BookingState

STARTS = datetime(2026, 11, 30, 0, 15, tzinfo=UTC)  # 9:15 in Japan
PLACE = VisitPlace("999997", "まどか市", "本庁")
BOOKED = Booked(
    number="ABCD2345", code="1234", secret="f" * 32, state=BookingState.CONFIRMED, branch="main", lane="bereavement",
    service="bereavement", starts=STARTS, minutes=60, parts=(VisitPart("bereavement", 60),), held_until=None, beyond=False,
    language="ja", sequence=0, changed_at=cast.NOW, has_contact=True,
)  # fmt: skip


def file(booked: Booked = BOOKED) -> bytes:
    return calendar_file(booked=booked, place=PLACE)


def test_two_libraries_read_the_same_time_and_place() -> None:
    one = next(iter(ics.Calendar(file().decode()).events))
    other = vobject.readOne(file().decode()).vevent
    assert one.begin.datetime == other.dtstart.value == STARTS
    assert one.end.datetime == other.dtend.value == STARTS + timedelta(minutes=60)
    assert one.location == other.location.value == "まどか市 本庁"
    assert one.uid == other.uid.value == "abcd2345@booking.999997"
    assert sorted(alarm.trigger for alarm in one.alarms) == [timedelta(days=-1), timedelta(hours=-1)]
    assert len(other.valarm_list) == 2


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    later = replace(BOOKED, sequence=1, starts=STARTS + timedelta(days=1))
    before, after = vobject.readOne(file().decode()).vevent, vobject.readOne(file(later).decode()).vevent
    assert before.uid.value == after.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")


def test_a_cancelled_booking_takes_its_entry_out_again() -> None:
    for library in (Calendar.from_ical(file(replace(BOOKED, state=BookingState.CANCELLED, sequence=2))),):
        event = library.walk("VEVENT")[0]
        assert (library["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
        assert event.walk("VALARM") == []
    assert vobject.readOne(file().decode()).method.value == "PUBLISH"


def test_a_shared_calendar_tells_neither_what_for_nor_how_to_open_it() -> None:
    text = file().decode().replace("\r\n ", "")
    for word in (BOOKED.code, BOOKED.secret, "bereavement", "おくやみ", "@example", "://"):
        assert word not in text.replace("@booking", "")


def test_lines_end_and_fold_as_the_standard_says() -> None:
    long = calendar_file(booked=BOOKED, place=VisitPlace("999997", "まどか市", "総合支所" * 20))
    assert long.count(b"\n") == long.count(b"\r\n")
    assert max(len(line) for line in long.split(b"\r\n")) <= 75
    assert "総合支所" * 20 in vobject.readOne(long.decode()).vevent.location.value

"""A booking from the first press to the day itself: one press one booking, a full time changes nothing, seats come back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import cast
from tests.rooms.booking.offered import offered

from madoguchi.audit.entries import Actor
from madoguchi.booking import reserving
from madoguchi.booking.booked import (
    HOLD_MINUTES,
    MOST_LIVING,
    Booked,
    HoldOver,
    NoSuchBooking,
    NotBookable,
    NotInReach,
    NotNowInBooking,
    NotToday,
    TooMany,
    VisitPart,
    owner_of,
)
from madoguchi.booking.models import BookingRow, SlotRow
from madoguchi.booking.offering import Offer
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.slots import NotOpenThen, SlotFull, follow_hours, free_on

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
TUESDAY = date(2026, 11, 10)
NINE, TEN, TWELVE = 36, 40, 48
SHORT, LONG = (VisitPart("papers", 15),), (VisitPart("moving", 25), VisitPart("papers", 5))
Staff = Mapping[str, Actor]


@pytest.fixture
def one_seat(city: Staff) -> Offer:
    return offered(1)


def held(offer: Offer, quarter: int = NINE, *, request: str = "", owner: str = "", **more: Any) -> Booked:
    """Hold a seat as one of many visitors would."""
    said: dict[str, Any] = {
        "offered": offer, "branch": "main", "parts": SHORT, "day": TUESDAY, "quarter": quarter,
        "request": request or f"press-{BookingRow.objects.count()}",
        "owner": owner or owner_of(f"visitor-{BookingRow.objects.count()}"), "channel": "web", "now": cast.NOW,
        **more,
    }  # fmt: skip
    return reserving.hold(**said)


def used() -> dict[int, int]:
    return dict(SlotRow.objects.filter(used__gt=0).values_list("quarter", "used"))


def test_a_visit_takes_its_quarters_and_gives_them_back(one_seat: Offer) -> None:
    booked = reserving.confirm(number=held(one_seat, parts=LONG).number, contact="a@example.jp", now=cast.NOW)
    assert (booked.state, booked.minutes, used()) == (BookingState.CONFIRMED, 30, {NINE: 1, NINE + 1: 1})
    assert booked.parts == LONG
    reserving.cancel(number=booked.number, now=cast.NOW)
    assert used() == {}
    assert reserving.cancel(number=booked.number, now=cast.NOW).state is BookingState.CANCELLED


def test_the_last_seat_goes_once_and_a_visit_that_does_not_fit_takes_nothing(one_seat: Offer) -> None:
    held(one_seat, NINE + 1)
    with pytest.raises(SlotFull):
        held(one_seat, NINE, parts=LONG)
    assert used() == {NINE + 1: 1}


def test_one_press_is_one_booking_however_often_it_arrives(one_seat: Offer) -> None:
    first = held(one_seat, request="the-press", owner="me")
    assert held(one_seat, request="the-press", owner="me") == first
    assert used() == {NINE: 1}
    done = reserving.confirm(number=first.number, now=cast.NOW)
    assert reserving.confirm(number=first.number, now=cast.NOW) == done


def test_a_hold_that_is_over_gives_the_seat_to_the_next(one_seat: Offer) -> None:
    first, later = held(one_seat), cast.NOW + timedelta(minutes=HOLD_MINUTES)
    assert reserving.expire(now=later - timedelta(seconds=1)) == 0
    assert reserving.expire(now=later) == 1
    assert reserving.expire(now=later) == 0
    held(one_seat, now=later)
    with pytest.raises(HoldOver):
        reserving.confirm(number=first.number, now=later)


def test_a_confirmed_booking_never_expires(one_seat: Offer) -> None:
    reserving.confirm(number=held(one_seat).number, now=cast.NOW)
    assert reserving.expire(now=cast.NOW + timedelta(days=1)) == 0


def test_a_change_into_a_full_time_keeps_the_old_one(one_seat: Offer) -> None:
    mine = reserving.confirm(number=held(one_seat, NINE).number, now=cast.NOW)
    held(one_seat, TEN)
    with pytest.raises(SlotFull):
        reserving.change(offered=one_seat, number=mine.number, day=TUESDAY, quarter=TEN, now=cast.NOW)
    with pytest.raises(NotOpenThen):
        reserving.change(
            offered=one_seat, number=mine.number, day=date(2026, 11, 14), quarter=TEN, now=cast.NOW
        )
    assert used() == {NINE: 1, TEN: 1}


def test_a_change_by_a_quarter_needs_no_second_seat(one_seat: Offer) -> None:
    mine = reserving.confirm(number=held(one_seat, NINE, parts=LONG).number, now=cast.NOW)
    moved = reserving.change(
        offered=one_seat, number=mine.number, day=TUESDAY, quarter=NINE + 1, now=cast.NOW
    )
    assert used() == {NINE + 1: 1, NINE + 2: 1}
    assert (moved.starts.hour, moved.starts.minute, moved.sequence) == (9, 15, 1)


@pytest.mark.parametrize(
    ("day", "quarter", "expected"),
    [
        (TUESDAY, TWELVE, SlotFull),  # lunch: a desk is there, seats to book are not
        (TUESDAY, TWELVE - 1, SlotFull),  # a visit of two quarters would run into lunch
        (TUESDAY, 20, NotOpenThen),
        (date(2026, 11, 14), NINE, NotOpenThen),  # Saturday
        (date(2026, 11, 23), NINE, NotOpenThen),  # 勤労感謝の日
        (date(2026, 12, 29), NINE, NotOpenThen),
        (date(2026, 11, 8), NINE, NotInReach),
        (date(2027, 1, 9), NINE, NotInReach),
        (cast.TODAY, NINE, NotInReach),  # it is ten
    ],
)
def test_a_closed_time_cannot_be_booked(
    one_seat: Offer, day: date, quarter: int, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        held(one_seat, quarter, day=day, parts=LONG)
    assert not BookingRow.objects.exists()


def test_a_substitute_holiday_and_a_day_between_two_holidays_are_closed(one_seat: Offer) -> None:
    may = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
    autumn = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    for day, now in ((date(2026, 5, 6), may), (date(2026, 9, 22), autumn)):  # 振替休日, 国民の休日
        with pytest.raises(NotOpenThen):
            held(one_seat, NINE, day=day, now=now)


def test_nobody_has_more_than_they_may_and_a_cancelled_one_makes_room(one_seat: Offer) -> None:
    mine = [held(one_seat, NINE + n, owner="me") for n in range(MOST_LIVING)]
    with pytest.raises(TooMany):
        held(one_seat, TEN, owner="me")
    reserving.cancel(number=mine[1].number, now=cast.NOW)
    held(one_seat, TEN, owner="me")


def test_the_database_itself_refuses_one_too_many(one_seat: Offer) -> None:
    row = BookingRow.objects.get(number=held(one_seat, owner="me").number)
    with pytest.raises(IntegrityError), transaction.atomic():
        BookingRow.objects.create(
            number="X", code="1", request="x", lane=row.lane, service=row.service, day=row.day, quarter=NINE,
            quarters=1, state=BookingState.CONFIRMED.value, channel="web", owner="me", nth=row.nth,
            made_at=cast.NOW, changed_at=cast.NOW,
        )  # fmt: skip
    for wrong in ({"used": 2}, {"beyond": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SlotRow.objects.filter(quarter=NINE).update(**wrong)


def test_staff_may_go_beyond_with_a_flag_and_it_shows(one_seat: Offer, city: Staff) -> None:
    clerk = city["clerk_hana"]
    held(one_seat)
    with pytest.raises(SlotFull):
        held(one_seat, by=clerk)
    with pytest.raises(SlotFull):
        held(one_seat, beyond=True)  # nobody but staff
    extra = held(one_seat, by=clerk, beyond=True)
    assert extra.beyond
    assert SlotRow.objects.get(quarter=NINE).beyond == 1
    reserving.cancel(number=extra.number, now=cast.NOW, by=clerk)
    slot = SlotRow.objects.get(quarter=NINE)
    assert (slot.used, slot.beyond) == (1, 0)


def test_seats_taken_away_below_what_is_booked_leave_the_bookings_and_are_counted(city: Staff) -> None:
    two = offered(2)
    numbers = [reserving.confirm(number=held(two).number, now=cast.NOW).number for _ in range(2)]
    one = offered(1)
    assert follow_hours(offered=one, since=cast.TODAY) == 1
    slot = SlotRow.objects.get(quarter=NINE)
    assert (slot.seats, slot.used, slot.beyond) == (1, 2, 1)
    with pytest.raises(SlotFull):
        held(one)
    reserving.cancel(number=numbers[0], now=cast.NOW)
    with pytest.raises(SlotFull):
        held(one)
    reserving.cancel(number=numbers[1], now=cast.NOW)
    held(one)


def test_a_service_without_bookings_is_booked_by_staff_only(one_seat: Offer, city: Staff) -> None:
    with pytest.raises(NotBookable):
        held(one_seat, parts=(VisitPart("tax", 5),))
    assert held(one_seat, parts=(VisitPart("tax", 5),), by=city["clerk_hana"]).service == "tax"


def test_a_booking_is_found_by_link_or_code_and_by_nothing_else(one_seat: Offer) -> None:
    booked = held(one_seat)
    assert reserving.find(number=booked.number.lower(), secret=booked.secret) == booked
    assert reserving.find(number=booked.number, code=booked.code) == booked
    wrong = f"{(int(booked.code) + 1) % 10_000:04d}"
    for words in ({"code": wrong}, {"secret": "0" * 32}, {"code": ""}, {"secret": ""}):
        with pytest.raises(NoSuchBooking):
            reserving.find(number=booked.number, **words)


@pytest.mark.parametrize(
    ("minutes", "late"), [(-60, False), (0, False), (15, False), (16, True), (120, True)]
)
def test_whoever_comes_is_early_in_time_or_late(one_seat: Offer, minutes: int, late: bool) -> None:
    booked = reserving.confirm(number=held(one_seat, TEN).number, now=cast.NOW)
    arrival = reserving.check_in(number=booked.number, now=booked.starts + timedelta(minutes=minutes))
    assert (arrival.minutes_early, arrival.late) == (-minutes, late)
    with pytest.raises(NotNowInBooking):
        reserving.check_in(number=booked.number, now=booked.starts)


def test_nobody_is_received_on_another_day_or_hours_before(one_seat: Offer) -> None:
    booked = reserving.confirm(number=held(one_seat, TEN).number, now=cast.NOW)
    for now in (cast.NOW, booked.starts - timedelta(minutes=61), booked.starts + timedelta(days=1)):
        with pytest.raises(NotToday):
            reserving.check_in(number=booked.number, now=now)


def test_who_did_not_come_is_noted_and_received_as_late_when_they_do(one_seat: Offer) -> None:
    booked = reserving.confirm(number=held(one_seat, NINE).number, now=cast.NOW)
    assert reserving.note_not_come(now=booked.starts + timedelta(minutes=60)) == 0
    assert reserving.note_not_come(now=booked.starts + timedelta(minutes=91)) == 1
    arrival = reserving.check_in(number=booked.number, now=booked.starts + timedelta(minutes=95))
    assert arrival.late


def test_what_is_free_is_told_by_where_the_whole_visit_fits(one_seat: Offer) -> None:
    held(one_seat, NINE + 2)
    lane = BookingRow.objects.get().lane
    starts = [one.quarter for one in free_on(lane=lane, day=TUESDAY, count=2)]
    assert NINE in starts
    assert not {NINE + 1, NINE + 2, TWELVE - 1, TWELVE} & set(starts)
    assert starts[-1] == 67  # 16:45 to 17:15

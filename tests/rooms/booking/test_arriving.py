"""A booking checks in at the machine: its code gives its number, once, and the order knows when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import BRANCH, Hall, lay_out, officer
from tests.together import together

from madoguchi.audit.entries import Actor, Channel
from madoguchi.booking import reserving
from madoguchi.booking.booked import Booked, NoSuchBooking, NotToday, VisitPart, owner_of
from madoguchi.booking.estimates import foreseen
from madoguchi.booking.models import BookingRow, TicketRow
from madoguchi.booking.offering import offer
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.tickets import days
from madoguchi.booking.tickets.arriving import CodeOfSeveral, check_in_by_code
from madoguchi.booking.tickets.calling import waiting_in
from madoguchi.booking.tickets.issuing import BookingHasTicket, IssuedTicket
from madoguchi.booking.tickets.order import Placed, QueueRules, Why
from madoguchi.booking.tickets.queries import branch_now
from madoguchi.booking.tickets.queue import locked
from madoguchi.booking.tickets.states import Priority

Staff = Mapping[str, Actor]
HALF_PAST_TEN = 42


@pytest.fixture
def hall(city: Staff) -> Hall:
    lay_out()
    made = Hall()
    made.open("desk1")
    return made


def booked(*services: str, quarter: int = HALF_PAST_TEN, days_ahead: int = 0) -> Booked:
    """A booking of today at half past ten; `NOW` is ten."""
    held = reserving.hold(
        offered=offer(), branch=BRANCH, parts=[VisitPart(one, 15) for one in services or ("moving",)],
        day=NOW.date() + timedelta(days=days_ahead), quarter=quarter, request=f"press-{BookingRow.objects.count()}",
        owner=owner_of(f"visitor-{BookingRow.objects.count()}"), channel="web", now=NOW - timedelta(hours=1),
    )  # fmt: skip
    return reserving.confirm(number=held.number, now=NOW - timedelta(hours=1))


def arrive(hall: Hall, one: Booked) -> IssuedTicket:
    return check_in_by_code(branch=BRANCH, code=one.code, by=SETTER, now=hall.now, channel=Channel.KIOSK)


def order_of(hall: Hall) -> tuple[Placed, ...]:
    """Who waits in the residents' lane, with the rule by which they stand where they stand."""
    with locked(BRANCH, hall.now) as queue:
        return waiting_in(queue, ["residents"], hall.now)[1]


@pytest.mark.django_db
def test_the_code_checks_in_and_the_number_waits_for_its_time(hall: Hall) -> None:
    one = booked("moving", "insurance")
    made = arrive(hall, one)
    assert (made.label, made.services) == ("A001", ("moving", "insurance"))
    assert BookingRow.objects.get().state == BookingState.ARRIVED.value
    walk_in = hall.arrive()
    assert hall.next() == walk_in.label
    hall.act("leave", walk_in)
    hall.arrive()
    hall.later(29)
    assert hall.next() == "A001"


@pytest.mark.django_db
def test_whoever_sits_already_does_not_wait_for_the_booked_time_of_the_next_service(hall: Hall) -> None:
    """A free desk takes them early, by number; the officer who comes next is not held up by the clock."""
    made = arrive(hall, booked("moving", "children"))
    assert hall.next() is None
    assert hall.step("A001").ready_at == NOW + timedelta(minutes=30)
    hall.act("call_ticket", made)
    hall.act("start", made)
    assert hall.act("finish", made) == "children"
    ready_at = hall.step("A001").ready_at
    assert ready_at is not None and ready_at <= hall.now
    hall.open("desk4", ["children"])
    assert hall.next("desk4") == "A001"


@pytest.mark.django_db
def test_whoever_missed_an_early_call_is_due_when_back(hall: Hall) -> None:
    made = arrive(hall, booked())
    hall.act("call_ticket", made)
    hall.act("not_here", made)
    hall.act("back_in_line", made)
    assert hall.next() == made.label


@pytest.mark.django_db
def test_whoever_came_too_late_for_the_booking_waits_as_those_without_one_in_every_service(
    hall: Hall,
) -> None:
    hall.later(46)
    made = arrive(hall, booked("moving", "certificates"))
    hall.act("call_ticket", made)
    hall.act("start", made)
    hall.act("finish", made)
    care = hall.arrive("moving", priority=Priority.CARE)
    assert hall.waiting() == [care.label, made.label]
    (late,) = (one for one in order_of(hall) if one.waiting.ticket == made.ticket)
    assert late.why is Why.LATE


@pytest.mark.django_db
def test_a_branch_that_calls_bookings_early_tells_no_wait_until_the_booked_time(hall: Hall) -> None:
    made = arrive(hall, booked())
    held_up = foreseen(now=branch_now(branch=BRANCH, now=hall.now), ticket=made.ticket)
    days.set_rules(branch=BRANCH, rules=QueueRules(early_minutes=60), by=SETTER, now=hall.now)
    free = foreseen(now=branch_now(branch=BRANCH, now=hall.now), ticket=made.ticket)
    assert free.minutes[1] < held_up.minutes[1]
    assert hall.next() == made.label


@pytest.mark.django_db
def test_the_same_code_again_shows_the_same_number_and_not_after_the_visit(hall: Hall) -> None:
    one = booked()
    assert arrive(hall, one).label == arrive(hall, one).label
    assert TicketRow.objects.count() == 1
    hall.later(31)
    hall.next()
    hall.act("leave", arrive(hall, one))
    with pytest.raises(BookingHasTicket):
        arrive(hall, one)


@pytest.mark.django_db
def test_a_booking_comes_after_the_last_tickets_too(hall: Hall) -> None:
    one = booked()
    days.last_tickets(branch=BRANCH, by=officer(1), now=NOW)
    assert arrive(hall, one).label == "A001"


@pytest.mark.django_db
def test_a_code_of_nobody_of_another_day_or_of_two(hall: Hall) -> None:
    one, other = booked(), booked(quarter=HALF_PAST_TEN + 1)
    tomorrow = booked(days_ahead=1)
    if tomorrow.code not in (one.code, other.code):
        with pytest.raises(NoSuchBooking):
            arrive(hall, tomorrow)
    BookingRow.objects.filter(number=other.number).update(code=one.code)
    with pytest.raises(CodeOfSeveral):
        arrive(hall, one)


@pytest.mark.django_db
def test_hours_too_early_neither_checks_in_nor_gives_a_number(hall: Hall) -> None:
    one = booked(quarter=HALF_PAST_TEN + 4 * 4)
    with pytest.raises(NotToday):
        arrive(hall, one)
    assert not TicketRow.objects.exists()


@pytest.mark.django_db
def test_without_a_number_there_is_no_check_in(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    one = booked()

    def refuse(**more: object) -> None:
        raise RuntimeError("the line was cut")

    monkeypatch.setattr("madoguchi.booking.tickets.arriving.issue", refuse)
    with pytest.raises(RuntimeError):
        arrive(hall, one)
    assert BookingRow.objects.get().state == BookingState.CONFIRMED.value


@pytest.mark.django_db(transaction=True)
def test_two_machines_at_once_give_one_number(hall: Hall) -> None:
    one = booked()
    assert [error for error in together(*[lambda: arrive(hall, one)] * 6) if error] == []
    assert TicketRow.objects.count() == 1

"""The edge cases of a queue in an office, each by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import BRANCH, Hall, lay_out, officer

from madoguchi.audit.entries import Actor
from madoguchi.audit.queries import outbox_after, steps_of
from madoguchi.booking.tickets import calling, days, desks, issuing, queries
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.queue import NoSuchTicket, TicketChanged, TicketNotNow
from madoguchi.booking.tickets.states import DeskState, Priority, StepState

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(city: Staff) -> Hall:
    lay_out()
    made = Hall()
    made.open("desk1")
    return made


def topics(branch: str = BRANCH) -> list[str]:
    return [topic for _, topic, _ in outbox_after(branch, 0, limit=1000)]


def test_walk_ins_come_in_the_order_of_their_arrival(hall: Hall) -> None:
    for _ in range(4):
        hall.arrive()
    assert hall.serve_all() == ["A001", "A002", "A003", "A004"]


def test_numbers_begin_with_the_letter_of_the_first_service_and_count_each_for_itself(hall: Hall) -> None:
    came = [hall.arrive("moving"), hall.arrive("insurance", "moving"), hall.arrive("certificates")]
    assert [one.label for one in came] == ["A001", "B001", "A002"]


def test_one_journey_with_three_services_and_one_number(hall: Hall) -> None:
    hall.open("desk2", ["residents"])
    one = hall.arrive("moving", "insurance", "children")
    assert hall.next() == "A001"
    hall.act("start", one)
    assert hall.act("finish", one) == "insurance"
    hall.open("desk4", ["insurance", "children"])
    assert hall.next("desk4") == "A001"
    hall.act("start", one, "desk4")
    assert hall.act("finish", one, "desk4") == "children"
    # 回らない窓口: the next officer comes to where they sit.
    assert hall.step("A001").desk == "desk4"
    assert hall.next("desk4") == "A001"
    hall.act("start", one, "desk4")
    assert hall.act("finish", one, "desk4") is None
    view = queries.ticket_by_id(branch=BRANCH, ticket=one.ticket, now=hall.now)
    assert [line.state for line in view.steps] == [StepState.DONE] * 3 and not view.live
    moved = [
        step.body.get("resident_moves") for step in steps_of(one.ticket) if step.activity == "ticket_called"
    ]
    assert moved == [None, 1, None]


def test_second_officer_comes_to_the_booth_and_the_booth_stays_theirs(hall: Hall) -> None:
    one, _other = hall.arrive("moving", "children"), hall.arrive("moving")
    hall.next()
    hall.act("start", one)
    hall.act("finish", one)
    assert hall.step("A001").desk == "desk1" and hall.step("A001").state is StepState.WAITING
    with pytest.raises(desks.DeskBusy):
        hall.next("desk1")
    hall.open("desk4", ["children"])
    assert hall.next("desk4") == "A001"
    step = hall.step("A001")
    assert (step.desk, step.officer_desk) == ("desk1", "desk4")
    hall.act("start", one, "desk4")
    hall.act("finish", one, "desk4")
    assert hall.next("desk1") == "A002"


def test_next_step_cancelled_half_way(hall: Hall) -> None:
    one = hall.arrive("moving", "insurance", "children")
    hall.next()
    hall.act("start", one)
    calling.cancel_service(branch=BRANCH, ticket=one.ticket, service="insurance", by=officer(1), now=hall.now)
    assert hall.act("finish", one) == "children"
    with pytest.raises(calling.NotPlanned):
        calling.cancel_service(
            branch=BRANCH, ticket=one.ticket, service="insurance", by=officer(1), now=hall.now
        )


def test_a_service_found_at_the_desk_is_added_once(hall: Hall) -> None:
    one = hall.arrive("moving")
    for _ in range(2):
        calling.add_service(
            branch=BRANCH, ticket=one.ticket, service="insurance", by=officer(1), now=hall.now
        )
    assert [
        line.service for line in queries.ticket_by_id(branch=BRANCH, ticket=one.ticket, now=NOW).steps
    ] == [
        "moving",
        "insurance",
    ]


def test_edit_does_not_change_the_order(hall: Hall) -> None:
    first, _ = hall.arrive(), hall.arrive()
    calling.edit(branch=BRANCH, ticket=first.ticket, language="en", by=officer(1), now=hall.later())
    assert hall.waiting() == ["A001", "A002"]


def test_transfer_keeps_original_arrival_time_and_priority(hall: Hall) -> None:
    early = hall.arrive("moving", priority=Priority.CARE)
    plain = hall.arrive("moving")
    late = hall.arrive("insurance", minutes=20)
    for one in (early, plain):
        hall.next()
        hall.act("start", one)
        calling.transfer(
            branch=BRANCH,
            ticket=one.ticket,
            service="insurance",
            desk="desk1",
            by=officer(1),
            now=hall.later(5),
        )
    assert hall.waiting("insurance") == [early.label, plain.label, late.label]
    assert hall.step(early.label).priority is Priority.CARE
    assert hall.step(plain.label).arrived_at == NOW + timedelta(minutes=2)


def test_recall_rings_again_with_a_line_of_its_own(hall: Hall) -> None:
    one = hall.arrive()
    hall.next()
    before = len(topics())
    hall.act("recall", one)
    hall.act("recall", one)
    assert topics()[before:] == ["ticket_recalled", "ticket_recalled"]
    assert hall.step("A001").calls == 3


def test_missed_who_comes_back_keeps_the_number_and_goes_behind_the_next(hall: Hall) -> None:
    missed = hall.arrive()
    for _ in range(3):
        hall.arrive()
    hall.next()
    hall.act("not_here", missed)
    assert hall.waiting() == ["A002", "A003", "A004"]
    hall.later(2)
    hall.act("back_in_line", missed, "")
    assert hall.waiting() == ["A002", "A001", "A003", "A004"]


def test_missed_who_comes_back_to_an_empty_hall_is_next(hall: Hall) -> None:
    missed = hall.arrive()
    hall.next()
    hall.act("not_here", missed)
    hall.act("back_in_line", missed, "")
    assert hall.next() == "A001"


def test_parked_is_never_called_by_next(hall: Hall) -> None:
    held = hall.arrive()
    calling.hold(branch=BRANCH, ticket=held.ticket, by=officer(1), now=hall.now)
    assert hall.next() is None
    hall.arrive()
    assert hall.serve_all() == ["A002"]
    calling.call_ticket(branch=BRANCH, ticket=held.ticket, desk="desk1", by=officer(1), now=hall.now)
    assert hall.step("A001").state is StepState.CALLED


def test_back_from_hold_keeps_the_place_of_before(hall: Hall) -> None:
    held, _ = hall.arrive(), hall.arrive()
    calling.hold(branch=BRANCH, ticket=held.ticket, by=officer(1), now=hall.now)
    hall.later(30)
    calling.back_in_line(branch=BRANCH, ticket=held.ticket, by=officer(1), now=hall.now)
    assert hall.waiting() == ["A001", "A002"]


def test_browser_dies_while_called_and_a_colleague_takes_over(hall: Hall) -> None:
    one = hall.arrive()
    hall.next()
    desks.close_desks_of(by=officer(1), now=hall.now)
    now = queries.branch_now(branch=BRANCH, now=hall.now)
    gone = next(desk for desk in now.desks if desk.key == "desk1")
    assert (gone.state, gone.label, gone.step_state) == (DeskState.CLOSED, "A001", StepState.CALLED)
    hall.open("desk2")
    with pytest.raises(calling.NotAtThisDesk):
        hall.act("start", one, "desk2")
    before = len(topics())
    hall.act("take_over", one, "desk2")
    assert topics()[before:] == ["ticket_taken_over"]
    assert hall.step("A001").desk == "desk2"
    hall.act("start", one, "desk2")
    assert hall.act("finish", one, "desk2") is None


def test_who_signs_in_again_at_the_same_desk_goes_on_with_the_same_number(hall: Hall) -> None:
    one = hall.arrive()
    hall.next()
    desks.close_desks_of(by=officer(1), now=hall.now)
    hall.open("desk1")
    hall.act("start", one)
    assert hall.step("A001").state is StepState.SERVING


def test_nobody_sits_down_where_a_colleague_sits_without_saying_so(hall: Hall) -> None:
    with pytest.raises(desks.DeskTaken):
        hall.open("desk1", by=officer(7))
    hall.open("desk1", by=officer(7), instead=True)
    hall.arrive()
    with pytest.raises(desks.DeskNotOpen):
        hall.next("desk1")
    assert hall.next("desk1", by=officer(7)) == "A001"


def test_one_member_of_staff_has_one_desk_and_moving_closes_the_other(hall: Hall) -> None:
    hall.open("desk2", by=officer(1))
    states = {one.key: one.state for one in queries.branch_now(branch=BRANCH, now=NOW).desks}
    assert (states["desk1"], states["desk2"]) == (DeskState.CLOSED, DeskState.OPEN)


def test_nobody_is_called_to_a_desk_that_is_away(hall: Hall) -> None:
    hall.arrive()
    desks.pause_desk(branch=BRANCH, desk="desk1", by=officer(1), now=hall.now)
    with pytest.raises(desks.DeskNotOpen):
        hall.next()
    desks.resume_desk(branch=BRANCH, desk="desk1", by=officer(1), now=hall.now)
    assert hall.next() == "A001"


def test_booking_early_is_not_called_before_its_time(hall: Hall) -> None:
    hall.arrive(priority=Priority.BOOKED, booked_for=NOW + timedelta(minutes=10), booking="b1")
    assert hall.next() is None
    walk_in = hall.arrive()
    assert hall.next() == walk_in.label
    hall.act("leave", walk_in)
    hall.arrive()
    hall.later(9)
    assert hall.next() == "A001"


def test_booking_late_within_the_rule_keeps_its_line_and_later_waits_like_everybody(hall: Hall) -> None:
    walk_in = hall.arrive(minutes=20)
    kept = hall.arrive(priority=Priority.BOOKED, booked_for=NOW + timedelta(minutes=7), booking="b1")
    too_late = hall.arrive(priority=Priority.BOOKED, booked_for=NOW + timedelta(minutes=6), booking="b2")
    assert hall.waiting() == [kept.label, walk_in.label, too_late.label]


def test_booking_has_one_number(hall: Hall) -> None:
    when = NOW + timedelta(minutes=5)
    hall.arrive(priority=Priority.BOOKED, booked_for=when, booking="b1")
    with pytest.raises(issuing.BookingHasTicket, match="A001"):
        hall.arrive(priority=Priority.BOOKED, booked_for=when, booking="b1")


def test_booking_that_does_not_show_up_stops_nobody(hall: Hall) -> None:
    hall.arrive()
    hall.later(60)
    assert hall.next() == "A001"


def test_care_goes_first_but_nobody_is_passed_more_often_than_the_rule_says(hall: Hall) -> None:
    days.set_rules(branch=BRANCH, rules=QueueRules(most_overtakings=2), by=SETTER, now=NOW)
    plain = hall.arrive()
    for _ in range(4):
        hall.arrive(priority=Priority.CARE)
    assert hall.serve_all() == ["A002", "A003", plain.label, "A004", "A005"]


def test_two_call_the_same_specific_ticket_and_one_is_told(hall: Hall) -> None:
    one = hall.arrive()
    hall.open("desk2")
    hall.act("call_ticket", one, "desk1")
    with pytest.raises(TicketNotNow, match="A001 は「呼出し中」"):
        hall.act("call_ticket", one, "desk2")


def test_a_stale_screen_is_told_and_changes_nothing(hall: Hall) -> None:
    one = hall.arrive()
    seen = hall.step("A001").version
    calling.edit(branch=BRANCH, ticket=one.ticket, language="en", by=officer(1), now=hall.now)
    with pytest.raises(TicketChanged):
        hall.act("call_ticket", one, "desk1", version=seen)
    assert hall.step("A001").state is StepState.WAITING


def test_ticket_of_another_branch_cannot_be_touched(hall: Hall) -> None:
    other = Hall(branch="north")
    days.set_rules(branch="north", rules=QueueRules(), by=SETTER, now=NOW)
    theirs = other.arrive()
    with pytest.raises(NoSuchTicket):
        hall.act("call_ticket", theirs, "desk1")
    with pytest.raises(NoSuchTicket):
        queries.ticket_by_id(branch=BRANCH, ticket=theirs.ticket, now=hall.now)

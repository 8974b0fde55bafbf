"""Why was this one called before that one: a sentence from what was kept with the call, true then and true later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import BRANCH, Hall, lay_out, officer

from madoguchi.booking.tickets import calling, days
from madoguchi.booking.tickets.issuing import IssuedTicket
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.queries import why_called_before
from madoguchi.booking.tickets.queue import NoSuchTicket
from madoguchi.booking.tickets.states import Priority

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(city: object) -> Hall:
    lay_out()
    made = Hall()
    made.open("desk1")
    return made


def why(first: IssuedTicket, second: IssuedTicket) -> str:
    return why_called_before(branch=BRANCH, ticket=first.ticket, other=second.ticket)


def test_by_arrival(hall: Hall) -> None:
    first, second = hall.arrive(), hall.arrive()
    hall.next()
    assert why(first, second) == (
        "A001 は 10:01、A002 は 10:02 からお待ちで、同じ列では早い方を先に呼びます（来た順）。"
    )
    assert why(second, first) == "A002 は、まだ呼び出されていません。"


def test_care_and_bookings(hall: Hall) -> None:
    plain = hall.arrive()
    booked = hall.arrive(priority=Priority.BOOKED, booked_for=NOW + timedelta(minutes=2), booking="b1")
    care = hall.arrive(priority=Priority.CARE)
    hall.next()
    assert why(care, plain) == (
        "10:03 に、A003 は「配慮が要る方の列」、A001 は「来た順」だったため、A003 を先に呼びました。"
    )
    hall.act("leave", care)
    hall.next()
    assert "A002 は「予約の時刻になった方の列」" in why(booked, plain)


def test_one_who_was_passed_often_enough(hall: Hall) -> None:
    days.set_rules(branch=BRANCH, rules=QueueRules(most_overtakings=0), by=SETTER, now=NOW)
    plain, care = hall.arrive(), hall.arrive(priority=Priority.CARE)
    hall.next()
    assert "これより先には呼ばれません" in why(plain, care)


def test_on_hold_missed_and_too_early_are_said(hall: Hall) -> None:
    held, missed = hall.arrive(), hall.arrive()
    early = hall.arrive(priority=Priority.BOOKED, booked_for=NOW + timedelta(hours=1), booking="b1")
    calling.hold(branch=BRANCH, ticket=held.ticket, by=officer(1), now=hall.now)
    hall.next()
    hall.act("not_here", missed)
    last = hall.arrive()
    hall.next()
    assert why(last, held) == "10:04 に A004 を呼び出したとき、A001 は「保留中」でした。"
    assert "「呼出しのときに不在」でした" in why(last, missed)
    assert "「予約の時刻より前」でした" in why(last, early)


def test_a_number_that_was_asked_for_by_itself(hall: Hall) -> None:
    first, second = hall.arrive(), hall.arrive()
    hall.act("call_ticket", second)
    assert why(second, first) == "10:02 に、1番窓口の職員が番号を指定して A002 を呼び出しました。"


def test_not_there_yet_called_before_and_another_lane(hall: Hall) -> None:
    first = hall.arrive()
    other = hall.arrive("insurance")
    hall.next()
    later = hall.arrive()
    assert "A002 はまだ来ていませんでした（10:03）" in why(first, later)
    assert "別の窓口の列（保険の窓口）の番号でした" in why(first, other)
    hall.act("start", first)
    hall.act("finish", first)
    hall.next()
    assert "もう呼び出されていました" in why(later, first)


def test_the_answer_is_that_of_then_whatever_has_changed_since(hall: Hall) -> None:
    first, second = hall.arrive(), hall.arrive()
    hall.next()
    before = why(first, second)
    calling.set_priority(
        branch=BRANCH, ticket=second.ticket, priority=Priority.CARE, by=officer(1), now=hall.later(5)
    )
    days.set_rules(branch=BRANCH, rules=QueueRules(most_overtakings=0), by=SETTER, now=hall.now)
    assert why(first, second) == before


def test_another_branch_is_told_nothing(hall: Hall) -> None:
    first, second = hall.arrive(), hall.arrive()
    hall.next()
    with pytest.raises(NoSuchTicket):
        why_called_before(branch="north", ticket=first.ticket, other=second.ticket)

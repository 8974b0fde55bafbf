"""Sixteen desks press 「つぎを呼ぶ」 at once: nobody is called twice, and the order is that of the hall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import ALL_DAY, BRANCH, LANES, SERVICES, Hall, lay_out, officer
from tests.together import together

from madoguchi.audit.queries import outbox_after
from madoguchi.booking.models import CallRow, TicketRow, TicketStepRow
from madoguchi.booking.offering import Offer, set_offer
from madoguchi.booking.tickets import calling, desks, issuing
from madoguchi.booking.tickets.queue import TicketNotNow
from madoguchi.booking.tickets.states import CallKind, Priority, StepState

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = tuple(f"d{n:02d}" for n in range(16))


@pytest.fixture
def hall(city: object) -> Hall:
    """A hall with sixteen desks of one lane."""
    lay_out()
    lanes = (replace(LANES[0], desks=DESKS), *LANES[1:])
    hours = {(lane.branch, lane.key): ALL_DAY for lane in lanes}
    set_offer(offer=Offer(SERVICES, lanes, hours, {}), by=SETTER, now=NOW)
    for n, desk in enumerate(DESKS):
        desks.open_desk(branch=BRANCH, desk=desk, lanes=["residents"], by=officer(n), now=NOW)
    return Hall()


def test_sixteen_desks_press_next_until_the_hall_is_empty(hall: Hall) -> None:
    came = [hall.arrive().label for _ in range(64)]

    def work(n: int) -> Callable[[], object]:
        def until_empty() -> None:
            by, desk = officer(n), DESKS[n]
            while True:
                called = calling.call_next(branch=BRANCH, desk=desk, by=by, now=hall.now)
                if called is None:
                    return
                calling.start(branch=BRANCH, ticket=called.ticket, desk=desk, by=by, now=hall.now)
                calling.finish(branch=BRANCH, ticket=called.ticket, desk=desk, by=by, now=hall.now)

        return until_empty

    assert [error for error in together(*(work(n) for n in range(16))) if error] == []
    called = [
        f"{letter}{number:03d}"
        for letter, number in CallRow.objects.order_by("pk").values_list("ticket__letter", "ticket__number")
    ]
    assert called == came
    assert TicketRow.objects.filter(live=True).count() == 0
    numbers = [number for number, _, _ in outbox_after(BRANCH, 0, limit=5000)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_sixteen_desks_press_next_on_one_ticket(hall: Hall) -> None:
    hall.arrive()
    got: list[str] = []

    def press(n: int) -> Callable[[], object]:
        def act() -> None:
            called = calling.call_next(branch=BRANCH, desk=DESKS[n], by=officer(n), now=hall.now)
            if called:
                got.append(called.place)

        return act

    assert [error for error in together(*(press(n) for n in range(16))) if error] == []
    assert len(got) == 1
    assert CallRow.objects.count() == 1


def test_two_call_the_same_specific_ticket_at_once(hall: Hall) -> None:
    one = hall.arrive()

    def press(n: int) -> Callable[[], object]:
        return lambda: calling.call_ticket(
            branch=BRANCH, ticket=one.ticket, desk=DESKS[n], by=officer(n), now=hall.now
        )

    told = together(*(press(n) for n in range(8)))
    assert [type(error) for error in told if error] == [TicketNotNow] * 7
    assert CallRow.objects.count() == 1


def test_numbers_are_given_once_when_machines_and_staff_give_them_at_once(hall: Hall) -> None:
    made: list[str] = []

    def give(n: int) -> Callable[[], object]:
        def act() -> None:
            for _ in range(6):
                made.append(
                    issuing.issue(branch=BRANCH, services=("moving",), by=officer(n), now=hall.now).label
                )

        return act

    assert [error for error in together(*(give(n) for n in range(8))) if error] == []
    assert sorted(made) == [f"A{n:03d}" for n in range(1, 49)]
    assert TicketRow.objects.values("code").distinct().count() == 48


def test_one_press_that_arrives_eight_times_gives_one_number(hall: Hall) -> None:
    made: list[str] = []

    def press() -> None:
        made.append(
            issuing.issue(
                branch=BRANCH, services=("moving",), by=officer(1), now=hall.now, request="f" * 32
            ).label
        )

    assert [error for error in together(*[press] * 8) if error] == []
    assert set(made) == {"A001"} and TicketRow.objects.count() == 1


def test_one_block_of_reserved_numbers_that_is_entered_twice_at_once_counts_once(hall: Hall) -> None:
    issuing.reserve(branch=BRANCH, letter="A", count=2, by=officer(1), now=NOW)
    slip = issuing.HandedOut("A001", ("moving",), NOW + timedelta(minutes=1))

    def enter() -> None:
        issuing.merge(branch=BRANCH, handed_out=[slip], by=officer(1), now=hall.now)

    told = together(*[enter] * 4)
    assert [type(error) for error in told if error] == [issuing.NotReserved] * 3
    assert TicketRow.objects.count() == 1


def test_care_arriving_meanwhile_never_breaks_the_bound(hall: Hall) -> None:
    plain = hall.arrive()

    def come() -> None:
        for _ in range(5):
            issuing.issue(
                branch=BRANCH, services=("moving",), by=SETTER, now=NOW + timedelta(minutes=30),
                priority=Priority.CARE,
            )  # fmt: skip

    def press(n: int) -> Callable[[], object]:
        return lambda: calling.call_next(
            branch=BRANCH, desk=DESKS[n], by=officer(n), now=NOW + timedelta(minutes=31)
        )

    assert [error for error in together(come, *(press(n) for n in range(8))) if error] == []
    step = TicketStepRow.objects.get(ticket__public_id=plain.ticket)
    assert step.state == StepState.CALLED.value and step.overtaken <= 3
    assert CallRow.objects.filter(kind=CallKind.NEXT.value).count() <= 8

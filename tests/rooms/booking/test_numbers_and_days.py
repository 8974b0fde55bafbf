"""Numbers and days of a queue: the wrap, midnight, closing time, numbers set aside, the figures of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW
from tests.rooms.booking.queueing import BRANCH, Hall, lay_out, officer

from madoguchi.audit.entries import Actor
from madoguchi.audit.queries import steps_of
from madoguchi.booking.models import NumberRow, TicketRow
from madoguchi.booking.tickets import days, issuing, queries

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(city: Staff) -> Hall:
    lay_out()
    made = Hall()
    made.open("desk1")
    return made


def test_number_wraps_from_999_to_001_past_a_001_that_lives(hall: Hall) -> None:
    first, second = hall.arrive(), hall.arrive()
    hall.next()
    hall.act("leave", first)
    NumberRow.objects.filter(letter="A").update(last=998)
    assert [hall.arrive().label for _ in range(3)] == ["A999", "A001", "A003"]
    assert second.label == "A002"
    with pytest.raises(IntegrityError), transaction.atomic():
        TicketRow.objects.filter(public_id=first.ticket).update(live=True, ended_at=None)


def test_999_living_numbers_are_said_in_a_sentence(hall: Hall) -> None:
    hall.arrive()
    made = TicketRow.objects.get()
    rows = []
    for number in range(2, 1000):
        rows.append(
            TicketRow(
                public_id=f"t{number}", branch=BRANCH, day=made.day, letter="A", number=number, code=f"{number:04d}x"[:4],
                secret_digest=f"d{number}", priority="walk_in", arrived_at=NOW,
            )
        )  # fmt: skip
    for row in rows:
        row.code = f"{row.number + 9000 if f'{row.number:04d}' == made.code else row.number:04d}"
    TicketRow.objects.bulk_create(rows)
    with pytest.raises(issuing.NumbersUsedUp):
        hall.arrive()


def test_midnight_ends_those_of_yesterday_but_not_who_is_at_a_desk(hall: Hall) -> None:
    served, waiting = hall.arrive(), hall.arrive()
    hall.next()
    hall.act("start", served)
    hall.later(24 * 60)
    hall.open("desk2")
    assert hall.next("desk2") is None
    assert not queries.ticket_by_id(branch=BRANCH, ticket=waiting.ticket, now=hall.now).live
    assert "ticket_day_ended" in [one.activity for one in steps_of(waiting.ticket)]
    assert hall.act("finish", served) is None
    # A new day counts from one again.
    assert hall.arrive().label == "A001"


def test_number_of_yesterday_that_is_still_at_a_desk_is_not_given_again(hall: Hall) -> None:
    served = hall.arrive()
    hall.next()
    hall.act("start", served)
    hall.later(24 * 60)
    assert hall.arrive().label == "A002"


def test_closing_time_with_people_waiting(hall: Hall) -> None:
    hall.arrive(), hall.arrive()
    days.last_tickets(branch=BRANCH, by=officer(1), now=hall.later())
    assert not queries.branch_now(branch=BRANCH, now=hall.now).issuing
    with pytest.raises(issuing.NoMoreTickets, match="最後までお呼びします"):
        hall.arrive()
    assert hall.serve_all() == ["A001", "A002"]


def test_day_is_not_closed_while_somebody_is_at_a_desk(hall: Hall) -> None:
    one, waiting = hall.arrive(), hall.arrive()
    hall.next()
    with pytest.raises(days.SomebodyAtDesk):
        days.close_day(branch=BRANCH, by=officer(1), now=hall.now)
    hall.act("leave", one)
    assert days.close_day(branch=BRANCH, by=officer(1), now=hall.now) == 1
    assert not queries.ticket_by_id(branch=BRANCH, ticket=waiting.ticket, now=hall.now).live


def test_reserved_numbers_are_merged_once_and_wait_by_the_time_on_the_slip(hall: Hall) -> None:
    numbers = issuing.reserve(branch=BRANCH, letter="A", count=3, by=officer(1), now=hall.now)
    assert numbers == ("A001", "A002", "A003")
    cut = hall.later(10)
    online = hall.arrive()
    assert online.label == "A004"
    slip = issuing.HandedOut("A002", ("moving",), cut)
    issuing.merge(branch=BRANCH, handed_out=[slip], by=officer(1), now=hall.now)
    assert hall.waiting() == ["A002", "A004"]
    with pytest.raises(issuing.NotReserved):
        issuing.merge(branch=BRANCH, handed_out=[slip], by=officer(1), now=hall.now)
    with pytest.raises(issuing.NotReserved):
        issuing.merge(
            branch=BRANCH,
            handed_out=[issuing.HandedOut("A009", ("moving",), cut)],
            by=officer(1),
            now=hall.now,
        )
    assert hall.waiting() == ["A002", "A004"]


def test_outside_the_hours_no_number_is_given(hall: Hall) -> None:
    with pytest.raises(issuing.OutsideHours, match="住民の窓口"):
        hall.arrive(minutes=9 * 60)


def test_secret_and_code_open_the_ticket_and_neither_is_kept_readable(hall: Hall) -> None:
    one = hall.arrive()
    assert one.secret not in str(TicketRow.objects.values().get())
    by_secret = queries.ticket_by_secret(secret=one.secret, now=hall.now)
    by_code = queries.ticket_by_code(branch=BRANCH, code=one.code, now=hall.now)
    assert by_secret is not None and by_secret == by_code and by_secret.ahead == 0
    assert queries.ticket_by_secret(secret="guess", now=hall.now) is None
    hall.next()
    hall.act("leave", one)
    assert queries.ticket_by_code(branch=BRANCH, code=one.code, now=hall.now) is None
    over = queries.ticket_by_secret(secret=one.secret, now=hall.now)
    assert over is not None and not over.live and over.now is None


def test_day_report_counts_what_happened(hall: Hall) -> None:
    first, second = hall.arrive(), hall.arrive()
    hall.later(8)
    hall.next()
    hall.act("start", first)
    hall.later(12)
    hall.act("finish", first)
    hall.next()
    hall.act("recall", second)
    hall.act("not_here", second)
    report = queries.day_report(branch=BRANCH, day=date(2026, 11, 9))
    lane = report.lanes[0]
    assert (report.issued, report.ended, report.recalls, report.not_here) == (2, 1, 1, 1)
    assert (lane.served, lane.waiting, lane.median_wait, lane.median_service) == (1, 1, 9.0, 12.0)

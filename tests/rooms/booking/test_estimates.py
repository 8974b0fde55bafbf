"""Estimates as they are told, kept, closed, learned from by day and shown to anyone as figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.rooms.booking.queueing import BRANCH, Hall, lay_out
from tests.together import together

from madoguchi.audit.entries import Actor
from madoguchi.booking import accuracy as figures
from madoguchi.booking.estimates import foreseen, learned_on, shown
from madoguchi.booking.learning import learn_day, told_waits
from madoguchi.booking.models import EstimateRow, LearnedWaitsRow
from madoguchi.booking.tasks import learn_waits, next_morning
from madoguchi.booking.tickets import desks, queries
from madoguchi.booking.tickets.issuing import IssuedTicket
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.values import BranchNow
from madoguchi.booking.waits.kept import as_kept, from_kept
from madoguchi.booking.waits.prediction import NotWaiting
from madoguchi.booking.waits.values import EstimateMethod
from madoguchi.config.management.commands import work


@pytest.fixture
def hall(city: Mapping[str, Actor]) -> Hall:
    lay_out(rules=QueueRules(only_in_hours=False))
    made = Hall()
    made.open("desk1")
    return made


def now_of(hall: Hall) -> BranchNow:
    return queries.branch_now(branch=hall.branch, now=hall.now)


def rows(one: IssuedTicket) -> list[EstimateRow]:
    return list(EstimateRow.objects.filter(ticket=one.ticket).order_by("number"))


def test_the_first_ticket_of_a_new_office_is_told_a_band_and_it_is_kept(hall: Hall) -> None:
    hall.arrive("moving")
    hall.next()
    one = hall.arrive("certificates")
    found = shown(now=now_of(hall), ticket=one.ticket)
    (row,) = rows(one)
    assert (row.number, row.method, row.ahead, row.desks) == (1, EstimateMethod.DECLARED.value, 0, 1)
    assert 0 < row.low < row.middle < row.high == found.estimate.high
    assert (row.branch, row.lane, row.service, row.outcome, row.ended_at) == (
        BRANCH,
        "residents",
        "certificates",
        "",
        None,
    )


def test_what_says_nothing_new_is_not_kept_again(hall: Hall) -> None:
    hall.arrive("moving")
    hall.next()
    one = hall.arrive("certificates")
    for _ in range(3):
        shown(now=now_of(hall), ticket=one.ticket)
    assert len(rows(one)) == 1


def test_a_rise_is_kept_with_its_reason(hall: Hall) -> None:
    hall.open("desk2")
    for _ in range(8):
        hall.arrive("moving")
    one = hall.arrive("moving")
    shown(now=now_of(hall), ticket=one.ticket)
    desks.close_desk(branch=BRANCH, desk="desk2", by=Actor(9002, "担当 2", BRANCH, ""), now=hall.now)
    found = shown(now=now_of(hall), ticket=one.ticket)
    first, second = rows(one)
    assert second.middle > first.middle + 300
    assert (second.reason, found.reason.sentence) == (
        "desk_closed",
        "開いている窓口が減ったため、待ち時間が延びました。",
    )


def test_a_call_closes_what_was_told_and_a_way_home_is_censored(hall: Hall) -> None:
    one, two, three = hall.arrive(), hall.arrive(), hall.arrive()
    for ticket in (one, two, three):
        shown(now=now_of(hall), ticket=ticket.ticket)
    told_at = hall.now
    hall.later(7)
    hall.next()
    hall.act("leave", two)
    hall.act("transfer", three, service="insurance")
    assert [(row.outcome, row.ended_at) for row in rows(one)] == [("called", told_at + timedelta(minutes=7))]
    assert [row.outcome for row in (*rows(two), *rows(three))] == ["left", "left"]
    with pytest.raises(NotWaiting):
        shown(now=now_of(hall), ticket=one.ticket)


def test_holding_ends_the_wait_and_the_next_one_is_not_bound_by_it(hall: Hall) -> None:
    one = hall.arrive()
    shown(now=now_of(hall), ticket=one.ticket)
    hall.act("hold", one)
    for _ in range(6):
        hall.arrive("moving")
    hall.act("back_in_line", one)
    found = shown(now=now_of(hall), ticket=one.ticket)
    assert [row.outcome for row in rows(one)] == ["left", ""]
    assert found.reason.sentence == ""
    assert [wait.realised for wait in told_waits(since=date(2026, 11, 9), until=date(2026, 11, 10))] == [None]


def test_the_database_keeps_a_band_in_order_and_each_number_once(hall: Hall) -> None:
    one = hall.arrive()
    shown(now=now_of(hall), ticket=one.ticket)
    row = rows(one)[0]
    for wrong in ({"number": 1}, {"number": 2, "low": row.high + 1}, {"number": 2, "outcome": "called"}):
        copy = EstimateRow.objects.get(pk=row.pk)
        copy.pk = None
        for name, value in wrong.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_screens_at_once_keep_one_row(hall: Hall) -> None:
    hall.arrive("moving")
    hall.next()
    one = hall.arrive()
    seen = now_of(hall)
    told = together(*[lambda: shown(now=seen, ticket=one.ticket)] * 6)
    assert told == [None] * 6
    assert [row.number for row in rows(one)] == [1]


def serve(hall: Hall, minutes: int, times: int) -> None:
    for _ in range(times):
        hall.arrive("certificates")
        label = hall.next()
        assert label
        ticket = IssuedTicket(hall.step(label).ticket, label, "", "", (), BRANCH, hall.now)
        hall.act("start", ticket)
        hall.later(minutes)
        hall.act("finish", ticket)


def learned(service: str, now: datetime) -> float:
    """Minutes of a service, which the office declares as 5 (certificates) or 20 (moving)."""
    declared = {"certificates": 5.0, "moving": 20.0}[service]
    return learned_on(branch=BRANCH, now=now).minutes_of("residents", service, declared)


def test_a_day_is_learned_from_the_next_morning_and_a_version_is_never_written_over(hall: Hall) -> None:
    serve(hall, 12, 20)
    assert learn_day(now=hall.now) == (BRANCH, "north")
    assert learned("certificates", hall.now) == 5
    tomorrow = hall.now + timedelta(days=1)
    assert learn_day(now=tomorrow) == (BRANCH, "north")
    assert 8 < learned("certificates", tomorrow) < 12
    assert learned_on(branch=BRANCH, now=tomorrow).people["residents", "certificates"] == 20
    assert learned("moving", tomorrow) == 20
    before = LearnedWaitsRow.objects.get(branch=BRANCH, day=date(2026, 11, 10)).state
    assert learn_day(now=tomorrow) == ()
    assert LearnedWaitsRow.objects.get(branch=BRANCH, day=date(2026, 11, 10)).state == before
    assert learned("certificates", hall.now) == 5


def test_what_was_learned_is_read_back_as_it_was(hall: Hall) -> None:
    for _ in range(12):
        one = hall.arrive("certificates")
        shown(now=now_of(hall), ticket=one.ticket)
        hall.later(9)
        hall.next()
        hall.act("start", one)
        hall.later(3)
        hall.act("finish", one)
    tomorrow = hall.now + timedelta(days=1)
    learn_day(now=tomorrow)
    known = learned_on(branch=BRANCH, now=tomorrow)
    assert known.cells and known.minutes
    assert from_kept(as_kept(known)) == known
    hall.now = tomorrow
    hall.open("desk1")
    one = hall.arrive()
    assert foreseen(now=now_of(hall), ticket=one.ticket).method is EstimateMethod.LEARNED


def test_what_is_open_of_an_earlier_day_is_closed_as_censored(hall: Hall) -> None:
    one = hall.arrive()
    shown(now=now_of(hall), ticket=one.ticket)
    learn_day(now=hall.now)
    assert rows(one)[0].outcome == ""
    learn_day(now=hall.now + timedelta(days=1))
    assert rows(one)[0].outcome == "left"


def test_the_worker_learns_and_comes_back_tomorrow_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: hall.now)
    learn_waits.call()
    (due,) = DBTaskResult.objects.all()
    assert due.run_after == next_morning(hall.now)
    learn_waits.call()
    assert DBTaskResult.objects.count() == 1, "a second one of the same day does not come back"
    LearnedWaitsRow.objects.all().delete()
    monkeypatch.setattr(
        work, "call_command", lambda *_, **__: None
    )  # the worker itself would end the connection
    call_command("work", once=True, verbosity=0)
    assert LearnedWaitsRow.objects.filter(branch=BRANCH).count() == 1


def told(day: int, hour: int, waited: float | None, *, service: str = "moving", middle: int = 600) -> None:
    at = replace(Hall()).now.replace(day=day, hour=hour - 9)
    EstimateRow.objects.create(
        branch=BRANCH, ticket=f"{EstimateRow.objects.count():032}", step=0, number=1, lane="residents",
        service=service, told_at=at, method="learned", low=300, middle=middle, high=900, work=600, ahead=3, desks=2,
        lowest_low=300, lowest_middle=600, lowest_high=900, outcome="left" if waited is None else "called",
        ended_at=at + timedelta(minutes=waited or 1),
    )  # fmt: skip


def test_the_figures_count_first_estimates_and_hide_few(hall: Hall) -> None:
    for _ in range(12):
        told(9, 10, 12)
    for _ in range(4):
        told(9, 11, 30, service="certificates")
    told(9, 11, None)
    told(10, 10, 12)
    found = figures.accuracy(today=date(2026, 11, 11))
    assert found.whole is not None
    assert (found.whole.count, found.left) == (17, None)
    assert found.whole.too_little == pytest.approx(4 / 17)
    assert found.whole.covered == pytest.approx(13 / 17)
    assert list(found.by_service) == ["住所の変更"]
    assert list(found.by_hour) == ["10"]
    assert [(one.day.day, one.score is None) for one in found.days] == [(9, False), (10, True)]
    assert figures.accuracy(today=date(2026, 11, 9)).whole is None
    assert figures.accuracy(today=date(2027, 1, 9)).whole is None

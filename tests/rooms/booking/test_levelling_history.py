"""What came so far: a file is kept or refused row by row, and the tickets of past days are counted by hand."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.cast import NOW
from tests.rooms.booking.planned import SIX, offered, past, people

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.booking.levelling import history, operations
from madoguchi.booking.levelling.from_tickets import ServedStep, came_of
from madoguchi.booking.models import ArrivalRow
from madoguchi.booking.tickets import calling, desks, issuing

pytestmark = pytest.mark.django_db
BY = Actor(1, "推進 澪", "", "")


@pytest.fixture
def office(city: Mapping[str, Actor]) -> None:
    offered()
    past()
    people(*SIX)


FILE = """日付,窓口の列,時刻,来た人,うち予約,平均の待ち(分),平均の対応(分)
令和8年11月4日,引越しの窓口,9:00,12,3,8.5,14
2026-11-04,moving,9:17,4,,,
2026-11-04,引越しの窓口,9:15,5,,,
2026-11-04,よその窓口,9:00,1,,,
2026-11-04,moving,25:00,1,,,
2026-11-04,moving,10:00,-1,,,
2026-11-04,moving,10:00,1,2,,
2026-12-04,moving,10:00,1,,,
きのう,moving,10:00,1,,,
2026-11-04,moving,10:00,1,,x,
"""


def test_a_file_of_arrivals_is_kept_or_refused_row_by_row(office: None) -> None:
    ArrivalRow.objects.all().delete()
    made_offer = offered()
    report = history.take_arrivals_in(
        branch="main", offered=made_offer, stream=io.BytesIO(FILE.encode()), by=BY, now=NOW
    )
    assert (report.rows_in, report.kept, len(report.refused)) == (10, 2, 8)
    for number, said in (
        (4, "もうひとつ"),
        (5, "この庁舎にありません"),
        (6, "時刻「25:00」"),
        (7, "人数は"),
        (8, "うち予約"),
        (9, "まだ来ていない"),
        (10, "日付「きのう」"),
        (11, "分数"),
    ):
        assert any(one.startswith(f"{number}行目") and said in one for one in report.refused), (
            number,
            report.refused,
        )
    (day,) = history.past_days(branch="main", lane="moving", offered=made_offer)
    assert (
        day.arrivals[36] == 12 and day.arrivals[37] == 4 and day.arrivals[40] == 0 and day.booked == {36: 3}
    )
    assert len(day.arrivals) == 35
    again = FILE.splitlines()[0] + "\n2026-11-04,moving,9:00,7,,,\n"
    history.take_arrivals_in(
        branch="main", offered=made_offer, stream=io.BytesIO(again.encode()), by=BY, now=NOW
    )
    assert history.measured("main", "moving", date(2026, 11, 4)).arrivals == 11
    assert history.desk_minutes("main", "moving") == []
    with pytest.raises(history.ArrivalFileRefused, match="ひな形"):
        history.take_arrivals_in(
            branch="main", offered=made_offer, stream=io.BytesIO(b"a,b\n1,2\n"), by=BY, now=NOW
        )
    assert EntryRow.objects.filter(activity="arrivals_taken_in").count() == 3  # the fixture's and these two


def test_the_template_is_taken_as_it_is(office: None) -> None:
    made_offer = offered()
    report = history.take_arrivals_in(
        branch="main",
        offered=made_offer,
        stream=io.BytesIO(history.template("main", made_offer)),
        by=BY,
        now=NOW,
    )
    assert (report.kept, report.refused) == (2, ())


def test_tickets_of_past_days_are_counted_where_they_joined_their_lane() -> None:
    """By hand: two join from 9:00 (0:00 UTC), one of them booked; waits 6 and 10; one was served, for 12 minutes."""

    def at(minutes: float) -> datetime:
        return datetime(2026, 11, 4, tzinfo=UTC) + timedelta(minutes=minutes)

    steps = [
        ServedStep("moving", at(1), at(7), at(8), at(20), True),
        ServedStep("moving", at(14), at(24), None, None, False),
        ServedStep("moving", at(15), None, None, None, False),
        ServedStep("papers", at(1), at(1), at(2), at(2), False),
        ServedStep("moving", at(15 * 60), None, None, None, False),  # midnight in Japan: the next day
    ]
    assert came_of(steps) == (
        history.Came("moving", date(2026, 11, 4), 36, 2, 1, 8.0, 12.0),
        history.Came("moving", date(2026, 11, 4), 37, 1),
        history.Came("moving", date(2026, 11, 5), 0, 1),
        history.Came("papers", date(2026, 11, 4), 36, 1, 0, 0.0, None),
    )


def test_tickets_of_this_product_are_its_past(city: Mapping[str, Actor]) -> None:
    """Three come; two are called and served; one goes on to a second lane, where it is waited for from then on."""
    offered()
    clerk = city["clerk_hana"]

    def at(minutes: float) -> datetime:
        return NOW + timedelta(minutes=minutes)

    for number, services in enumerate((["move-in", "certificate"], ["move-in"], ["move-in"])):
        issuing.issue(branch="main", services=services, by=clerk, now=at(number))
    desks.open_desk(branch="main", desk="desk1", lanes=("moving",), by=clerk, now=NOW)
    for called in (10, 30):
        found = calling.call_next(branch="main", desk="desk1", by=clerk, now=at(called))
        assert found is not None
        for act, minutes in ((calling.start, called + 1), (calling.finish, called + 15)):
            act(branch="main", desk="desk1", ticket=found.ticket, by=clerk, now=at(minutes))
    tomorrow = date(2026, 11, 10)
    assert operations.take_recent_tickets_in("main", today=tomorrow, now=NOW) == 2
    assert operations.take_recent_tickets_in("main", today=tomorrow, now=NOW) == 2
    rows = ArrivalRow.objects.order_by("lane", "quarter")
    assert list(rows.values_list("lane", "quarter", "arrivals", "wait_minutes", "desk_minutes")) == [
        ("moving", 40, 3, pytest.approx(19.5), pytest.approx(14)),
        ("papers", 41, 1, None, None),
    ]
    assert operations.take_recent_tickets_in("main", today=NOW.date(), now=NOW) == 0

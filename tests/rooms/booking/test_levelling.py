"""A branch's proposal from its own past: asked for, made, taken to Excel and back, adopted once, and compared."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW, SETTER
from tests.rooms.booking.planned import SIX, TOMORROW, offered, past, people
from tests.snapshot import kept
from tests.standing import STANDING

from madoguchi.audit.entries import Actor
from madoguchi.booking.levelling import book, history, operations, queries
from madoguchi.booking.levelling.officers import HoursRefused, choices, officers, set_officers
from madoguchi.booking.levelling.proposing import LevellingPlan, NothingToPlan
from madoguchi.booking.levelling.roster import NoRoster, Officer, Roster, faults
from madoguchi.booking.levelling.written import read, roster_read, roster_written, written
from madoguchi.booking.models import (
    ArrivalRow,
    BookingRow,
    LaneOfficerRow,
    LaneRow,
    ProposalRow,
    ProposalState,
    ServiceRow,
)
from madoguchi.booking.reserving_states import BookingState
from madoguchi.city.models import StaffMember
from madoguchi.city.operations import set_active

pytestmark = pytest.mark.django_db
BY = Actor(1, "推進 澪", "", "")


@pytest.fixture
def office(city: Mapping[str, Actor]) -> None:
    _with_a_past()


@kept(STANDING)
def _with_a_past() -> None:
    offered()
    past()
    people(*SIX)


def asked(day: date = TOMORROW, target: int = 10) -> int:
    return operations.ask_for_proposal(branch="main", day=day, target_minutes=target, by=BY, now=NOW)


def made(number: int) -> LevellingPlan:
    operations.make_proposal(proposal=number, clock=lambda: NOW, runs=10, effort=0.3)
    found = queries.proposal(number)
    assert found is not None and found[1] is not None, found
    return found[1]


@kept(STANDING)
def _with_a_proposal() -> tuple[int, LevellingPlan]:
    _with_a_past()
    number = asked()
    return number, made(number)


@pytest.fixture
def proposed(city: Mapping[str, Actor]) -> tuple[int, LevellingPlan]:
    """The office with a proposal that has been made: its number, and what it says."""
    return _with_a_proposal()


def test_a_proposal_keeps_the_rules_and_shortens_the_wait(office: None) -> None:
    number = asked()
    waiting = queries.proposal(number)
    assert waiting is not None and waiting[0].under_way and waiting[1] is None
    plan = made(number)
    assert isinstance(plan.roster, Roster) and faults(plan.task, plan.roster) == ()
    moving, papers = plan.lanes
    assert moving.demand.learned_days > 50 and papers.demand.learned_days == 0
    assert moving.effect_after is not None
    assert moving.effect_after.wait.mean < moving.effect_before.wait.mean
    assert moving.before == (2,) * 35 and max(moving.after) > 2
    assert all(after <= 4 for after in moving.after)


def test_what_is_kept_is_what_was_made(proposed: tuple[int, LevellingPlan]) -> None:
    _, plan = proposed
    assert read(written(plan)) == plan
    assert isinstance(plan.roster, Roster)
    assert roster_read(roster_written(plan.roster)) == plan.roster
    broken = replace(plan, roster=NoRoster(("だめです。",)))
    assert read(written(broken)) == broken


def test_too_few_people_are_said_and_nothing_can_be_adopted(office: None) -> None:
    set_officers(
        branch="main",
        given=dict.fromkeys(LaneOfficerRow.objects.values_list("staff", flat=True)),
        by=BY,
        now=NOW,
    )
    people("clerk_hana")
    number = asked()
    plan = made(number)
    assert isinstance(plan.roster, NoRoster)
    assert "足りません" in " ".join(plan.roster.sentences)
    assert plan.lanes[0].effect_after is None
    with pytest.raises(operations.NotReady, match="配置表がありません"):
        operations.adopt(proposal=number, by=BY, now=NOW)


def test_nobody_at_all_is_a_sentence_not_an_error(office: None) -> None:
    LaneOfficerRow.objects.all().delete()
    number = asked()
    operations.make_proposal(proposal=number, clock=lambda: NOW, runs=2, effort=1)
    found = queries.proposal(number)
    assert found is not None and found[0].state is ProposalState.FAILED
    assert "職員の一覧" in found[0].sentence


def test_a_closed_day_and_a_past_day_are_refused(office: None) -> None:
    with pytest.raises(NothingToPlan):
        asked(date(2026, 11, 14))
    for day in (date(2026, 11, 6), date(2027, 3, 1)):
        with pytest.raises(operations.NotThisDay, match="62日先"):
            asked(day)


def test_one_at_a_time_and_what_broke_off_makes_room(office: None) -> None:
    first = asked()
    with pytest.raises(operations.ProposalUnderWay):
        asked()
    later = NOW + timedelta(minutes=31)
    operations.ask_for_proposal(branch="main", day=TOMORROW, target_minutes=10, by=BY, now=later)
    found = queries.proposal(first)
    assert (
        found is not None and found[0].state is ProposalState.FAILED and "途中で止まった" in found[0].sentence
    )


def test_the_worker_makes_it_once_and_says_when_it_breaks_off(
    office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asked()

    def breaks(*_args: object, **_more: object) -> None:
        raise MemoryError

    monkeypatch.setattr(operations, "plan_day", breaks)
    with pytest.raises(MemoryError):
        operations.make_proposal(proposal=number, clock=lambda: NOW)
    found = queries.proposal(number)
    assert (
        found is not None and found[0].state is ProposalState.FAILED and "途中で止まった" in found[0].sentence
    )
    operations.make_proposal(
        proposal=number, clock=lambda: NOW
    )  # done already: nothing happens, nothing is raised


def test_one_plan_a_day_whatever_is_tried(proposed: tuple[int, LevellingPlan]) -> None:
    one, _ = proposed
    other = asked()
    made(other)
    operations.adopt(proposal=one, by=BY, now=NOW)
    operations.adopt(proposal=other, by=BY, now=NOW)
    assert [line.adopted for line in queries.proposals("main")] == [True, False]
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalRow.objects.filter(pk=one).update(adopted=True)
    with pytest.raises(LookupError):
        operations.adopt(proposal=99999, by=BY, now=NOW)
    waiting = asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalRow.objects.filter(pk=waiting).update(adopted=True)


def edited(plan: LevellingPlan, change: Mapping[tuple[int, str], str]) -> io.BytesIO:
    """The table with some cells changed, by row (0 is the first person) and heading."""
    opened = openpyxl.load_workbook(io.BytesIO(book.book_of(plan)))
    sheet = opened["配置表"]
    heading = [cell.value for cell in sheet[1]]
    for (row, name), value in change.items():
        sheet.cell(row + 2, heading.index(name) + 1).value = value
    out = io.BytesIO()
    opened.save(out)
    out.seek(0)
    return out


def test_the_table_opens_in_excel_and_comes_back_the_same(proposed: tuple[int, LevellingPlan]) -> None:
    _, plan = proposed
    opened = openpyxl.load_workbook(io.BytesIO(book.book_of(plan)))
    assert opened.sheetnames == ["配置表", "席数", "来庁見込み"]
    assert opened["配置表"].max_row == len(plan.officers) + 1
    assert book.roster_from(plan, edited(plan, {})) == plan.roster
    assert [row[0] for row in book.demand_rows(plan)].count("引越しの窓口") == 35


def test_an_edited_table_is_judged_and_run_anew(proposed: tuple[int, LevellingPlan]) -> None:
    number, plan = proposed
    assert isinstance(plan.roster, Roster)
    free = next(
        (row, quarter)
        for row, one in enumerate(plan.officers)
        for quarter in range(34, 69)
        if book.place_name(plan, plan.roster, one, quarter) == "後方"
        and plan.roster.at("moving", quarter) < 4
    )
    table = edited(plan, {(free[0], book.words(free[1])): "引越しの窓口"})
    roster = book.roster_from(plan, table)
    assert roster != plan.roster
    again = operations.take_roster_in(proposal=number, roster=roster, by=BY, now=NOW)
    new = made(again)
    assert new.roster == roster
    found = queries.proposal(again)
    assert found is not None and found[0].based_on == number
    lunch_at_desk = replace(roster, lunches={})
    with pytest.raises(operations.RulesBroken, match="昼休み（60分）がありません"):
        operations.take_roster_in(proposal=number, roster=lunch_at_desk, by=BY, now=NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({(0, "9:00"): "どこか"}, "窓口の列の名前ではありません"),
        ({(0, "職員番号"): "xx"}, "職員番号「xx」がありません"),
        ({(0, "9:00"): "昼"}, "続けて60分"),
        ({(0, "9:00"): "=1+1"}, "計算式"),
    ],
)
def test_a_table_that_cannot_be_taken_says_where(
    proposed: tuple[int, LevellingPlan], change: dict[tuple[int, str], str], said: str
) -> None:
    _, plan = proposed
    with pytest.raises(book.RosterBookRefused, match=said):
        book.roster_from(plan, edited(plan, change))
    with pytest.raises(book.RosterBookRefused, match="見出し"):
        book.roster_from(plan, io.BytesIO(b"a,b\n1,2\n"))


def test_a_plan_is_compared_with_the_day_as_it_was(proposed: tuple[int, LevellingPlan]) -> None:
    _, plan = proposed
    assert queries.compared("main", plan, today=TOMORROW) == ()
    after = TOMORROW + timedelta(days=1)
    assert queries.compared("main", plan, today=after)[0].arrivals_within is None
    came = [
        history.Came("moving", TOMORROW, 40, 30, 0, 6.0),
        history.Came("moving", TOMORROW, 41, 10, 0, 2.0),
    ]
    history.keep_arrivals(branch="main", came=came, by=BY, now=NOW)
    moving, papers = queries.compared("main", plan, today=after)
    assert moving.arrivals == 40 and moving.wait == pytest.approx(5.0)
    assert moving.arrivals_within is (moving.plan.demand.total.low <= 40 <= moving.plan.demand.total.high)
    assert papers.arrivals is None and papers.wait_within is None


def test_demand_of_a_week_leaves_out_closed_days(office: None) -> None:
    lanes = queries.demand_of_days(
        branch="main", days=queries.week_from(TOMORROW), offered=offered(), today=date(2026, 11, 9)
    )
    assert [one.day.isoweekday() for one in lanes[0].days] == [2, 3, 4, 5, 1]
    assert lanes[0].backtest is not None and lanes[1].backtest is None


def test_the_table_refuses_what_cannot_be(office: None) -> None:
    good = {"branch": "main", "lane": "moving", "day": date(2026, 1, 5), "quarter": 36, "arrivals": 2}
    for wrong in ({"booked": 3}, {"quarter": 96}, {"wait_minutes": -1.0}, {"desk_minutes": 0.0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ArrivalRow.objects.create(**{**good, **wrong})
    with pytest.raises(IntegrityError), transaction.atomic():
        LaneOfficerRow.objects.create(branch="main", staff=99, begins=40, ends=40)


def test_officers_are_those_who_work_here_now(office: None) -> None:
    assert [one.name for one in officers("main")] == sorted(one.name for one in officers("main"))
    assert len(officers("main")) == 6 and officers("north") == ()
    taro = StaffMember.objects.get(username="clerk_taro")
    set_active(staff=taro.pk, active=False, by=SETTER, now=NOW)
    assert len(officers("main")) == 5
    assert taro.pk not in [one.id for one in choices("main")]
    with pytest.raises(HoursRefused, match="逆"):
        set_officers(
            branch="main", given={1: Officer("1", "花", frozenset({"moving"}), 40, 40)}, by=BY, now=NOW
        )


def test_bookings_made_here_are_known_beforehand(office: None) -> None:
    lane = LaneRow.objects.get(branch="main", key="moving")
    service = ServiceRow.objects.get(key="move-in")
    states = [*[BookingState.CONFIRMED] * 3, BookingState.HELD, BookingState.CANCELLED]
    for number, state in enumerate(states):
        BookingRow.objects.create(
            number=f"N{number}", code="0000", request=f"r{number}", lane=lane, service=service, day=TOMORROW,
            quarter=40, quarters=2, state=state.value, held_until=NOW if state is BookingState.HELD else None,
            channel="online", owner=f"o{number}", nth=0, made_at=NOW, changed_at=NOW,
        )  # fmt: skip
    assert history.booked_on("main", "moving", TOMORROW) == {40: 3}
    (moving, _papers) = operations.question_for("main", TOMORROW, 10).lanes
    assert moving.booked == {40: 3}

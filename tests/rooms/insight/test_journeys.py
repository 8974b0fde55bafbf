"""Journeys are counted from the audit alone, the same on every screen and in every file, and nobody is found in them."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import NOW, RESIDENTS
from tests.rooms.booking.planned import offered
from tests.rooms.cases.walking import answered, begun, sign, signed, visited
from tests.rooms.insight.ocel_check import ocel_faults
from tests.rooms.insight.xes_check import xes_faults

from madoguchi.audit.entries import Actor, Channel, Lifecycle, StepDetail
from madoguchi.audit.journeys import counted
from madoguchi.audit.models import EntryRow
from madoguchi.audit.operations import record_step
from madoguchi.audit.queries import steps_of, visits_begun
from madoguchi.cases import closing
from madoguchi.cases.queries import journey_counts
from madoguchi.cases.ticket_case import open_for_ticket
from madoguchi.insight.book import report_book
from madoguchi.insight.ocel import ocel_of
from madoguchi.insight.report import SMALLEST, Figure, Grouping, report
from madoguchi.insight.visits import MOST_DAYS, TooManyDays, visits
from madoguchi.insight.xes import NAMESPACE, xes_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 9)
XES = {"x": NAMESPACE}
CLERK = Actor(7, "窓口 花", "main", "desk1")
TICKET = "t-0001"


def step(
    key: str,
    activity: str,
    minutes: float,
    *,
    by: Actor = CLERK,
    practice: bool = False,
    channel: Channel = Channel.COUNTER,
    start: bool = False,
    **detail: object,
) -> None:
    record_step(
        actor=by,
        case=key,
        activity=activity,
        channel=channel,
        now=NOW + timedelta(minutes=minutes),
        lifecycle=Lifecycle.START if start else Lifecycle.COMPLETE,
        detail=StepDetail(**detail),  # type: ignore[arg-type]  # counts and keys by name
        practice=practice,
    )


def a_ticket(key: str = TICKET, *, late: float = 0) -> None:
    """Issued, waits 12 minutes, is served, is sent on, waits 5 minutes, is served and goes home."""
    step(key, "ticket_issued", late, by=Actor(None, "発券機", "main", ""))
    step(key, "ticket_called", late + 12, start=True)
    step(key, "ticket_started", late + 13)
    step(key, "ticket_transferred", late + 20, resident_moves=1)
    step(key, "ticket_called", late + 25, by=Actor(8, "窓口 太郎", "main", "desk5"))
    step(key, "ticket_started", late + 26)
    step(key, "ticket_finished", late + 30)


def named(key: str) -> str:
    return {"move_in": "転入", "death": "死亡"}.get(key, key)


def read_xes(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_a_ticket_is_a_journey_with_waits_and_moves() -> None:
    offered()
    a_ticket()
    (visit,) = visits(first=TODAY, last=TODAY)
    assert (visit.key, visit.ticket, visit.cases, visit.event) == (TICKET, TICKET, (), "")
    assert (visit.branch, visit.desk, visit.lane) == ("main", "desk1", "引越しの窓口")
    counts = visit.counts
    assert (counts.waits, counts.wait_minutes, counts.desk_minutes) == (2, 17.0, 11.0)
    assert (counts.moves, counts.minutes) == (1, 30.0)


def test_the_next_service_of_a_visit_is_waited_for_from_when_the_one_before_was_done() -> None:
    a_ticket()
    step(TICKET, "ticket_called", 38)
    step(TICKET, "ticket_started", 39)
    step(TICKET, "ticket_finished", 45)
    (visit,) = visits(first=TODAY, last=TODAY)
    assert (visit.counts.waits, visit.counts.wait_minutes, visit.counts.desk_minutes) == (3, 25.0, 17.0)


def test_a_case_is_counted_as_on_its_own_page(
    city: Mapping[str, Actor], procedures: str, residents: Mapping[str, str]
) -> None:
    case = signed(city["clerk_hana"])
    closing.explain(case=case, procedure="nhi-enrol", index=0, by=city["clerk_hana"], now=NOW)
    (visit,) = visits(first=TODAY, last=TODAY)
    assert visit.counts == journey_counts(case=case) == counted(steps_of(case))
    assert visit.event == "move_in" and visit.counts.questions > 3 and visit.counts.signatures == 1
    assert visit.counts.explanations == 1


def test_a_ticket_and_its_case_are_one_visit_and_what_is_explained_twice_is_a_repeat(
    city: Mapping[str, Actor], procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    cases = [begun(clerk), begun(clerk)]
    a_ticket(late=-20)
    for case in cases:
        step(TICKET, "ticket_case_opened", -5, explanation=case)
        closing.explain(case=case, procedure="nhi-enrol", index=0, by=clerk, now=NOW)
    (visit,) = visits(first=TODAY, last=TODAY)
    assert visit.key == TICKET and set(visit.cases) == set(cases) and visit.event == "move_in"
    assert visit.counts.explanations == 2 and visit.counts.explained_again == 1 == visit.counts.repeats
    assert [one.at for one in visit.steps] == sorted(one.at for one in visit.steps)
    assert len(visit.steps) == EntryRow.objects.filter(kind="step").count()


def test_the_page_of_a_case_counts_the_waits_of_its_number(
    city: Mapping[str, Actor], procedures: str, signed_in: Callable[[str], Client]
) -> None:
    a_ticket()
    case = open_for_ticket(
        ticket=TICKET, event="move_in", language="ja", by=city["clerk_hana"], now=NOW + timedelta(minutes=13)
    )
    (visit,) = visits(first=TODAY, last=TODAY)
    counts = journey_counts(case=case)
    assert counts == visit.counts and (counts.waits, counts.moves, counts.wait_minutes) == (2, 1, 17.0)
    page = signed_in("clerk_hana").get(f"/cases/{case}/journey/").content.decode()
    assert '<td data-count="waits">2</td>' in page and '<td data-count="wait">17.0</td>' in page


def test_practice_is_never_in_it(city: Mapping[str, Actor], procedures: str) -> None:
    begun(city["clerk_hana"], practice=True)
    step("t-2", "ticket_issued", 0, practice=True)
    assert EntryRow.objects.filter(kind="step").count() >= 2
    assert visits(first=TODAY, last=TODAY) == ()


def test_a_visit_belongs_to_the_day_on_which_it_began_with_all_its_steps() -> None:
    step("old", "ticket_issued", -24 * 60)
    step("old", "ticket_called", 0)
    step("night", "ticket_issued", 14 * 60 - 1)  # 23:59 in Japan
    step("next", "ticket_issued", 14 * 60)
    assert [key for key, _ in visits_begun(first=TODAY, last=TODAY)] == ["night"]
    assert [len(steps) for _, steps in visits_begun(first=TODAY - timedelta(days=1), last=TODAY)] == [1, 2]


def test_a_period_is_bounded() -> None:
    with pytest.raises(TooManyDays, match=f"{MOST_DAYS}日"):
        visits(first=TODAY, last=TODAY + timedelta(days=MOST_DAYS))
    with pytest.raises(TooManyDays):
        visits(first=TODAY, last=TODAY - timedelta(days=1))


def test_small_groups_are_hidden_and_cannot_be_worked_out() -> None:
    for number in range(SMALLEST):
        a_ticket(f"t-{number}")
    step("north-1", "ticket_issued", 0, by=Actor(3, "北", "north", "desk1"))
    found = report(visits(first=TODAY, last=TODAY), by=Grouping.BRANCH, event_name=named)
    assert [(one.name, one.visits) for one in found.lines] == [("main", SMALLEST)]
    assert found.small == 1 and found.whole.visits == SMALLEST
    wait = found.lines[0].spreads[list(Figure).index(Figure.WAIT)]
    assert wait is not None and (wait.median, wait.nine_of_ten, wait.visits) == (17.0, 17.0, SMALLEST)
    step("south-1", "ticket_issued", 0, by=Actor(3, "南", "south", "desk1"))
    two = report(visits(first=TODAY, last=TODAY), by=Grouping.BRANCH, event_name=named)
    assert two.small == 2 and two.whole.visits == SMALLEST + 2


@pytest.mark.parametrize("by", Grouping)
def test_every_grouping_puts_each_visit_somewhere_once(by: Grouping) -> None:
    offered()
    for number in range(12):
        a_ticket(f"t-{number}", late=number * 60 * 12)
    found = report(visits(first=TODAY, last=TODAY + timedelta(days=9)), by=by, event_name=named)
    assert found.whole.visits in (12, sum(one.visits or 0 for one in found.lines))
    book = openpyxl.load_workbook(io.BytesIO(report_book(found)))
    assert book.active is not None and book.active.max_row == 3 + len(found.lines) + 1


ACTIVITIES = ("ticket_issued", "ticket_called", "ticket_started", "answer", "explain", "sign", "task_done")


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[str, str, int, int, bool]]:
    count = draw(st.integers(1, 25))
    return [
        (
            f"v{draw(st.integers(0, 5))}",
            draw(st.sampled_from(ACTIVITIES)),
            draw(st.integers(0, 600)),
            draw(st.integers(0, 9)),
            draw(st.booleans()),
        )
        for _ in range(count)
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs())
def test_the_files_hold_every_step_once_in_order_and_the_totals_of_the_audit(
    log: list[tuple[str, str, int, int, bool]],
) -> None:
    with transaction.atomic():
        for key, activity, minute, count, start in sorted(log, key=lambda one: one[2]):
            step(
                key, activity, minute, characters_typed_by_resident=count, procedure="nhi-enrol", start=start,
                channel=Channel.DEPARTMENT,
            )  # fmt: skip
        found = visits(first=TODAY, last=TODAY)
        rows = list(EntryRow.objects.filter(kind="step").order_by("id"))
        root = read_xes("".join(xes_of(found)))
        events = root.findall("x:trace/x:event", XES)
        assert len(events) == len(rows)
        assert value_sum(events, "characters_typed_by_resident") == sum(one[3] for one in log)
        assert Counter(texts(events, "concept:name")) == Counter(one.activity for one in rows)
        assert Counter(texts(events, "lifecycle:transition")) == Counter(one.lifecycle for one in rows)
        for trace in root.findall("x:trace", XES):
            times = [
                datetime.fromisoformat(one)
                for one in texts(trace.findall("x:event", XES), "time:timestamp", "date")
            ]
            assert times == sorted(times)
        ocel = json.loads(ocel_of(found, departments={"nhi-enrol": "保険年金課"}))
        assert ocel_faults(ocel) == [] == xes_faults("".join(xes_of(found)))
        assert sorted(one["id"] for one in ocel["events"]) == sorted(f"step:{one.pk}" for one in rows)
        assert sum(
            int(attribute["value"])
            for one in ocel["events"]
            for attribute in one["attributes"]
            if attribute["name"] == "characters_typed_by_resident"
        ) == sum(one[3] for one in log)
        transaction.set_rollback(True)


def texts(events: Sequence[ElementTree.Element], key: str, kind: str = "string") -> Iterator[str]:
    for event in events:
        for one in event.findall(f"x:{kind}", XES):
            if one.get("key") == key:
                yield one.get("value", "")


def value_sum(events: Sequence[ElementTree.Element], key: str) -> int:
    return sum(map(int, texts(events, key, "int")))


def test_no_person_is_in_a_file(
    city: Mapping[str, Actor], procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    visited(case, clerk)
    answered(case, clerk)
    sign(case, clerk)
    found = visits(first=TODAY, last=TODAY)
    xes, ocel = "".join(xes_of(found)), ocel_of(found, departments={})
    for text in (xes, ocel):
        assert clerk.name not in text
        for resident in RESIDENTS.values():
            assert resident.resident_no not in text and resident.name.name not in text
    assert f"staff-{clerk.staff_id}" in xes and f"staff-{clerk.staff_id}" not in ocel
    assert {one["name"] for one in json.loads(ocel)["objectTypes"]} == {
        "visit", "ticket", "case", "desk", "department", "procedure",
    }  # fmt: skip


def test_what_xml_cannot_hold_does_not_break_the_file() -> None:
    step("a", "ticket_issued", 0)
    (visit,) = visits(first=TODAY, last=TODAY)
    odd = replace(visit, lane='"列<&>\x00\x0b')
    root = read_xes("".join(xes_of([odd])))
    (trace,) = root.findall("x:trace", XES)
    assert '"列<&>' in list(texts([trace], "lane"))


def test_the_log_says_which_standard_and_extensions_it_keeps() -> None:
    root = read_xes("".join(xes_of([])))
    assert root.get("xes.version") == "1849.2016"
    assert {one.get("prefix") for one in root.findall("x:extension", XES)} == {
        "concept",
        "lifecycle",
        "org",
        "time",
    }
    assert {one.get("scope") for one in root.findall("x:global", XES)} == {"trace", "event"}

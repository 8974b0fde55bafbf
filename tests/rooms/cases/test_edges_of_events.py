"""Edges of events other than moving in: a death whose day is not known, what lateness costs on screen and on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.cast import NOW, RESIDENTS
from tests.rooms.cases.walking import answered, begun, seen, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import hearing, household_notice, opening, sheets
from madoguchi.cases.household_notice import FROM_REGISTER, DayMissing, NotHappenedYet, SaidEvent
from madoguchi.connect.change_data import body_of
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import parse_day_and_time
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
BETWEEN = "令和8年11月3日から5日までの間"


@pytest.fixture
def clerk(city: Staff, procedures: str, residents: Mapping[str, str]) -> Actor:
    return city["clerk_hana"]


def opened(event: EventKind, by: Actor) -> str:
    case = opening.open_case(event=event, by=by, now=NOW)
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=by, now=NOW)
    return case


def died(text: str, by: Actor) -> str:
    case = opened(EventKind.death, by)
    said = SaidEvent(day=parse_day_and_time(text), concerned=frozenset({"p1"}), new_head="p2")
    household_notice.say_event(case=case, said=said, by=by, now=NOW, version=None)
    visited(case, by, person="p2")
    return case


def decided(case: str, by: Actor, procedure: str) -> Decision:
    (found,) = [one for one in seen(case, by).judged.decisions if one.procedure == procedure]
    return found


def printed(case: str, by: Actor, make: Callable[..., object] = sheets.guide) -> str:
    made = make(case=case, actor=by, now=NOW)
    return "".join(one.extract_text() for one in PdfReader(BytesIO(made.pdf)).pages).replace("\n", "")  # type: ignore[attr-defined]  # a RenderedPaper


def test_e19_the_deadline_counts_from_the_first_day_that_it_can_have_been(clerk: Actor) -> None:
    case = died(BETWEEN, clerk)
    notice = decided(
        case, clerk, "death-notice"
    )  # seven days, the first counted: 11-09 by the earliest reading
    assert (notice.status, notice.deadline, notice.deadline_at_most) == (
        Status.MUST,
        date(2026, 11, 9),
        date(2026, 11, 11),
    )
    head = decided(case, clerk, "head-change")
    assert (head.deadline, head.deadline_at_most) == (date(2026, 11, 17), date(2026, 11, 19))


@pytest.mark.parametrize(("days", "late"), [(2, False), (3, True)])
def test_e19_it_is_late_only_when_it_is_late_by_every_reading(clerk: Actor, days: int, late: bool) -> None:
    then = NOW + timedelta(days=days)
    case = opening.open_case(event=EventKind.death, by=clerk, now=then)
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=clerk, now=then)
    said = SaidEvent(day=parse_day_and_time(BETWEEN), concerned=frozenset({"p1"}), new_head="p2")
    household_notice.say_event(case=case, said=said, by=clerk, now=then, version=None)
    assert decided(case, clerk, "death-notice").overdue is late


def test_e19_what_was_written_is_kept_printed_and_explained(clerk: Actor) -> None:
    case = died(BETWEEN, clerk)
    record = seen(case, clerk).record
    assert record.value("death_date") == PossibleDays(BETWEEN, date(2026, 11, 3), date(2026, 11, 5))
    answered(case, clerk)
    hearing.correct_fact(
        case=case, ref=FactRef("health_insurance", "p1"), value="nhi", reason="確かめた", by=clerk, now=NOW, version=None
    )  # fmt: skip
    assert BETWEEN in printed(case, clerk, sheets.all_sheets)
    assert BETWEEN in printed(case, clerk, sheets.confirmation)
    assert "いちばん早い日から数えています" in printed(case, clerk)


def test_e19_a_time_beside_a_day_leaves_the_day_known(clerk: Actor) -> None:
    text = "令和8年11月5日推定午後3時頃"
    case = died(text, clerk)
    notice = decided(case, clerk, "death-notice")
    assert (notice.deadline, notice.deadline_at_most) == (date(2026, 11, 11), None)
    held = seen(case, clerk).record.value("death_date")
    assert held == PossibleDays(text, date(2026, 11, 5), date(2026, 11, 5))


def test_e19_it_was_not_after_the_notice(clerk: Actor) -> None:
    held = seen(died("令和8年11月頃", clerk), clerk).record.value("death_date")
    assert held == PossibleDays("令和8年11月頃", date(2026, 11, 1), NOW.date())
    with pytest.raises(NotHappenedYet):
        died("令和8年12月頃", clerk)


def test_e19_of_any_other_event_a_day_is_a_day(clerk: Actor) -> None:
    case = opened(EventKind.birth, clerk)
    said = SaidEvent(day=parse_day_and_time("令和8年11月頃"))
    with pytest.raises(DayMissing):
        household_notice.say_event(case=case, said=said, by=clerk, now=NOW, version=None)


def test_e19_a_clerk_types_it_as_it_is_written(clerk: Actor, signed_in: Callable[[str], Client]) -> None:
    case = opened(EventKind.death, clerk)
    browser = signed_in("clerk_hana")
    sent = {"concerned": "p1", "day": BETWEEN, "new_head": "p2"}
    assert browser.post(f"/cases/{case}/event/", sent).status_code == 302
    page = browser.get(f"/cases/{case}/event/").content.decode()
    assert BETWEEN in page
    page = browser.get(f"/cases/{case}/procedures/death-notice/household/").content.decode()
    assert "いちばん早い日から数えています" in page and "令和8年11月11日" in page
    assert browser.post(f"/cases/{case}/event/", {**sent, "day": "きのう"}).status_code == 200


def late_claim(by: Actor) -> str:
    """The family of five, told on 10 November of a move planned for 25 October: a day too late for 児童手当."""
    then = NOW + timedelta(days=1)
    case = begun(by, now=then)
    visited(case, by, now=then)
    answered(case, by, now=then)
    return case


def test_e13_the_household_reads_its_months_and_yen_wherever_the_deadline_stands(
    clerk: Actor, signed_in: Callable[[str], Client]
) -> None:
    case = late_claim(clerk)
    claim = decided(case, clerk, "child-allowance-claim")
    assert claim.status is Status.MUST and claim.overdue and claim.amount is not None
    said = f"令和8年11月分の1か月分、{claim.amount.yen:,}円（目安）を受け取れません"
    browser = signed_in("clerk_hana")
    for place in ("procedures/child-allowance-claim/household/", "check/", "hearing/"):
        assert said in browser.get(f"/cases/{case}/{place}").content.decode(), place
    assert said in printed(case, clerk)


def test_e18_a_vague_day_reaches_the_change_data_in_words_and_a_known_one_as_a_day(clerk: Actor) -> None:
    vague, known = (
        body_of(died(BETWEEN, clerk), on=NOW.date()),
        body_of(died("令和8年11月5日推定午後3時頃", clerk), on=NOW.date()),
    )
    assert (vague["moved_on"], vague["moved_text"]) == ("", BETWEEN)
    assert (known["moved_on"], known["moved_text"]) == ("2026-11-05", "令和8年11月5日推定午後3時頃")


@pytest.mark.parametrize("event", sorted(FROM_REGISTER, key=lambda one: one.value))
def test_e21_every_notice_is_of_the_day_in_japan(event: EventKind, clerk: Actor) -> None:
    """At 00:30 in Japan it is still yesterday in UTC."""
    now = datetime(2026, 11, 8, 15, 30, tzinfo=UTC)
    case = opening.open_case(event=event, by=clerk, now=now)
    assert seen(case, clerk, now=now).header.notified_on == date(2026, 11, 9)

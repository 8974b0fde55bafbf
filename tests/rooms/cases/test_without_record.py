"""People without a 住民票 (E41): served as anybody else, in no register, and where they stay is theirs to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader
from tests.cast import NOW, PLANTED, PLANTED_ADDRESS, RESIDENTS
from tests.rooms.cases.test_who_may_file import came
from tests.rooms.cases.walking import (
    CHILD,
    MOTHER,
    answered,
    came_without_proof,
    closed,
    opened,
    seen,
    sign,
    visited,
    without_record,
)

from madoguchi.audit.entries import Actor
from madoguchi.audit.queries import person_timeline
from madoguchi.cases import hearing, household_notice, letters, opening, queries, reviewing, sheets
from madoguchi.cases.acting import find_case
from madoguchi.cases.following import NotToFollow, follow_case
from madoguchi.cases.models import PersonRow
from madoguchi.cases.need_to_know import facts_for
from madoguchi.cases.record import ADDRESS_KEPT_OFF, PLACE_OF_STAY, POST_HELD, read_record
from madoguchi.cases.states import CaseStatus, VisitorKind
from madoguchi.cases.unregistered import (
    NAME_UNKNOWN,
    BornInFuture,
    NobodyEntered,
    NotWithoutEvent,
    TooManyPeople,
    UnregisteredPerson,
    add_unregistered,
)
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.models import ResidentRecord
from madoguchi.residents.protection import Audience

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def clerk(city: Staff, procedures: str, residents: Mapping[str, str]) -> Actor:
    return city["clerk_hana"]


def add(case: str, by: Actor, *people: UnregisteredPerson, place: str = "", keep_off: bool = False) -> None:
    add_unregistered(case=case, people=people, place_of_stay=place, keep_off=keep_off, by=by, now=NOW)


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_e41_people_without_a_record_are_decided_heard_and_signed(clerk: Actor) -> None:
    case = without_record(clerk)
    view = seen(case, clerk)
    assert {one.subject for one in view.judged.decisions} >= {"p1", "p2"}
    visited(case, clerk)
    answered(case, clerk)
    wished = {one.procedure for one in seen(case, clerk).judged.with_status(Status.MUST, Status.OPTIONAL)}
    assert wished >= {"child-allowance-claim", "nursery", "nhi-enrol"}
    sign(case, clerk, now=LATER)
    view = seen(case, clerk)
    assert view.header.status is CaseStatus.IN_REVIEW
    assert {task.department for task in view.tasks}, "the departments are told, as of any other case"


def test_e41_who_knows_nothing_of_themselves_is_served(clerk: Actor) -> None:
    case = without_record(clerk, UnregisteredPerson(), place="")
    record = seen(case, clerk).record
    assert record.name_of("p1") == NAME_UNKNOWN
    assert record.value("birth_date", "p1") is None
    assert not record.text(PLACE_OF_STAY)
    visited(case, clerk)
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    assert seen(case, clerk).header.signed


def test_a_birthday_that_is_not_known_is_not_the_first_question(clerk: Actor) -> None:
    case = without_record(clerk, UnregisteredPerson("花"))
    birthday = FactRef("birth_date", "p1")
    view = seen(case, clerk)
    assert birthday in {ref for one in view.judged.decisions for ref in one.missing}
    assert birthday in view.record.heard_without_answer
    assert view.prompt is not None
    assert birthday not in view.prompt.refs
    hearing.retake_unknown(case=case, by=clerk, now=NOW)
    assert birthday not in seen(case, clerk).record.heard_without_answer


def test_a_vague_birthday_stays_as_it_was_said(clerk: Actor) -> None:
    vague = PossibleDays("昭和60年月日不詳", date(1985, 1, 1), date(1985, 12, 31))
    case = without_record(clerk, UnregisteredPerson("花", birth=vague))
    assert seen(case, clerk).record.value("birth_date", "p1") == vague


def test_nothing_is_kept_of_why_they_have_none(clerk: Actor) -> None:
    keys = {ref.key for ref in read_record(find_case(without_record(clerk, keep_off=True))).facts}
    assert keys == {
        "name", "birth_date", "sex", "relationship", "lives_with_household", PLACE_OF_STAY, POST_HELD, ADDRESS_KEPT_OFF,
    }  # fmt: skip


def test_only_a_case_without_an_event_takes_them(clerk: Actor) -> None:
    case = opened(clerk)
    with pytest.raises(NotWithoutEvent, match="届出なし"):
        add(case, clerk, MOTHER)
    assert not seen(case, clerk).record.people


def test_what_cannot_be_is_told(clerk: Actor) -> None:
    case = opening.open_case(event=EventKind.none, by=clerk, now=NOW)
    with pytest.raises(NobodyEntered, match="一人以上"):
        add(case, clerk)
    with pytest.raises(TooManyPeople, match="20人まで"):
        add(case, clerk, *[CHILD] * 21)
    with pytest.raises(BornInFuture):
        add(case, clerk, UnregisteredPerson("花", birth=NOW.date() + timedelta(days=2)))
    assert not seen(case, clerk).record.people


def test_they_can_be_taken_back_with_one_key(clerk: Actor) -> None:
    case = without_record(clerk)
    hearing.undo(case=case, by=clerk, now=NOW, version=None)
    assert not seen(case, clerk).record.people


def test_a_child_without_a_record_comes_beside_the_household_of_the_register(clerk: Actor) -> None:
    case = opening.open_case(event=EventKind.none, by=clerk, now=NOW)
    household_notice.begin_household(
        case=case, resident_no=RESIDENTS["mother_of_twins"].resident_no, by=clerk, now=NOW
    )
    before = [one.ref for one in seen(case, clerk).record.people]
    add(case, clerk, CHILD)
    record = seen(case, clerk).record
    assert record.unregistered == {f"p{len(before) + 1}"}
    assert not record.nobody_registered


def test_the_database_gives_nobody_without_a_record_a_number(clerk: Actor) -> None:
    case = without_record(clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonRow.objects.filter(case__public_id=case).update(resident_no="0000000000018")


def test_they_stand_in_no_register_and_their_reading_is_written_down(clerk: Actor, city: Staff) -> None:
    before = ResidentRecord.objects.count()
    case = closed(clerk, city["reviewer_jiro"])
    assert ResidentRecord.objects.count() == before
    assert {row.resident_no for row in PersonRow.objects.filter(case__public_id=case)} == {""}
    assert any(entry.activity == "read" for entry in person_timeline(f"{case}/p1"))


def test_a_case_at_its_end_waits_for_nothing_and_can_be_put_right(clerk: Actor, city: Staff) -> None:
    case = closed(clerk, city["reviewer_jiro"])
    assert seen(case, clerk).header.status is CaseStatus.CLOSED
    tomorrow = NOW + timedelta(days=1)
    assert case not in {one.id for one in queries.worklist(branch="main", now=tomorrow)}


def test_a_case_with_somebody_of_the_register_does_not_end_so(clerk: Actor, city: Staff) -> None:
    case = opening.open_case(event=EventKind.none, by=clerk, now=NOW)
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=clerk, now=NOW)
    add(case, clerk, CHILD)
    visited(case, clerk)
    sign(case, clerk, now=LATER)
    reviewing.approve(case=case, by=city["reviewer_jiro"], now=LATER, version=None)
    with pytest.raises(reviewing.SomebodyRegistered, match="住民票のある方"):
        reviewing.close(case=case, by=clerk, now=LATER)


def test_no_notice_stands_on_people_whom_no_register_will_know(clerk: Actor) -> None:
    earlier = without_record(clerk)
    case = opening.open_case(event=EventKind.birth, by=clerk, now=NOW)
    with pytest.raises(NotToFollow, match="住民票のない方"):
        follow_case(case=case, earlier=earlier, by=clerk, now=NOW)


def test_where_they_stay_is_on_the_paper_that_they_sign(clerk: Actor) -> None:
    case = without_record(clerk, place=PLANTED_ADDRESS, keep_off=True)
    visited(case, clerk)
    answered(case, clerk)
    paper = sheets.one_sheet(
        case=case, procedure="child-allowance-claim", subject="household", actor=clerk, now=NOW
    )
    assert any(word in words_of(paper.pdf) for word in PLANTED)


def test_e41_whoever_does_not_want_to_be_found_is_kept_off_as_a_protected_person_is(clerk: Actor) -> None:
    case = without_record(clerk, place=PLANTED_ADDRESS, keep_off=True)
    came(case, clerk, VisitorKind.AGENT)
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    record = read_record(find_case(case))
    for audience in (Audience.CLERK, Audience.DEPARTMENT, Audience.CSV_CORE, Audience.SHEET_TO_OTHER):
        assert not queries.address_may_appear(record, audience=audience, on=NOW.date())
    papers = (
        sheets.guide(case=case, actor=clerk, now=LATER),
        sheets.confirmation(case=case, actor=clerk, now=LATER),
        sheets.one_sheet(
            case=case, procedure="child-allowance-claim", subject="household", actor=clerk, now=LATER
        ),
    )
    for paper in papers:
        assert not [word for word in PLANTED if word in words_of(paper.pdf)]


def test_not_ticking_the_box_again_takes_nothing_back(clerk: Actor) -> None:
    case = without_record(clerk, MOTHER, place=PLANTED_ADDRESS, keep_off=True)
    add(case, clerk, CHILD, place="")
    record = seen(case, clerk).record
    assert record.value(ADDRESS_KEPT_OFF) is True
    assert record.text(PLACE_OF_STAY) == PLANTED_ADDRESS


def test_post_waits_until_its_destination_was_checked(clerk: Actor) -> None:
    assert seen(without_record(clerk), clerk).record.value(POST_HELD) is True


def test_a_department_knows_where_to_find_them(clerk: Actor) -> None:
    view = seen(without_record(clerk), clerk)
    needed = facts_for(view.judged.pack, view.record, procedure="nursery", subject="p2")
    assert FactRef(PLACE_OF_STAY, "event") in needed


def test_without_proof_of_who_came_no_letter_goes_to_where_they_stay(clerk: Actor) -> None:
    case = without_record(clerk)
    came_without_proof(case, clerk)
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    assert case not in {one.case for one in letters.letters(now=LATER)}


def test_a_letter_names_only_those_of_the_register(clerk: Actor) -> None:
    case = opening.open_case(event=EventKind.none, by=clerk, now=NOW)
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=clerk, now=NOW)
    add(case, clerk, UnregisteredPerson("訪 問子", birth=date(1980, 1, 1)))
    names = letters.addressees(read_record(find_case(case)), on=NOW.date())
    assert "髙橋 太郎" in names
    assert "訪 問子" not in names

"""E50: a notice that was filed by somebody who proved nothing is told to the person by letter; E49: post that has to wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader
from tests.cast import MOVED_ON, NOW, PLANTED, PLANTED_ADDRESS, PLANTED_BUILDING, RESIDENTS
from tests.rooms.cases.walking import (
    answered,
    begun,
    bereaved,
    came_without_proof,
    seen,
    sign,
    unproved,
    visited,
)

from madoguchi.audit.entries import Actor, Kind
from madoguchi.audit.models import EntryRow
from madoguchi.cases import closing, household_notice, letters, opening, post
from madoguchi.cases.household_notice import SaidEvent
from madoguchi.cases.letters import DestinationNotChecked, NoLetterDue, NotPrintedYet
from madoguchi.cases.models import LetterRow
from madoguchi.cases.states import LetterState
from madoguchi.connect.change_data import as_it_may_leave, body_of
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.sheltering import protect

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=20)


def due() -> dict[str, letters.LetterLine]:
    return {one.case: one for one in letters.letters(now=LATER) if one.state is LetterState.DUE}


def words(case: str, by: Actor, *, checked: bool = False) -> str:
    made = letters.print_letter(case=case, destination_checked=checked, by=by, now=LATER)
    assert not made.missing_glyphs
    return "".join(page.extract_text() for page in PdfReader(BytesIO(made.pdf)).pages).replace("\n", "")


def test_e50_the_letter_goes_to_the_address_before_the_move(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = unproved(clerk)
    assert list(due()) == [case]
    record = seen(case, clerk).record
    text = words(case, clerk)
    assert record.text("old_address") in text
    assert record.text("new_address") and record.text("new_address") not in text
    assert record.text("name", "p1") in text and "本製品の独自様式" in text


def test_e50_it_is_printed_and_then_sent_once(city: Staff, procedures: str) -> None:
    clerk, other = city["clerk_hana"], city["clerk_taro"]
    case = unproved(clerk)
    with pytest.raises(NotPrintedYet):
        letters.mark_letter_sent(case=case, by=clerk, now=LATER)
    words(case, clerk)
    letters.mark_letter_sent(case=case, by=clerk, now=LATER)
    letters.mark_letter_sent(case=case, by=other, now=LATER + timedelta(days=1))
    (line,) = letters.letters(now=LATER + timedelta(days=1))
    assert (line.state, line.sent_by, line.sent_at) == (LetterState.SENT, clerk.name, LATER)
    assert not letters.letters(now=LATER + timedelta(days=62))
    acts = EntryRow.objects.filter(case=case, kind=Kind.ACT.value).values_list("activity", flat=True)
    assert list(acts).count("letter_printed") == list(acts).count("letter_sent") == 1


def test_e50_reading_the_address_is_written_down_before_it_is_printed(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = unproved(clerk)
    read = EntryRow.objects.filter(case=case, kind=Kind.ACCESS.value, body__screen="letter", purpose="letter")
    assert not read.exists()
    words(case, clerk)
    assert read.count() == len(seen(case, clerk).record.people)


def test_e50_whoever_proved_themselves_gets_none(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    visited(case, clerk)
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    assert not due()
    with pytest.raises(NoLetterDue):
        letters.print_letter(case=case, destination_checked=True, by=clerk, now=LATER)


def test_e50_it_is_called_off_when_proof_comes_after_all_and_when_the_notice_is_taken_back(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    proved, taken_back = unproved(clerk), unproved(clerk)
    closing.withdraw(case=taken_back, reason="まちがい", by=clerk, now=LATER, version=None)
    closing.correct_after_signing(case=proved, reason="本人確認", by=clerk, now=LATER, version=None)
    assert list(due()) == [proved], "until it is signed again it stays due"
    visited(proved, clerk)
    sign(proved, clerk, now=LATER)
    assert not due()
    with pytest.raises(NoLetterDue):
        letters.mark_letter_sent(case=proved, by=clerk, now=LATER)


def test_e50_of_a_practice_nothing_is_posted(city: Staff, procedures: str) -> None:
    unproved(city["clerk_hana"], practice=True)
    assert not LetterRow.objects.exists()


def test_e50_sent_without_print_is_refused_by_the_database(city: Staff, procedures: str) -> None:
    case = unproved(city["clerk_hana"])
    row = LetterRow.objects.get(case__public_id=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterRow.objects.filter(pk=row.pk).update(state="sent", sent_at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterRow.objects.create(case=row.case, due_at=LATER)


def test_e50_of_a_death_it_goes_to_who_is_left(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = bereaved(clerk)
    came_without_proof(case, clerk, person="p2")
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    record = seen(case, clerk).record
    text = words(case, clerk)
    assert record.text("registered_address") in text
    assert "髙橋 さくら" in text and "髙橋 太郎" not in text


def test_e50_two_homes_that_come_together_are_checked_first(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = unproved(clerk)
    LetterRow.objects.get(case__public_id=case)
    letters_of = due()[case]
    assert not letters_of.check
    row = LetterRow.objects.get(case__public_id=case).case
    row.event_kind = EventKind.marriage.value
    row.save(update_fields=["event_kind"])
    assert due()[case].check
    with pytest.raises(DestinationNotChecked):
        words(case, clerk)
    assert words(case, clerk, checked=True)


def test_e50_where_an_address_may_not_appear_the_letter_waits_for_a_word(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    record = seen(case, clerk).record
    opening.set_who_moves(
        case=case,
        moving=frozenset(one.ref for one in record.people),
        relationships={},
        claimant=None,
        keep_address_off=True,
        by=clerk,
        now=NOW,
        version=None,
    )
    came_without_proof(case, clerk)
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    assert due()[case].check
    with pytest.raises(DestinationNotChecked):
        words(case, clerk)
    assert LetterRow.objects.get(case__public_id=case).printed_at is None
    text = words(case, clerk, checked=True)
    assert record.text("new_address") not in text


def test_e50_of_protected_people_no_address_stands_on_it(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = opening.open_case(event=EventKind.move_within, by=clerk, now=NOW)
    household_notice.begin_household(
        case=case, resident_no=RESIDENTS["protected"].resident_no, by=clerk, now=NOW
    )
    everybody = frozenset(one.ref for one in seen(case, clerk).record.people)
    said = SaidEvent(
        day=MOVED_ON, concerned=everybody, new_address=PLANTED_ADDRESS, new_building=PLANTED_BUILDING
    )
    household_notice.say_event(case=case, said=said, by=clerk, now=NOW, version=None)
    came_without_proof(case, clerk)
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    assert due()[case].check
    with pytest.raises(DestinationNotChecked):
        words(case, clerk)
    text = words(case, clerk, checked=True)
    assert not [word for word in PLANTED if word in text]


def test_e49_the_mark_of_many_cases_is_that_of_each(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case, plain = begun(clerk), begun(clerk)
    hold(case, clerk)
    on = LATER.date()
    assert post.cases_to_be_checked({case, plain}, on=on) == {case}
    for one in (case, plain):
        assert post.post_to_be_checked(seen(one, clerk).record, on=on) is (one == case)
    hold(case, clerk, hold_post=False)
    assert not post.cases_to_be_checked({case, plain}, on=on)


def test_e49_a_letter_of_ours_waits_as_well(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    hold(case, clerk)
    came_without_proof(case, clerk)
    answered(case, clerk)
    sign(case, clerk, now=LATER)
    assert due()[case].check
    with pytest.raises(DestinationNotChecked):
        words(case, clerk)


def test_e49_it_stands_by_itself_for_whoever_comes_to_be_protected(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = bereaved(clerk)
    on = NOW.date()
    before = body_of(case, on=on)
    assert before["post"] == "" and not post.cases_to_be_checked({case}, on=on)
    protect(
        resident_no=RESIDENTS["head"].resident_no,
        begins_on=on,
        ends_on=on + timedelta(days=365),
        by=clerk,
        now=NOW,
    )
    assert post.cases_to_be_checked({case}, on=on) == {case}
    assert as_it_may_leave(case, before, on=on)["post"] == "hold", "what was made before leaves with the mark"


def hold(case: str, by: Actor, *, hold_post: bool = True) -> None:
    opening.set_who_moves(
        case=case,
        moving=frozenset(one.ref for one in seen(case, by).record.people),
        relationships={},
        claimant=None,
        keep_address_off=False,
        hold_post=hold_post,
        by=by,
        now=NOW,
        version=None,
    )

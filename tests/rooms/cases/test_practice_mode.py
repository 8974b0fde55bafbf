"""Practice (練習) never reaches a real person: not by reading, not by what leaves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW, RESIDENTS
from tests.rooms.cases.walking import begun, opened, seen, signed

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.cases import opening, queries
from madoguchi.cases.models import ActRow, CaseRow, PersonRow
from madoguchi.connect.models import MessageRow
from madoguchi.connect.operations import approve_and_create, hand_over

Staff = Mapping[str, Actor]


@pytest.mark.django_db
def test_practice_does_not_open_the_register(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk, practice=True)
    numbers = set(residents.values())
    for bring in (
        lambda: opening.add_residents(
            case=case, resident_nos=[residents["head"]], staying=False, by=clerk, now=NOW
        ),
        lambda: opening.join_household(case=case, number=RESIDENTS["head"].household_no, by=clerk, now=NOW),
    ):
        with pytest.raises(opening.PracticeReadsNobody, match="架空の人"):
            bring()
    read = set(EntryRow.objects.values_list("person_key", flat=True))
    assert read & numbers == set(), "not even looked at"
    assert seen(case, clerk).record.people != ()


@pytest.mark.django_db
def test_the_database_keeps_real_people_out_of_practice(city: Staff, procedures: str) -> None:
    case = begun(city["clerk_hana"], practice=True)
    row = CaseRow.objects.get(public_id=case)
    act = ActRow.objects.filter(case=row).first()
    assert set(PersonRow.objects.filter(case=row).values_list("practice", flat=True)) == {True}
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonRow.objects.filter(case=row, ref="p1").update(resident_no=RESIDENTS["head"].resident_no)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonRow.objects.create(
            case=row, act=act, ref="p9", resident_no="1", staying=False, practice=True, order=9
        )


@pytest.mark.django_db
def test_practice_is_read_as_practice_and_makes_no_change_data(city: Staff, procedures: str) -> None:
    clerk, reviewer = city["clerk_hana"], city["reviewer_jiro"]
    case = signed(clerk, practice=True)
    approve_and_create(case=case, by=reviewer, now=NOW, version=None)
    hand_over(by=clerk, now=NOW)
    assert not MessageRow.objects.exists()
    assert seen(case, clerk).header.practice
    purposes = EntryRow.objects.filter(case=case).exclude(purpose="").values_list("purpose", flat=True)
    assert set(purposes) == {Purpose.PRACTICE.value}
    assert queries.certificate_blocked(resident_no="") is None


@pytest.mark.django_db
def test_a_real_case_beside_it_is_untouched(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    real = opened(clerk)
    practice = opened(clerk, practice=True)
    assert [seen(case, clerk).header.practice for case in (real, practice)] == [False, True]

"""支援措置 over time: prolonged without a gap, lifted with those who asked together, listed by its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.rooms.residents.test_protection import (
    CHILD,
    CLERK,
    HOMELESS,
    NOW,
    ORDINARY,
    SECRET,
    SHELTERED,
    TODAY,
    people,
)

from madoguchi.audit.entries import Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.residents.models import Protection
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.protection import protected_people
from madoguchi.residents.sheltering import (
    AlreadySheltered,
    EndsBeforeItBegins,
    NobodyByThatNumber,
    NotSheltered,
    Reminder,
    lift_protection,
    prolong_protection,
    protect,
    sheltered_groups,
)

__all__ = ["people"]
YEAR = timedelta(days=365)


def begin(one: RegisterEntry, *together: RegisterEntry, ends_on: date | None = TODAY + YEAR) -> None:
    protect(
        resident_no=one.resident_no,
        together=tuple(other.resident_no for other in together),
        begins_on=TODAY - timedelta(days=100),
        ends_on=ends_on,
        by=CLERK,
        now=NOW,
    )


def sheltered(one: RegisterEntry, on: date = TODAY) -> bool:
    return one.resident_no in protected_people([one.resident_no], on=on)


def test_prolonging_keeps_the_earlier_period_and_leaves_no_day_open(people: None) -> None:
    begin(ORDINARY, HOMELESS, ends_on=TODAY - timedelta(days=3))
    prolong_protection(resident_no=ORDINARY.resident_no, ends_on=TODAY + YEAR, by=CLERK, now=NOW)
    for one in (ORDINARY, HOMELESS):
        assert all(sheltered(one, TODAY + timedelta(days=day)) for day in (0, 1, 400))
    periods = Protection.objects.filter(resident_no=ORDINARY.resident_no).order_by("pk")
    assert [(one.begins_on, one.ends_on, one.lifted_on) for one in periods] == [
        (TODAY - timedelta(days=100), TODAY - timedelta(days=3), TODAY),
        (TODAY, TODAY + YEAR, None),
    ]


def test_lifting_it_for_whoever_asked_lifts_it_for_those_with_them(people: None) -> None:
    begin(ORDINARY, HOMELESS)
    lift_protection(resident_no=ORDINARY.resident_no, on=TODAY, by=CLERK, now=NOW)
    assert not sheltered(ORDINARY)
    assert not sheltered(HOMELESS)


def test_lifting_it_for_one_of_those_with_them_leaves_the_others(people: None) -> None:
    begin(ORDINARY, HOMELESS)
    lift_protection(resident_no=HOMELESS.resident_no, on=TODAY, by=CLERK, now=NOW)
    assert sheltered(ORDINARY)
    assert not sheltered(HOMELESS)


def test_it_begins_once_for_people_on_the_register_and_ends_after_it_begins(people: None) -> None:
    begin(ORDINARY)
    with pytest.raises(AlreadySheltered):
        begin(ORDINARY)
    with pytest.raises(NobodyByThatNumber):
        protect(resident_no="999", begins_on=TODAY, ends_on=TODAY + YEAR, by=CLERK, now=NOW)
    with pytest.raises(EndsBeforeItBegins):
        protect(resident_no=HOMELESS.resident_no, begins_on=TODAY, ends_on=TODAY, by=CLERK, now=NOW)
    with pytest.raises(EndsBeforeItBegins):
        prolong_protection(resident_no=ORDINARY.resident_no, ends_on=TODAY, by=CLERK, now=NOW)
    assert Protection.objects.count() == 1


def test_nobody_of_those_together_is_half_stored(people: None) -> None:
    with pytest.raises(NobodyByThatNumber):
        protect(
            resident_no=ORDINARY.resident_no,
            together=("999",),
            begins_on=TODAY,
            ends_on=TODAY + YEAR,
            by=CLERK,
            now=NOW,
        )
    assert not Protection.objects.exists()


def test_what_is_over_can_neither_go_on_nor_be_lifted_again(people: None) -> None:
    begin(ORDINARY)
    lift_protection(resident_no=ORDINARY.resident_no, on=TODAY, by=CLERK, now=NOW)
    with pytest.raises(NotSheltered):
        prolong_protection(resident_no=ORDINARY.resident_no, ends_on=TODAY + YEAR, by=CLERK, now=NOW)
    with pytest.raises(NotSheltered):
        lift_protection(resident_no=ORDINARY.resident_no, on=TODAY, by=CLERK, now=NOW)


@pytest.mark.parametrize(
    ("days", "reminder"),
    [
        (-1, Reminder.PAST),
        (0, Reminder.MONTH),
        (31, Reminder.MONTH),
        (32, Reminder.LATER),
        (None, Reminder.OPEN),
    ],
)
def test_the_list_reminds_a_month_before_the_end(people: None, days: int | None, reminder: Reminder) -> None:
    begin(ORDINARY, ends_on=None if days is None else TODAY + timedelta(days=days))
    (found,) = sheltered_groups(actor=CLERK, now=NOW)
    assert found.reminder is reminder


def test_the_list_joins_those_together_shows_no_address_and_is_a_recorded_reading(people: None) -> None:
    begin(SHELTERED, CHILD, ends_on=TODAY + timedelta(days=200))
    begin(ORDINARY, ends_on=TODAY + timedelta(days=5))
    found = sheltered_groups(actor=CLERK, now=NOW)
    assert [one.person.resident_no for one in found] == [ORDINARY.resident_no, SHELTERED.resident_no]
    assert [one.resident_no for one in found[1].together] == [CHILD.resident_no]
    assert SECRET not in repr(found)
    read = EntryRow.objects.filter(purpose=Purpose.HANDLING.value).values_list("person_key", flat=True)
    assert set(read) == {ORDINARY.resident_no, SHELTERED.resident_no, CHILD.resident_no}

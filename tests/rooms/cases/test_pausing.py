"""The due day stands still while the resident is asked: no day is taken off twice, and none without a question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import NOW, TODAY
from tests.rooms.cases.deciding import GRANT, HOME, Widowed, signed_by_widow

from madoguchi.audit.entries import Actor
from madoguchi.cases.messages.writing import answer_office, ask_resident, tell_resident
from madoguchi.cases.queries import department_tasks
from madoguchi.cases.rulings import deciding
from madoguchi.cases.rulings.due import DueState, TaskDue, dues
from madoguchi.cases.rulings.figures import handled_tasks
from madoguchi.cases.rulings.pausing import pause_of
from madoguchi.cases.states import MessageKind

Staff = Mapping[str, Actor]
STEPS = st.lists(
    st.tuples(st.sampled_from((MessageKind.ASK, MessageKind.ANSWER)), st.integers(0, 9)), max_size=12
)


@given(STEPS)
def test_no_day_is_taken_off_twice_and_none_without_a_question(steps: list[tuple[MessageKind, int]]) -> None:
    day, said, waits, expected = TODAY, [], False, 0
    for kind, later in steps:
        expected += later if waits else 0
        day += timedelta(days=later)
        said.append((kind, day))
        waits = kind is MessageKind.ASK
    found = pause_of(said, until=day)
    assert (found.days, found.now) == (expected, waits)
    assert pause_of(said, until=day + timedelta(days=5)).days == expected + (5 if waits else 0)
    assert 0 <= found.days <= (day - TODAY).days


@pytest.fixture
def there(city: Staff, procedures: str, residents: object) -> Widowed:
    return signed_by_widow(city)


def stands(there: Widowed, days: int) -> TaskDue:
    found = department_tasks(departments=frozenset({"insurance"}))
    return dues(list(found), now=NOW + timedelta(days=days))[there.by_two]


def asked(there: Widowed, by: Actor, days: int) -> None:
    ask_resident(task=there.by_two, text="領収書", answer_by=None, by=by, now=NOW + timedelta(days=days))


@pytest.mark.django_db
def test_the_day_stands_still_while_the_resident_is_asked(city: Staff, there: Widowed) -> None:
    officer = city["officer_nhi"]
    asked(there, officer, 2)
    tell_resident(task=there.by_two, text="書式です。", by=officer, now=NOW + timedelta(days=3))
    assert stands(there, 10) == TaskDue(DueState.PAUSED, date(2026, 12, 1), paused=8)
    answer_office(
        task=there.by_two, text="送りました。", account=there.account, mandate="", by=HOME,
        now=NOW + timedelta(days=12), person=there.widow,
    )  # fmt: skip
    assert stands(there, 13) == TaskDue(DueState.ON_TIME, date(2026, 12, 3), paused=10)
    assert stands(there, 25).state is DueState.OVERDUE


@pytest.mark.django_db
def test_in_time_is_counted_without_the_days_of_waiting(city: Staff, there: Widowed) -> None:
    one, other = city["officer_nhi"], city["officer_child"]
    asked(there, one, 2)
    answer_office(
        task=there.by_two, text="送りました。", account=there.account, mandate="", by=HOME,
        now=NOW + timedelta(days=12), person=there.widow,
    )  # fmt: skip
    later = NOW + timedelta(days=20)
    deciding.propose(task=there.by_two, said=GRANT, by=one, now=later, version=None)
    deciding.approve(task=there.by_two, by=other, now=later, version=None)
    (line,) = [found for found in handled_tasks(TODAY, TODAY) if found.procedure == "nhi-funeral"]
    assert (line.days, line.in_time) == (20, True), "20 days, of which 10 do not count"


@pytest.mark.django_db
def test_what_was_late_before_it_was_asked_about_stays_late(city: Staff, there: Widowed) -> None:
    asked(there, city["officer_nhi"], 20)
    assert stands(there, 40).state is DueState.OVERDUE

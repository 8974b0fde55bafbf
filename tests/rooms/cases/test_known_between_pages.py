"""What is kept of a case from one page to the next is never older than the case, and nobody reaches it but by the case's own row."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.cast import NOW
from tests.rooms.cases.walking import begun
from tests.together import together

from madoguchi.audit.entries import Actor
from madoguchi.cases import hearing, read_once
from madoguchi.cases.acting import find_case
from madoguchi.cases.models import CaseRow
from madoguchi.cases.read_once import now_known
from madoguchi.cases.record import read_record
from madoguchi.procedures.facts import FactRef

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db(transaction=True)
INCOME = FactRef("income_yen", "p1")


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    read_once._kept.clear()
    yield
    read_once._kept.clear()


def elsewhere(case: str, by: Actor) -> None:
    """An answer that another process gives: on a connection of its own, and with what it keeps for itself."""
    ours, read_once._kept = read_once._kept, OrderedDict()
    try:
        told = together(
            lambda: hearing.answer_prompt(
                case=case, prompt="x", answers={INCOME: 7}, by=by, now=NOW, version=None
            )
        )
    finally:
        read_once._kept = ours
    assert told == [None]


def test_the_second_page_of_a_version_reads_its_rows_no_more(city: Staff, procedures: str) -> None:
    row = find_case(begun(city["clerk_hana"]))
    first = now_known(row)
    with CaptureQueriesContext(connection) as queries:
        again = now_known(find_case(row.public_id))
    assert again is first
    rows = ("cases_actrow", "cases_factrow", "cases_personrow")
    assert not [one for one in queries if any(table in one["sql"] for table in rows)]
    assert first.once("x", lambda: 1) == again.once("x", lambda: 2) == 1


def test_an_answer_of_another_process_is_seen(city: Staff, procedures: str) -> None:
    case = begun(city["clerk_hana"])
    before = now_known(find_case(case))
    assert before.record.value("income_yen", "p1") is None
    elsewhere(case, city["clerk_taro"])
    after = now_known(find_case(case))
    assert after.record.value("income_yen", "p1") == 7
    assert after.judged.situation != before.judged.situation
    assert now_known(find_case(case)) is after


def test_what_may_be_taken_back_is_not_kept(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    with transaction.atomic():
        hearing.answer_prompt(case=case, prompt="x", answers={INCOME: 1}, by=clerk, now=NOW, version=None)
        assert now_known(find_case(case)).record.value("income_yen", "p1") == 1
        transaction.set_rollback(True)
    assert now_known(find_case(case)).record.value("income_yen", "p1") is None
    hearing.answer_prompt(case=case, prompt="x", answers={INCOME: 2}, by=clerk, now=NOW, version=None)
    assert now_known(find_case(case)).record.value("income_yen", "p1") == 2


def test_what_is_known_is_what_would_be_read_after_any_act(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)

    def answer(value: int) -> None:
        hearing.answer_prompt(case=case, prompt="x", answers={INCOME: value}, by=clerk, now=NOW, version=None)

    def undo() -> None:
        hearing.undo(case=case, by=clerk, now=NOW, version=None)

    acts = (
        lambda: answer(1), lambda: answer(2), undo, lambda: answer(3), lambda: hearing.park(case=case, by=clerk, now=NOW),
        lambda: hearing.resume(case=case, by=clerk, now=NOW), undo, undo, lambda: answer(4),
    )  # fmt: skip
    for act in acts:
        act()
        row = find_case(case)
        assert now_known(row).record == read_record(row)
    assert now_known(find_case(case)).record.value("income_yen", "p1") == 4


def test_another_day_is_decided_anew_without_a_new_version(city: Staff, procedures: str) -> None:
    row = find_case(begun(city["clerk_hana"]))
    first = now_known(row)
    later = row.notified_on + timedelta(days=400)
    CaseRow.objects.filter(pk=row.pk).update(notified_on=later)
    again = now_known(find_case(row.public_id))
    assert (again.judged.on, again.record) == (later, first.record)
    assert again.judged is not first.judged


def test_it_is_gone_after_a_minute_and_never_more_than_so_many(
    city: Staff, procedures: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, minute = city["clerk_hana"], [0.0]
    monkeypatch.setattr(read_once, "monotonic", lambda: minute[0])
    monkeypatch.setattr(read_once, "MOST_KEPT", 2)
    cases = [begun(clerk) for _ in range(4)]
    for case in cases:
        now_known(find_case(case))
    assert list(read_once._kept) == cases[-2:]
    minute[0] = read_once.KEPT_SECONDS + 1
    now_known(find_case(cases[0]))
    assert list(read_once._kept) == [cases[0]]

"""A department sees what its procedure reads or prints, and nothing else of what the family said (利用目的の範囲)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from tests.rooms.cases.walking import seen, signed

from madoguchi.audit.entries import Actor
from madoguchi.cases.need_to_know import WHO_AND_WHERE, facts_for
from madoguchi.procedures.judge import facts_read

pytestmark = pytest.mark.django_db
ANOTHERS = "療育手帳"


@pytest.fixture
def case(city: Mapping[str, Actor], procedures: str) -> str:
    return signed(city["clerk_hana"])


def test_every_fact_that_a_department_sees_is_read_printed_or_says_who(
    case: str, city: Mapping[str, Actor]
) -> None:
    view = seen(case, city["clerk_hana"])
    pack = view.judged.pack
    assert view.tasks
    for task in view.tasks:
        refs = facts_for(pack, view.record, procedure=task.procedure, subject=task.subject)
        read = {key for _, key in facts_read(pack.procedure(task.procedure)) | WHO_AND_WHERE}
        printed = str(pack.sheets.get(pack.procedure(task.procedure).sheet or "", ""))
        assert {ref.key for ref in refs if ref.key not in read and f".{ref.key}'" not in printed} == set()
        assert {ref.key for ref in refs} >= {"name", "birth_date"}


def test_one_persons_procedure_shows_no_other_person(case: str, city: Mapping[str, Actor]) -> None:
    view = seen(case, city["clerk_hana"])
    task = next(one for one in view.tasks if one.subject != "household")
    refs = facts_for(view.judged.pack, view.record, procedure=task.procedure, subject=task.subject)
    assert {ref.subject for ref in refs} <= {task.subject, "event", "household"}


def test_what_another_department_asked_for_is_not_on_the_screen(
    case: str, city: Mapping[str, Actor], signed_in: Callable[[str], Client]
) -> None:
    view = seen(case, city["clerk_hana"])
    labels = {one.key: one.label for one in view.judged.pack.vocabulary}
    assert any(labels.get(ref.key) == ANOTHERS for ref in view.record.facts), "the family was asked"
    insured = next(one for one in view.tasks if one.procedure == "nhi-enrol")
    shown = signed_in("officer_nhi").get(f"/desk/{insured.id}/").content.decode()
    assert "国民健康保険" in shown
    assert ANOTHERS not in shown

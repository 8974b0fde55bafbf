"""Two people at one case in the same moment: one goes through, the other is told, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from tests.cast import NOW
from tests.rooms.cases.walking import PAD, begun, opened, seen, signed, visited
from tests.together import together

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, reviewing, tasks
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.models import ActRow, CaseRow, FactRow, ReviewRow, SignatureRow, TaskRow
from madoguchi.cases.states import TaskAct, TaskState
from madoguchi.procedures.facts import FactRef

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db(transaction=True)
TOLD = (SomebodyElseChanged, NotNow, tasks.TaskNotNow)


def refused(told: Sequence[BaseException | None]) -> list[BaseException]:
    """Those that were told something; it is always a sentence of ours."""
    others = [one for one in told if one is not None]
    assert [one for one in others if not isinstance(one, TOLD)] == []
    return others


def test_of_two_answers_one_stands_and_the_other_is_told(city: Staff, procedures: str) -> None:
    hana, taro = city["clerk_hana"], city["clerk_taro"]
    case = begun(hana)
    view = seen(case, hana)
    assert view.prompt is not None
    ref = FactRef("income_yen", "p1")

    def answer(by: Actor, value: int) -> Callable[[], object]:
        return lambda: hearing.answer_prompt(
            case=case, prompt="x", answers={ref: value}, by=by, now=NOW, version=view.header.version
        )

    told = together(answer(hana, 1), answer(taro, 2))
    assert [type(one) for one in refused(told)] == [SomebodyElseChanged]
    winner = 1 if told[0] is None else 2
    after = seen(case, hana)
    assert after.record.value("income_yen", "p1") == winner
    assert after.header.version == view.header.version + 1
    assert FactRow.objects.filter(key="income_yen").count() == 1


def test_one_signature_however_often_the_button_is_pressed(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    visited(case, clerk)

    def press() -> None:
        closing.sign(case=case, strokes=PAD, paper_signed=False, by=clerk, now=NOW, version=None)

    assert len(refused(together(press, press, press))) == 2
    assert SignatureRow.objects.count() == 1
    there = Counter(TaskRow.objects.values_list("procedure", "subject"))
    assert set(there.values()) == {1}


def test_an_approval_and_a_correction_do_not_both_happen(city: Staff, procedures: str) -> None:
    hana, jiro = city["clerk_hana"], city["reviewer_jiro"]
    case = signed(hana)
    version = seen(case, hana).header.version
    told = together(
        lambda: reviewing.approve(case=case, by=jiro, now=NOW, version=version),
        lambda: closing.correct_after_signing(case=case, reason="誤り", by=hana, now=NOW, version=version),
    )
    assert len(refused(told)) == 1
    status = CaseRow.objects.get(public_id=case).status
    assert (status, ReviewRow.objects.count()) == (("approved", 1) if told[0] is None else ("hearing", 0))


def test_a_task_is_finished_by_one_of_two(city: Staff, procedures: str) -> None:
    signed(city["clerk_hana"])
    task = TaskRow.objects.order_by("pk").first()
    assert task is not None

    def done(by: Actor) -> Callable[[], object]:
        return lambda: tasks.act_on_task(
            task=task.pk, act=TaskAct.DONE, note="", by=by, now=NOW, version=task.version
        )

    told = together(done(city["officer_nhi"]), done(city["officer_child"]))
    assert len(refused(told)) == 1
    row = TaskRow.objects.get(pk=task.pk)
    assert (row.state, row.version) == (TaskState.DONE.value, task.version + 1)


def test_every_visitor_gets_a_number_of_their_own(city: Staff, procedures: str) -> None:
    desks = [city["clerk_hana"], city["clerk_taro"], city["clerk_north"]] * 4
    told = together(*((lambda by=by: opened(by)) for by in desks))
    assert refused(told) == []
    main = CaseRow.objects.filter(branch="main").values_list("number", flat=True)
    north = CaseRow.objects.filter(branch="north").values_list("number", flat=True)
    assert sorted(main) == [f"A{n:03d}" for n in range(1, 9)]
    assert sorted(north) == [f"B{n:03d}" for n in range(1, 5)]


def test_ticks_of_an_explanation_at_once_are_one(city: Staff, procedures: str) -> None:
    case = signed(city["clerk_hana"])
    before = ActRow.objects.filter(case__public_id=case, kind="explain").count()

    def tick(name: str, minutes: int) -> Callable[[], object]:
        at = NOW + timedelta(minutes=minutes)
        return lambda: closing.explain(case=case, procedure="nhi-enrol", index=0, by=city[name], now=at)

    assert refused(together(tick("clerk_hana", 1), tick("officer_nhi", 2), tick("officer_child", 3))) == []
    assert ActRow.objects.filter(case__public_id=case, kind="explain").count() == before + 1

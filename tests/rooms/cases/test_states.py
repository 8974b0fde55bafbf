"""What may be done when: each act in each state, as the tables say and in no other way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW
from tests.rooms.cases.walking import begun, brought_to, seen, sign, signed, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, queries, reviewing, tasks
from madoguchi.cases.acting import NoSuchCase, NotNow, SomebodyElseChanged, begin_act
from madoguchi.cases.models import CaseRow, ReviewRow, TaskRow
from madoguchi.cases.states import (
    ACTS,
    LEADS_TO,
    TASK_ACTS,
    Act,
    CaseStatus,
    IdentityDocument,
    TaskAct,
    TaskState,
    proves_identity,
)

pytestmark = pytest.mark.on_both
Staff = Mapping[str, Actor]


def test_every_act_is_allowed_somewhere_and_leads_somewhere_known() -> None:
    assert frozenset().union(*ACTS.values()) == frozenset(Act)
    assert set(ACTS) == set(CaseStatus)
    for status in CaseStatus:
        for act in ACTS[status]:
            assert LEADS_TO.get(act, status) in CaseStatus


def test_nothing_but_a_review_after_a_signature_leads_to_the_register() -> None:
    reached, before = {CaseStatus.HEARING}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {
            LEADS_TO[act]
            for status in reached
            for act in ACTS[status]
            if act in LEADS_TO and act not in (Act.SIGN, Act.APPROVE)
        }
    assert reached == {CaseStatus.HEARING, CaseStatus.WITHDRAWN}


@pytest.mark.django_db
@pytest.mark.parametrize("status", CaseStatus)
def test_each_act_is_refused_where_the_table_does_not_name_it(
    status: CaseStatus, city: Staff, procedures: str
) -> None:
    case = brought_to(status, city["clerk_hana"], city["reviewer_jiro"])
    assert CaseRow.objects.get(public_id=case).status == status.value
    for act in Act:
        with transaction.atomic():
            if act in ACTS[status]:
                assert begin_act(case, act, version=None).public_id == case
            else:
                with pytest.raises(NotNow, match="画面を開き直して"):
                    begin_act(case, act, version=None)


@pytest.mark.django_db
def test_a_case_that_is_not_there_is_said_so(city: Staff) -> None:
    with pytest.raises(NoSuchCase, match="選び直して"), transaction.atomic():
        begin_act("none", Act.SIGN, version=None)


@pytest.mark.django_db
def test_a_screen_of_before_changes_nothing(city: Staff, procedures: str) -> None:
    case = begun(city["clerk_hana"])
    view = seen(case, city["clerk_hana"])
    hearing.park(case=case, by=city["clerk_taro"], now=NOW)
    with pytest.raises(SomebodyElseChanged, match="先に変えました"):
        hearing.undo(case=case, by=city["clerk_hana"], now=NOW, version=view.header.version)
    after = seen(case, city["clerk_hana"])
    assert after.record.facts == view.record.facts
    assert after.header.version == view.header.version + 1


@pytest.mark.django_db
def test_who_entered_it_does_not_review_it(city: Staff, procedures: str) -> None:
    case = signed(city["reviewer_jiro"])
    with pytest.raises(reviewing.SamePerson, match="ほかの審査担当"):
        reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    assert [line.may_review for line in queries.waiting_for_review(actor=city["reviewer_jiro"])] == [False]
    reviewing.approve(case=case, by=city["clerk_hana"], now=NOW, version=None)


@pytest.mark.django_db
def test_the_database_too_refuses_a_review_by_whoever_entered_it(city: Staff, procedures: str) -> None:
    case = signed(city["clerk_hana"])
    hana = city["clerk_hana"].staff_id
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewRow.objects.create(
            case=CaseRow.objects.get(public_id=case),
            round=1,
            approved=True,
            entered_by=hana,
            reviewed_by=hana,
            reviewed_by_name="窓口 花",
            at=NOW,
        )


@pytest.mark.django_db
def test_practice_never_leaves(city: Staff, procedures: str) -> None:
    case = signed(city["clerk_hana"], practice=True)
    reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    for status in ("sent", "registered"):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseRow.objects.filter(public_id=case).update(status=status)


@pytest.mark.django_db
def test_a_correction_after_signing_needs_a_new_signature_and_a_new_review(
    city: Staff, procedures: str
) -> None:
    clerk, reviewer = city["clerk_hana"], city["reviewer_jiro"]
    case = signed(clerk)
    reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    with pytest.raises(hearing.ReasonMissing):
        closing.correct_after_signing(case=case, reason=" ", by=clerk, now=NOW, version=None)
    closing.correct_after_signing(case=case, reason="続柄の誤り", by=clerk, now=NOW, version=None)
    with pytest.raises(NotNow):
        reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    sign(case, clerk)
    assert seen(case, clerk).header.signed_round == 2
    reviewing.approve(case=case, by=reviewer, now=NOW, version=None)
    assert ReviewRow.objects.filter(case__public_id=case, approved=True).count() == 2


@pytest.mark.django_db
def test_a_review_sends_back_with_a_reason(city: Staff, procedures: str) -> None:
    case = signed(city["clerk_hana"])
    with pytest.raises(hearing.ReasonMissing):
        reviewing.send_back(case=case, note="", by=city["reviewer_jiro"], now=NOW, version=None)
    reviewing.send_back(case=case, note="住所の番地", by=city["reviewer_jiro"], now=NOW, version=None)
    assert seen(case, city["clerk_hana"]).header.status is CaseStatus.HEARING


@pytest.mark.django_db
def test_nothing_is_signed_by_nobody_or_with_nothing(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    with pytest.raises(closing.NobodyCame):
        sign(case, clerk)
    visited(case, clerk)
    for strokes in (None, (), (((1, 1),),)):
        with pytest.raises(closing.NotSigned):
            closing.sign(case=case, strokes=strokes, paper_signed=False, by=clerk, now=NOW, version=None)
    closing.sign(case=case, strokes=None, paper_signed=True, by=clerk, now=NOW, version=None)


@pytest.mark.django_db
def test_each_act_on_a_task_is_as_the_table_says(city: Staff, procedures: str) -> None:
    signed(city["clerk_hana"])
    task = TaskRow.objects.first()
    assert task is not None
    for state, act in product(TaskState, TaskAct):
        TaskRow.objects.filter(pk=task.pk).update(state=state.value, version=0)
        do = partial(tasks.act_on_task, task=task.pk, act=act, note="確認", by=city["officer_nhi"], now=NOW)
        after = TASK_ACTS[state].get(act)
        if after is None:
            with pytest.raises(tasks.TaskNotNow):
                do(version=0)
            continue
        do(version=0)
        assert TaskRow.objects.get(pk=task.pk).state == after.value
        with pytest.raises(SomebodyElseChanged):
            do(version=0)


@pytest.mark.django_db
def test_asking_back_needs_a_question(city: Staff, procedures: str) -> None:
    signed(city["clerk_hana"])
    task = TaskRow.objects.first()
    assert task is not None
    with pytest.raises(tasks.QuestionMissing):
        tasks.act_on_task(
            task=task.pk, act=TaskAct.ASK_BACK, note=" ", by=city["officer_nhi"], now=NOW, version=None
        )


def test_one_document_with_a_photograph_or_two_without() -> None:
    plain = [one for one in IdentityDocument if not one.has_photograph]
    assert not proves_identity(frozenset())
    assert not any(proves_identity(frozenset({one})) for one in plain)
    assert proves_identity(frozenset(plain[:2]))
    assert proves_identity(frozenset({IdentityDocument.PASSPORT}))


@pytest.mark.django_db
def test_resuming_at_another_desk_is_one_move_and_at_the_same_none(city: Staff, procedures: str) -> None:
    case = begun(city["clerk_hana"])
    for by in (city["clerk_hana"], city["clerk_north"], city["clerk_north"]):
        hearing.park(case=case, by=by, now=NOW)
        hearing.resume(case=case, by=by, now=NOW + timedelta(minutes=5))
    counts = queries.journey_counts(case=case)
    assert counts.moves == 1
    assert seen(case, city["clerk_hana"]).header.branch == "north"

"""Decisions: what may follow what, the reason and the teaching, two persons, papers, and that nothing is taken back."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import NOW, TODAY
from tests.rooms.cases.deciding import (
    DISMISS,
    GRANT,
    GRANT_INSTEAD,
    REVOKE,
    WITHDRAWN,
    Widowed,
    signed_by_widow,
)
from tests.rooms.cases.walking import signed

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing
from madoguchi.cases.desk_tables import ResultPaperRow, RulingAnswerRow, RulingRow
from madoguchi.cases.models import TaskRow
from madoguchi.cases.queries import department_tasks
from madoguchi.cases.rulings import deciding
from madoguchi.cases.rulings.checking import PaperStanding, check_paper
from madoguchi.cases.rulings.deciding import RulingSaid
from madoguchi.cases.rulings.due import DueState, due_day, due_state, dues, ruling_view
from madoguchi.cases.rulings.result_papers import NoSuchPaper, papers_of, rendered
from madoguchi.cases.states import RULINGS_AFTER, CaseStatus, RulingKind, TaskState

Staff = Mapping[str, Actor]
INSURANCE = frozenset({"insurance"})
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]


@pytest.fixture
def there(city: Staff) -> Widowed:
    return signed_by_widow(city)


def decide(there: Widowed, said: RulingSaid, by: Actor) -> int | None:
    return deciding.propose(task=there.by_one, said=said, by=by, now=NOW, version=None)


def state_of(task: int) -> TaskState:
    return TaskState(TaskRow.objects.values_list("state", flat=True).get(pk=task))


def test_the_table_of_what_may_follow_is_whole() -> None:
    assert set(RULINGS_AFTER) == {None, *RulingKind}
    assert all(
        RulingKind.REVOKED in RULINGS_AFTER[one] for one in RulingKind if one is not RulingKind.REVOKED
    )
    assert RulingKind.REVOKED not in RULINGS_AFTER[None] | RULINGS_AFTER[RulingKind.REVOKED]


def test_a_decision_ends_the_task_and_issues_its_paper(city: Staff, there: Widowed) -> None:
    assert decide(there, GRANT, city["officer_nhi"]) is not None
    assert state_of(there.by_one) is TaskState.DONE
    (paper,) = papers_of(case=there.case)
    assert (paper.kind, paper.stands, paper.nth) == (RulingKind.GRANTED, True, 1)
    assert rendered(case=there.case, nth=1, address="https://city.example").pages == 1


@pytest.mark.parametrize("said", [DISMISS, REVOKE], ids=["dismissed", "revoked"])
def test_against_somebody_only_with_a_reason_and_where_to_object(
    city: Staff, there: Widowed, said: RulingSaid
) -> None:
    officer = city["officer_nhi"]
    if said is REVOKE:
        decide(there, GRANT, officer)
    with pytest.raises(deciding.RulingReasonMissing):
        decide(there, replace(said, reason="　 "), officer)
    with pytest.raises(deciding.ObjectionMissing):
        decide(there, replace(said, objection=""), officer)
    before = RulingRow.objects.count()
    decide(there, said, officer)
    assert RulingRow.objects.count() == before + 1


def test_the_database_itself_wants_the_reason(city: Staff, there: Widowed) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RulingRow.objects.create(
            task_id=there.by_one, nth=1, kind="dismissed", two_persons=False, at=NOW, by=1, by_name="x"
        )


def test_what_may_be_decided_next_is_the_table_and_nothing_else(city: Staff, there: Widowed) -> None:
    officer = city["officer_nhi"]
    every = {RulingKind.GRANTED: GRANT_INSTEAD, RulingKind.DISMISSED: DISMISS, RulingKind.WITHDRAWN: WITHDRAWN,
             RulingKind.REVOKED: REVOKE}  # fmt: skip
    for stands, possible in RULINGS_AFTER.items():
        for kind, said in every.items():
            with transaction.atomic():
                if stands is RulingKind.REVOKED:
                    decide(there, GRANT, officer)
                if stands is not None:
                    decide(there, every[stands], officer)
                reasoned = replace(said, reason=said.reason or "理由")
                if kind in possible:
                    decide(there, reasoned, officer)
                else:
                    with pytest.raises(deciding.RulingNotNow):
                        decide(there, reasoned, officer)
                transaction.set_rollback(True)


def test_changing_a_decision_wants_a_reason_and_keeps_the_first(city: Staff, there: Widowed) -> None:
    officer = city["officer_nhi"]
    decide(there, DISMISS, officer)
    with pytest.raises(deciding.RulingReasonMissing):
        decide(there, GRANT, officer)
    decide(there, GRANT_INSTEAD, officer)
    new, old = papers_of(case=there.case)
    assert (old.stands, new.stands) == (False, True)
    assert ResultPaperRow.objects.get(nth=new.nth).body["replaces"] == old.number
    rulings = ruling_view(task=there.by_one, departments=INSURANCE, staff_id=officer.staff_id)
    assert [one.kind for one in rulings.lines] == [RulingKind.GRANTED, RulingKind.DISMISSED]


def test_withdrawn_is_told_by_no_paper(city: Staff, there: Widowed) -> None:
    decide(there, WITHDRAWN, city["officer_nhi"])
    assert papers_of(case=there.case) == ()


def test_while_the_case_is_being_corrected_nothing_new_is_decided_but_a_revocation(
    city: Staff, there: Widowed
) -> None:
    officer, clerk = city["officer_nhi"], city["clerk_hana"]
    decide(there, GRANT, officer)
    closing.correct_after_signing(case=there.case, reason="誤り", by=clerk, now=NOW, version=None)
    with pytest.raises(deciding.CaseNotSettled) as refused:
        decide(there, DISMISS, officer)
    assert CaseStatus.HEARING.label in str(refused.value)
    assert decide(there, REVOKE, officer) is not None


def test_a_practice_case_issues_no_paper(city: Staff) -> None:
    case = signed(city["clerk_hana"], practice=True)
    task = TaskRow.objects.filter(case__public_id=case, procedure="nhi-enrol").order_by("pk").first()
    assert task is not None
    deciding.propose(task=task.pk, said=GRANT, by=city["officer_nhi"], now=NOW, version=None)
    assert papers_of(case=case) == ()


# Two persons.


def test_two_persons_decide_where_the_procedure_says_so(city: Staff, there: Widowed) -> None:
    first, second = city["officer_nhi"], city["officer_child"]
    task = there.by_two
    assert deciding.propose(task=task, said=GRANT, by=first, now=NOW, version=None) is None
    assert state_of(task) is TaskState.NEW
    assert papers_of(case=there.case) == ()
    with pytest.raises(deciding.ProposerMayNot):
        deciding.approve(task=task, by=first, now=NOW, version=None)
    with pytest.raises(deciding.ProposalWaits):
        deciding.propose(task=task, said=GRANT, by=second, now=NOW, version=None)
    deciding.approve(task=task, by=second, now=NOW, version=None)
    assert state_of(task) is TaskState.DONE
    assert [one.kind for one in papers_of(case=there.case)] == [RulingKind.GRANTED]


def test_a_proposal_is_sent_back_with_a_reason_or_taken_back_by_its_own(city: Staff, there: Widowed) -> None:
    first, second = city["officer_nhi"], city["officer_child"]
    deciding.propose(task=there.by_two, said=GRANT, by=first, now=NOW, version=None)
    with pytest.raises(deciding.RulingReasonMissing):
        deciding.return_proposal(task=there.by_two, note="", by=second, now=NOW, version=None)
    deciding.return_proposal(task=there.by_two, note="書類が足りません", by=second, now=NOW, version=None)
    with pytest.raises(deciding.NoSuchProposal):
        deciding.approve(task=there.by_two, by=second, now=NOW, version=None)
    deciding.propose(task=there.by_two, said=GRANT, by=second, now=NOW, version=None)
    deciding.return_proposal(task=there.by_two, note="", by=second, now=NOW, version=None)
    assert RulingAnswerRow.objects.filter(in_force=True).count() == 0


def test_the_database_itself_wants_two_persons(city: Staff, there: Widowed) -> None:
    deciding.propose(task=there.by_two, said=GRANT, by=city["officer_nhi"], now=NOW, version=None)
    ruling = RulingRow.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RulingAnswerRow.objects.create(
            ruling=ruling,
            in_force=True,
            two_persons=True,
            proposed_by=ruling.by,
            by=ruling.by,
            by_name="x",
            at=NOW,
        )


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["officer_nhi", "officer_child", "reviewer_jiro"]),
        st.sampled_from(["propose", "approve", "return"]),
        st.sampled_from([GRANT, GRANT_INSTEAD, DISMISS, REVOKE, WITHDRAWN]),
    ),
    max_size=9,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_done_in_whatever_order_two_persons_stand_behind_each_decision(
    acts: list[tuple[str, str, RulingSaid]], city: Staff, there: Widowed
) -> None:
    with transaction.atomic():
        for who, act, said in acts:
            try:
                if act == "propose":
                    deciding.propose(task=there.by_two, said=said, by=city[who], now=NOW, version=None)
                elif act == "approve":
                    deciding.approve(task=there.by_two, by=city[who], now=NOW, version=None)
                else:
                    deciding.return_proposal(
                        task=there.by_two, note="もう一度", by=city[who], now=NOW, version=None
                    )
            except deciding.RulingRefused:
                continue
            _see_that_all_is_in_order(there)
        transaction.set_rollback(True)


def _see_that_all_is_in_order(there: Widowed) -> None:
    rows = list(RulingRow.objects.filter(task=there.by_two).select_related("answer").order_by("nth"))
    in_force = [row for row in rows if hasattr(row, "answer") and row.answer.in_force]
    assert all(row.answer.by != row.by for row in in_force)
    assert sum(not hasattr(row, "answer") for row in rows) <= 1
    kinds: list[RulingKind | None] = [None, *(RulingKind(row.kind) for row in in_force)]
    assert all(after in RULINGS_AFTER[before] for before, after in itertools.pairwise(kinds))
    assert sum(one.stands for one in papers_of(case=there.case)) <= 1


def test_what_was_decided_is_only_added_to(city: Staff, there: Widowed) -> None:
    decide(there, GRANT, city["officer_nhi"])
    for model in (RulingRow, RulingAnswerRow, ResultPaperRow):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        RulingRow.objects.update(reason="別の理由")
    with pytest.raises(DatabaseError), transaction.atomic():
        ResultPaperRow.objects.update(code="AAAAAAAA")


# The paper is found valid, or not.


def test_a_paper_says_whether_it_stands_and_nothing_of_whom(city: Staff, there: Widowed) -> None:
    officer = city["officer_nhi"]
    decide(there, GRANT, officer)
    first = ResultPaperRow.objects.get()
    assert (
        check_paper(number=first.number.lower(), code=f"{first.code[:4]}-{first.code[4:]}").standing
        is PaperStanding.VALID
    )
    deciding.propose(
        task=there.by_one, said=GRANT_INSTEAD, by=officer, now=NOW + timedelta(days=1), version=None
    )
    changed = check_paper(number=first.number, code=first.code)
    assert (changed.standing, changed.changed_on) == (PaperStanding.CHANGED, TODAY + timedelta(days=1))
    second = ResultPaperRow.objects.get(nth=2)
    decide(there, REVOKE, officer)
    assert check_paper(number=second.number, code=second.code).standing is PaperStanding.REVOKED
    assert set(type(changed).__slots__) == {"number", "issued_on", "standing", "changed_on"}


def test_a_wrong_code_and_a_number_that_is_not_there_are_told_alike(city: Staff, there: Widowed) -> None:
    decide(there, GRANT, city["officer_nhi"])
    paper = ResultPaperRow.objects.get()
    said = set()
    for number, code in ((paper.number, "AAAAAAAA"), ("AAAAAAAA", paper.code), ("", ""), (paper.number, "")):
        with pytest.raises(NoSuchPaper) as refused:
            check_paper(number=number, code=code)
        said.add(str(refused.value))
    assert len(said) == 1


def test_no_address_is_on_a_paper(city: Staff, there: Widowed) -> None:
    decide(there, DISMISS, city["officer_nhi"])
    body = ResultPaperRow.objects.get().body
    assert "柏台" not in str(body)
    assert body["to"] == "髙橋 さくら"


# By when.


@given(st.integers(1, 730), st.integers(-800, 800))
def test_how_near_a_day_is_follows_from_the_days_left(days: int, passed: int) -> None:
    on = due_day(made_at=NOW, days=days)
    assert on == TODAY + timedelta(days=days)
    left = days - passed
    state = due_state(on, today=TODAY + timedelta(days=passed))
    expected = (
        DueState.OVERDUE
        if left < 0
        else DueState.TODAY
        if left == 0
        else DueState.SOON
        if left <= 3
        else DueState.ON_TIME
    )
    assert state is expected


def test_the_day_is_the_citys_and_where_it_set_none_there_is_none(city: Staff, there: Widowed) -> None:
    found = {one.procedure: one for one in department_tasks(departments=INSURANCE)}
    marks = dues(list(found.values()), now=NOW)
    funeral, heirs = marks[found["nhi-funeral"].id], marks[found["high-cost-heirs"].id]
    assert (funeral.on, funeral.state) == (date(2026, 11, 23), DueState.ON_TIME)
    assert (heirs.on, heirs.state) == (None, DueState.NO_DAY)
    assert funeral.rank < heirs.rank
    late = dues(list(found.values()), now=NOW + timedelta(days=15))[found["nhi-funeral"].id]
    assert late.state is DueState.OVERDUE
    decide(there, GRANT, city["officer_nhi"])
    after = {one.procedure: one for one in department_tasks(departments=INSURANCE)}
    assert dues(list(after.values()), now=NOW)[after["high-cost-heirs"].id].state is DueState.DECIDED

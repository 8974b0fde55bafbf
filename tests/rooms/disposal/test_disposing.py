"""What does not go: nothing without a period, nothing held, nothing open, and nothing by one person alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW
from tests.rooms.cases.deciding import Widowed
from tests.rooms.cases.walking import brought_to, signed
from tests.rooms.disposal.doing import (
    LATER,
    Staff,
    approved,
    due,
    hold,
    proposed,
    set_five_years,
    to_the_end,
)
from tests.rooms.disposal.planting import (
    OVER,
    STILL_KEPT,
    another,
    five_years,
)

from madoguchi.cases import closing
from madoguchi.cases import models as tables
from madoguchi.cases.states import CaseStatus, TaskState
from madoguchi.connect.models import MessageRow
from madoguchi.disposal.erasing import Erased, go_on
from madoguchi.disposal.holds import HoldRefused, holds_now, release_hold
from madoguchi.disposal.log import lines_of
from madoguchi.disposal.models import ProposalRow
from madoguchi.disposal.periods import set_periods
from madoguchi.disposal.proposing import (
    ProposalRefused,
    approve,
    due_lines,
    proposal_of,
    send_back,
)
from madoguchi.disposal.values import HoldReason, LeftWhy, ProposalState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]


# Nothing goes.


def test_without_a_period_nothing_is_ever_due_and_nothing_can_be_proposed(
    city: Staff, there: Widowed
) -> None:
    assert {one.count for one in due_lines(on=OVER.replace(year=2200))} == {0}
    with pytest.raises(ProposalRefused, match="定めのないものは消しません"):
        proposed(city)
    set_five_years(city)
    assert due() == 1
    set_periods(periods=[], by=city["systems_saki"], now=NOW)
    assert due() == 0


def test_the_last_day_of_the_period_belongs_to_it(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    assert (due(on=STILL_KEPT), due(on=OVER)) == (0, 1)


def test_a_period_counts_from_the_last_thing_that_was_done(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    tables.CorrectionWishRow.objects.create(
        case=tables.CaseRow.objects.get(public_id=there.case),
        text="あとから",
        account=1,
        at=NOW + timedelta(days=365),
    )
    assert (due(on=OVER), due(on=OVER.replace(year=2033))) == (0, 1)


@pytest.mark.parametrize(
    "status", [one for one in CaseStatus if one.value not in ("registered", "closed", "withdrawn")]
)
def test_an_open_case_is_never_due(city: Staff, status: CaseStatus) -> None:
    set_five_years(city)
    brought_to(status, city["clerk_hana"], city["reviewer_jiro"])
    tables.TaskRow.objects.update(state=TaskState.DONE.value)
    assert due(on=OVER.replace(year=2100)) == 0


def _task(case: tables.CaseRow) -> None:
    case.tasks.filter(state=TaskState.DONE.value).update(state=TaskState.TAKEN.value)


def _document(case: tables.CaseRow) -> None:
    case.documents.update(received_at=None)


def _fee(case: tables.CaseRow) -> None:
    case.home_fees.update(state="asked")


def _letter(case: tables.CaseRow) -> None:
    tables.LetterRow.objects.filter(case=case).update(state="due", sent_at=None)


def _clash(case: tables.CaseRow) -> None:
    case.clashes.update(settled_at=None, kept="")


def _change(case: tables.CaseRow) -> None:
    MessageRow.objects.filter(case=case.public_id).update(state="handed_over")


@pytest.mark.parametrize("reopen", [_task, _document, _fee, _letter, _clash, _change])
def test_a_case_with_something_outstanding_is_not_due(city: Staff, there: Widowed, reopen: Any) -> None:
    set_five_years(city)
    assert due() == 1
    reopen(tables.CaseRow.objects.get(public_id=there.case))
    assert due() == 0


def test_practice_is_no_record(city: Staff) -> None:
    set_five_years(city)
    case = signed(city["clerk_hana"], practice=True)
    closing.withdraw(case=case, reason="練習", by=city["clerk_hana"], now=NOW, version=None)
    assert due() == 0


def test_what_is_held_is_not_due_until_it_is_released(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    hold(city, there.case)
    assert due() == 0
    with pytest.raises(ProposalRefused, match="保存期間の過ぎた記録はありません"):
        proposed(city)
    release_hold(hold=holds_now()[0].number, by=city["auditor_ren"], now=LATER)
    assert due() == 1


def test_what_is_held_after_the_approval_stays_and_is_said(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    other = another(there.case, 1)
    number = approved(city)
    hold(city, there.case)
    assert to_the_end() == 1
    assert {one.record: one.left for one in lines_of(number)} == {there.case: LeftWhy.HELD, other: None}
    assert tables.CaseRow.objects.filter(public_id=there.case).exists()
    assert (proposal_of(number).erased, proposal_of(number).left) == (1, 1)


def test_what_is_opened_again_after_the_approval_stays(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    number = approved(city)
    closing.correct_after_signing(
        case=there.case, reason="まちがい", by=city["clerk_hana"], now=LATER, version=None
    )
    assert (to_the_end(), lines_of(number)[0].left) == (0, LeftWhy.NOT_ENDED)


@pytest.mark.parametrize("longer", [True, False], ids=["a longer period", "none any more"])
def test_a_period_that_changes_after_the_approval_counts(city: Staff, there: Widowed, longer: bool) -> None:
    set_five_years(city)
    number = approved(city)
    set_periods(
        periods=[replace(five_years(), years=10)] if longer else [], by=city["systems_saki"], now=LATER
    )
    assert (to_the_end(), lines_of(number)[0].left) == (0, LeftWhy.PERIOD)
    assert tables.CaseRow.objects.filter(public_id=there.case).exists()


def test_a_hold_wants_a_record_a_reason_and_is_placed_once(city: Staff, there: Widowed) -> None:
    with pytest.raises(HoldRefused, match="見つからないか"):
        hold(city, "A-0000")
    with pytest.raises(HoldRefused, match="文書番号を入れて"):
        hold(city, there.case, reason=HoldReason.OTHER, note=" ")
    row = tables.CaseRow.objects.get(public_id=there.case)
    hold(city, row.number, day=row.day)
    with pytest.raises(HoldRefused, match="もう廃棄保留"):
        hold(city, there.case)


# Two persons.


def test_whoever_proposed_does_not_approve(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    number = proposed(city)
    with pytest.raises(ProposalRefused, match="伺いを作った人は承認できません"):
        approve(proposal=number, by=city["systems_saki"], now=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalRow.objects.filter(pk=number).update(
            state="approved", answered_at=LATER, answered_by=city["systems_saki"].staff_id
        )
    assert (go_on(now=LATER), due()) == (Erased(0, 0), 1)


def test_nothing_goes_before_the_approval_nor_after_a_refusal(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    number = proposed(city)
    assert go_on(now=LATER) == Erased(0, 0)
    with pytest.raises(ProposalRefused, match="理由を入れて"):
        send_back(proposal=number, note=" ", by=city["auditor_ren"], now=LATER)
    send_back(proposal=number, note="訴えが出ています", by=city["auditor_ren"], now=LATER)
    with pytest.raises(ProposalRefused, match="もう答えが出ています"):
        approve(proposal=number, by=city["auditor_ren"], now=LATER)
    assert (go_on(now=LATER), due()) == (Erased(0, 0), 1)
    again = proposed(city)
    send_back(proposal=again, note="", by=city["systems_saki"], now=LATER)
    assert proposal_of(again).state is ProposalState.TAKEN_BACK


def test_one_open_proposal_a_class(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    proposed(city)
    with pytest.raises(ProposalRefused, match="まだ終わっていない"):
        proposed(city)

"""What was wrong is put right with its history: before signing, after it, and after it has left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from tests.cast import NOW, TODAY
from tests.rooms.cases.walking import PAD, begun, brought_to, seen, sign, signed, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, queries, reviewing
from madoguchi.cases.acting import NotNow
from madoguchi.cases.models import CaseRow, FactRow, SignatureRow, TaskRow
from madoguchi.cases.states import CaseStatus, FactSource, TaskState
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef, Value

Staff = Mapping[str, Actor]
NAME = FactRef("name", "p1")


def put_right(case: str, ref: FactRef, value: Value, by: Actor, reason: str = "書きまちがい") -> None:
    hearing.correct_fact(case=case, ref=ref, value=value, reason=reason, by=by, now=NOW, version=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ref", "value"),
    [
        (FactRef("move_date", "event"), TODAY + timedelta(days=1)),
        (FactRef("birth_date", "p4"), TODAY + timedelta(days=1)),
        (
            FactRef("birth_date", "p4"),
            PossibleDays("令和9年月日不詳", date(2027, 1, 1), date(2027, 12, 31)),
        ),
    ],
)
def test_e17_a_day_that_has_not_come_is_no_correction_and_no_answer(
    ref: FactRef, value: Value, city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    before = seen(case, clerk).record.facts
    with pytest.raises(hearing.DayInFuture, match="届出の日より後"):
        put_right(case, ref, value, clerk)
    with pytest.raises(hearing.DayInFuture):
        hearing.answer_prompt(case=case, prompt="x", answers={ref: value}, by=clerk, now=NOW, version=None)
    assert seen(case, clerk).record.facts == before
    put_right(case, FactRef("move_date", "event"), TODAY, clerk)


@pytest.mark.django_db
def test_e18_the_three_days_are_kept_apart(city: Staff, procedures: str) -> None:
    """異動日, 届出日, 処理日: a notice of 11-09 about 10-31, processed when it leaves on 11-12."""
    clerk = city["clerk_hana"]
    case = begun(clerk, move_date=date(2026, 10, 31))
    visited(case, clerk)
    sign(case, clerk)
    reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    assert CaseRow.objects.get(public_id=case).processed_on is None
    reviewing.hand_over(case=case, by=clerk, now=NOW + timedelta(days=3))
    row = CaseRow.objects.get(public_id=case)
    moved = seen(case, clerk).record.value("move_date")
    assert (moved, row.notified_on, row.processed_on) == (date(2026, 10, 31), TODAY, date(2026, 11, 12))


@pytest.mark.django_db
def test_e13_why_it_is_late_is_kept_with_what_was_said_before(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk, move_date=date(2026, 9, 1))
    late = FactRef("late_reason", "event")
    for reason in ("入院していた", "入院していた", "入院し、家族も付き添っていた"):
        closing.note_late_reason(case=case, reason=reason, by=clerk, now=NOW)
    assert seen(case, clerk).header.late_reason == "入院し、家族も付き添っていた"
    told = [value for _, value, _, _, _ in queries.fact_history(case=case, ref=late)]
    assert told == ["入院していた", "入院し、家族も付き添っていた"]
    overdue = [one for one in seen(case, clerk).judged.with_status(Status.MUST) if one.overdue]
    assert "move-in-notice" in {one.procedure for one in overdue}


@pytest.mark.django_db
def test_a_late_reason_is_not_slipped_in_after_the_signature(city: Staff, procedures: str) -> None:
    case = signed(city["clerk_hana"])
    with pytest.raises(NotNow):
        closing.note_late_reason(case=case, reason="忙しかった", by=city["clerk_hana"], now=NOW)


@pytest.mark.django_db
def test_a_name_is_put_right_after_signing_and_the_wrong_one_stays_on_record(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = signed(clerk)
    with pytest.raises(NotNow):
        put_right(case, NAME, "引越 太", clerk)
    rows = FactRow.objects.count()
    closing.correct_after_signing(case=case, reason="氏名の字", by=clerk, now=NOW, version=None)
    put_right(case, NAME, "引越 太", clerk)
    assert seen(case, clerk).record.text("name", "p1") == "引越 太"
    told = queries.fact_history(case=case, ref=NAME)
    assert [(value, source, standing) for _, value, source, _, standing in told] == [
        ("引越 大", FactSource.CERTIFICATE, True),
        ("引越 太", FactSource.STAFF, True),
    ]
    assert FactRow.objects.count() == rows + 1
    sign(case, clerk)
    digests = SignatureRow.objects.filter(case__public_id=case).order_by("round")
    assert [one.round for one in digests] == [1, 2]
    assert digests[0].content_digest != digests[1].content_digest


@pytest.mark.django_db
def test_the_prefecture_follows_the_old_address(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    same = FactRef("from_same_prefecture", "event")
    assert seen(case, clerk).record.facts[same].value is False
    put_right(case, FactRef("old_address", "event"), "埼玉県深谷市本住町1番地", clerk)
    held = seen(case, clerk).record.facts[same]
    assert held.source is FactSource.DERIVED
    put_right(case, FactRef("old_address", "event"), "どこか遠く", clerk)
    record = seen(case, clerk).record
    assert record.facts[same].value is None
    assert same not in record.heard_without_answer, "not known any more, so it may be asked"


@pytest.mark.django_db
def test_what_is_no_longer_filed_after_a_correction_is_called_off_and_comes_back(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = signed(clerk)
    insurance = FactRef("health_insurance", "p1")

    def state() -> str:
        return TaskRow.objects.get(case__public_id=case, procedure="nhi-enrol", subject="p1").state

    assert state() == TaskState.NEW.value
    for insured, wanted in (("employee_insured", TaskState.CANCELLED), ("none", TaskState.NEW)):
        closing.correct_after_signing(case=case, reason="保険の誤り", by=clerk, now=NOW, version=None)
        put_right(case, insurance, insured, clerk)
        sign(case, clerk)
        assert state() == wanted.value


@pytest.mark.django_db
def test_a_signature_covers_what_the_case_says_or_nothing_is_approved(city: Staff, procedures: str) -> None:
    case = signed(city["clerk_hana"])
    SignatureRow.objects.filter(case__public_id=case).update(content_digest="0" * 64)
    with pytest.raises(reviewing.SignatureOutdated, match="もう一度署名"):
        reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    reviewing.send_back(case=case, note="署名", by=city["reviewer_jiro"], now=NOW, version=None)
    sign(case, city["clerk_hana"])
    reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [CaseStatus.SENT, CaseStatus.REGISTERED])
def test_what_the_core_system_holds_is_not_withdrawn(
    status: CaseStatus, city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = brought_to(status, clerk, city["reviewer_jiro"])
    closing.correct_after_signing(case=case, reason="誤り", by=clerk, now=NOW, version=None)
    with pytest.raises(closing.AlreadyWithCore, match="異動の取消し"):
        closing.withdraw(case=case, reason="やめる", by=clerk, now=NOW, version=None)
    assert seen(case, clerk).header.status is CaseStatus.HEARING


@pytest.mark.django_db
def test_what_the_core_system_refused_may_be_withdrawn(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = brought_to(CaseStatus.SENT, clerk, city["reviewer_jiro"])
    reviewing.refuse(case=case, reason="住所コードなし", by=clerk, now=NOW)
    closing.withdraw(case=case, reason="やめる", by=clerk, now=NOW, version=None)
    assert not TaskRow.objects.filter(case__public_id=case).exclude(state=TaskState.CANCELLED.value).exists()


@pytest.mark.django_db
def test_whoever_entered_anything_does_not_review_it(city: Staff, procedures: str) -> None:
    """Not the one who opened it, not the one who entered last, and not the one in between."""
    hana, taro, jiro = city["clerk_hana"], city["clerk_taro"], city["reviewer_jiro"]
    case = begun(hana)
    put_right(case, NAME, "引越 太", jiro)
    put_right(case, NAME, "引越 大", taro)
    visited(case, taro)
    closing.sign(case=case, strokes=PAD, paper_signed=False, by=taro, now=NOW, version=None)
    for by in (hana, taro, jiro):
        assert [line.may_review for line in queries.waiting_for_review(actor=by)] == [False]
        with pytest.raises(reviewing.SamePerson):
            reviewing.approve(case=case, by=by, now=NOW, version=None)
    north = city["clerk_north"]
    assert [line.may_review for line in queries.waiting_for_review(actor=north)] == [True]
    reviewing.approve(case=case, by=north, now=NOW, version=None)


@pytest.mark.django_db
def test_what_was_undone_does_not_keep_anybody_from_reviewing(city: Staff, procedures: str) -> None:
    hana, jiro = city["clerk_hana"], city["reviewer_jiro"]
    case = begun(hana)
    put_right(case, NAME, "引越 太", jiro)
    hearing.undo(case=case, by=hana, now=NOW, version=None)
    put_right(case, NAME, "引越 太", hana)
    visited(case, hana)
    sign(case, hana)
    reviewing.approve(case=case, by=jiro, now=NOW, version=None)

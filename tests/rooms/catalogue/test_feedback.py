"""What is said of a screen is kept without who says it, decided by a table, and answered by what is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW

from madoguchi.audit.entries import Actor
from madoguchi.catalogue.drafts import citing, operations
from madoguchi.catalogue.drafts.citing import CitationRefused
from madoguchi.catalogue.feedback.book import feedback_book
from madoguchi.catalogue.feedback.deciding import FeedbackRefused, decide
from madoguchi.catalogue.feedback.giving import NothingSaid, give
from madoguchi.catalogue.feedback.reading import by_screen, feedback, feedbacks
from madoguchi.catalogue.feedback.states import MAY, FeedbackState, FeedbackStep, Giver, Verdict
from madoguchi.catalogue.feedback.values import LETTERS, NoSuchFeedback, Said, plain_number
from madoguchi.catalogue.models import FeedbackCitationRow, FeedbackRow
from madoguchi.catalogue.operations import go_back_to
from madoguchi.catalogue.queries import revisions
from madoguchi.procedures.editing.layers import procedure_values, with_procedure

pytestmark = pytest.mark.django_db
Staff = Mapping[str, Actor]


def said(words: str = "字が小さい", **other: object) -> Said:
    usual = {
        "verdict": Verdict.UNCLEAR, "screen": "online:days", "procedure": "", "giver": Giver.RESIDENT, "department": "",
        "language": "ja",
    }  # fmt: skip
    return Said(words=words, **{**usual, **other})  # type: ignore[arg-type]  # names of its own fields


def given(words: str = "字が小さい", press: str = "", **other: object) -> str:
    return give(said=said(words, **other), press=press or words, now=NOW)


def test_what_is_said_is_kept_masked(procedures: str) -> None:
    number = given(
        "090-1234-5678へ。マイナンバーは１２３４ ５６７８ ９０１８、mail@example.jp", procedure="nhi-enrol"
    )
    row = FeedbackRow.objects.get()
    assert row.words == "［電話］へ。マイナンバーは［番号］、［メール］"
    assert (row.number, row.procedure, row.revision, row.state) == (number, "nhi-enrol", procedures, "new")
    assert len(number) == 8 and set(number) <= set(LETTERS)


def test_a_procedure_that_is_not_there_is_not_kept(procedures: str) -> None:
    given(procedure="田中太郎")
    assert FeedbackRow.objects.get().procedure == ""


def test_before_anything_is_published_it_can_be_said(city: Staff) -> None:
    assert feedback(given()).revision == ""


def test_the_same_press_is_said_once(city: Staff) -> None:
    assert given("一度め", press="x") == given("二度め", press="x")
    assert FeedbackRow.objects.count() == 1


def test_what_needs_words_needs_them_and_not_too_many(city: Staff) -> None:
    for verdict, words in ((Verdict.WRONG, " \n"), (Verdict.OTHER, ""), (Verdict.CLEAR, "あ" * 401)):
        with pytest.raises(NothingSaid):
            given(words, press="x", verdict=verdict)
    given("", press="y", verdict=Verdict.CLEAR)
    given("あ" * 400, verdict=Verdict.CLEAR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"giver": "mayor"}, {"verdict": "bad"}, {"state": "gone"}, {"department": "citizens"},
        {"state": "declined", "decided_at": NOW}, {"state": "answered"},
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(wrong: Mapping[str, object], city: Staff) -> None:
    number = given()
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackRow.objects.filter(number=number).update(**wrong)


def test_every_step_is_in_the_table_and_no_other(city: Staff) -> None:
    by = city["dx_mio"]
    for state in FeedbackState:
        for step in FeedbackStep:
            number = given(press=f"{state}{step}")
            FeedbackRow.objects.filter(number=number).update(state=state.value, decided_at=NOW, said="理由")
            if step in MAY[state]:
                assert decide(number=number, step=step, said="直しました", by=by, now=NOW) is MAY[state][step]
            else:
                with pytest.raises(FeedbackRefused):
                    decide(number=number, step=step, said="直しました", by=by, now=NOW)


def test_who_declines_says_why_and_who_reopens_begins_anew(city: Staff) -> None:
    number, by = given(), city["dx_mio"]
    with pytest.raises(FeedbackRefused):
        decide(number=number, step=FeedbackStep.DECLINE, by=by, now=NOW)
    decide(number=number, step=FeedbackStep.DECLINE, said="法令の言葉です。", by=by, now=NOW)
    assert feedback(number).said == "法令の言葉です。"
    decide(number=number, step=FeedbackStep.REOPEN, by=by, now=NOW)
    found = feedback(number)
    assert (found.state, found.said, found.decided_at) == (FeedbackState.READ, "", None)
    with pytest.raises(NoSuchFeedback):
        decide(number="ZZZZZZZZ", step=FeedbackStep.READ, by=by, now=NOW)


def test_a_draft_names_what_it_answers_and_publishing_answers_it(city: Staff, procedures: str) -> None:
    writer, second = city["dx_mio"], city["dx_sora"]
    number, later = given(procedure="nhi-enrol"), NOW + timedelta(days=1)
    draft = operations.begin(title="国保の説明を短くする", by=writer, now=NOW)
    citing.cite(draft=draft, number=f" {number[:4].lower()}-{number[4:]} ", by=writer, now=NOW)
    assert feedback(number).state is FeedbackState.READ
    assert citing.cited_in(draft) == ((number, "字が小さい"),)
    revision = published(draft, writer, second, later)
    found = feedback(number)
    assert (found.state, [one.revision for one in found.answers]) == (FeedbackState.ANSWERED, [revision])
    assert (found.answers[0].note, found.answers[0].published_at) == ("国保の説明を短くする", later)
    assert {one.revision: one.answers for one in revisions()} == {revision: (number,), procedures: ()}
    with pytest.raises(CitationRefused):
        citing.uncite(draft=draft, number=number, by=writer, now=later)
    go_back_to(revision=procedures, by=second, now=later)
    assert feedback(number).answers[0].back, "the change is not shown any more"


def published(draft: int, writer: Actor, second: Actor, now: datetime) -> str:
    found = operations.draft(draft)
    assert found is not None
    values = procedure_values(found.layers, "nhi-enrol") | {"summary": "国保に入ります。"}
    layer = with_procedure(found.layers, "nhi-enrol", values)
    version = operations.keep(
        number=draft, version=found.version, layer=layer, what="説明", by=writer, now=NOW
    )
    assert operations.run_tests(number=draft, sheet_faults=no_faults, by=writer, now=NOW).passed
    return operations.publish_draft(number=draft, version=version, sheet_faults=no_faults, by=second, now=now)


def no_faults(_sheet: str, _values: Mapping[str, object]) -> tuple[str, ...]:
    return ()


def test_what_is_not_published_answers_nothing(city: Staff, procedures: str) -> None:
    writer = city["dx_mio"]
    number, draft = given(), operations.begin(title="下書き", by=writer, now=NOW)
    citing.cite(draft=draft, number=number, by=writer, now=NOW)
    with pytest.raises(operations.DraftError):
        operations.publish_draft(number=draft, version=1, sheet_faults=no_faults, by=city["dx_sora"], now=NOW)
    assert (feedback(number).state, feedback(number).answers) == (FeedbackState.READ, ())
    with pytest.raises(CitationRefused):
        citing.cite(draft=draft, number=number, by=writer, now=NOW)
    citing.uncite(draft=draft, number=number, by=writer, now=NOW)
    assert citing.cited_in(draft) == ()
    operations.drop(number=draft, by=writer, now=NOW)
    for wrong in (draft, 999_999):
        with pytest.raises(CitationRefused):
            citing.cite(draft=wrong, number=number, by=writer, now=NOW)


def test_a_number_that_is_not_there_cannot_be_cited(city: Staff, procedures: str) -> None:
    draft = operations.begin(title="下書き", by=city["dx_mio"], now=NOW)
    for number in ("", "ZZZZ-ZZZZ", "1", "x" * 300):
        with pytest.raises(CitationRefused):
            citing.cite(draft=draft, number=number, by=city["dx_mio"], now=NOW)


def test_the_database_keeps_a_citation_whole(city: Staff, procedures: str) -> None:
    number, draft = given(), operations.begin(title="下書き", by=city["dx_mio"], now=NOW)
    citing.cite(draft=draft, number=number, by=city["dx_mio"], now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackCitationRow.objects.update(published_at=NOW)


def test_the_list_is_filtered_and_counted_by_screen(city: Staff) -> None:
    first = given("一", screen="counter:hearing", giver=Giver.CLERK, department="citizens")
    given("二", screen="online:days", verdict=Verdict.WRONG)
    decide(number=first, step=FeedbackStep.DECLINE, said="理由", by=city["dx_mio"], now=NOW)
    assert [one.words for one in feedbacks(giver=Giver.CLERK)] == ["一"]
    assert [one.words for one in feedbacks(state=FeedbackState.NEW, verdict=Verdict.WRONG)] == ["二"]
    assert [one.words for one in feedbacks(screen="online:days")] == ["二"]
    assert [(one.screen, one.total, one.open) for one in by_screen()] == [
        ("online:days", 1, 1), ("counter:hearing", 1, 0),
    ]  # fmt: skip
    book = openpyxl.load_workbook(
        BytesIO(
            feedback_book(
                feedbacks(), by_screen(), local=lambda at: at, named=lambda screen: "画面", departments={}
            )
        )
    )
    assert book.sheetnames == ["ご意見", "画面ごと"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("k7qm-3xpd", "K7QM3XPD"), (" K7QM 3XPD", "K7QM3XPD"), ("K7QM", ""), ("Ｋ7QM3XPD", "")],
)
def test_a_number_as_it_is_typed(typed: str, kept: str) -> None:
    assert plain_number(typed) == kept

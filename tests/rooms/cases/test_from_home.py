"""Applying from home: whose it is, what may be done when, and that nothing of it can be changed behind its signature."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.applying import (
    ALLOWANCE,
    answer_once,
    answered,
    applicant_of,
    attach,
    begun,
    handed_in,
    picture,
    seen,
    submitted,
)
from tests.cast import NOW, PLANTED, RESIDENTS, TODAY
from tests.personas import SELF

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import reviewing, tasks
from madoguchi.cases.from_home import answering, withdrawing
from madoguchi.cases.from_home.following import NotNowFromHome, NotYours, home_part
from madoguchi.cases.from_home.offering import NotOffered, Offered, elsewhere, offered, one_may_apply_for
from madoguchi.cases.from_home.opening import CONSENT, CONSENT_VERSION, Applicant, NotAgreed, open_from_home
from madoguchi.cases.from_home.states import HomeState
from madoguchi.cases.from_home.submitting import NotAnswered, NotDeclared
from madoguchi.cases.models import (
    CaseRow,
    CorrectionWishRow,
    DocumentRow,
    FactRow,
    HomeCaseRow,
    SignatureRow,
    TaskRow,
)
from madoguchi.cases.queries import department_tasks, worklist
from madoguchi.cases.record import read_record
from madoguchi.cases.states import TaskAct
from madoguchi.catalogue.queries import current
from madoguchi.procedures.situation import EventKind
from madoguchi.residents import mandates
from madoguchi.residents.mandates import MandateKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]


@pytest.fixture
def who(residents: object, procedures: str) -> Applicant:
    return applicant_of("head")


@pytest.fixture(autouse=True)
def _room(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.ATTACHMENTS_FOLDER = tmp_path / "attachments"
    yield


def test_nothing_is_looked_up_without_the_consent(who: Applicant) -> None:
    for agreed in ("", "2020-01", "yes"):
        with pytest.raises(NotAgreed):
            open_from_home(
                what=Offered(EventKind.none, ALLOWANCE), who=who, agreed=agreed, mark="m", language="ja", by=SELF, now=NOW
            )  # fmt: skip
    assert not EntryRow.objects.filter(purpose="from_home").exists()
    assert not CaseRow.objects.exists()
    begun(who)
    assert HomeCaseRow.objects.get().consent_version == CONSENT_VERSION
    assert EntryRow.objects.filter(purpose="from_home", person_key=who.principal_no).exists()


def test_what_all_of_a_branch_wait_for_is_taken_last(who: Applicant) -> None:
    """The last 受付番号 of the day and the last line of the outbox: whoever counts them on holds up the branch until the commit."""
    with CaptureQueriesContext(connection) as asked:
        begun(who)
    written = [one["sql"].split('"')[1] for one in asked if one["sql"].startswith(("INSERT", "UPDATE"))]
    first = min(written.index("cases_casecounter"), written.index("audit_outboxcounter"))
    assert set(written[first:]) == {
        "cases_casecounter", "cases_caserow", "audit_outboxcounter", "audit_outboxrow",
    }, written  # fmt: skip
    case = CaseRow.objects.get()
    assert (case.sequence, case.number[1:]) == (1, "001")


def test_the_consent_has_a_new_version_when_a_sentence_changes() -> None:
    """What was agreed to must be found again: change the version together with a sentence, and then this."""
    said = hashlib.sha256("\n".join(CONSENT).encode()).hexdigest()[:12]
    assert (CONSENT_VERSION, said) == ("2026-11", "09f5ded8d91e")


def test_the_same_page_pressed_twice_opens_one(who: Applicant) -> None:
    assert begun(who, mark="a" * 32) == begun(who, mark="a" * 32)
    assert CaseRow.objects.count() == 1
    assert begun(who, mark="b" * 32) != begun(who, mark="a" * 32)


def test_what_the_register_knows_is_not_asked(who: Applicant) -> None:
    number = begun(who)
    asked = set()
    while (page := answering.page_now(seen(number, who))) is not None:
        asked |= {ref.key for ref in page.refs}
        answer_once(number, who)
    assert asked == {"claimant", "employment", "child_allowance_recipient"}
    assert not asked & {"name", "birth_date", "relationship", "sex", "registered_address"}


def test_only_what_the_pack_lets_be_filed_from_home_is_offered(procedures: str) -> None:
    pack = current()
    ours = {one.id for one in one_may_apply_for(pack)}
    assert ALLOWANCE in ours
    assert not ours & {one.id for one in elsewhere(pack)}
    for key in ("seal-registration", "move-in-notice", "nothing", "move_in"):
        with pytest.raises(NotOffered):
            offered(pack, key)


def test_a_case_from_home_is_about_what_is_applied_for_alone(who: Applicant) -> None:
    view = seen(submitted(who), who)
    assert {one.procedure for one in view.judged.decisions} == {ALLOWANCE}
    assert [one.procedure for one in view.tasks] == [ALLOWANCE]


def test_back_to_the_first_question_and_no_further(who: Applicant) -> None:
    number = answered(begun(who), who)
    first = seen(number, who)
    said = len(answering.answers_of(first.record))
    for _answer in range(said):
        assert answering.back(number=number, who=who, by=SELF, now=NOW, version=None)
    assert not answering.back(number=number, who=who, by=SELF, now=NOW, version=None)
    view = seen(number, who)
    assert not answering.answers_of(view.record)
    assert len(view.record.people) == len(first.record.people)


def test_unknown_leads_to_no_application_and_can_be_taken_up_again(who: Applicant) -> None:
    number = begun(who)
    while answer_once(number, who, unknown=True):
        pass
    assert answering.step_of(seen(number, who)) is answering.Step.NOTHING
    answering.take_up_again(number=number, who=who, by=SELF, now=NOW)
    assert answering.step_of(seen(number, who)) is answering.Step.QUESTION


def test_an_open_question_or_no_declaration_submits_nothing(who: Applicant) -> None:
    number = begun(who)
    with pytest.raises(NotAnswered):
        handed_in(number, who)
    answered(number, who)
    with pytest.raises(NotDeclared):
        handed_in(number, who, declared=False)
    assert not TaskRow.objects.exists()
    assert CaseRow.objects.get().signed_round == 0


def test_submitted_twice_is_one_receipt(who: Applicant) -> None:
    number = answered(begun(who), who)
    first = handed_in(number, who)
    assert handed_in(number, who, now=NOW + timedelta(minutes=5)) == first
    assert handed_in(number, who, declared=False) == first
    assert (SignatureRow.objects.count(), TaskRow.objects.count()) == (1, 1)
    assert SignatureRow.objects.get().kind == "sign_in"


def test_the_day_of_the_notice_is_the_day_of_the_submission(who: Applicant) -> None:
    number = answered(begun(who), who)
    later = NOW + timedelta(days=3)
    assert seen(number, who, now=later).judged.on == TODAY + timedelta(days=3)
    handed_in(number, who, now=later)
    assert CaseRow.objects.get().notified_on == TODAY + timedelta(days=3)
    assert seen(number, who, now=later + timedelta(days=9)).judged.on == TODAY + timedelta(days=3)


def test_a_withdrawn_application_gives_no_tasks(who: Applicant, city: dict[str, Actor]) -> None:
    number = submitted(who)
    withdrawing.withdraw(number=number, who=who, by=SELF, now=NOW)
    withdrawing.withdraw(number=number, who=who, by=SELF, now=NOW)
    assert {one.state for one in TaskRow.objects.all()} == {"cancelled"}
    assert not department_tasks(departments=["childcare"])
    with pytest.raises(NotNowFromHome):
        handed_in(number, who)
    assert seen(number, who).line.state is HomeState.WITHDRAWN


def test_what_a_department_has_done_is_not_withdrawn(who: Applicant, city: dict[str, Actor]) -> None:
    number = submitted(who)
    task = TaskRow.objects.get().pk
    tasks.act_on_task(task=task, act=TaskAct.TAKE, note="", by=city["officer_child"], now=NOW, version=None)
    assert seen(number, who).line.state is HomeState.CHECKING
    tasks.act_on_task(task=task, act=TaskAct.DONE, note="", by=city["officer_child"], now=NOW, version=None)
    assert seen(number, who).line.state is HomeState.DECIDED
    with pytest.raises(NotNowFromHome):
        withdrawing.withdraw(number=number, who=who, by=SELF, now=NOW)


def test_sent_back_put_right_and_submitted_again(who: Applicant, city: dict[str, Actor]) -> None:
    number = submitted(who)
    case = CaseRow.objects.get().public_id
    reviewing.send_back(
        case=case, note="口座の写真をつけてください", by=city["reviewer_jiro"], now=NOW, version=None
    )
    view = seen(number, who)
    assert (view.line.state, view.note) == (HomeState.SENT_BACK, "口座の写真をつけてください")
    attach(number, who, picture())
    first = HomeCaseRow.objects.get().submitted_at
    assert handed_in(number, who, now=NOW + timedelta(days=1)).submitted_at == first
    assert SignatureRow.objects.count() == 2
    assert DocumentRow.objects.filter(dropped_at__isnull=True).count() == 0
    reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    assert seen(number, who).note == ""


def test_a_clerk_cannot_approve_what_changed_after_the_sign_in(
    who: Applicant, city: dict[str, Actor]
) -> None:
    submitted(who)
    row = CaseRow.objects.get()
    FactRow.objects.filter(case=row, key="employment").update(value="none")
    with pytest.raises(reviewing.SignatureOutdated):
        reviewing.approve(case=row.public_id, by=city["reviewer_jiro"], now=NOW, version=None)


def test_a_wish_reaches_the_department_and_is_kept(who: Applicant) -> None:
    number = submitted(who)
    for said in ("口座を 変えました", "口座を 変えました", "もう一つ"):
        withdrawing.wish_correction(number=number, who=who, text=said, by=SELF, now=NOW)
    part = home_part(case=CaseRow.objects.get().public_id)
    assert part is not None
    assert [text for _at, text in part.wishes] == ["口座を 変えました", "もう一つ"]
    assert TaskRow.objects.get().notes.count() == 2
    for text, error in ((" \n", withdrawing.WishMissing), ("あ" * 201, withdrawing.WishTooLong)):
        with pytest.raises(error):
            withdrawing.wish_correction(number=number, who=who, text=text, by=SELF, now=NOW)
    with pytest.raises(Exception, match="書き足すだけ"):
        CorrectionWishRow.objects.update(text="x")


def test_nobody_else_has_it(who: Applicant, city: dict[str, Actor]) -> None:
    number = submitted(who)
    other = applicant_of("head_of_joined")
    for stranger in (other, replace(who, principal_no=other.principal_no)):
        with pytest.raises(NotYours):
            seen(number, stranger)
        with pytest.raises(NotYours):
            withdrawing.withdraw(number=number, who=stranger, by=SELF, now=NOW)
    with pytest.raises(NotYours):
        seen("0000000000", who)
    assert CaseRow.objects.get().status == "in_review"


def test_the_wife_of_who_applied_does_not_see_it(who: Applicant) -> None:
    number = submitted(who)
    with pytest.raises(NotYours):
        seen(number, applicant_of("wife"))


def _mandate(agent: Applicant, principal: Applicant, *procedures: str) -> Applicant:
    code = mandates.make_code(account=agent.account, by=SELF, now=NOW)
    made = mandates.ask(
        principal_no=principal.principal_no, code=code, kind=MandateKind.FAMILY, procedures=procedures,
        ends_on=TODAY + timedelta(days=30), by=SELF, now=NOW,
    )  # fmt: skip
    mandates.take_on(mandate=made, account=agent.account, by=SELF, now=NOW)
    found = mandates.in_force(mandate=made, account=agent.account, now=NOW)
    return Applicant(agent.account, principal.principal_no, agent.own_no, found)


def test_an_agent_applies_for_whom_the_mandate_allows(who: Applicant) -> None:
    agent = _mandate(applicant_of("head_of_joined"), who, ALLOWANCE)
    with pytest.raises(NotOffered):
        begun(agent, "nursery")
    number = submitted(agent)
    record = read_record(CaseRow.objects.get())
    assert record.text("notifier_kind") == "agent"
    assert record.text("notifier_name") == RESIDENTS["head_of_joined"].name.name
    assert seen(number, who).line.by_agent, "whom it is for sees it"
    own = submitted(who)
    with pytest.raises(NotYours):
        seen(own, agent)
    mine = replace(agent, mandate=None, principal_no=agent.own_no)
    with pytest.raises(NotYours):
        seen(number, mine)


def test_a_protected_persons_address_comes_into_no_application(residents: object, procedures: str) -> None:
    who = applicant_of("protected")
    number = answered(begun(who), who)
    row = CaseRow.objects.get()
    held = [str(one) for one in FactRow.objects.filter(case=row).values_list("value", flat=True)]
    assert not any(part in text for part in PLANTED for text in held)
    assert seen(number, who).record.value("registered_address") is None


def test_what_was_never_submitted_lapses_and_is_nobodys_work(who: Applicant, city: dict[str, Actor]) -> None:
    number = begun(who)
    assert not worklist(branch="main", now=NOW)
    assert not worklist(branch="main", now=NOW, number=CaseRow.objects.get().number)
    assert withdrawing.lapse(now=NOW + timedelta(days=29), days=30) == 0
    assert withdrawing.lapse(now=NOW + timedelta(days=31), days=30) == 1
    assert seen(number, who).line.state is HomeState.WITHDRAWN


def test_what_lapses_is_only_what_was_not_submitted(who: Applicant) -> None:
    submitted(who)
    assert withdrawing.lapse(now=NOW + timedelta(days=400), days=30) == 0
    assert CaseRow.objects.get().status == "in_review"


def test_a_birth_brings_the_child(who: Applicant) -> None:
    number = answered(begun(who, "birth"), who)
    view = seen(number, who)
    child = next(one for one in view.record.people if not one.resident_no)
    assert view.record.text("name", child.ref) == "髙橋 新"
    assert view.record.value("birth_date", child.ref) == TODAY
    assert {one.procedure for one in view.judged.decisions} <= {
        one.id for one in current().procedures if one.channels.get("online") in ("submission", "full")
    }

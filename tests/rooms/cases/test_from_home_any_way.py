"""Whatever a resident and the office do to an application in whatever order: the table holds, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.applying import CLEAN, answer_once, applicant_of, begun, handed_in, picture, seen
from tests.cast import NOW
from tests.personas import SELF

from madoguchi.audit.entries import Actor
from madoguchi.cases import reviewing, tasks
from madoguchi.cases.acting import NotNow
from madoguchi.cases.from_home import answering, attaching, withdrawing
from madoguchi.cases.from_home.attaching import things_of
from madoguchi.cases.from_home.following import HomeCase, NotNowFromHome
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HOME_ACTS, HomeAct, HomeState
from madoguchi.cases.from_home.submitting import CannotSubmit
from madoguchi.cases.models import AttachmentRow, CaseRow, HomeCaseRow, SignatureRow, TaskRow
from madoguchi.cases.states import TASK_ACTS, TaskAct, TaskState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]
RESIDENTS_STEPS = {
    "answer": HomeAct.ANSWER,
    "answer all": HomeAct.ANSWER,
    "back": HomeAct.ANSWER,
    "attach": HomeAct.ATTACH,
    "submit": HomeAct.SUBMIT,
    "withdraw": HomeAct.WITHDRAW,
    "wish": HomeAct.WISH_CORRECTION,
}
OFFICES_STEPS = ("take", "done", "send back", "approve")
STEPS = st.sampled_from([*RESIDENTS_STEPS, "answer all", "submit", *OFFICES_STEPS])
_marks = count()


@pytest.fixture(autouse=True)
def _room(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.ATTACHMENTS_FOLDER = tmp_path / "attachments"
    yield


def residents_step(step: str, number: str, who: Applicant) -> None:
    match step:
        case "answer":
            _answered(number, who)
        case "answer all":
            while _answered(number, who):
                pass
        case "back":
            answering.back(number=number, who=who, by=SELF, now=NOW, version=None)
        case "attach":
            view = seen(number, who)
            things = things_of(view.judged, view.record)
            key = things[0].key if things else "none"
            colour = ("red", "blue", "green")[len(view.files) % 3]
            attaching.attach(
                number=number, who=who, thing=key, contents=picture(colour), scanner=CLEAN, by=SELF, now=NOW
            )
        case "submit":
            handed_in(number, who)
        case "withdraw":
            withdrawing.withdraw(number=number, who=who, by=SELF, now=NOW)
        case "wish":
            withdrawing.wish_correction(number=number, who=who, text="直したい", by=SELF, now=NOW)


def _answered(number: str, who: Applicant) -> bool:
    view = seen(number, who)
    if answering.page_now(view) is None and HomeAct.ANSWER not in view.may:
        raise NotNowFromHome(HomeAct.ANSWER, view.line.state)
    return answer_once(number, who)


def offices_step(step: str, case: str, city: Mapping[str, Actor]) -> None:
    task = TaskRow.objects.filter(case__public_id=case).first()
    if step in ("take", "done"):
        act = TaskAct(step)
        if task is not None and act in TASK_ACTS[TaskState(task.state)]:
            tasks.act_on_task(task=task.pk, act=act, note="", by=city["officer_child"], now=NOW, version=None)
        return
    try:
        if step == "approve":
            reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
        else:
            reviewing.send_back(case=case, note="直して", by=city["reviewer_jiro"], now=NOW, version=None)
    except NotNow:
        pass


def see_that_the_table_holds(step: str, before: HomeCase, number: str, who: Applicant) -> None:
    """A step that the table does not allow is refused with a sentence, and changes nothing."""
    allowed = RESIDENTS_STEPS[step] in HOME_ACTS[before.line.state]
    version = before.version
    try:
        residents_step(step, number, who)
    except NotNowFromHome as error:
        partly = step == "withdraw" and isinstance(error, withdrawing.DecidedInPart)
        assert not allowed or partly, (step, before.line.state)
        assert str(error).endswith("。")
        assert seen(number, who).version == version
    except (CannotSubmit, attaching.NoSuchThing):
        assert allowed
    else:
        again = step == "submit" and before.line.submitted_at is not None
        gone = step == "withdraw" and before.line.state is HomeState.WITHDRAWN
        assert allowed or again or gone, (step, before.line.state)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip
@given(steps=st.lists(STEPS, max_size=12))
def test_any_way_through(city: Mapping[str, Actor], steps: list[str]) -> None:
    who = applicant_of("head")
    number = begun(who, mark=f"{next(_marks):032d}")
    case = HomeCaseRow.objects.get(number=number).case.public_id
    receipt = None
    for step in steps:
        before = seen(number, who)
        kept = files_of(case)
        if step in RESIDENTS_STEPS:
            see_that_the_table_holds(step, before, number, who)
        else:
            offices_step(step, case, city)
        after = seen(number, who)
        row = CaseRow.objects.get(public_id=case)
        open_tasks = TaskRow.objects.filter(case=row).exclude(state="cancelled")
        if before.line.state not in (HomeState.FILLING, HomeState.SENT_BACK):
            assert files_of(case) == kept, "nothing is swapped after the submission"
        if after.line.state is HomeState.WITHDRAWN:
            assert not open_tasks.exists()
        if after.line.submitted_at is None:
            assert not open_tasks.exists()
        assert receipt in (None, after.line.submitted_at)
        receipt = after.line.submitted_at
        assert SignatureRow.objects.filter(case=row).count() == row.signed_round
        assert after.line.number == number


def files_of(case: str) -> set[tuple[str, str, object]]:
    rows = AttachmentRow.objects.filter(case__public_id=case)
    return set(rows.values_list("public_id", "digest", "dropped_at"))

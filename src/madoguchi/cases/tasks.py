"""A department's work on a case (課の仕事): come to the seat, ask back, finish. The resident stays where they sit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.audit.operations import record_step
from madoguchi.cases.acting import SomebodyElseChanged
from madoguchi.cases.models import TaskNoteRow, TaskRow
from madoguchi.cases.states import TASK_ACTS, TaskAct, TaskState


class NoSuchTask(LookupError):
    """No task of that number in this department."""

    def __init__(self) -> None:
        super().__init__("その仕事は見つかりません。課の画面から選び直してください。")


class TaskNotNow(ValueError):
    """The act does not fit the state of the task."""

    def __init__(self, state: TaskState) -> None:
        super().__init__(
            f"この仕事は「{state.label}」のため、この操作はできません。画面を開き直してください。"
        )


class QuestionMissing(ValueError):
    """Asking back without a question."""

    def __init__(self) -> None:
        super().__init__("窓口に確認することを入れてください。")


def act_on_task(*, task: int, act: TaskAct, note: str, by: Actor, now: datetime, version: int | None) -> None:
    """Do one act on a task. Raises NoSuchTask, TaskNotNow, QuestionMissing, SomebodyElseChanged."""
    if act in (TaskAct.ASK_BACK, TaskAct.ANSWER_BACK) and not note.strip():
        raise QuestionMissing
    with transaction.atomic():
        row = TaskRow.objects.select_for_update().select_related("case").filter(pk=task).first()
        if row is None:
            raise NoSuchTask
        if version is not None and version != row.version:
            raise SomebodyElseChanged
        state = TaskState(row.state)
        after = TASK_ACTS[state].get(act)
        if after is None:
            raise TaskNotNow(state)
        TaskRow.objects.filter(pk=row.pk).update(
            state=after.value, by_name=by.name, changed_at=now, version=F("version") + 1
        )
        if note.strip():
            TaskNoteRow.objects.create(task=row, text=note.strip()[:200], by_name=by.name, at=now)
        record_step(
            actor=by,
            case=row.case.public_id,
            activity=f"task_{act.value}",
            channel=Channel.DEPARTMENT,
            now=now,
            detail=StepDetail(procedure=row.procedure),
            practice=row.case.practice,
        )


def finish_by_registration(*, case: str, procedures: frozenset[str], by: Actor, now: datetime) -> None:
    """The core system has registered the change: the notices that it carries out are done, in the caller's transaction."""
    open_states = [state.value for state, acts in TASK_ACTS.items() if TaskAct.DONE in acts]
    rows = TaskRow.objects.filter(case__public_id=case, procedure__in=procedures, state__in=open_states)
    for task in rows.order_by("pk").values_list("pk", flat=True):
        act_on_task(task=task, act=TaskAct.DONE, note="", by=by, now=now, version=None)

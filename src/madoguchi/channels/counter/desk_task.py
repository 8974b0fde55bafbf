"""What a department sees of a task besides its facts (決定とやりとり): the thread with the resident, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.cases.messages.parties import reachable_online
from madoguchi.cases.messages.reading import ThreadMark, thread_marks, thread_of
from madoguchi.cases.messages.writing import mark_read
from madoguchi.cases.rulings.due import dues, ruling_view
from madoguchi.cases.states import CaseStatus, Side, TaskState
from madoguchi.cases.views import CaseView, TaskView


def decided_and_said(view: CaseView, found: TaskView, *, by: Actor, now: datetime) -> dict[str, Any]:
    """The thread, read and marked as read, and the decisions with what may be decided now."""
    departments = frozenset({found.department})
    rulings = ruling_view(task=found.id, departments=departments, staff_id=by.staff_id)
    due = dues([found], now=now)[found.id]
    over = found.state is TaskState.CANCELLED or view.header.status is CaseStatus.WITHDRAWN
    return {
        "thread": _thread(view, found, by=by, now=now),
        "mark": thread_marks([found.id], reader=Side.OFFICE).get(found.id, ThreadMark()),
        "may_write": not over,
        "online": reachable_online(case=found.case, subject=found.subject, now=now),
        "rulings": rulings,
        "ruling_lines": [{"one": one, "kind": _(one.kind.label)} for one in rulings.lines],
        "may_rule": [
            {"value": one.value, "label": _(one.label), "against": one.against} for one in rulings.may
        ],
        "stands": _(rulings.stands.label) if rulings.stands else "",
        "waiting": {"one": rulings.waiting, "kind": _(rulings.waiting.kind.label)}
        if rulings.waiting
        else None,
        "due": {"state": due.state.value, "word": _(due.state.label), "on": due.on, "paused": due.paused},
    }


def _thread(view: CaseView, found: TaskView, *, by: Actor, now: datetime) -> list[dict[str, Any]]:
    messages = thread_of(task=found.id)
    if not messages:
        return []
    people = [person for person in view.record.people if found.subject in (person.ref, "household")]
    record_access(
        actor=by,
        purpose=Purpose.PRACTICE if found.practice else Purpose.DEPARTMENT_TASK,
        authority=Purpose.DEPARTMENT_TASK.value,
        person_keys=[person.resident_no or f"{found.case}/{person.ref}" for person in people],
        fields=("messages",),
        case=found.case,
        screen="task",
        now=now,
    )
    mark_read(task=found.id, reader=Side.OFFICE, staff_id=by.staff_id, account=None, now=now)
    return [
        {"one": one, "from_resident": one.side is Side.RESIDENT, "asks": one.kind.value == "ask"}
        for one in messages
    ]

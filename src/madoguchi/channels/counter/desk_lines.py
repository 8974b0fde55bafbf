"""The lines of a department's desk (課の画面の一覧): by seat, the nearest 処理の期限 first, each with a word beside its colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.cases import post
from madoguchi.cases.messages.reading import ThreadMark, thread_marks
from madoguchi.cases.rulings.due import DueState, TaskDue, dues
from madoguchi.cases.states import Side, TaskState
from madoguchi.cases.views import TaskView
from madoguchi.catalogue.queries import current
from madoguchi.channels.counter.words import seat_text
from madoguchi.city.queries import desk_names

GROUPS = (
    (
        "coming",
        noop("来る人"),
        (TaskState.TAKEN, TaskState.ASKED_BACK),
        noop("これから席へ行く人はいません。"),
    ),
    ("here", noop("来ている人"), (TaskState.AT_SEAT,), noop("いま席で対応している人はいません。")),
    ("later", noop("あとで"), (TaskState.NEW,), noop("待っている仕事はありません。")),
    ("done", noop("済み"), (TaskState.DONE,), noop("今日済んだ仕事はまだありません。")),
)


def desk_groups(found: Sequence[TaskView], *, now: datetime) -> list[dict[str, Any]]:
    """The tasks by where they stand; in each group the nearest day first. No names: who it is opens with the task."""
    check = post.cases_to_be_checked({task.case for task in found}, on=timezone.localdate(now))
    due, marks = dues(found, now=now), thread_marks([task.id for task in found], reader=Side.OFFICE)
    seats, pack = desk_names(), current()
    lines = {
        task.id: {
            "url": reverse("counter:task", args=[task.id]),
            "seat": seat_text(seats, task),
            "number": task.number,
            "name": pack.procedure(task.procedure).name
            if pack.has_procedure(task.procedure)
            else task.procedure,
            "waiting": _minutes(task.changed_at, now),
            "missing": _("書類 %(n)d点") % {"n": task.missing} if task.missing else "",
            "state": _(task.state.label),
            "check_post": task.case in check,
            **_due_line(due[task.id]),
            **_thread_line(marks.get(task.id, ThreadMark())),
        }
        for task in found
    }
    return [
        {
            "id": key,
            "label": _(label),
            "empty": _(empty),
            "rows": [
                lines[task.id]
                for task in sorted(found, key=lambda one: due[one.id].rank)
                if task.state in states
            ],
        }
        for key, label, states, empty in GROUPS
    ]


def overdue_lines(groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What has passed its day, the longest first, whatever group it is in."""
    late = [row for group in groups for row in group["rows"] if row["due"] == DueState.OVERDUE.value]
    return sorted(late, key=lambda row: row["due_on"])


def _due_line(due: TaskDue) -> dict[str, Any]:
    return {
        "due": due.state.value,
        "due_word": _(due.state.label),
        "paused": due.paused if due.state is not DueState.DECIDED else 0,
        "due_on": due.on if due.state is not DueState.DECIDED else None,
        "ruling": _(due.ruling.label) if due.ruling else "",
        "proposed": due.proposed,
    }


def _thread_line(mark: ThreadMark) -> dict[str, Any]:
    return {"waits": mark.waits, "answer_by": mark.answer_by, "unread": mark.unread}


def _minutes(since: datetime, now: datetime) -> str:
    return _("%(n)d分") % {"n": int((now - since).total_seconds() // 60)}

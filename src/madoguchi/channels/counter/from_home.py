"""What a case from home has beside any other (オンライン申請): its files and what was asked to be put right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_act
from madoguchi.cases import queries, tasks
from madoguchi.cases.from_home.attaching import take_out_file
from madoguchi.cases.from_home.fees import fees_of
from madoguchi.cases.from_home.following import AttachedFile, NotYours, home_part
from madoguchi.cases.from_home.strong_room import NotReadable
from madoguchi.cases.views import CaseView, TaskView
from madoguchi.channels.shared.attachment import as_file, size_words
from madoguchi.city.authority import Authority, needs
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import actor_of, duties_of

GONE = 410


def home_lines(view: CaseView, *, task: TaskView | None = None) -> dict[str, Any] | None:
    """The files and wishes of a case; for a task, the files of its own procedure. None for a case of the counter."""
    part = home_part(case=view.header.id)
    if part is None:
        return None
    shown = [one for one in part.files if task is None or one.procedure == task.procedure]
    return {
        "number": part.number,
        "submitted_at": part.submitted_at,
        "by_agent": part.by_agent,
        "files": [_line(one, view.header.id, task) for one in shown],
        "fees": [
            {
                "lines": one.lines,
                "yen": one.yen,
                "state": one.state.value,
                "label": one.state.label,
                "at": one.paid_at,
            }
            for one in fees_of(case=view.header.id)
        ],
        "wishes": [{"at": at, "text": text} for at, text in part.wishes],
    }


def _line(file: AttachedFile, case: str, task: TaskView | None) -> dict[str, str]:
    url = (
        reverse("counter:case_file", args=[case, file.id])
        if task is None
        else reverse("counter:task_file", args=[task.id, file.id])
    )
    return {"url": url, "text": file.text, "kind": file.kind.upper(), "size": size_words(file.size)}


@needs(Authority.COUNTER)
def case_file(request: HttpRequest, case: str, file: str) -> HttpResponse:
    """A file of a case, for the counter and the review."""
    return _file(request, case, file, None, Purpose.COUNTER_CASE)


@needs(Authority.DEPARTMENT)
def task_file(request: HttpRequest, task: int, file: str) -> HttpResponse:
    """A file of a task's own procedure, for its department."""
    user = request.user
    assert isinstance(user, StaffMember), "behind a sign-in"
    try:
        found = queries.task_view(task=task, departments=duties_of(user))
    except tasks.NoSuchTask as error:
        raise Http404 from error
    return _file(request, found.case, file, frozenset({found.procedure}), Purpose.DEPARTMENT_TASK)


def _file(
    request: HttpRequest, case: str, file: str, procedures: frozenset[str] | None, purpose: Purpose
) -> HttpResponse:
    by, now = actor_of(request), timezone.now()
    try:
        kind, contents = take_out_file(
            case=case, file=file, purpose=purpose, procedures=procedures, by=by, now=now
        )
    except NotYours as error:
        _written_down(request, now)
        raise Http404 from error
    except NotReadable as error:
        return render(request, "counter/no_file.html", {"problem": _(str(error))}, status=GONE)
    return as_file(kind, contents)


def _written_down(request: HttpRequest, now: datetime) -> None:
    match = request.resolver_match
    screen = (match.view_name or "unnamed") if match else "unnamed"
    record_act(actor=actor_of(request), activity="refused", now=now, screen=screen, needed="own")

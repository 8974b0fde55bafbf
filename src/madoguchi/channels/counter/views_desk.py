"""The department's desk (来る人・来ている人・あとで) and the review (審査)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit.entries import Channel, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.cases import closing, queries, reviewing, tasks
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.hearing import ReasonMissing
from madoguchi.cases.need_to_know import facts_for
from madoguchi.cases.record import POST_HELD
from madoguchi.cases.roles import holder_of
from madoguchi.cases.states import TaskAct
from madoguchi.cases.views import CaseView, TaskView
from madoguchi.channels.counter.desk_lines import desk_groups, overdue_lines
from madoguchi.channels.counter.desk_task import decided_and_said
from madoguchi.channels.counter.from_home import home_lines
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import (
    PersonLine,
    event_lines,
    people_lines,
    task_lines,
    unproved_notice,
)
from madoguchi.channels.counter.procedure_lines import record_note, subject_text
from madoguchi.channels.counter.views_hearing import tell_lines
from madoguchi.channels.counter.views_opening import version_of
from madoguchi.channels.counter.words import seat_text
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import actor_of, department_name, departments, desk_names, duties_of
from madoguchi.connect.operations import approve_and_create

ACT_BUTTONS = {
    TaskAct.GO_TO_SEAT: ("席へ行く", "primary", "1"),
    TaskAct.TAKE: ("引き受ける", "secondary", "2"),
    TaskAct.DONE: ("済んだ", "secondary", "3"),
    TaskAct.ASK_BACK: ("窓口に確認する", "text", ""),
    TaskAct.ANSWER_BACK: ("答えを書いて戻す", "primary", "1"),
}
# A reviewer compares what was copied line by line; who lives with whom is said by 続柄.
NOT_COPIED = frozenset({"lives_with_household"})
SIDE_BY_SIDE = 5


def own_duties(request: HttpRequest) -> frozenset[str]:
    user = request.user
    assert isinstance(user, StaffMember), "behind a sign-in"
    duties = duties_of(user)
    if not duties:
        raise Http404
    return duties


def _minutes(since: datetime) -> str:
    return _("%(n)d分") % {"n": int((timezone.now() - since).total_seconds() // 60)}


def own_task(request: HttpRequest, task: int) -> TaskView:
    """A task of this department. Raises Http404 for another's and for none, alike; the attempt is written down."""
    try:
        return queries.task_view(task=task, departments=own_duties(request))
    except tasks.NoSuchTask:
        record_act(
            actor=actor_of(request),
            activity="refused",
            now=timezone.now(),
            screen="counter:task",
            needed="own",
        )
        raise Http404 from None


@needs(Authority.DEPARTMENT)
def desk(request: HttpRequest) -> HttpResponse:
    """This department's tasks by seat. No names: who it is opens with the task."""
    found = queries.department_tasks(departments=own_duties(request))
    assert isinstance(request.user, StaffMember), "behind a sign-in"
    groups = desk_groups(found, now=timezone.now())
    return render(
        request,
        "counter/desk.html",
        {"department": department_name(request.user), "groups": groups, "overdue": overdue_lines(groups)},
    )


@needs(Authority.DEPARTMENT)
def task(request: HttpRequest, task: int) -> HttpResponse:
    """One task: this department's part in full, the other departments' in grey."""
    problems: list[str] = []
    found = own_task(request, task)
    try:
        if request.method == "POST":
            _act(request, found)
            return redirect("counter:task", task)
    except (tasks.TaskNotNow, tasks.QuestionMissing, SomebodyElseChanged, NotNow) as error:
        problems = [str(error)]
        found = own_task(request, task)
    return task_page(request, found, problems=problems)


def task_page(
    request: HttpRequest, found: TaskView, *, problems: list[str], given: Mapping[str, str] | None = None
) -> HttpResponse:
    """The page of a task, its reading written down; `given`: what a form sent that could not be taken."""
    by, now = actor_of(request), timezone.now()
    view = queries.case_view(
        case=found.case, actor=by, purpose=Purpose.DEPARTMENT_TASK, screen="task", now=now
    )
    context = _task_context(view, found, problems) | decided_and_said(view, found, by=by, now=now)
    status = 422 if given is not None else 200
    return render(request, "counter/task.html", {**context, "given": given or {}}, status=status)


def _act(request: HttpRequest, found: TaskView) -> None:
    act, by, now = request.POST.get("act", ""), actor_of(request), timezone.now()
    if act == "explain":
        index = whole_number(request.POST.get("index", ""))
        if index is not None:
            closing.explain(case=found.case, procedure=found.procedure, index=index, by=by, now=now)
        return
    if act not in {one.value for one in TaskAct}:
        raise Http404
    tasks.act_on_task(
        task=found.id,
        act=TaskAct(act),
        note=request.POST.get("note", ""),
        by=by,
        now=now,
        version=version_of(request),
    )


def _task_context(view: CaseView, found: TaskView, problems: list[str]) -> dict[str, Any]:
    pack = view.judged.pack
    procedure = pack.procedure(found.procedure)
    needed = facts_for(pack, view.record, procedure=found.procedure, subject=found.subject)
    facts = [
        {"label": f"{person.name} {line.label}", "value": line.value, "source": line.source}
        for person in people_lines(view, only=needed)
        for line in person.facts
    ]
    facts += [
        {"label": line.label, "value": line.value, "source": line.source}
        for line in event_lines(view, only=needed)
    ]
    if (role := procedure.role) is not None and (holder := holder_of(view.record, role)) is not None:
        facts.append({"label": _(role.label), "value": holder.name, "source": holder.relationship})
    names = departments()
    return {
        "task": {
            "name": procedure.name,
            "subject": subject_text(view.record, found.subject),
            "number": found.number,
            "id": found.id,
            "seat": seat_text(desk_names(), found),
            "state": _(found.state.label),
            "version": found.version,
        },
        "facts": facts,
        "post_held": view.record.value(POST_HELD) is True or not view.address_shown,
        "without": record_note(view, procedure, [found.subject]),
        "tell": tell_lines(view, found.procedure),
        "documents": [
            one.text for one in view.documents if one.procedure == found.procedure and not one.received
        ],
        "questions": found.notes,
        "acts": [
            {"code": act.value, "label": _(label), "variant": variant, "key": key}
            for act, (label, variant, key) in ACT_BUTTONS.items()
            if act in found.acts
        ],
        "others": [
            f"{line['department']}: {line['name']}（{line['state']}）"
            for line in task_lines(view, names)
            if line["key"] != found.department
        ],
        "problems": problems,
        "home": home_lines(view, task=found),
    }


@needs(Authority.REVIEW)
def reviews(request: HttpRequest) -> HttpResponse:
    """Cases that wait for a second officer."""
    rows = [
        {
            "number": line.header.number,
            "url": reverse("counter:review", args=[line.header.id]) if line.may_review else "",
            "event": _(line.header.event.label),
            "by": line.header.opened_by_name,
            "signed": (
                _("オンラインのサインイン %(n)d回目")
                if line.header.channel is Channel.ONLINE
                else _("署名 %(n)d回目")
            )
            % {"n": line.header.signed_round},
            "waiting": _minutes(line.header.opened_at),
        }
        for line in queries.waiting_for_review(actor=actor_of(request))
    ]
    return render(request, "counter/reviews.html", {"rows": rows})


@needs(Authority.REVIEW)
def review(request: HttpRequest, case: str) -> HttpResponse:
    """Check what was entered, line by line with its source."""
    problems: list[str] = []
    by, now = actor_of(request), timezone.now()
    if request.method == "POST":
        try:
            if request.POST.get("act") == "approve":
                approve_and_create(case=case, by=by, now=now, version=version_of(request))
            else:
                reviewing.send_back(
                    case=case, note=request.POST.get("note", ""), by=by, now=now, version=version_of(request)
                )
            return redirect("counter:reviews")
        except (reviewing.SamePerson, ReasonMissing, NotNow, SomebodyElseChanged) as error:
            problems = [str(error)]
    view = queries.case_view(case=case, actor=by, purpose=Purpose.REVIEW, screen="review", now=now)
    people = people_lines(view, hidden=NOT_COPIED)
    context = {
        "case": head_of(view.header, here="done", record=view.record, notices=unproved_notice(view)),
        "tables": [
            _side_by_side(people[at : at + SIDE_BY_SIDE]) for at in range(0, len(people), SIDE_BY_SIDE)
        ],
        "event_facts": event_lines(view),
        "home": home_lines(view),
        "problems": problems,
    }
    return render(request, "counter/review.html", context)


def _side_by_side(people: tuple[PersonLine, ...]) -> dict[str, Any]:
    """The people of a household beside each other, a line for each fact that one of them has."""
    labels = dict.fromkeys(fact.label for person in people for fact in person.facts)
    return {
        "people": people,
        "rows": [
            {
                "label": label,
                "cells": [
                    next((fact for fact in person.facts if fact.label == label), None) for person in people
                ],
            }
            for label in labels
        ],
    }

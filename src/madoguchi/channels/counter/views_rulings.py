"""A department writes to the resident, decides, and prints the paper of a decision; each belongs to one of its own tasks."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_access
from madoguchi.cases import queries
from madoguchi.cases.acting import SomebodyElseChanged
from madoguchi.cases.messages import writing
from madoguchi.cases.rulings import deciding
from madoguchi.cases.rulings.deciding import RulingSaid
from madoguchi.cases.rulings.result_papers import NoSuchPaper, rendered
from madoguchi.cases.rulings.result_papers import papers_of as papers_of_case
from madoguchi.cases.states import RulingKind
from madoguchi.channels.counter.views_closing import pdf_answer
from madoguchi.channels.counter.views_desk import own_task, task_page
from madoguchi.channels.counter.views_opening import version_of
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect.ruling_data import approve_ruling, decide
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, parse_date_text

LONGEST_FIELD = 2000


@needs(Authority.DEPARTMENT)
@require_POST
def message(request: HttpRequest, task: int) -> HttpResponse:
    """Ask the resident back, or tell them something."""
    found, by, now = own_task(request, task), actor_of(request), timezone.now()
    text = request.POST.get("text", "")[:LONGEST_FIELD]
    said_day = request.POST.get("answer_by", "").strip()[:40]
    try:
        if request.POST.get("act") == "tell":
            writing.tell_resident(task=found.id, text=text, by=by, now=now)
        else:
            writing.ask_resident(task=found.id, text=text, answer_by=_day(said_day), by=by, now=now)
        messages.success(request, _("住民の方へ送りました。"))
    except (writing.MessageRefused, WarekiError) as error:
        return task_page(request, found, problems=[str(error)], given={"text": text, "answer_by": said_day})
    return redirect("counter:task", task)


def _day(said: str) -> date | None:
    if not said:
        return None
    found = parse_date_text(said)
    if isinstance(found, PossibleDays):
        raise writing.DayNotPossible
    return found


@needs(Authority.DEPARTMENT)
@require_POST
def ruling(request: HttpRequest, task: int) -> HttpResponse:
    """Decide, propose, approve what somebody else proposed, or send it back."""
    found, by, now, version = own_task(request, task), actor_of(request), timezone.now(), version_of(request)
    act, given = request.POST.get("act", ""), _given(request)
    try:
        if act == "approve":
            approve_ruling(task=found.id, by=by, now=now, version=version)
            messages.success(request, _("決定しました。"))
        elif act == "return":
            deciding.return_proposal(task=found.id, note=given["note"], by=by, now=now, version=version)
        elif act == "decide" and given["kind"] in {one.value for one in RulingKind}:
            said = RulingSaid(RulingKind(given["kind"]), given["reason"], given["objection"])
            done = decide(task=found.id, said=said, by=by, now=now, version=version)
            messages.success(
                request,
                _("決定しました。") if done else _("決定の案を出しました。もう一人が確かめて決めます。"),
            )
        else:
            return task_page(request, found, problems=[_("どの決定にするかを選んでください。")], given=given)
    except (deciding.RulingRefused, SomebodyElseChanged) as error:
        return task_page(request, found, problems=[str(error)], given=given)
    return redirect("counter:task", task)


def _given(request: HttpRequest) -> dict[str, str]:
    names = ("kind", "reason", "objection", "note")
    return {name: request.POST.get(name, "")[:LONGEST_FIELD] for name in names}


@needs(Authority.DEPARTMENT)
def paper(request: HttpRequest, task: int, nth: int) -> HttpResponse:
    """The paper of a decision as PDF, to print and hand over; its reading is written down."""
    found = own_task(request, task)
    if nth not in {one.nth for one in papers_of_case(case=found.case, tasks=frozenset({found.id}))}:
        raise Http404
    record_access(
        actor=actor_of(request), purpose=Purpose.DEPARTMENT_TASK, authority=Purpose.DEPARTMENT_TASK.value,
        person_keys=queries.keys_about(case=found.case, subject=found.subject), fields=("result_paper",), case=found.case, screen="task",
        now=timezone.now(),
    )  # fmt: skip
    try:
        return pdf_answer(rendered(case=found.case, nth=nth, address=public_address(request)))
    except NoSuchPaper as error:
        raise Http404 from error


def public_address(request: HttpRequest) -> str:
    """Where residents find the product: as it is set, else where this page was asked for."""
    parts = urlsplit(request.build_absolute_uri("/"))
    return (settings.PUBLIC_ADDRESS or f"{parts.scheme}://{parts.netloc}").rstrip("/")

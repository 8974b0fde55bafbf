"""An interpreter at the counter (通訳): called on the case's page by a clerk; what they themselves see while they are called."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madoguchi.audit.operations import record_act
from madoguchi.cases import interpreting
from madoguchi.cases.acting import NoSuchCase
from madoguchi.cases.interpreting import InterpretedCase, InterpreterNotCalled
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.procedure_lines import subject_text
from madoguchi.channels.counter.views_opening import case_of
from madoguchi.channels.counter.words import label_of, relationship_text, value_text
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, Role, needs
from madoguchi.city.queries import actor_of, staff_with
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import EVENT_SUBJECT

UNPROCESSABLE = 422
SHOWN = (Status.MUST, Status.ASK, Status.OPTIONAL)


@needs(Authority.COUNTER)
def interpreter(request: HttpRequest, case: str) -> HttpResponse:
    """Call an interpreter to the case, see who is called, and end it."""
    view, by, now = case_of(request, case, "interpreter"), actor_of(request), timezone.now()
    problems: list[str] = []
    if request.method == "POST":
        number = whole_number(request.POST.get("number", "")) or 0
        try:
            if request.POST.get("act") == "end":
                interpreting.end_call(case=case, call=number, by=by, now=now)
                messages.success(request, _("通訳を終えました。この受付は、もう通訳には見えません。"))
            else:
                interpreting.call_interpreter(case=case, interpreter=number, by=by, now=now)
                messages.success(request, _("通訳を呼びました。通訳の一覧に、この受付が出ています。"))
            return redirect("counter:interpreter", case)
        except InterpreterNotCalled as error:
            problems = [str(error)]
    called = interpreting.called_to(case=case, now=now)
    there = {one.interpreter for one in called}
    context = {
        "case": head_of(view.header, here="hearing", record=view.record),
        "problems": problems,
        "called": called,
        "choices": [
            (number, name) for number, name in staff_with(Role.INTERPRETER).items() if number not in there
        ],
        "hours": interpreting.CALL_LASTS.seconds // 3600,
        "over": view.header.status in interpreting.OVER,
        "signed": view.header.signed,
    }
    return render(request, "counter/interpreter.html", context, status=UNPROCESSABLE if problems else 200)


@needs(Authority.INTERPRET)
@never_cache
def interpreted(request: HttpRequest) -> HttpResponse:
    """The cases to which this interpreter is called now; nobody's name."""
    by = actor_of(request)
    rows = interpreting.calls_of(interpreter=by.staff_id or 0, now=timezone.now())
    return render(request, "counter/interpreted.html", {"rows": rows})


@needs(Authority.INTERPRET)
@never_cache
def interpreted_case(request: HttpRequest, case: str) -> HttpResponse:
    """One case, to read: the question, what was said, the procedures. Any other is not there, and the attempt is written down."""
    by, now = actor_of(request), timezone.now()
    try:
        found = interpreting.interpreted_case(case=case, by=by, now=now)
    except NoSuchCase as error:
        record_act(actor=by, activity="refused", now=now, screen="counter:interpreted_case", needed="called")
        raise Http404 from error
    return render(request, "counter/interpreted_case.html", _page(found))


def _page(found: InterpretedCase) -> dict[str, Any]:
    record = found.record
    return {
        "call": found.call,
        "number": found.header.number,
        "event": _(found.header.event.label),
        "practice": found.header.practice,
        "prompt": found.prompt,
        "people": [
            {"name": record.name_of(one.ref), "relationship": relationship_text(record, one.ref)}
            for one in record.people
        ],
        "told": _told(found),
        "procedures": _procedures(found),
    }


def _told(found: InterpretedCase) -> list[dict[str, str]]:
    """What was said, one line for everybody who said the same."""
    pack, record = found.judged.pack, found.record
    together: dict[tuple[str, str], list[str]] = {}
    for ref in found.told:
        line = (label_of(pack, ref), value_text(pack, record, ref, record.facts[ref].value))
        who = subject_text(record, ref.subject) if ref.subject != EVENT_SUBJECT else ""
        together.setdefault(line, []).append(who)
    return [
        {"label": label, "value": value, "who": "、".join(filter(None, names))}
        for (label, value), names in together.items()
    ]


def _procedures(found: InterpretedCase) -> list[dict[str, Any]]:
    """What is needed, asked or may be had, in this order; one line for all whom it concerns alike."""
    judged, record = found.judged, found.record
    decisions = [one for one in judged.decisions if one.status in SHOWN]
    bring = bring_list(
        judged.pack, judged.situation, tuple(decisions), on=judged.on, open_days=judged.calendar
    ).by_procedure
    together: dict[tuple[Status, str], list[str]] = {}
    for one in sorted(decisions, key=lambda one: SHOWN.index(one.status)):
        together.setdefault((one.status, one.procedure), []).append(subject_text(record, one.subject))
    return [
        {
            "name": judged.pack.procedure(procedure).name,
            "who": "、".join(filter(None, names)),
            "status": status.value,
            "label": _(status.label),
            "summary": judged.pack.procedure(procedure).summary,
            "bring": [item.text for item in bring.get(procedure, ())],
        }
        for (status, procedure), names in together.items()
    ]

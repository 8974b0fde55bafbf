"""What happened in a case, what it cost the resident, and what the resident is shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from madoguchi.audit.events import said
from madoguchi.cases import queries
from madoguchi.cases.record import FURTHER_NAMES
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import people_lines
from madoguchi.channels.counter.views_opening import case_of
from madoguchi.channels.counter.words import label_of
from madoguchi.city.authority import Authority, needs
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef


@needs(Authority.COUNTER)
def history(request: HttpRequest, case: str) -> HttpResponse:
    """Every step of the case."""
    view = case_of(request, case, "history")
    entries = [
        {
            "at": one.at,
            "activity": said(one.activity),
            "by": one.staff_name,
            "detail": _detail(view, one.body),
        }
        for one in queries.history(case=case)
    ]
    return render(
        request,
        "counter/history.html",
        {"case": head_of(view.header, here="hearing", record=view.record), "entries": entries},
    )


def _detail(view: CaseView, body: dict[str, object]) -> str:
    prompt = view.judged.pack.prompts.get(str(body.get("prompt", "")))
    if prompt:
        return prompt.question
    procedure = str(body.get("procedure", ""))
    if procedure and view.judged.pack.has_procedure(procedure):
        return view.judged.pack.procedure(procedure).name
    return str(body.get("note", ""))


@needs(Authority.COUNTER)
def journey(request: HttpRequest, case: str) -> HttpResponse:
    """What the visit cost the resident."""
    view = case_of(request, case, "journey")
    counts = queries.journey_counts(case=case)
    rows = [
        ("questions", _("質問の数"), counts.questions, "12"),
        ("characters", _("来た人が書いた文字"), counts.characters_by_resident, "0"),
        ("signatures", _("署名"), counts.signatures, "1"),
        ("asked_again", _("二度聞いたこと"), counts.asked_again, "0"),
        ("moves", _("席の移動"), counts.moves, "0"),
        ("minutes", _("かかった時間（分）"), counts.minutes, "10"),
    ]
    if counts.waits:  # a wait is seen only where there was a number
        rows += [
            ("waits", _("呼ばれるのを待った回数"), counts.waits, ""),
            ("wait", _("待った時間（分）"), counts.wait_minutes, ""),
            ("desk", _("窓口での時間（分）"), counts.desk_minutes, ""),
        ]
    context = {
        "case": head_of(view.header, here="done", record=view.record),
        "rows": [
            {"id": key, "label": label, "value": value, "goal": goal} for key, label, value, goal in rows
        ],
    }
    return render(request, "counter/journey.html", context)


@needs(Authority.COUNTER)
def display(request: HttpRequest, case: str) -> HttpResponse:
    """What the resident is shown: the question, what is known, what is to be signed. No notes, nobody else's data."""
    view = case_of(request, case, "display")
    staying = {person.ref for person in view.record.people if person.staying}
    # Others can read this screen too.
    unsaid = {label_of(view.judged.pack, FactRef(key, "p1")) for key in ("sex", *FURTHER_NAMES)}
    known = [
        f"{person.name}: {line.label} {line.value}"
        for person in people_lines(view)
        if person.ref not in staying
        for line in person.facts
        if line.label not in unsaid
    ]
    shown: dict[str, dict[str, str]] = {}
    for one in view.judged.with_status(Status.MUST, Status.ASK):
        name = view.judged.pack.procedure(one.procedure).name
        shown.setdefault(name, {"status": one.status.value, "label": _(one.status.label), "name": name})
    context = {
        "case": head_of(view.header, here="hearing", record=view.record),
        "question": view.prompt.question if view.prompt else "",
        "why": view.prompt.why if view.prompt else "",
        "headline": _("受け付けました") if view.header.signed else _("内容を確かめてください"),
        "known": known,
        "procedures": list(shown.values()),
        "refresh": 5,
    }
    return render(request, "counter/display.html", context)

"""The hearing: the main screen, its answers, one step back, a break, corrections, explanations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.cases import closing, hearing, queries
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.income import income_note
from madoguchi.cases.lateness import span_note, told_of_lateness
from madoguchi.cases.own_facts import ADDRESS_FACTS
from madoguchi.cases.representation import May
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import context_of
from madoguchi.channels.counter.procedure_lines import amount_text, fee_text, record_note, subject_text
from madoguchi.channels.counter.views_opening import case_of, version_of
from madoguchi.channels.counter.words import source_text, value_text
from madoguchi.channels.shared.answers import (
    AnswerMissing,
    AnswerUnreadable,
    posted_answers,
    posted_value,
    row_of,
)
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.jp.wareki import format_wareki
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.decisions import Decision
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.fees import fee_of
from madoguchi.procedures.packs import Procedure
from madoguchi.procedures.translations import Guide, guides

EXPECTED = (
    AnswerMissing, AnswerUnreadable, NotNow, SomebodyElseChanged, hearing.AnswerNotPossible, hearing.NothingToUndo,
    hearing.ReasonMissing,
)  # fmt: skip


@needs(Authority.COUNTER)
def hear(request: HttpRequest, case: str) -> HttpResponse:
    """The main screen."""
    view = case_of(request, case, "hearing")
    if not view.record.people:
        return redirect("counter:start", case)
    if view.header.signed:
        return redirect("counter:done", case)
    return render(request, "counter/hearing.html", context_of(view))


def _again(request: HttpRequest, case: str, error: Exception) -> HttpResponse:
    view = case_of(request, case, "hearing")
    return render(request, "counter/hearing.html", context_of(view, problems=[str(error)]), status=422)


@needs(Authority.COUNTER)
@require_POST
def answer(request: HttpRequest, case: str) -> HttpResponse:
    """Take the answer to the question that was on screen."""
    view = case_of(request, case, "hearing")
    if view.prompt is None or view.prompt.id != request.POST.get("prompt"):
        return _again(request, case, SomebodyElseChanged())
    try:
        hearing.answer_prompt(
            case=case,
            prompt=view.prompt.id,
            answers=posted_answers(request.POST, view.prompt),
            by=actor_of(request),
            now=timezone.now(),
            version=version_of(request),
        )
    except EXPECTED as error:
        return _again(request, case, error)
    return redirect("counter:hearing", case)


@needs(Authority.COUNTER)
@require_POST
def undo(request: HttpRequest, case: str) -> HttpResponse:
    """One step back."""
    try:
        hearing.undo(case=case, by=actor_of(request), now=timezone.now(), version=version_of(request))
    except EXPECTED as error:
        return _again(request, case, error)
    return redirect("counter:hearing", case)


@needs(Authority.COUNTER)
@require_POST
def retake(request: HttpRequest, case: str) -> HttpResponse:
    """Ask again what was answered with わからない."""
    try:
        hearing.retake_unknown(case=case, by=actor_of(request), now=timezone.now())
    except EXPECTED as error:
        return _again(request, case, error)
    return redirect("counter:hearing", case)


@needs(Authority.COUNTER)
@require_POST
def park(request: HttpRequest, case: str) -> HttpResponse:
    """Break off; the case can be opened at any desk."""
    try:
        hearing.park(case=case, by=actor_of(request), now=timezone.now())
    except EXPECTED as error:
        return _again(request, case, error)
    messages.info(request, _("中断しました。受付一覧から、どの窓口でも続きから始められます。"))
    return redirect("counter:worklist")


@needs(Authority.COUNTER)
def fact(request: HttpRequest, case: str, key: str, subject: str) -> HttpResponse:
    """Put a known fact right, with a reason."""
    view = case_of(request, case, "fact")
    ref = FactRef(key, subject)
    definition = hearing.definition_of(view.judged.pack, ref)
    held = view.record.facts.get(ref)
    if definition is None or held is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        try:
            value = posted_value(request.POST, ref, definition)
            if value is None and definition.type.value == "choices":
                value = frozenset()
            if value is None:
                raise AnswerMissing
            hearing.correct_fact(
                case=case,
                ref=ref,
                value=value,
                reason=request.POST.get("reason", ""),
                by=actor_of(request),
                now=timezone.now(),
                version=version_of(request),
            )
            return redirect("counter:hearing", case)
        except EXPECTED as error:
            problems = [str(error)]
    pack, record = view.judged.pack, view.record
    withheld = key in ADDRESS_FACTS and not view.address_shown
    context = {
        "case": head_of(view.header, here="hearing", record=record),
        "row": row_of(ref, definition, record, True, value=None if withheld else held.value),
        "current": {
            "value": "" if withheld else value_text(pack, record, ref, held.value),
            "source": source_text(held),
        },
        "problems": problems,
        "reason": request.POST.get("reason", ""),
        "history": [
            {
                "at": at,
                "value": "" if withheld else value_text(pack, record, ref, value),
                "source": _(source.label) + ("" if standing else _("（もどした）")),
                "reason": reason,
            }
            for at, value, source, reason, standing in queries.fact_history(case=case, ref=ref)
        ],
    }
    return render(request, "counter/fact.html", context)


def decision_of(view: CaseView, procedure: str, subject: str) -> Decision:
    """One decision of the case. Raises Http404 when there is none."""
    for decision in view.judged.decisions:
        if (decision.procedure, decision.subject) == (procedure, subject):
            return decision
    raise Http404


def tell_lines(view: CaseView, procedure: str) -> list[dict[str, Any]]:
    """What has to be explained, with who explained it and when."""
    lines = []
    for index, text in enumerate(view.judged.pack.procedure(procedure).tell):
        done = view.explained.get((procedure, index))
        lines.append(
            {
                "index": index,
                "text": text,
                "done": bool(done),
                "by": done.by_name if done else "",
                "at": f"{done.at:%H:%M}" if done else "",
            }
        )
    return lines


def _right_text(view: CaseView, decision: Decision) -> str:
    """What whoever came may do with it, where that is not simply yes."""
    right = view.rights.get((decision.procedure, decision.subject))
    if right is None or right.may is May.YES:
        return ""
    unverified = "" if right.source else _("（市の扱いを確かめてください）")
    return f"{_(right.may.label)}。{_(right.note)}{unverified}"


def _guides(view: CaseView, found: Procedure, bring: list[str]) -> list[tuple[str, Guide]]:
    """The procedure in the languages in which the case's revision has all of it, to be turned to the resident."""
    return [(_(one.language.label), one) for one in guides(view.judged.pack, found, bring)]


@needs(Authority.COUNTER)
def procedure(request: HttpRequest, case: str, procedure: str, subject: str) -> HttpResponse:
    """Everything about one procedure of this household."""
    view = case_of(request, case, "procedure")
    decision = decision_of(view, procedure, subject)
    found = view.judged.pack.procedure(procedure)
    bring = bring_list(
        view.judged.pack,
        view.judged.situation,
        (decision,),
        on=view.judged.on,
        open_days=view.judged.calendar,
    ).by_procedure
    fee = fee_text(
        fee_of(found, view.judged.situation, subject, on=view.judged.on, open_days=view.judged.calendar)
    )
    context = {
        "case": head_of(view.header, here="hearing", record=view.record),
        "procedure": {
            "id": procedure,
            "subject_id": subject,
            "subject": subject_text(view.record, subject),
            "name": found.name,
            "summary": found.summary,
            "status": decision.status.value,
            "status_label": _(decision.status.label),
            "reasons": [{"text": reason.text, "law": reason.law} for reason in decision.because],
            "law": found.law,
            "unverified": any(not reason.verified for reason in decision.because)
            or not found.verified.verified,
            "deadline": format_wareki(decision.deadline) if decision.deadline else "",
            "overdue": decision.overdue,
            "span": span_note(decision),
            "amount": amount_text(decision.amount) if decision.amount else "",
            "income": income_note(view.judged, decision),
            "without": record_note(view, found, [subject]),
            "right": _right_text(view, decision),
            "late": told_of_lateness(view.judged, decision) or found.late.text,
            "department": view.judged.pack.departments[found.department].name,
            "fee": fee or _("市の定めによる"),
            "bring": [item.text for item in bring.get(procedure, ())],
            "tell": tell_lines(view, procedure),
            "sheet_url": reverse("counter:sheet", args=[case, procedure, subject]) if found.sheet else "",
        },
        "guides": _guides(view, found, [item.text for item in bring.get(procedure, ())]),
    }
    return render(request, "counter/procedure.html", context)


@needs(Authority.COUNTER)
@require_POST
def explain(request: HttpRequest, case: str) -> HttpResponse:
    """Tick that something was explained."""
    name, subject = request.POST.get("procedure", ""), request.POST.get("subject", "household")
    index = whole_number(request.POST.get("index", ""))
    view = case_of(request, case, "procedure")
    decision_of(view, name, subject)
    if index is not None and index < len(view.judged.pack.procedure(name).tell):
        closing.explain(case=case, procedure=name, index=index, by=actor_of(request), now=timezone.now())
    return redirect("counter:procedure", case, name, subject)


@needs(Authority.COUNTER)
def revision(request: HttpRequest, case: str) -> HttpResponse:
    """What the newest published procedures would change in this case; taken only by a press."""
    view = case_of(request, case, "revision")
    if request.method == "POST":
        try:
            hearing.move_to_current_revision(
                case=case, by=actor_of(request), now=timezone.now(), version=version_of(request)
            )
        except EXPECTED as error:
            return _again(request, case, error)
        messages.info(request, _("新しい手続台帳で決め直しました。"))
        return redirect("counter:hearing", case)
    found = queries.newer_procedures(case=case)
    if found is None or view.header.signed:
        return redirect("counter:hearing", case)
    packs = (found.pack, view.judged.pack)
    lines = [
        {
            "name": next(
                one.procedure(change.procedure).name for one in packs if one.has_procedure(change.procedure)
            ),
            "subject": subject_text(view.record, change.subject),
            "before": _(change.before.label) if change.before else "—",
            "after": _(change.after.label) if change.after else "—",
        }
        for change in found.changes
    ]
    context = {"case": head_of(view.header, here="hearing", record=view.record), "lines": lines}
    return render(request, "counter/revision.html", context)

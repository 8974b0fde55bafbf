"""Check, sign, print, hand over; and opening a signed case again when something was entered wrongly."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST

from madoguchi.cases import certificate_wishes, closing, hearing, roles, sheets
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.judging import choice_key, chosen
from madoguchi.cases.lateness import counted_loss, span_note
from madoguchi.cases.line_cut.taking_in import AlreadySettled
from madoguchi.cases.record import MOVING
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.clashes import clash_lines, settle_posted
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import (
    SAID_BESIDE_THE_NAME,
    event_lines,
    notices_of,
    people_lines,
    task_lines,
    unproved_notice,
    visitor_text,
)
from madoguchi.channels.counter.procedure_lines import also_open, record_note, subject_text
from madoguchi.channels.counter.views_opening import case_of, version_of
from madoguchi.channels.counter.views_roles import keep_role_prompt, role_prompt
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, departments
from madoguchi.jp.wareki import format_wareki_short
from madoguchi.notation.reading import json_of
from madoguchi.papers.values import RenderedPaper
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.translations import language_of

MOST_COPIES = 20
TOLD = noop("各課に伝わりました。別の職員の審査のあと、住民記録に登録します（それまでは仮の記録です）。")
TOLD_WITHOUT_RECORD = noop("各課に伝わりました。別の職員が入力内容を確かめます。住民記録には載せません。")
# Said in the household table's own columns.
IN_A_COLUMN = frozenset({"name", "birth_date"})
EXPECTED = (
    NotNow,
    SomebodyElseChanged,
    closing.CannotSign,
    hearing.ReasonMissing,
    roles.RolesNotSaid,
    roles.OneForAllIsNobody,
    certificate_wishes.CertificatesArePaid,
    AlreadySettled,
)


@needs(Authority.COUNTER)
def check(request: HttpRequest, case: str) -> HttpResponse:
    """One page with everything that will be signed."""
    view = case_of(request, case, "check")
    if view.header.signed:
        return redirect("counter:done", case)
    problems: list[str] = []
    if request.method == "POST":
        try:
            if posted := request.POST.get("settle"):
                settle_posted(posted, case=case, by=actor_of(request), now=timezone.now())
                return redirect("counter:check", case)
            _keep(request, case, view)
            if keep_role_prompt(request, case, view):
                return redirect("counter:roles", case)
            if request.POST.get("go") == "pay":
                return redirect("counter:payment", case)
            if request.POST.get("go") == "sign":
                roles.see_that_it_may_be_signed(case=case)
                return redirect("counter:sign", case)
            messages.success(request, _("書きとめました。"))
            return redirect("counter:check", case)
        except EXPECTED as error:
            problems, view = [str(error)], case_of(request, case, "check")  # with what was kept before it
    return render(request, "counter/check.html", _check_context(view, problems))


def _keep(request: HttpRequest, case: str, view: CaseView) -> None:
    by, now = actor_of(request), timezone.now()
    may = {choice_key(one) for one in view.judged.with_status(Status.OPTIONAL)}
    wanted = frozenset(request.POST.getlist("apply")) & may
    if wanted != chosen(view.record):
        closing.choose(case=case, wanted=wanted, by=by, now=now, version=version_of(request))
    lines = _rows(view)
    texts = {
        (row["key"], str(item["index"])): (row["procedure"], item["text"])
        for row in lines
        for item in row["bring"]
    }
    missing = [
        texts[key] for one in request.POST.getlist("missing") if (key := tuple(one.split("|", 1))) in texts
    ]
    closing.note_documents(case=case, missing=missing, by=by, now=now)
    fees = certificate_wishes.certificate_fees(view.judged.pack)
    copies = {kind: _number(request.POST.get(f"certificate-{kind}", "")) for kind in fees}
    certificate_wishes.request_certificates(case=case, copies=copies, fees=fees, by=by, now=now)
    if request.POST.get("late_reason"):
        closing.note_late_reason(case=case, reason=request.POST["late_reason"], by=by, now=now)


def _number(text: str) -> int:
    return min(whole_number(text) or 0, MOST_COPIES)


def _rows(view: CaseView) -> list[dict[str, Any]]:
    """One row for a procedure with the same outcome and deadline; optional ones are chosen person by person."""
    wanted = view.judged.with_status(Status.MUST, Status.ASK, Status.OPTIONAL)
    bring = bring_list(
        view.judged.pack, view.judged.situation, wanted, on=view.judged.on, open_days=view.judged.calendar
    ).by_procedure
    there = {(document.procedure, document.text) for document in view.documents if not document.received}
    picked = chosen(view.record)
    together: dict[tuple[str, Status, Any], list[Decision]] = {}
    for one in sorted(wanted, key=lambda one: (list(Status).index(one.status), str(one.deadline or "9"))):
        together.setdefault((one.procedure, one.status, one.deadline), []).append(one)
    rows = []
    for (name, status, deadline), ones in together.items():
        procedure = view.judged.pack.procedure(name)
        items = bring.get(name, ()) if status is Status.MUST else ()
        people: list[dict[str, Any]] = [
            {
                "key": choice_key(one),
                "name": subject_text(view.record, one.subject),
                "chosen": choice_key(one) in picked,
            }
            for one in ones
        ]
        rows.append(
            {
                "key": name,
                "procedure": name,
                "status": status.value,
                "status_label": _(status.label),
                "name": procedure.name,
                "subject": "、".join(person["name"] for person in people if person["name"]),
                "department": view.judged.pack.departments[procedure.department].name,
                "deadline": format_wareki_short(deadline) if deadline else "",
                "overdue": ones[0].overdue,
                "loss": counted_loss(view.judged, ones[0]),
                "span": span_note(ones[0]),
                "without": record_note(view, procedure, (one.subject for one in ones)),
                "people": people if status is Status.OPTIONAL else [],
                "bring": [
                    {"index": n, "text": item.text, "missing": (name, item.text) in there}
                    for n, item in enumerate(items)
                ],
            }
        )
    return rows


def _check_context(view: CaseView, problems: list[str]) -> dict[str, Any]:
    wishes = {wish.kind: wish.copies for wish in view.certificates}
    total = sum(wish.fee_yen for wish in view.certificates)
    late = any(one.overdue for one in view.judged.with_status(Status.MUST))
    rows = _rows(view)
    return {
        "case": head_of(view.header, here="check", record=view.record, notices=notices_of(view)),
        "clashes": clash_lines(view),
        "visitor": visitor_text(view),
        "event_facts": event_lines(view),
        "people": people_lines(view, hidden=SAID_BESIDE_THE_NAME | IN_A_COLUMN),
        "rows": [row for row in rows if row["status"] != Status.OPTIONAL.value],
        "wishes": [row for row in rows if row["status"] == Status.OPTIONAL.value],
        "certificates": [
            {
                "code": kind,
                "label": _(certificate_wishes.CERTIFICATE_NAMES[kind]),
                "fee": fee,
                "copies": wishes.get(kind, 0),
            }
            for kind, fee in certificate_wishes.certificate_fees(view.judged.pack).items()
        ]
        if not view.record.nobody_registered
        else [],
        "nobody_registered": view.record.nobody_registered,
        "also_open": also_open(view),
        "late_reason_needed": late,
        "late_reason": view.header.late_reason,
        "money": _("手数料 %(yen)s円（証明書の分）") % {"yen": f"{total:,}"}
        if total
        else _("届出と申請に手数料はかかりません。"),
        "moving": view.header.event in MOVING,
        "roles": role_prompt(view),
        "next_steps": _next_steps(view),
        "problems": problems,
    }


def _next_steps(view: CaseView) -> list[str]:
    return [
        _(step) for step in sheets.next_steps(view.header.event, registers=not view.record.nobody_registered)
    ]


@needs(Authority.COUNTER)
def sign(request: HttpRequest, case: str) -> HttpResponse:
    """One signature for everything."""
    view = case_of(request, case, "sign")
    if view.header.signed:
        return redirect("counter:done", case)
    problems: list[str] = []
    if request.method == "POST":
        try:
            closing.sign(
                case=case,
                strokes=_strokes(request.POST.get("strokes", ""))
                if request.POST.get("kind") == "pad"
                else None,
                paper_signed=request.POST.get("kind") == "paper"
                and request.POST.get("paper_signed") == "yes",
                by=actor_of(request),
                now=timezone.now(),
                version=version_of(request),
            )
            return redirect("counter:done", case)
        except EXPECTED as error:
            problems = [str(error)]
    context = {
        "case": head_of(view.header, here="sign", record=view.record),
        "sheets": (titles := sheets.sheet_titles(case=case)),
        "number_of_sheets": sum(one.papers for one in titles),
        "problems": problems,
    }
    return render(request, "counter/sign.html", context)


def _strokes(text: str) -> list[list[tuple[int, int]]] | None:
    """The pad's strokes, or None when they are not what the pad sends."""
    try:
        return [[(int(x), int(y)) for x, y in stroke] for stroke in json_of(text)]
    except (ValueError, TypeError):
        return None


@needs(Authority.COUNTER)
def done(request: HttpRequest, case: str) -> HttpResponse:
    """What happened: numbers, prints, tasks, what is still to come."""
    view = case_of(request, case, "done")
    if not view.header.signed:
        return redirect("counter:hearing", case)
    names = departments()
    pack = view.judged.pack
    language = language_of(view.header.language)
    papers = [
        ("sheets", _("届出書・申請書をまとめて印刷")),
        ("guide", _("受付案内票")),
        ("confirmation", _("確認・署名票")),
        *([("meaning", _("書類の意味（%s）") % language.label)] if language else []),
    ]
    context = {
        "case": head_of(view.header, here="done", record=view.record, notices=unproved_notice(view)),
        "message": _(TOLD_WITHOUT_RECORD if view.record.nobody_registered else TOLD),
        "papers": [
            {"url": reverse("counter:paper", args=[case, kind]), "label": label} for kind, label in papers
        ],
        "missing_glyphs": [],
        "tasks": task_lines(view, names),
        "documents": [
            {
                "id": one.id,
                "text": one.text,
                "procedure": pack.procedure(one.procedure).name,
                "received": one.received,
            }
            for one in view.documents
        ],
        "next_steps": _next_steps(view),
        "fees": bool(view.certificates),
    }
    return render(request, "counter/done.html", context)


@needs(Authority.COUNTER)
@require_POST
def received(request: HttpRequest, case: str) -> HttpResponse:
    """A missing document has come."""
    number = whole_number(request.POST.get("document", ""))
    if number is not None:
        closing.receive_document(case=case, document=number, by=actor_of(request), now=timezone.now())
    return redirect("counter:done", case)


@needs(Authority.COUNTER)
def paper(request: HttpRequest, case: str, kind: str) -> HttpResponse:
    """A paper of the case as PDF."""
    make = {
        "sheets": sheets.all_sheets, "guide": sheets.guide, "confirmation": sheets.confirmation, "meaning": sheets.meaning,
    }.get(kind)  # fmt: skip
    if make is None:
        raise Http404
    try:
        return pdf_answer(make(case=case, actor=actor_of(request), now=timezone.now()))
    except sheets.NothingToPrint as error:
        messages.error(request, str(error))
        return redirect("counter:hearing", case)


@needs(Authority.COUNTER)
def sheet(request: HttpRequest, case: str, procedure: str, subject: str) -> HttpResponse:
    """The sheet of one procedure as PDF."""
    try:
        made = sheets.one_sheet(
            case=case, procedure=procedure, subject=subject, actor=actor_of(request), now=timezone.now()
        )
    except sheets.NothingToPrint as error:
        messages.error(request, str(error))
        return redirect("counter:procedure", case, procedure, subject)
    return pdf_answer(made)


def pdf_answer(made: RenderedPaper) -> HttpResponse:
    """A PDF answer; how many characters could not be printed is said in a header too, so that a printer step can stop."""
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = "inline"
    answer["Cache-Control"] = "no-store"
    answer["X-Missing-Glyphs"] = str(len(made.missing_glyphs))
    return answer


@needs(Authority.COUNTER)
def correct(request: HttpRequest, case: str) -> HttpResponse:
    """Open a signed case again, saying why."""
    view = case_of(request, case, "correct")
    problems: list[str] = []
    if request.method == "POST":
        try:
            closing.correct_after_signing(
                case=case,
                reason=request.POST.get("reason", ""),
                by=actor_of(request),
                now=timezone.now(),
                version=version_of(request),
            )
            messages.info(
                request,
                _(
                    "訂正を始めました。直したあと、もう一度署名と審査が要ります。前の内容は記録に残っています。"
                ),
            )
            return redirect("counter:hearing", case)
        except EXPECTED as error:
            problems = [str(error)]
    context = {"case": head_of(view.header, here="done", record=view.record), "problems": problems}
    return render(request, "counter/correct.html", context)


@needs(Authority.COUNTER)
@require_POST
def withdraw(request: HttpRequest, case: str) -> HttpResponse:
    """The resident takes the notice back."""
    try:
        closing.withdraw(
            case=case,
            reason=request.POST.get("reason", ""),
            by=actor_of(request),
            now=timezone.now(),
            version=None,
        )
        messages.info(request, _("取り下げました。記録は残ります。"))
    except EXPECTED as error:
        messages.error(request, str(error))
    return redirect("counter:worklist")

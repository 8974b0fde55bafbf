"""From the list of cases to knowing whom a case is about and who came."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Purpose
from madoguchi.cases import hearing, opening, queries
from madoguchi.cases.acting import NotNow, find_case
from madoguchi.cases.household_notice import FROM_REGISTER, begin_household
from madoguchi.cases.states import CaseStatus
from madoguchi.cases.views import CaseHeader, CaseView
from madoguchi.channels.counter.forms import (
    FindForm,
    exact_date,
)
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.naming_page import name_page
from madoguchi.channels.counter.words import seat_text
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, desk_names
from madoguchi.jp.wareki import format_date_text
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.people import SearchTerms
from madoguchi.residents.search import NothingToSearchFor, search

FIRST_LINES = 5


def case_of(request: HttpRequest, case: str, screen: str) -> CaseView:
    """The case for a clerk's screen; its reading is written down."""
    return queries.case_view(
        case=case, actor=actor_of(request), purpose=Purpose.COUNTER_CASE, screen=screen, now=timezone.now()
    )


def version_of(request: HttpRequest) -> int | None:
    """The version that the screen showed."""
    return whole_number(request.POST.get("version", ""))


@needs(Authority.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """The first screen of whoever signed in."""
    from madoguchi.channels.shared.context import shell

    menu = shell(request)["menu"]
    return (
        redirect(menu[0]["url"])
        if menu
        else render(request, "city/refused.html", {"who": _("どれかの役割")}, status=403)
    )


@needs(Authority.COUNTER)
def worklist(request: HttpRequest) -> HttpResponse:
    """Cases of this branch: at the counter, broken off, waiting for papers, signed, done."""
    return worklist_page(request)


def worklist_page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The list, with what could not be done."""
    number = request.GET.get("q", "")
    headers = queries.worklist(branch=actor_of(request).branch, now=timezone.now(), number=number)
    missing = queries.open_documents(header.id for header in headers)
    desks = desk_names()
    groups = [
        (
            "open",
            _("受付中"),
            [h for h in headers if h.status is CaseStatus.HEARING and not h.parked],
            _("いま受付中のものはありません。「受付を始める」で始めます。"),
        ),
        (
            "parked",
            _("中断中"),
            [h for h in headers if h.status is CaseStatus.HEARING and h.parked],
            _("中断したものはありません。"),
        ),
        (
            "waiting",
            _("補正待ち"),
            [h for h in headers if missing.get(h.id) and h.signed],
            _("あとで持ってくる書類を待っているものはありません。"),
        ),
        (
            "signed",
            _("署名済み"),
            [h for h in headers if h.signed and not missing.get(h.id)],
            _("今日署名が済んだものはまだありません。"),
        ),
        (
            "withdrawn",
            _("取下げ"),
            [h for h in headers if h.status is CaseStatus.WITHDRAWN],
            _("取り下げたものはありません。"),
        ),
    ]
    context = {
        "q": number,
        "events": [{"code": event.value, "label": _(event.label)} for event in EventKind],
        "may_practice": True,
        "problems": [problem] if problem else [],
        "groups": [
            {"id": key, "label": label, "rows": [_row(h, desks, missing) for h in rows], "empty": empty}
            for key, label, rows, empty in groups
        ],
    }
    return render(request, "counter/worklist.html", context, status=status)


def _row(header: CaseHeader, desks: dict[tuple[str, str], str], missing: dict[str, int]) -> dict[str, Any]:
    count = missing.get(header.id, 0)
    screen = "counter:done" if header.signed else "counter:resume"
    from django.urls import reverse

    return {
        "url": reverse(screen, args=[header.id]),
        "number": header.number,
        "practice": header.practice,
        "event": _(header.event.label),
        "status": _("中断") if header.parked else _(header.status.label),
        "desk": seat_text(desks, header),
        "opened_at": header.opened_at,
        "staff": header.opened_by_name,
        "waiting_for": _("書類 %(n)d点") % {"n": count} if count else "",
    }


@needs(Authority.COUNTER)
@require_POST
def open_case(request: HttpRequest) -> HttpResponse:
    """Begin a visit."""
    wanted = request.POST.get("event", "")
    event = next((one for one in EventKind if one.value == wanted), EventKind.move_in)
    practice = request.POST.get("practice") == "yes"
    if practice and event in FROM_REGISTER:
        messages.error(
            request, _("練習では住民記録を開きません。届出の種類を「転入」にして練習してください。")
        )
        return redirect("counter:worklist")
    case = opening.open_case(event=event, by=actor_of(request), now=timezone.now(), practice=practice)
    return redirect("counter:start", case)


@needs(Authority.COUNTER)
def resume(request: HttpRequest, case: str) -> HttpResponse:
    """Open a case where it stands; a parked one goes on at this desk."""
    view = case_of(request, case, "resume")
    if view.header.parked:
        hearing.resume(case=case, by=actor_of(request), now=timezone.now())
    if not view.record.people:
        return redirect("counter:start", case)
    return redirect("counter:hearing", case)


@needs(Authority.COUNTER)
def start(request: HttpRequest, case: str) -> HttpResponse:
    """By what to begin."""
    view = case_of(request, case, "start")
    without_event = view.header.event is EventKind.none
    if view.record.nobody_named and view.header.event in FROM_REGISTER and not without_event:
        return redirect("counter:find", case)
    named = view.record.people and not view.record.nobody_named
    if view.header.event in FROM_REGISTER and (named or not without_event):
        return redirect("counter:event" if named else "counter:find", case)
    if named:
        return redirect("counter:household", case)
    abroad = view.header.event is EventKind.move_in_abroad
    context = {"case": head_of(view.header, here="start", record=view.record), "abroad": abroad}
    context["without_event"] = without_event
    return render(request, "counter/start.html", context)


@needs(Authority.COUNTER)
def find(request: HttpRequest, case: str) -> HttpResponse:
    """Find a person of the register."""
    view = case_of(request, case, "find")
    form = FindForm(request.POST or None)
    context: dict[str, Any] = {
        "case": head_of(view.header, here="start", record=view.record),
        "form": form,
        "searched": False,
        "from_register": view.header.event in FROM_REGISTER,
        "without_event": view.header.event is EventKind.none,
    }
    if request.method == "POST" and form.is_valid():
        terms = SearchTerms(
            number=form.cleaned_data["number"],
            name=form.cleaned_data["name"],
            kana=form.cleaned_data["kana"],
            birth=exact_date(form.cleaned_data["birth"]),
            address=form.cleaned_data["address"],
        )
        try:
            if view.header.practice:
                raise opening.PracticeReadsNobody
            found = search(
                terms=terms,
                actor=actor_of(request),
                purpose=Purpose.COUNTER_CASE,
                case=case,
                now=timezone.now(),
            )
        except (NothingToSearchFor, opening.PracticeReadsNobody) as error:
            context["problems"] = [str(error)]
        else:
            lines = [
                {
                    "number": hit.resident_no,
                    "name": hit.name,
                    "kana": hit.kana,
                    "birth": format_date_text(hit.birth),
                    "relationship": hit.relationship,
                }
                for hit in found.hits
            ]
            same = {(line["name"], line["birth"]) for line in lines}
            context |= {"searched": True, "hits": lines, "more": found.more, "twins": len(same) < len(lines)}
    return render(request, "counter/find.html", context)


@needs(Authority.COUNTER)
@require_POST
def choose(request: HttpRequest, case: str) -> HttpResponse:
    """Bring the person that was found into the case; of a household of the register, everybody who lives there."""
    number, by, now = request.POST.get("resident", ""), actor_of(request), timezone.now()
    try:
        if (view := case_of(request, case, "choose")).record.unnamed:
            return name_page(request, view, number)
        if queries.header_of(find_case(case)).event in FROM_REGISTER:
            begin_household(case=case, resident_no=number, by=by, now=now)
            return redirect("counter:event", case)
        opening.add_residents(case=case, resident_nos=[number], staying=False, by=by, now=now)
    except (opening.NoSuchHousehold, NotNow) as error:
        messages.error(request, str(error))
        return redirect("counter:find", case)
    return redirect("counter:household", case)

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
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.states import CaseStatus, IdentityDocument, VisitorKind
from madoguchi.cases.views import CaseHeader, CaseView
from madoguchi.channels.counter.forms import (
    CertificateForm,
    FindForm,
    JoinForm,
    VisitorForm,
    exact_date,
    people_formset,
)
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import notices_of
from madoguchi.channels.counter.words import birth_text
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, desk_names
from madoguchi.jp.wareki import format_date_text
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.people import SearchTerms
from madoguchi.residents.search import NothingToSearchFor, search

FIRST_LINES = 5
OPENED_HERE = (EventKind.move_in,)


def case_of(request: HttpRequest, case: str, screen: str) -> CaseView:
    """The case for a clerk's screen; its reading is written down."""
    return queries.case_view(
        case=case, actor=actor_of(request), purpose=Purpose.COUNTER_CASE, screen=screen, now=timezone.now()
    )


def version_of(request: HttpRequest) -> int | None:
    """The version that the screen showed."""
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else None


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
        "events": [{"code": event.value, "label": _(event.label)} for event in OPENED_HERE],
        "may_practice": True,
        "groups": [
            {"id": key, "label": label, "rows": [_row(h, desks, missing) for h in rows], "empty": empty}
            for key, label, rows, empty in groups
        ],
    }
    return render(request, "counter/worklist.html", context)


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
        "desk": desks.get((header.branch, header.desk), header.desk),
        "opened_at": header.opened_at,
        "staff": header.opened_by_name,
        "waiting_for": _("書類 %(n)d点") % {"n": count} if count else "",
    }


@needs(Authority.COUNTER)
@require_POST
def open_case(request: HttpRequest) -> HttpResponse:
    """Begin a visit."""
    wanted = request.POST.get("event", "")
    event = next((one for one in OPENED_HERE if one.value == wanted), EventKind.move_in)
    case = opening.open_case(
        event=event, by=actor_of(request), now=timezone.now(), practice=request.POST.get("practice") == "yes"
    )
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
    if view.record.people:
        return redirect("counter:household", case)
    return render(
        request, "counter/start.html", {"case": head_of(view.header, here="start", record=view.record)}
    )


@needs(Authority.COUNTER)
def find(request: HttpRequest, case: str) -> HttpResponse:
    """Find a person of the register."""
    view = case_of(request, case, "find")
    form = FindForm(request.POST or None)
    context: dict[str, Any] = {
        "case": head_of(view.header, here="start", record=view.record),
        "form": form,
        "searched": False,
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
            found = search(
                terms=terms,
                actor=actor_of(request),
                purpose=Purpose.COUNTER_CASE,
                case=case,
                now=timezone.now(),
            )
        except NothingToSearchFor as error:
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
    """Bring the person that was found into the case."""
    try:
        opening.add_residents(
            case=case,
            resident_nos=[request.POST.get("resident", "")],
            staying=False,
            by=actor_of(request),
            now=timezone.now(),
        )
    except (opening.NoSuchHousehold, NotNow) as error:
        messages.error(request, str(error))
        return redirect("counter:find", case)
    return redirect("counter:household", case)


@needs(Authority.COUNTER)
def certificate(request: HttpRequest, case: str) -> HttpResponse:
    """Copy the moving-out certificate."""
    view = case_of(request, case, "certificate")
    posted = request.POST if request.method == "POST" else None
    lines = int(posted.get("form-TOTAL_FORMS", FIRST_LINES)) if posted else FIRST_LINES
    more = bool(posted) and posted is not None and posted.get("go") == "more"
    form = CertificateForm(posted)
    people = people_formset(min(lines, opening.MOST_PEOPLE))(posted)
    problems: list[str] = []
    if posted and more:
        grown = posted.copy()
        grown["form-TOTAL_FORMS"] = str(min(lines + 2, opening.MOST_PEOPLE))
        form, people = CertificateForm(initial=grown.dict()), people_formset(lines)(grown)
    elif posted and form.is_valid() and people.is_valid():
        try:
            opening.begin_from_certificate(
                case=case,
                certificate=_certificate(form.cleaned_data, people.people()),
                by=actor_of(request),
                now=timezone.now(),
            )
            return redirect("counter:household", case)
        except (opening.NoPeople, opening.DateInFuture, NotNow) as error:
            problems = [str(error)]
    context = {
        "case": head_of(view.header, here="start", record=view.record),
        "form": form,
        "people": people,
        "problems": problems,
    }
    return render(request, "counter/certificate.html", context)


def _certificate(move: dict[str, Any], people: list[dict[str, Any]]) -> opening.MovingOutCertificate:
    facts = ("nationality_class", "health_insurance", "pension")
    return opening.MovingOutCertificate(
        old_address=move["old_address"],
        new_address=move["new_address"],
        new_building=move["new_building"],
        old_head=move["old_head"],
        planned_move_out_date=move["planned_move_out_date"],
        move_date=move["move_date"],
        special=move["special"],
        people=tuple(
            opening.CertificatePerson(
                name=person["name"],
                kana=person["kana"],
                birth=person["birth"],
                sex=person["sex"],
                relationship=person["relationship"],
                facts={key: person[key] for key in facts if person[key]},
            )
            for person in people
        ),
    )


@needs(Authority.COUNTER)
def household(request: HttpRequest, case: str) -> HttpResponse:
    """Who moves, into which household, and who claims allowances."""
    view = case_of(request, case, "household")
    form = JoinForm(request.POST or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            _set_household(request, case, view, form.cleaned_data["household"])
            return redirect(
                "counter:visitor" if not view.record.value("notifier_kind") else "counter:hearing", case
            )
        except (opening.NoPeople, opening.NoSuchHousehold, NotNow, SomebodyElseChanged) as error:
            problems = [str(error)]
    movers = [person for person in view.record.people if not person.staying]
    adults = [
        person for person in movers if view.record.text("relationship", person.ref) not in ("子", "子の子")
    ] or movers
    claimant = view.record.value("claimant", "household") or next(
        (person.ref for person in adults if view.record.text("relationship", person.ref) == "世帯主"),
        adults[0].ref if adults else "",
    )
    context = {
        "case": head_of(view.header, here="start", record=view.record, notices=notices_of(view)),
        "form": form,
        "problems": problems,
        "joined": bool(view.record.value("joined_household")),
        "people": [
            {
                "ref": person.ref,
                "name": view.record.name_of(person.ref),
                "relationship": view.record.text("relationship", person.ref),
                "birth": birth_text(view.record, person.ref),
                "moves": view.record.value("moves", person.ref) is True,
                "locked": person.staying,
            }
            for person in view.record.people
        ],
        "claimants": [
            {"ref": person.ref, "name": view.record.name_of(person.ref), "chosen": person.ref == claimant}
            for person in adults
        ],
        "kept_off": view.record.value("address_kept_off") is True,
    }
    return render(request, "counter/household.html", context)


def _set_household(request: HttpRequest, case: str, view: CaseView, number: str) -> None:
    by, now = actor_of(request), timezone.now()
    joins = request.POST.get("join") == "existing"
    if joins and not view.record.value("joined_household"):
        opening.join_household(case=case, number=number.strip(), by=by, now=now)
    opening.set_who_moves(
        case=case,
        moving=frozenset(request.POST.getlist("moves")),
        relationships={
            person.ref: request.POST.get(f"relationship-{person.ref}", "").strip()
            for person in view.record.people
        },
        claimant=request.POST.get("claimant") or None,
        keep_address_off=request.POST.get("keep_address_off") == "yes",
        by=by,
        now=now,
        version=None,
    )


@needs(Authority.COUNTER)
def visitor(request: HttpRequest, case: str) -> HttpResponse:
    """Who came, and what proved it."""
    view = case_of(request, case, "visitor")
    form = VisitorForm(request.POST or None)
    people = [("", "—"), *((person.ref, view.record.name_of(person.ref)) for person in view.record.people)]
    form.fields["person"].choices = people  # type: ignore[attr-defined]  # a ChoiceField's own attribute
    problems: list[str] = []
    documents = frozenset(request.POST.getlist("documents"))
    kind = request.POST.get("kind", "self")
    if request.method == "POST" and form.is_valid():
        try:
            opening.set_visitor(
                case=case,
                kind=VisitorKind(kind),
                person=form.cleaned_data["person"],
                name=form.cleaned_data["name"],
                phone=form.cleaned_data["phone"],
                documents=frozenset(one for one in IdentityDocument if one.value in documents),
                proof_seen=form.cleaned_data["proof_seen"],
                unproved=form.cleaned_data["unproved"],
                by=actor_of(request),
                now=timezone.now(),
                version=None,
            )
            return redirect("counter:hearing", case)
        except (
            opening.IdentityNotProved,
            opening.NobodyNamed,
            opening.ProofMissing,
            NotNow,
            ValueError,
        ) as error:
            problems = [str(error)]
    if request.method == "GET" and not form.is_bound:
        form.initial = {
            "person": people[1][0] if len(people) > 1 else "",
            "phone": view.record.text("notifier_phone"),
        }
    context = {
        "case": head_of(view.header, here="visitor", record=view.record),
        "form": form,
        "problems": problems,
        "kinds": [
            {"code": one.value, "label": _(one.label), "hint": _(one.hint), "chosen": one.value == kind}
            for one in VisitorKind
        ],
        "documents": [
            {"code": one.value, "label": _(one.label), "chosen": one.value in documents}
            for one in IdentityDocument
        ],
        "reader": False,
    }
    return render(request, "counter/visitor.html", context)

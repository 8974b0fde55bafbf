"""下準備: what a contractor opens, copies from a certificate and hands over to the clerks. Nothing that is there already is shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madoguchi.audit.operations import record_act
from madoguchi.cases import opening, preparing
from madoguchi.cases.acting import NoSuchCase, NotNow
from madoguchi.cases.preparing import PREPARED_EVENTS, CannotPrepare, Preparation
from madoguchi.channels.counter.forms import CertificateForm, EntryForm, people_formset
from madoguchi.channels.counter.views_people import FIRST_LINES, certificate_of
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.procedures.situation import EventKind

UNPROCESSABLE = 422


@needs(Authority.PREPARE)
@never_cache
def preparations(request: HttpRequest) -> HttpResponse:
    """What is being prepared by whoever asks; a new one is opened here."""
    by, problems = actor_of(request), []
    if request.method == "POST":
        wanted = request.POST.get("event", "")
        event = next((one for one in EventKind if one.value == wanted), EventKind.none)
        try:
            case = preparing.begin_preparing(event=event, by=by, now=timezone.now())
            return redirect("counter:preparing", case)
        except CannotPrepare as error:
            problems = [str(error)]
    context = {
        "rows": [{"one": one, "event": _(one.event.label)} for one in preparing.preparations(by=by)],
        "events": [(one.value, _(one.label)) for one in PREPARED_EVENTS],
        "problems": problems,
    }
    return render(request, "counter/preparations.html", context, status=UNPROCESSABLE if problems else 200)


@needs(Authority.PREPARE)
@never_cache
def prepare(request: HttpRequest, case: str) -> HttpResponse:
    """Copy the certificate and hand the case over. A case that is not theirs is not there, and the attempt is written down."""
    by, now = actor_of(request), timezone.now()
    try:
        found = preparing.preparation(case=case, by=by)
        if request.method == "POST" and request.POST.get("go") == "leave":
            preparing.hand_over(case=case, certificate=None, by=by, now=now)
            return _handed_over(request, found)
        return _certificate(request, found)
    except NoSuchCase as error:
        record_act(actor=by, activity="refused", now=now, screen="counter:preparing", needed="own")
        raise Http404 from error


def _certificate(request: HttpRequest, found: Preparation) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    lines = (whole_number(posted.get("form-TOTAL_FORMS", "")) if posted else None) or FIRST_LINES
    lines = min(lines, opening.MOST_PEOPLE)
    abroad = found.event is EventKind.move_in_abroad
    moving = EntryForm if abroad else CertificateForm
    form, people = moving(posted), people_formset(lines)(posted)
    problems: list[str] = []
    if posted and posted.get("go") == "more":
        grown = posted.copy()
        grown["form-TOTAL_FORMS"] = str(min(lines + 2, opening.MOST_PEOPLE))
        form, people = moving(initial=grown.dict()), people_formset(lines)(grown)
    elif posted and form.is_valid() and people.is_valid():
        certificate = certificate_of(form.cleaned_data, people.people(), from_abroad=abroad)
        try:
            preparing.hand_over(
                case=found.case, certificate=certificate, by=actor_of(request), now=timezone.now()
            )
            return _handed_over(request, found)
        except (opening.NoPeople, opening.DateInFuture, NotNow) as error:
            problems = [str(error)]
    context = {
        "one": found,
        "event": _(found.event.label),
        "abroad": abroad,
        "form": form,
        "people": people,
        "problems": problems,
    }
    return render(request, "counter/preparing.html", context, status=UNPROCESSABLE if problems else 200)


def _handed_over(request: HttpRequest, found: Preparation) -> HttpResponse:
    messages.success(
        request,
        _("受付 %(number)s を窓口に渡しました。職員が続きを受け付けます。") % {"number": found.number},
    )
    return redirect("counter:preparations")

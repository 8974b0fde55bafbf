"""What somebody prepared before coming: taken by its number, its people named, its answers confirmed with them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.cases import naming, prepared
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.household_notice import FROM_REGISTER
from madoguchi.cases.opening import NoSuchHousehold
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import event_lines, people_lines
from madoguchi.channels.counter.naming_page import name_page
from madoguchi.channels.counter.views_opening import case_of, version_of, worklist_page
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind

LONGEST_SCANNED = 300
TOO_MANY_REQUESTS, UNPROCESSABLE = 429, 422


@needs(Authority.COUNTER)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """The number, typed or scanned: its case, filled and to be confirmed."""
    code = request.POST.get("prepared", "")[:LONGEST_SCANNED]
    try:
        case = prepared.take(code=code, by=actor_of(request), now=timezone.now())
    except prepared.NoSuchPreparation as error:
        return worklist_page(request, problem=str(error), status=UNPROCESSABLE)
    except prepared.ManyTries as error:
        return worklist_page(request, problem=str(error), status=TOO_MANY_REQUESTS)
    return redirect("counter:resume", case)


@needs(Authority.COUNTER)
def confirm(request: HttpRequest, case: str) -> HttpResponse:
    """Everything that was answered beforehand: confirmed one by one or all at once, or put right."""
    view = case_of(request, case, "prepared")
    if request.method == "POST":
        try:
            _confirmed(request, case)
        except (NotNow, SomebodyElseChanged) as error:
            messages.error(request, str(error))
            return redirect("counter:prepared", case)
        still = request.POST.get("go") in ("chosen", "leave_out")
        return redirect("counter:prepared" if still else "counter:hearing", case)
    only = frozenset(view.record.to_confirm)
    context = {
        "case": head_of(view.header, here="hearing", record=view.record),
        "people": people_lines(view, hidden=frozenset(), only=only),
        "event_facts": event_lines(view, only=only),
        "unnamed": [{"ref": ref, "name": view.record.name_of(ref)} for ref in view.record.unnamed],
        "none_left": not only,
    }
    return render(request, "counter/prepared.html", context)


def _confirmed(request: HttpRequest, case: str) -> None:
    by, now, version = actor_of(request), timezone.now(), version_of(request)
    if request.POST.get("go") == "leave_out":
        naming.leave_out(case=case, ref=request.POST.get("ref", ""), by=by, now=now, version=version)
        return
    refs = None
    if request.POST.get("go") == "chosen":
        pairs = [one.partition("|") for one in request.POST.getlist("fact")]
        refs = {FactRef(key, subject) for key, _bar, subject in pairs}
    done = prepared.confirm(case=case, refs=refs, by=by, now=now, version=version)
    messages.info(request, _("前もって入力された内容を %(n)d件 確かめました。") % {"n": done})


@needs(Authority.COUNTER)
@require_POST
def name_people(request: HttpRequest, case: str) -> HttpResponse:
    """Who of the register each one is."""
    view = case_of(request, case, "name_people")
    resident = request.POST.get("resident", "")
    meant = {ref: request.POST.get(f"meant-{ref}", "") for ref in view.record.unnamed}
    try:
        naming.name_people(
            case=case, resident_no=resident, meant=meant, by=actor_of(request), now=timezone.now(),
            version=version_of(request),
        )  # fmt: skip
    except naming.NamedTwice as error:
        return name_page(request, view, resident, problem=str(error))
    except (NoSuchHousehold, NotNow, SomebodyElseChanged) as error:
        messages.error(request, str(error))
        return redirect("counter:find", case)
    return redirect("counter:event" if _from_register(view) else "counter:household", case)


def _from_register(view: CaseView) -> bool:
    return view.header.event in FROM_REGISTER or view.header.event is EventKind.none

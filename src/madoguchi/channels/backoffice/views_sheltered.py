"""支援措置の期限: who is sheltered and until when, for the one office that handles it. No address stands here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.forms import ProlongForm, ShelterForm
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.residents import sheltering
from madoguchi.residents.sheltering import Reminder, ShelteredGroup, sheltered_groups

PAGE = "backoffice/sheltered.html"
REFUSALS = (
    sheltering.NobodyByThatNumber,
    sheltering.AlreadySheltered,
    sheltering.NotSheltered,
    sheltering.EndsBeforeItBegins,
)


def _page(request: HttpRequest, form: ShelterForm) -> dict[str, Any]:
    groups = sheltered_groups(actor=actor_of(request), now=timezone.now())
    return {"form": form, "rows": [_row(one) for one in groups], "counts": _counts(groups)}


def _row(one: ShelteredGroup) -> dict[str, Any]:
    words = {
        Reminder.PAST: _("期限が過ぎています（解くまで続きます）"),
        Reminder.MONTH: _("延長の申出を受け付けられます"),
        Reminder.LATER: "",
        Reminder.OPEN: _("期限の日がありません"),
    }
    return {"group": one, "reminder": words[one.reminder], "urgent": one.reminder is Reminder.PAST}


def _counts(groups: tuple[ShelteredGroup, ...]) -> dict[str, int]:
    return {kind.value: sum(one.reminder is kind for one in groups) for kind in Reminder}


@needs(Authority.PROTECTION)
@never_cache
def sheltered(request: HttpRequest) -> HttpResponse:
    """Everybody in force, the earliest end first."""
    return render(request, PAGE, _page(request, ShelterForm()))


@needs(Authority.PROTECTION)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin it for a person and those who ask together with them."""
    form = ShelterForm(request.POST)
    if form.is_valid():
        try:
            sheltering.protect(**form.given(), by=actor_of(request), now=timezone.now())
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("支援措置を始めました。"))
            return redirect("backoffice:sheltered")
    return render(request, PAGE, _page(request, form), status=422)


@needs(Authority.PROTECTION)
@require_POST
def prolong(request: HttpRequest) -> HttpResponse:
    """Go on until another day. The number is posted: in an address it would stay in logs."""
    form = ProlongForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("新しい終わりの日を、R9.11.23 のように入れてください。"))
        return redirect("backoffice:sheltered")
    try:
        sheltering.prolong_protection(**form.cleaned_data, by=actor_of(request), now=timezone.now())
        messages.success(request, _("支援措置を続けます。前の期間も記録に残っています。"))
    except REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("backoffice:sheltered")


@needs(Authority.PROTECTION)
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """End it, only when it was ticked that the request to end it was seen."""
    number = request.POST.get("resident_no", "")
    if request.POST.get("seen") != "yes":
        messages.error(request, _("解除の申出を確かめてから、「申出を確かめました」に印を付けてください。"))
        return redirect("backoffice:sheltered")
    now = timezone.now()
    try:
        sheltering.lift_protection(
            resident_no=number, on=timezone.localdate(now), by=actor_of(request), now=now
        )
        messages.success(request, _("支援措置を解きました。"))
    except REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("backoffice:sheltered")

"""引き継がれた方: what a 民生委員 sees. Their own people alone, the chosen fields alone, until the day."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.outreach import entrusted as room
from madoguchi.outreach.reach_states import ReachAct
from madoguchi.outreach.reaching import NoSuchReach, ReachRefused

UNPROCESSABLE = 422
_ACTS = {one.key: one for one in (ReachAct.SPOKE, ReachAct.MISSED)}


@needs(Authority.ENTRUSTED)
@never_cache
def entrusted(request: HttpRequest) -> HttpResponse:
    """Whom was handed over, without names."""
    rows = room.entrusted_to(actor_of(request), now=timezone.now())
    return render(request, "backoffice/reaching/entrusted.html", {"rows": rows})


@needs(Authority.ENTRUSTED)
@never_cache
@require_POST
def entrusted_one(request: HttpRequest, entrusted: str) -> HttpResponse:
    """One of them: opened on purpose, and written down as read."""
    return _one(request, entrusted, [])


def _one(request: HttpRequest, number: str, problems: list[str]) -> HttpResponse:
    try:
        found = room.open_entrusted(
            number=number, by=actor_of(request), screen="entrusted", now=timezone.now()
        )
    except NoSuchReach as error:
        raise Http404 from error
    return render(
        request, "backoffice/reaching/entrusted_one.html", {"one": found, "problems": problems},
        status=UNPROCESSABLE if problems else 200,
    )  # fmt: skip


@needs(Authority.ENTRUSTED)
@require_POST
def entrusted_report(request: HttpRequest, entrusted: str) -> HttpResponse:
    """What came of the visit."""
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _one(request, entrusted, [_("会えたかどうかを選んでください。")])
    try:
        room.report(
            number=entrusted,
            act=act,
            note=request.POST.get("note", ""),
            by=actor_of(request),
            now=timezone.now(),
        )
    except NoSuchReach as error:
        raise Http404 from error
    except ReachRefused as refused:
        return _one(request, entrusted, [str(refused)])
    messages.success(request, _("市に伝えました。ありがとうございました。"))
    return redirect("backoffice:entrusted")

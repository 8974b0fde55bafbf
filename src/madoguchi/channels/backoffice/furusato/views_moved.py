"""引っ越した方かもしれない寄附: sign-ins of the same name and birth with another address, one by one, settled by a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.furusato.moved import settle, waiting
from madoguchi.furusato.values import FurusatoRefused

UNPROCESSABLE = 422


@needs(Authority.GIFTS)
def moved(request: HttpRequest) -> HttpResponse:
    """What waits, with both addresses beside each other."""
    return _page(request)


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    rows = waiting(by=actor_of(request), now=timezone.now())
    context = {"rows": rows, "problems": [problem] if problem else []}
    return render(
        request, "backoffice/furusato/moved.html", context, status=UNPROCESSABLE if problem else 200
    )


@needs(Authority.GIFTS)
@require_POST
def settled(request: HttpRequest, doubt: int) -> HttpResponse:
    """The same person, or another; by what that was found out is kept."""
    same = request.POST.get("go") == "same"
    if not same and request.POST.get("go") != "other":
        return redirect("backoffice:furusato_moved")
    try:
        settle(
            doubt=doubt,
            same=same,
            how=request.POST.get("how", ""),
            by=actor_of(request),
            now=timezone.now(),
        )
    except FurusatoRefused as error:
        return _page(request, _(str(error)))
    messages.success(request, _("本人の寄附としました。") if same else _("別の人としました。"))
    return redirect("backoffice:furusato_moved")

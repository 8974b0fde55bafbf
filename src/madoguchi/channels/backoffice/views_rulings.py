"""決定データ: decisions that wait for the departments' core systems, and handing them over. No personal data in the list."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.queries import current
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect.ruling_data import hand_over_rulings, ruling_messages, rulings_csv


@needs(Authority.CONNECT)
def rulings(request: HttpRequest) -> HttpResponse:
    """What waits, what waits for the register, and what has left."""
    pack, found = current(), ruling_messages()
    rows = [
        {
            "one": one,
            "name": pack.procedure(one.procedure).name
            if pack.has_procedure(one.procedure)
            else one.procedure,
        }
        for one in found
    ]
    waiting = sum(one.handed_over_at is None and not one.waits_for_register for one in found)
    return render(request, "backoffice/rulings.html", {"rows": rows, "waiting": waiting, "any": bool(found)})


@needs(Authority.CONNECT)
@require_POST
def rulings_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand over what waits, or with `again` everything, as a file."""
    if kind not in ("csv", "json"):
        raise Http404
    again = request.POST.get("again") == "yes"
    bodies = hand_over_rulings(by=actor_of(request), now=timezone.now(), again=again)
    if not bodies:
        messages.info(
            request,
            _("いま渡すものはありません。宛名番号がまだない方の決定は、住民記録に登録されると渡せます。"),
        )
        return redirect("backoffice:rulings")
    if kind == "csv":
        return file_response(rulings_csv(bodies), "rulings.csv", "text/csv; charset=utf-8")
    content = json.dumps(list(bodies), ensure_ascii=False, indent=1).encode()
    return file_response(content, "rulings.json", "application/json")

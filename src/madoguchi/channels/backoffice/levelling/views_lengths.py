"""予約の長さ: how long each service is booked for, where that comes from, and holding one to what the city declares."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking.lengths import SHORTEST_MINUTES, LengthSource, lengths, let_go, pin
from madoguchi.booking.offering import NoSuchService, NotOffered
from madoguchi.channels.backoffice.levelling.common import looked_at, places
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of


@needs(Authority.LEVELLING)
def booking_lengths(request: HttpRequest) -> HttpResponse:
    """Look at the lengths of a branch; pin one, or let it follow what is learned."""
    looked = looked_at(request, request.POST if request.method == "POST" else request.GET)
    now, by = timezone.now(), actor_of(request)
    if request.method == "POST":
        service = request.POST.get("service", "")
        try:
            if "let_go" in request.POST:
                let_go(branch=looked.branch, service=service, by=by, now=now)
                messages.success(request, _("これからの予約は、実績の長さで取ります。"))
            else:
                pin(branch=looked.branch, service=service, offered=looked.offered, by=by, now=now)
                messages.success(request, _("これからの予約は、市の設定の長さで取ります。"))
        except (NoSuchService, NotOffered) as error:
            raise Http404(str(error)) from error
        return redirect(f"{reverse('backoffice:levelling_lengths')}?{looked.address}")
    found = lengths(branch=looked.branch, offered=looked.offered, now=now)
    names = {one.key: one for one in looked.offered.services}
    context = places(looked, "lengths") | {
        "lanes": [
            {
                "lane": lane,
                "rows": [
                    {"service": names[key], "length": found[key]} for key in lane.services if key in found
                ],
            }
            for lane in looked.offered.lanes_at(looked.branch)
        ],
        "pinned": LengthSource.PINNED,
        "shortest": SHORTEST_MINUTES,
    }
    return render(request, "backoffice/levelling/lengths.html", context)

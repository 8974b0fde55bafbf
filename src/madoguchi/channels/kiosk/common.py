"""What every page of the machine shares: who may open it, in which language it speaks, and that nothing of a visit stays."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madoguchi.booking import reserving
from madoguchi.booking.booked import BookingRefused, NoSuchBooking, NotNowInBooking, NotToday
from madoguchi.booking.offering import Offer
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.services import Service
from madoguchi.booking.tickets import issuing
from madoguchi.booking.tickets.queue import NoSuchTicket, TicketNotNow
from madoguchi.booking.when import in_words
from madoguchi.channels.shared.languages import JAPANESE, current, offered, speaking, tag_of, tongues
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import branch_names

THREE = 3
HELD = "kiosk_ticket"
OUTCOME = "kiosk_printed"
LANGUAGE = "kiosk_language"
VISIT = "kiosk_visit"
BOOKING = "kiosk_booking"
LISTED = "kiosk_listed"
OF_A_VISIT = (HELD, OUTCOME, LANGUAGE, VISIT, BOOKING, LISTED)
View = Callable[..., HttpResponse]


def machine(view: View) -> View:
    """A page of the machine in this branch: for the machine alone, never stored, in the language that was chosen."""

    @wraps(view)
    def page(request: HttpRequest, branch: str, **more: str) -> HttpResponse:
        if branch not in branch_names():
            raise Http404
        with speaking(offered(request.session.get(LANGUAGE, JAPANESE))):
            return view(request, branch, **more)

    return needs(Authority.TICKET_MACHINE)(never_cache(page))


def show(request: HttpRequest, name: str, branch: str, **more: Any) -> HttpResponse:
    """One page, in the language that is being spoken."""
    context = {
        "branch": branch,
        "branch_name": branch_names().get(branch, branch),
        "tongues": tongues(),
        "spoken": current(),
        **more,
    }
    answer = render(request, f"kiosk/{name}.html", context)
    answer["Content-Language"] = tag_of(current())
    return answer


def forget(request: HttpRequest) -> None:
    """Nothing of a visit stays: no number, no language; a seat that was only held is given back."""
    let_go(request)
    for key in OF_A_VISIT:
        request.session.pop(key, None)


def let_go(request: HttpRequest) -> None:
    """Give back what this visit holds and did not confirm."""
    number = request.session.pop(BOOKING, "")
    if not number:
        return
    try:
        if reserving.look(number=number).state is BookingState.HELD:
            reserving.cancel(number=number, now=timezone.now())
    except (NoSuchBooking, BookingRefused):
        return  # it was given back meanwhile


def visit_key(request: HttpRequest) -> str:
    """The key of this visit at the machine, made when first asked for and gone at the next start."""
    if VISIT not in request.session:
        request.session[VISIT] = secrets.token_urlsafe(16)
    return str(request.session[VISIT])


def here(known: Offer, branch: str) -> list[Service]:
    """What is served in this branch, in the city's order."""
    there = {key for lane in known.lanes_at(branch) for key in lane.services}
    return [one for one in known.services if one.key in there]


def base(request: HttpRequest) -> str:
    """Where residents' phones reach this office."""
    return settings.PUBLIC_ADDRESS or f"{request.scheme}://{request.get_host()}"


def refusal(error: Exception) -> str:
    """Why something was refused, in the language of the page."""
    if isinstance(error, NotToday):
        return _("この予約は %(when)s からです。60分前から受付できます。") % {"when": in_words(error.starts)}
    if isinstance(error, issuing.OutsideHours):
        return _("いまは受付時間外です。受付時間を確かめて、もう一度おいでください。")
    if isinstance(error, issuing.BookingHasTicket):
        return _("この予約には、もう番号 %(label)s が出ています。その番号でお待ちください。") % {
            "label": error.label
        }
    if isinstance(error, issuing.NumbersUsedUp | issuing.NoServiceChosen):
        return _("いまは番号を出せません。近くの職員にお声がけください。")
    if isinstance(error, NotNowInBooking):
        return _("この予約は、いまは受け付けられません。近くの職員にお声がけください。")
    if isinstance(error, TicketNotNow | NoSuchTicket):
        return _("この番号のご案内は終わりました")
    return _(str(error))

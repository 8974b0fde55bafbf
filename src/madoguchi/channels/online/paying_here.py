"""What this browser may pay (この画面で支払えるもの): opened by number and digits, or by a page that knows whose it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from madoguchi.channels.shared.languages import ASKED, asked, offered, speaking, tag_of

OPENED, HOMES, MOST_OPENED = "payments", "payments_from", 10
TONGUE = "payments_language"


def in_payers_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page in the language that was chosen here, which stays so over the provider's page and back; else the reader's."""

    @wraps(view)
    def page(request: HttpRequest, **named: str) -> HttpResponse:
        if wanted := request.GET.get(ASKED, ""):
            request.session[TONGUE] = offered(wanted)
        kept = str(request.session.get(TONGUE, ""))
        code = offered(kept) if kept else asked(request)
        with speaking(code):
            answer = view(request, **named)
        answer["Content-Language"] = tag_of(code)
        return answer

    return page


def open_payment(request: HttpRequest, number: str, *, home: str = "") -> None:
    """Let this browser see and pay what was asked for under a number. `home`: our own page to which it goes back."""
    others = [one for one in opened_payments(request) if one != number]
    request.session[OPENED] = [number, *others][:MOST_OPENED]
    homes = {one: page for one, page in request.session.get(HOMES, {}).items() if one in others}
    request.session[HOMES] = {**homes, **({number: home} if home else {})}


def opened_payments(request: HttpRequest) -> list[str]:
    """The numbers that this browser may open, the latest first."""
    return [str(one) for one in request.session.get(OPENED, [])]


def home_of(request: HttpRequest, number: str) -> str:
    """The page from which somebody was sent to pay; empty when they came by number and digits."""
    return str(request.session.get(HOMES, {}).get(number, ""))


def send_to_pay(request: HttpRequest, number: str, *, home: str) -> HttpResponse:
    """Send whoever owes it, and is known to, on to the page of paying; nobody types the number and digits."""
    open_payment(request, number, home=home)
    return redirect("pay:one", number)

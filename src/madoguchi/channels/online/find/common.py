"""What the pages of finding out share: the language that travels with the form, and that nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from madoguchi.cases.prepared import Visitor
from madoguchi.channels.shared.finding.carried import AT_HOME_FOR, FIELD, Carried, from_field, to_field
from madoguchi.channels.shared.finding.words import is_spoken_here, spoken_here
from madoguchi.channels.shared.languages import ASKED, JAPANESE, asked, current, offered, speaking, tag_of
from madoguchi.city.authority import Authority, needs

PURPOSE = "find"
UNPROCESSABLE, TOO_MANY_REQUESTS = 422, 429
View = Callable[..., HttpResponse]


def open_page(view: View) -> View:
    """A page for anybody, in the language of its form or of its reader; the browser alone may keep it, to go back to."""

    @wraps(view)
    def page(request: HttpRequest, **named: str) -> HttpResponse:
        said = request.POST.get(ASKED, "")
        wanted = offered(said) if said else asked(request)
        with speaking(wanted if is_spoken_here(wanted) else JAPANESE):
            answer = view(request, **named)
            answer["Content-Language"] = tag_of(current())
        answer.headers.setdefault("Cache-Control", "private, max-age=0")
        # Not "no-referrer": then a browser posts without an origin, and nobody could take their answers back.
        answer["Referrer-Policy"] = "same-origin"
        return answer

    return needs(Authority.ANYONE)(page)


def show(request: HttpRequest, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """One page, in the language that is being spoken."""
    context = {"tongues": spoken_here(), "spoken": current(), **more}
    return render(request, f"find/{name}.html", context, status=status)


def sealed(carried: Carried) -> str:
    """What travels on with the page."""
    return to_field(carried, purpose=PURPOSE, now=timezone.now())


def opened(request: HttpRequest) -> Carried:
    """What came back with the page. Raises one of `carried.REFUSED`."""
    return from_field(request.POST.get(FIELD, ""), purpose=PURPOSE, longest=AT_HOME_FOR, now=timezone.now())


def visitor_of(request: HttpRequest) -> Visitor:
    """From where this comes, without a cookie of our own: the browser by its form token's cookie."""
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    address = request.META.get("REMOTE_ADDR", "")
    browser = sha256(cookie.encode()).hexdigest() if cookie else address
    return Visitor(browser, address)

"""The language of the residents' own pages (住民のページのことば): chosen with `?language=`, kept in the browser's session.

Without a choice it is the first that the browser prefers and the city offers. Forms need not carry it. Whoever signs out
keeps it for the next sign-in, by the address; where staff are signed in the pages are in Japanese.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from madoguchi.channels.shared.languages import ASKED, JAPANESE, asked, current, offered, speaking, tag_of

KEPT = "language"
View = Callable[..., HttpResponse]


def in_residents_language(view: View) -> View:
    """A page of the residents' own, in the language that was chosen at this browser."""

    @wraps(view)
    def page(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        code = _chosen(request)
        with speaking(code):
            answer = view(request, *given, **named)
        answer["Content-Language"] = tag_of(code)
        return answer

    return page


def to_sign_in() -> HttpResponseRedirect:
    """Back to the sign-in, where the session is forgotten and the language is not."""
    said = f"?{urlencode({ASKED: current()})}" if current() != JAPANESE else ""
    return redirect(f"{reverse('my:sign_in')}{said}")


def _chosen(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return JAPANESE
    if said := request.GET.get(ASKED, ""):
        request.session[KEPT] = offered(said)
    kept = request.session.get(KEPT)
    return offered(kept) if isinstance(kept, str) else asked(request)

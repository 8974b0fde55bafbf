"""What a session remembers besides who signed in: whether this member of staff is practising (練習)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from madoguchi.audit.operations import record_act
from madoguchi.city import resident_session
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.city.session_store import SessionStore

PRACTICE = "practice"


class SessionsByUse(SessionMiddleware):
    """A session is prolonged by somebody who does something, not by a page that looks by itself what is new (`quiet`).

    It is written when something in it changed, or when it has to be prolonged (`session_store`). What somebody who is
    signed in was shown is kept by no browser, and what a browser kept goes when they sign out.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session, now = request.session, timezone.now()
        if getattr(request, "signed_out", False):
            response["Clear-Site-Data"] = '"cache", "storage"'
        elif session.accessed and SESSION_KEY in session:
            response.setdefault("Cache-Control", "no-store")
        if getattr(request, "quiet", False):
            if not session.modified:
                return response
        elif session.accessed:
            resident_session.used(request, now=now)
        if isinstance(session, SessionStore) and not session.modified and session.renewed_lately(now=now):
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)


def quiet(request: HttpRequest) -> None:
    """Mark a request that a page made by itself: it does not prolong the session."""
    request.quiet = True  # type: ignore[attr-defined]  # read by SessionsByUse, for this request only


def is_practice(request: HttpRequest) -> bool:
    """Whether this session practises: what it begins uses invented people and never leaves the house."""
    return bool(request.session.get(PRACTICE))


def set_practice(request: HttpRequest, *, on: bool, now: datetime) -> None:
    """Begin or end practising in this session; it ends by itself at the next sign-in."""
    request.session[PRACTICE] = on
    record_act(actor=actor_of(request), activity="practice_on" if on else "practice_off", now=now)


@require_POST
@needs(Authority.SIGNED_IN)
def stay(request: HttpRequest) -> HttpResponse:
    """「続ける」: the request itself renews the session. Back to where it was pressed; a script gets 204."""
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    return _back(request)


@require_POST
@needs(Authority.SIGNED_IN)
def practice(request: HttpRequest) -> HttpResponse:
    """Begin (`on=yes`) or end practising."""
    set_practice(request, on=request.POST.get("on") == "yes", now=timezone.now())
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    goal = request.POST.get("next", "")
    return redirect(goal if url_has_allowed_host_and_scheme(goal, allowed_hosts=None) else "/")

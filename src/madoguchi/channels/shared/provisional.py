"""At a branch whose line is cut (仮受付): only what is heard can be entered; the rest says why it waits.

Default deny: a view that is not listed takes nothing in there, because only acts of the hearing are taken over by the centre.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAY = frozenset(
    {
        "account_login", "account_logout", "mfa_authenticate", "account_reauthenticate", "counter:open", "counter:certificate",
        "counter:unregistered", "counter:household", "counter:find", "counter:choose", "counter:event", "counter:visitor",
        "counter:name_people", "counter:answer", "counter:undo", "counter:retake", "counter:park", "counter:fact",
    }
)  # fmt: skip
CONFLICT = 409


class ProvisionalOnly:
    """Middleware: refuse what a branch on its own may not take in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not settings.PROVISIONAL or request.method in SAFE or (match and match.view_name in MAY):
            return None
        return render(request, "shared/provisional.html", status=CONFLICT)

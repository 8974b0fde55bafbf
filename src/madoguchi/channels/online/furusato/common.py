"""What the donors' pages share: who looks, the language of the browser's session, and how a refusal is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.channels.online.who import actor_of_resident, who
from madoguchi.channels.shared.languages import (
    ASKED,
    JAPANESE,
    asked,
    current,
    offered,
    speaking,
    tag_of,
    tongues,
)
from madoguchi.city.authority import NEXT_SALT, Authority, needs
from madoguchi.connect.identity.provider import offered as sign_in_offered
from madoguchi.furusato.values import FurusatoRefused, Reader
from madoguchi.jp.wareki import format_wareki

OPENED, SPOKEN, MOST_OPENED = "furusato", "furusato_language", 50
NOT_FOUND, CONFLICT, UNPROCESSABLE, TOO_MANY_REQUESTS = 404, 409, 422, 429
View = Callable[..., HttpResponse]


def open_page(view: View) -> View:
    """A page for anybody, in the language that was chosen in this browser's session; kept by no cache."""

    @wraps(view)
    def page(request: HttpRequest, *given: str, **named: str) -> HttpResponse:
        if said := request.GET.get(ASKED, ""):
            request.session[SPOKEN] = offered(said)
        with speaking(request.session.get(SPOKEN) or asked(request)):
            answer = view(request, *given, **named)
            answer["Content-Language"] = tag_of(current())
        answer.headers.setdefault("Referrer-Policy", "same-origin")
        return answer

    return needs(Authority.ANYONE)(never_cache(page))


def reader_of(request: HttpRequest) -> Reader:
    """The papers opened in this browser, and whoever is signed in as a resident."""
    signed_in = who(request)
    opened = tuple(str(one) for one in request.session.get(OPENED, []))
    return Reader(opened, signed_in.account if signed_in else None)


def actor(request: HttpRequest) -> Actor:
    """Whoever holds the paper, as the audit names them."""
    return actor_of_resident(request)


def open_here(request: HttpRequest, number: str) -> None:
    """Let this browser see a gift."""
    others = [one for one in request.session.get(OPENED, []) if one != number]
    request.session[OPENED] = [number, *others][:MOST_OPENED]


def show(request: HttpRequest, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """One page, in the language that is being spoken."""
    reader = reader_of(request)
    wanted = signing.dumps(reverse("furusato:gifts"), salt=NEXT_SALT)
    context = {
        "tongues": tongues(),
        "spoken": current(),
        "signed_in": reader.account is not None,
        "opened": bool(reader.opened or reader.account),
        "sign_in": f"{reverse('my:sign_in')}?{urlencode({'next': wanted})}" if sign_in_offered() else "",
        **more,
    }
    return render(request, f"furusato/{name}.html", context, status=status)


def said(refused: FurusatoRefused) -> str:
    """A refusal in the language that is being spoken."""
    return _(refused.text) % {
        name: day_said(value) if isinstance(value, date) else value for name, value in refused.given.items()
    }


def day_said(day: date) -> str:
    """A day: 和暦 in Japanese, the calendar's own figures in other languages."""
    return format_wareki(day) if tag_of(current()) == JAPANESE else day.isoformat()


def not_here(request: HttpRequest) -> Http404:
    """The answer to whoever asks for what is not theirs or not there, alike; the attempt is written down first."""
    match = request.resolver_match
    record_act(
        actor=actor(request), activity="refused", now=timezone.now(),
        screen=(match.view_name or "unnamed") if match else "unnamed", needed="own",
    )  # fmt: skip
    return Http404()

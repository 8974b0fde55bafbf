"""Signing in and out as a resident (住民のサインイン): out to the provider, back with a code, to the page that was wanted.

The page that is wanted afterwards comes only from our own signature, and only of our own pages for residents: nothing that an
address says sends a browser elsewhere.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from madoguchi.audit.operations import record_act
from madoguchi.channels.online.speaking import in_residents_language, to_sign_in
from madoguchi.channels.online.who import actor_of_resident, who
from madoguchi.city import resident_session
from madoguchi.city.authority import NEXT_SALT, Authority, needs
from madoguchi.connect.identity import signing_in
from madoguchi.connect.identity.faults import IdentityFault, NotSignedIn
from madoguchi.connect.identity.provider import offered
from madoguchi.connect.identity.signing_in import SignInTry
from madoguchi.furusato.same_donor import vouch
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import AccountState

TRIES, MOST_TRIES = "sign_in_tries", 3
NEXT_SECONDS = 3600
# Whose pages may be wanted, and how their addresses begin.
GOALS = (("my", "my:home"), ("furusato", "furusato:start"))
CARD_APP = "デジタル認証アプリ"
BAD_GATEWAY, UNAVAILABLE = 502, 503
_STATUS = {
    IdentityFault.NOT_REACHED: BAD_GATEWAY,
    IdentityFault.NOT_OFFERED: UNAVAILABLE,
    IdentityFault.CANCELLED: 200,
}


@require_GET
@needs(Authority.ANYONE)
@never_cache
@in_residents_language
def sign_in(request: HttpRequest) -> HttpResponse:
    """What signing in is, and the one link that goes there."""
    if who(request) is not None:
        return redirect("my:home")
    over = resident_session.ended_by_itself(request, now=timezone.now())
    return _page(request, goal=request.GET.get("next", ""), over=over and not request.user.is_authenticated)


@require_GET
@needs(Authority.ANYONE)
@never_cache
@in_residents_language
def go(request: HttpRequest) -> HttpResponse:
    """Out to the provider; what the answer must fit stays in this browser's session."""
    if request.user.is_authenticated:
        return redirect("my:sign_in")
    try:
        made, address = signing_in.begin(
            back=_back_address(request), goal=_goal(request.GET.get("next", "")), now=timezone.now()
        )
    except NotSignedIn as refused:
        return _refused(request, refused)
    tries = _tries(request)[-(MOST_TRIES - 1) :]
    request.session[TRIES] = [*tries, {**asdict(made), "begun": made.begun.isoformat()}]
    return redirect(address)


@require_GET
@needs(Authority.ANYONE)
@never_cache
@in_residents_language
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider: the try is used up first, whatever comes of it."""
    if request.user.is_authenticated:
        return redirect("my:sign_in")
    now = timezone.now()
    try:
        tried = _take(request, request.GET.get("state", ""))
        claims = signing_in.finish(tried=tried, answer=request.GET.dict(), now=now)
    except NotSignedIn as refused:
        answer = _refused(request, refused)
    else:
        by = actor_of_resident(request)
        made = come(issuer=claims.issuer, subject=claims.subject, facts=claims.facts, by=by, now=now)
        if made.state is AccountState.BLOCKED:
            answer = _page(request, blocked=True, status=403)
        else:
            resident_session.begin(request, account=made.number, now=now)
            known = made.resident_no if made.state is AccountState.MATCHED else None
            vouch(account=made.number, facts=claims.facts, by=by, now=now, resident_no=known)
            record_act(actor=by, activity="resident_signed_in", now=now, account=made.number)
            answer = redirect(tried.goal)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_POST
@needs(Authority.ANYONE)
@in_residents_language
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget everything of this browser's session; a session of staff is left alone."""
    signed_in = who(request)
    if signed_in is not None:
        record_act(
            actor=actor_of_resident(request),
            activity="resident_signed_out",
            now=timezone.now(),
            account=signed_in.account,
        )
    if not request.user.is_authenticated:
        resident_session.end(request)
    return to_sign_in()


def _back_address(request: HttpRequest) -> str:
    """Where the provider sends back to: registered there, so of the setting where there is one."""
    path = reverse("my:back")
    if settings.PUBLIC_ADDRESS:
        return f"{settings.PUBLIC_ADDRESS.rstrip('/')}{path}"
    return request.build_absolute_uri(path)


def _goal(signed: str) -> str:
    """The page of ours that was wanted, when we ourselves signed it not long ago; else the home of the residents."""
    home = reverse("my:home")
    try:
        wanted = signing.loads(signed, salt=NEXT_SALT, max_age=NEXT_SECONDS) if signed else home
        found = resolve(wanted) if isinstance(wanted, str) else None
    except (signing.BadSignature, Resolver404):
        return home
    ours = found and any(
        found.namespace == name and wanted.startswith(reverse(first)) for name, first in GOALS
    )
    return wanted if ours else home


def _tries(request: HttpRequest) -> list[dict[str, Any]]:
    held = request.session.get(TRIES)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _take(request: HttpRequest, state: str) -> SignInTry:
    """The try that this answer names, taken out of the session for good. Raises NotSignedIn."""
    tries = _tries(request)
    named = [one for one in tries if state and one.get("state") == state]
    request.session[TRIES] = [one for one in tries if one not in named]
    request.session.save()
    if not named:
        raise NotSignedIn(IdentityFault.NO_SUCH_TRY)
    return SignInTry(**{**named[0], "begun": datetime.fromisoformat(named[0]["begun"])})


def _refused(request: HttpRequest, refused: NotSignedIn) -> HttpResponse:
    """The page with a sentence, and a line in the audit by the key of the fault."""
    record_act(
        actor=actor_of_resident(request),
        activity="resident_not_signed_in",
        now=timezone.now(),
        fault=refused.fault.value,
    )
    return _page(request, problem=str(refused), status=_STATUS.get(refused.fault, 400))


def _page(request: HttpRequest, *, goal: str = "", status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "offered": offered(),
        "provider": settings.OIDC_NAME,
        "by_card": CARD_APP in settings.OIDC_NAME,
        "next": goal,
        "staff": request.user.is_authenticated,
        **more,
    }
    return render(request, "online/my/sign_in.html", context, status=status)

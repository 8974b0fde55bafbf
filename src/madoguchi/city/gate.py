"""The last gate before every view (既定は拒否): a view that declares no authority does not open.

Our own views declare theirs with `needs`. The sign-in views of django-allauth cannot, so they are listed
here; what it offers besides (signing up, mail addresses, asking for passwords by mail) is not listed and so stays shut.
Before that: a method that no page of ours has (`KnownMethods`), a sign-in that is too long ago, and, where the office asks
for one (MADOGUCHI_SECOND_STEP=required), a member of staff without a second step, who is sent to add one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.city.authority import Authority, holds, refused
from madoguchi.city.sign_in import SIGNED_IN_AT

SIGN_IN_VIEWS = {
    "account_login": Authority.ANYONE,
    "mfa_authenticate": Authority.ANYONE,  # between password and second step nobody is signed in yet
    "mfa_login_webauthn": Authority.ANYONE,
    "account_reset_password_from_key": Authority.ANYONE,  # whoever holds the one-time link of `sign_in_link`
    "account_reset_password_from_key_done": Authority.ANYONE,
    "account_inactive": Authority.ANYONE,
    "account_logout": Authority.ANYONE,  # also gives up half-way through signing in
    "account_reauthenticate": Authority.SIGNED_IN,
    "account_change_password": Authority.SIGNED_IN,
    "mfa_reauthenticate": Authority.SIGNED_IN,
    "mfa_reauthenticate_webauthn": Authority.SIGNED_IN,
    "mfa_index": Authority.SIGNED_IN,
    "mfa_activate_totp": Authority.SIGNED_IN,
    "mfa_deactivate_totp": Authority.SIGNED_IN,
    "mfa_view_recovery_codes": Authority.SIGNED_IN,
    "mfa_generate_recovery_codes": Authority.SIGNED_IN,
    "mfa_list_webauthn": Authority.SIGNED_IN,
    "mfa_add_webauthn": Authority.SIGNED_IN,
    "mfa_edit_webauthn": Authority.SIGNED_IN,
    "mfa_remove_webauthn": Authority.SIGNED_IN,
}


METHODS = ("GET", "HEAD", "POST")
# The interface for programs answers other methods by itself, as data and with what it allows.
OF_PROGRAMS = "/api/v1/"
# Recovery codes alone are no second step.
SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# However busy: whoever signed in this long ago signs in again. A ticket machine stands for days.
LONGEST = timedelta(hours=12)


class KnownMethods:
    """Middleware: no page of ours is asked by anything but GET, HEAD and POST; TRACE, PUT and the rest reach no view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS and not request.path_info.startswith(OF_PROGRAMS):
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)


class DeclaredAuthority:
    """Middleware after Django's LoginRequiredMiddleware: refuse every view without a declared authority."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        allowed = SIGN_IN_VIEWS.get(match.view_name) if match else None
        if (again := _again(request, of_sign_in=allowed is not None)) is not None:
            return again
        if isinstance(getattr(view, "authority", None), Authority):
            return None  # `needs` on the view itself decides
        if allowed is not None and holds(request, allowed):
            return None
        return refused(request, Authority.NOBODY if allowed is None else allowed)


def _again(request: HttpRequest, *, of_sign_in: bool) -> HttpResponse | None:
    """Where whoever is signed in has to go first: to the sign-in again, or to add a second step."""
    if not request.user.is_authenticated:
        return None
    old = _signed_in_for(request) > LONGEST
    without = (
        settings.SECOND_STEP_REQUIRED and not of_sign_in and not is_mfa_enabled(request.user, SECOND_STEPS)
    )
    if not (old or without) or holds(request, Authority.TICKET_MACHINE):
        return None
    if old:
        logout(request)
        return redirect(settings.LOGIN_URL)
    messages.warning(
        request, _("この市では、2段階めの確認が必要です。パスキーか認証アプリを加えてください。")
    )
    return redirect("mfa_index")


def _signed_in_for(request: HttpRequest) -> timedelta:
    since = request.session.get(SIGNED_IN_AT)
    return timezone.now() - datetime.fromisoformat(since) if since else timedelta(0)

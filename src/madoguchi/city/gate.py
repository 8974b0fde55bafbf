"""The last gate before every view (既定は拒否): a view that declares no authority does not open.

Our own views declare theirs with `needs`. The sign-in views of django-allauth cannot, so they are listed
here; what it offers besides (signing up, mail addresses, asking for passwords by mail) is not listed and so stays shut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from madoguchi.city.authority import Authority, holds, refused

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


class DeclaredAuthority:
    """Middleware after Django's LoginRequiredMiddleware: refuse every view without a declared authority."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if isinstance(getattr(view, "authority", None), Authority):
            return None  # `needs` on the view itself decides
        match = request.resolver_match
        allowed = SIGN_IN_VIEWS.get(match.view_name) if match else None
        if allowed is not None and holds(request, allowed):
            return None
        return refused(request, Authority.NOBODY if allowed is None else allowed)

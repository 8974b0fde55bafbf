"""Staff sign-in (django-allauth): accounts are made by the office, never by signing up.

In the order in which it happens: name and password (wrong ones are counted by name and address: django-axes),
then the second step when there is one (TOTP, passkey, recovery code), then the session. Every success and
failure is recorded, by the number of the member of staff, never by what was typed: people type passwords into
the name field.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from axes.signals import user_locked_out
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import actor_for
from madoguchi.city.resident_session import RESIDENT

# When this session was signed in; read by the gate. From where, for whoever looks where they are signed in (`own_sessions`).
SIGNED_IN_AT = "signed_in_at"
SIGNED_IN_FROM = "signed_in_from"
LONGEST_AGENT = 300


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody makes an account for themselves, and wrong passwords are counted in one place only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave the counting to axes (name and address together).

        allauth would also count by name alone, so that anybody could lock a colleague out from any terminal.
        """

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No mail leaves the office's closed network; what it would tell is in the audit."""


@receiver(user_logged_in)
def _signed_in(sender: Any, request: HttpRequest, user: StaffMember, **kwargs: Any) -> None:
    request.session.pop(RESIDENT, None)  # never a resident and staff in one session
    request.session[SIGNED_IN_AT] = timezone.now().isoformat()
    agent = request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT]
    request.session[SIGNED_IN_FROM] = [request.META.get("REMOTE_ADDR", ""), agent]
    record_act(actor=actor_for(user, request), activity="signed_in", now=timezone.now(), staff=user.pk)


@receiver(user_logged_out)
def _signed_out(sender: Any, request: HttpRequest, user: StaffMember | None, **kwargs: Any) -> None:
    request.signed_out = True  # type: ignore[attr-defined]  # read by SessionsByUse
    if user is not None:
        record_act(actor=actor_for(user, request), activity="signed_out", now=timezone.now(), staff=user.pk)


@receiver(user_login_failed)
def _sign_in_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    _record_failure("sign_in_failed", request, str(credentials.get("username", "")))


@receiver(user_locked_out)
def _locked(sender: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
    _record_failure("sign_in_locked", request, username)


@receiver(authentication_failed)
def _second_step_failed(sender: Any, request: HttpRequest, user: StaffMember, **kwargs: Any) -> None:
    _record_failure("second_step_failed", request, user.username)


def _others_may_be_ended(request: HttpRequest) -> None:
    """After a change of the second step (ASVS 5.0.0, 7.4.3); a new password ends the others by itself."""
    told = _("ほかの場所のサインインは、画面の上の氏名を押すと出る「サインインしている場所」で終えられます。")
    messages.info(request, told, fail_silently=True)


@receiver(authenticator_added)
def _added(
    sender: Any, request: HttpRequest, user: StaffMember, authenticator: Authenticator, **kwargs: Any
) -> None:
    record_act(
        actor=actor_for(user, request),
        activity="second_step_added",
        now=timezone.now(),
        means=str(authenticator.type),
    )
    _others_may_be_ended(request)


@receiver(authenticator_removed)
def _removed(
    sender: Any, request: HttpRequest, user: StaffMember, authenticator: Authenticator, **kwargs: Any
) -> None:
    record_act(
        actor=actor_for(user, request),
        activity="second_step_removed",
        now=timezone.now(),
        means=str(authenticator.type),
    )
    _others_may_be_ended(request)


@receiver(authenticator_reset)
def _recovery_codes(sender: Any, request: HttpRequest, user: StaffMember, **kwargs: Any) -> None:
    record_act(actor=actor_for(user, request), activity="recovery_codes_made", now=timezone.now())


@receiver(password_changed)
def _password_changed(sender: Any, request: HttpRequest, user: StaffMember, **kwargs: Any) -> None:
    record_act(actor=actor_for(user, request), activity="password_changed", now=timezone.now())


@receiver(password_reset)
def _password_chosen(sender: Any, request: HttpRequest, user: StaffMember, **kwargs: Any) -> None:
    record_act(actor=actor_for(user, request), activity="password_chosen", now=timezone.now(), staff=user.pk)


def _record_failure(activity: str, request: HttpRequest | None, username: str) -> None:
    """Nobody is signed in: the actor is nobody, at an address; the account is named if there is one."""
    terminal = request.META.get("REMOTE_ADDR", "") if request else ""
    staff = StaffMember.objects.filter(username=username).values_list("pk", flat=True).first()
    known: dict[str, Any] = {} if staff is None else {"staff": staff}
    actor = Actor(staff_id=None, name="", branch="", desk="", terminal=terminal)
    record_act(actor=actor, activity=activity, now=timezone.now(), **known)

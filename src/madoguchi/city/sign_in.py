"""Staff sign-in (django-allauth): accounts are made by the office, never by signing up, and each sign-in is recorded."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from madoguchi.audit.operations import record_act
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import actor_for


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


@receiver(user_logged_in)
def _signed_in(sender: Any, request: HttpRequest, user: StaffMember, **kwargs: Any) -> None:
    record_act(actor=actor_for(user, request), activity="signed_in", now=timezone.now(), staff=user.pk)


@receiver(user_logged_out)
def _signed_out(sender: Any, request: HttpRequest, user: StaffMember | None, **kwargs: Any) -> None:
    if user is not None:
        record_act(actor=actor_for(user, request), activity="signed_out", now=timezone.now(), staff=user.pk)

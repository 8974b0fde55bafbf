"""A session is written when something in it changed or it has to be prolonged, and ends no earlier than promised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from madoguchi.city.authority import Role
from madoguchi.city.session_store import RENEW_EVERY, SessionStore

pytestmark = pytest.mark.django_db
PAGE = "/staff/mfa/"
PROMISED = timedelta(seconds=settings.SESSION_COOKIE_AGE)


def writes(browser: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(PAGE).status_code == 200
    return sum('UPDATE "django_session"' in one["sql"] for one in queries)


def test_a_session_in_use_is_written_once_in_half_a_minute(signed_in: Callable[..., Client]) -> None:
    browser = signed_in(Role.CLERK)
    browser.get(PAGE)
    assert writes(browser) == 0
    for rest, written in ((PROMISED + RENEW_EVERY / 2, 0), (PROMISED - timedelta(seconds=1), 1)):
        Session.objects.update(expire_date=timezone.now() + rest)
        assert writes(browser) == written
        (session,) = Session.objects.all()
        assert session.expire_date - timezone.now() >= PROMISED - timedelta(seconds=1)


def test_what_changed_in_a_session_is_written_at_once() -> None:
    held = SessionStore()
    held["one"] = 1
    held.save()
    again = SessionStore(held.session_key)
    assert again["one"] == 1
    assert again.renewed_lately(now=timezone.now())
    assert not again.renewed_lately(now=timezone.now() + RENEW_EVERY)


def test_a_session_that_has_ended_is_not_there() -> None:
    held = SessionStore()
    held["one"] = 1
    held.save()
    Session.objects.update(expire_date=timezone.now())
    ended = SessionStore(held.session_key)
    assert "one" not in ended
    assert ended.session_key is None

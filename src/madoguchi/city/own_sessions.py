"""Where a member of staff is signed in (自分のサインイン): since when, from which terminal; one or all others are ended here.

The sessions themselves are looked through, so that nothing is listed that has ended and nothing is left out: a city has some
thousands at most. No key of a session leaves the server: a list names each by a digest. Ending asks for the password or the
second step again, unless that was shown a moment ago (ASVS 5.0.0, 7.5.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from madoguchi.audit.operations import record_act
from madoguchi.city.authority import Authority, needs
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import actor_for
from madoguchi.city.session_store import RENEW_EVERY, SessionStore
from madoguchi.city.sign_in import SIGNED_IN_AT, SIGNED_IN_FROM

BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One place at which somebody is signed in (サインインしている場所). `last_used`: to half a minute."""

    handle: str
    since: datetime | None
    last_used: datetime
    terminal: str
    browser: str
    here: bool


def own_sessions(user: StaffMember, *, key: str | None, now: datetime) -> tuple[OwnSession, ...]:
    """Where this member of staff is signed in now; this session first, then what was used last. `key`: of this session."""
    found = [_own(row, said, here=row.session_key == key) for row, said in _theirs(user, now)]
    return tuple(sorted(found, key=lambda one: (one.here, one.last_used), reverse=True))


def end_sessions(
    user: StaffMember,
    *,
    handles: Collection[str] | None,
    key: str | None,
    request: HttpRequest,
    now: datetime,
) -> int:
    """End these sessions of theirs, or all others (None), never the one that asks; how many were ended."""
    keys = [
        row.session_key
        for row, _said in _theirs(user, now)
        if row.session_key != key and (handles is None or _handle(row.session_key) in handles)
    ]
    with transaction.atomic():
        ended, _by_table = Session.objects.filter(session_key__in=keys).delete()
        if ended:
            record_act(actor=actor_for(user, request), activity="own_sessions_ended", now=now, count=ended)
    return ended


@needs(Authority.SIGNED_IN)
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth ships no types
def sessions(request: HttpRequest) -> HttpResponse:
    """The list; one of them, or all others, are ended with a press."""
    user, key, now = request.user, request.session.session_key, timezone.now()
    assert isinstance(user, StaffMember), "only behind a sign-in"
    if request.method == "POST":
        chosen = None if request.POST.get("act") == "others" else {request.POST.get("session", "")}
        ended = end_sessions(user, handles=chosen, key=key, request=request, now=now)
        if ended:
            messages.success(request, _("%(n)d件のサインインを終えました。") % {"n": ended})
        else:
            messages.info(request, _("終えるものはありませんでした。一覧を確かめてください。"))
        return redirect("city_sessions")
    found = own_sessions(user, key=key, now=now)
    return render(
        request, "city/sessions.html", {"rows": found, "others": any(not one.here for one in found)}
    )


def _theirs(user: StaffMember, now: datetime) -> Iterator[tuple[Session, dict[str, Any]]]:
    """The sessions that would let this person in: theirs, not ended, and of the password that holds now."""
    store, valid = SessionStore(), user.get_session_auth_hash()
    for row in Session.objects.filter(expire_date__gt=now).iterator():
        said = store.decode(row.session_data)
        theirs = said.get(SESSION_KEY) == str(user.pk)
        if theirs and constant_time_compare(str(said.get(HASH_SESSION_KEY, "")), valid):
            yield row, said


def _own(row: Session, said: dict[str, Any], *, here: bool) -> OwnSession:
    since, (terminal, agent) = said.get(SIGNED_IN_AT), said.get(SIGNED_IN_FROM) or ("", "")
    return OwnSession(
        handle=_handle(row.session_key),
        since=datetime.fromisoformat(since) if since else None,
        last_used=row.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE) - RENEW_EVERY,
        terminal=terminal,
        browser=_browser(agent),
        here=here,
    )


def _handle(key: str) -> str:
    return salted_hmac("madoguchi.city.own_sessions", key, algorithm="sha256").hexdigest()[:32]


def _browser(agent: str) -> str:
    """Roughly what it is, as far as it says so itself: "Firefox（Windows）"."""
    name = next((word for mark, word in BROWSERS if mark in agent), "")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return f"{name}（{system}）" if name and system else name or system

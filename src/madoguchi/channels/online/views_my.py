"""The residents' own home (わたしのページ): where the account stands, and who looked at one's data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_access
from madoguchi.audit.queries import readings_of
from madoguchi.booking.when import in_words
from madoguchi.channels.online.acting import acting_for
from madoguchi.channels.online.apply.views_start import lines_of
from madoguchi.channels.online.readings import in_plain_words
from madoguchi.channels.online.who import actor_of_resident, needs_resident, own_number, signed_in_of
from madoguchi.residents.accounts.facts import AccountState

MOST_READINGS = 100


@needs_resident(matched=False)
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here; for an account that is not joined to the register, why not and what to do."""
    signed_in = signed_in_of(request)
    context: dict[str, Any] = {
        "matched": signed_in.state is AccountState.MATCHED,
        "waits": signed_in.state is AccountState.DOUBTFUL and not signed_in.asked_to_come,
        "acting": acting_for(request),
        "mail_ready": settings.MAIL_READY,
    }
    if context["matched"]:
        context["applications"] = lines_of(request)
    return render(request, "online/my/home.html", context)


@needs_resident()
def seen(request: HttpRequest) -> HttpResponse:
    """Who looked at one's data: the day, the office, what for. No member of staff is named."""
    number, now = own_number(request), timezone.now()
    rows = in_plain_words(readings_of(number, limit=MOST_READINGS))
    record_access(
        actor=actor_of_resident(request), purpose=Purpose.OWN, authority="resident", person_keys=[number],
        fields=("readings",), case=None, screen="seen", now=now,
    )  # fmt: skip
    said = [{"when": in_words(one.at), "office": one.office, "what": one.what} for one in rows]
    return render(request, "online/my/seen.html", {"rows": said, "most": MOST_READINGS})

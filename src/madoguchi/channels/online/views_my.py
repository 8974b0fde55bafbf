"""The residents' own home (わたしのページ): where the account stands, and who looked at one's data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_access
from madoguchi.audit.queries import readings_of
from madoguchi.booking.when import in_words
from madoguchi.channels.online.acting import acting_for
from madoguchi.channels.online.apply.views_start import lines_of
from madoguchi.channels.online.who import actor_of_resident, needs_resident, own_number, signed_in_of
from madoguchi.channels.shared.languages import city_word
from madoguchi.city.queries import offices_of
from madoguchi.residents.accounts.facts import AccountState

MOST_READINGS = 100
# What a reading was for, as it concerns the person. 取扱いの確認 would tell that somebody is protected: it has no word of its own.
_OFFICE_WORK = noop("市の事務")
_WORDS = {
    Purpose.COUNTER_CASE.value: noop("窓口での受付"),
    Purpose.REVIEW.value: noop("届出の審査"),
    Purpose.DEPARTMENT_TASK.value: noop("課での手続き"),
    Purpose.CERTIFICATE_REQUEST.value: noop("証明書の請求"),
    Purpose.LETTER.value: noop("届出後の通知"),
    Purpose.MANDATE.value: noop("代理での手続き"),
    Purpose.FROM_HOME.value: noop("オンラインでの申請"),
    Purpose.OUTREACH.value: noop("使える手続きの案内"),
}


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
    found = readings_of(number, limit=MOST_READINGS)
    offices = offices_of({one.staff_id for one in found if one.staff_id is not None})
    record_access(
        actor=actor_of_resident(request), purpose=Purpose.OWN, authority="resident", person_keys=[number],
        fields=("readings",), case=None, screen="seen", now=now,
    )  # fmt: skip
    rows = [
        {
            "when": in_words(one.at),
            "office": _office(offices.get(one.staff_id, ""))
            if one.staff_id is not None
            else _who_else(one.purpose),
            "what": _(_WORDS.get(one.purpose, _OFFICE_WORK)),
        }
        for one in found
    ]
    return render(request, "online/my/seen.html", {"rows": rows, "most": MOST_READINGS})


def _office(name: str) -> str:
    return city_word(name) if name else _("市役所")


def _who_else(purpose: str) -> str:
    if purpose == Purpose.FROM_HOME.value:
        return _("ご本人、同じ世帯の方、または代理の方")
    return _("代理の方、または代理を頼んだ方") if purpose == Purpose.MANDATE.value else _("市のシステム")

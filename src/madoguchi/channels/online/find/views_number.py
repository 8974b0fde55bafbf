"""Bringing the answers along (窓口に持っていく): only now something is kept, behind a code, until it is taken back or over."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit.entries import Channel
from madoguchi.booking.when import plain_day
from madoguchi.cases import prepared
from madoguchi.cases.prepared_code import grouped, read_code
from madoguchi.channels.online.find.common import (
    TOO_MANY_REQUESTS,
    UNPROCESSABLE,
    open_page,
    opened,
    show,
    visitor_of,
)
from madoguchi.channels.online.find.views import list_page
from madoguchi.channels.shared.finding.carried import REFUSED
from madoguchi.channels.shared.finding.on_paper import address_of, picture_of
from madoguchi.channels.shared.finding.words import EVENT_WORDS
from madoguchi.channels.shared.languages import ASKED, JAPANESE, current

NOT_FOUND = 404


@open_page
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what was answered: the list once more, with its number and QR, on one sheet. Pressed again, the same number."""
    if request.method != "POST":
        return redirect("find:start")
    try:
        carried = opened(request)
    except REFUSED as error:
        return show(request, "refused", status=UNPROCESSABLE, problem=_(str(error)))
    try:
        kept = prepared.keep(
            said=carried.said,
            mark=carried.mark,
            language=current(),
            channel=Channel.ONLINE,
            of=visitor_of(request),
            days=settings.PREPARED_DAYS,
            now=timezone.now(),
        )
    except prepared.ManyTries as error:
        return list_page(request, carried, problem=_(str(error)), status=TOO_MANY_REQUESTS)
    return list_page(
        request, carried, code=grouped(kept.code), qr=qr_of(request, kept.code), until=_until(kept)
    )


@open_page
def enter(request: HttpRequest) -> HttpResponse:
    """Somebody has a number, and wants to see until when it holds, print it again, or take it back."""
    if request.method == "POST":
        code = read_code(request.POST.get("code", "")[:300])
        if code:
            return redirect(_in_language(reverse("find:number", args=[grouped(code)])))
        return show(request, "enter", status=UNPROCESSABLE, problems=[_(str(prepared.NoSuchPreparation()))])
    return show(request, "enter")


@open_page
def number(request: HttpRequest, code: str) -> HttpResponse:
    """The number, its QR, until when it holds; no answer is shown here, whoever has the address."""
    try:
        kept = prepared.look(code=code, of=visitor_of(request), now=timezone.now())
    except prepared.NoSuchPreparation as error:
        return show(request, "enter", status=NOT_FOUND, problems=[_(str(error))])
    except prepared.ManyTries as error:
        return show(request, "enter", status=TOO_MANY_REQUESTS, problems=[_(str(error))])
    return show(
        request, "number", code=grouped(kept.code), qr=qr_of(request, kept.code), taken=kept.taken,
        until=_until(kept), event_name=_(EVENT_WORDS[kept.event][0]),
    )  # fmt: skip


@open_page
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back: asked once more, then gone."""
    if request.method != "POST":
        return show(request, "drop", code=grouped(read_code(code)) if read_code(code) else "")
    try:
        prepared.drop(code=code, of=visitor_of(request), now=timezone.now())
    except prepared.NoSuchPreparation as error:
        return show(request, "enter", status=NOT_FOUND, problems=[_(str(error))])
    except prepared.ManyTries as error:
        return show(request, "enter", status=TOO_MANY_REQUESTS, problems=[_(str(error))])
    return show(request, "dropped")


def _until(kept: prepared.Preparation) -> str:
    return plain_day(timezone.localtime(kept.expires_at).date())


def qr_of(request: HttpRequest, code: str) -> str:
    """A QR of the address with the code and nothing else, as a picture inside the page."""
    return picture_of(address_of(settings.PUBLIC_ADDRESS or request.build_absolute_uri("/"), code))


def _in_language(url: str) -> str:
    return url if current() == JAPANESE else f"{url}?{ASKED}={current()}"

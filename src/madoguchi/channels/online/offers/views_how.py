"""How one wants to be told (知らせ方), and what one consents to (同意): given, taken back, and the ledger of both."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.operations import record_access
from madoguchi.channels.online.acting import Acting, acting
from madoguchi.channels.online.who import needs_resident
from madoguchi.connect.message_ports import ways_there
from madoguchi.outreach import consent as room
from madoguchi.outreach.consent_purposes import TEXTS, ConsentPurpose
from madoguchi.outreach.states import CHANNEL_LABELS, OfferChannel

PHONE = re.compile(r"0[789]0\d{8}")
LINKED = re.compile(r"[A-Za-z0-9_-]{6,64}")
PLACES = {
    OfferChannel.EMAIL: noop("メールアドレス"),
    OfferChannel.SMS: noop("携帯電話の番号"),
    OfferChannel.LINE: noop("LINEの連携番号"),
    OfferChannel.MYNAPORTAL: noop("マイナポータルの連携番号"),
}
WRONG = {
    OfferChannel.EMAIL: noop("メールアドレスの形を確かめてください。例: namae@example.jp"),
    OfferChannel.SMS: noop("携帯電話の番号を、数字11字で入れてください。例: 09012345678"),
    OfferChannel.LINE: noop("連携番号を確かめてください。英字と数字です。"),
    OfferChannel.MYNAPORTAL: noop("連携番号を確かめてください。英字と数字です。"),
}


@needs_resident()
def how(request: HttpRequest) -> HttpResponse:
    """Consents and ways, each with its button."""
    by, problem = acting(request), ""
    if request.method == "POST":
        problem = _changed(request, by)
        if not problem:
            return redirect("offers:how")
    return render(
        request,
        "online/offers/how.html",
        _context(by, [problem] if problem else []),
        status=422 if problem else 200,
    )


def _changed(request: HttpRequest, by: Acting) -> str:
    """Do what was pressed; what is wrong with it, or ""."""
    said, now = request.POST.get("purpose", ""), timezone.now()
    if said not in {one.value for one in ConsentPurpose}:
        return _("もう一度、画面のボタンを押してください。")
    purpose = ConsentPurpose(said)
    mandate = by.mandate.public_id if by.mandate else ""
    if request.POST.get("act") == "withdraw":
        room.withdraw(resident_no=by.resident_no, purpose=purpose, by=by.actor, now=now, mandate=mandate)
        return ""
    if purpose in (ConsentPurpose.TAX, ConsentPurpose.LETTER, ConsentPurpose.COMMISSIONER):
        room.consent(resident_no=by.resident_no, purpose=purpose, by=by.actor, now=now, mandate=mandate)
        return ""
    channel = OfferChannel(purpose.value)
    place = request.POST.get("place", "").strip()
    if channel not in ways_there() or not _fits(channel, place):
        return _(WRONG[channel])
    room.set_contact(
        resident_no=by.resident_no, channel=channel, place=place, by=by.actor, now=now, mandate=mandate
    )
    return ""


def _fits(channel: OfferChannel, place: str) -> bool:
    if channel is OfferChannel.EMAIL:
        try:
            validate_email(place)
        except ValidationError:
            return False
        return len(place) <= 254
    return bool((PHONE if channel is OfferChannel.SMS else LINKED).fullmatch(place))


def _context(by: Acting, problems: list[str]) -> dict[str, Any]:
    now = timezone.now()
    today = timezone.localdate(now)
    record_access(
        actor=by.actor, purpose=by.purpose, authority="own", person_keys=[by.resident_no],
        fields=("consents", "contacts"), case=None, screen="offers_how", now=now,
    )  # fmt: skip
    places = room.contacts(resident_no=by.resident_no)
    ways = [
        {
            "purpose": channel.value,
            "label": _(CHANNEL_LABELS[channel]),
            "text": _(TEXTS[ConsentPurpose(channel.value)].text),
            "place": places.get(channel, ""),
            "place_label": _(PLACES[channel]),
            "kind": {OfferChannel.EMAIL: "email", OfferChannel.SMS: "tel"}.get(channel, "text"),
            "holds": _holds(by, ConsentPurpose(channel.value)),
        }
        for channel in PLACES
        if channel in ways_there() or places.get(channel)
    ]
    lines = [
        {
            "day": timezone.localdate(one.at),
            "text": _(TEXTS[one.purpose].text),
            "given": one.given,
            "until": one.expires_on,
            "over": one.expires_on is not None and one.expires_on < today,
            "by_agent": one.by_agent,
        }
        for one in room.ledger(resident_no=by.resident_no)
    ]
    return {
        "ways": ways,
        "tax": {"text": _(TEXTS[ConsentPurpose.TAX].text), "holds": _holds(by, ConsentPurpose.TAX)},
        "commissioner": {
            "text": _(TEXTS[ConsentPurpose.COMMISSIONER].text),
            "holds": _holds(by, ConsentPurpose.COMMISSIONER),
        },
        "letter": {"text": _(TEXTS[ConsentPurpose.LETTER].text), "holds": _holds(by, ConsentPurpose.LETTER)},
        "lines": lines,
        "problems": problems,
    }


def _holds(by: Acting, purpose: ConsentPurpose) -> bool:
    return room.holds(resident_no=by.resident_no, purpose=purpose, on=timezone.localdate())

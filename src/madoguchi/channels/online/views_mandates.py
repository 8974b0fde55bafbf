"""Acting for somebody (代理): the code that names an agent, asking, taking on, ending, and choosing for whom one acts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_act
from madoguchi.booking.when import day_in_words
from madoguchi.channels.online.acting import ACTING, acting_for
from madoguchi.channels.online.forms import MandateForm
from madoguchi.channels.online.who import (
    actor_of_resident,
    needs_resident,
    not_theirs,
    own_number,
    signed_in_of,
)
from madoguchi.residents import mandates as room
from madoguchi.residents.disclosure import disclose
from madoguchi.residents.mandates import KIND_NAMES, Mandate, MandateState, NoSuchMandate
from madoguchi.residents.protection import Audience


@needs_resident()
def mandates(request: HttpRequest) -> HttpResponse:
    """Who acts for me, for whom I may act, and both ways to begin."""
    return render(request, "online/my/mandates.html", _context(request))


@needs_resident()
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """A code for whoever wants to be represented by me; shown once."""
    made = room.make_code(
        account=signed_in_of(request).account, by=actor_of_resident(request), now=timezone.now()
    )
    shown = f"{made[:5]}-{made[5:]}"
    return render(request, "online/my/mandates.html", {**_context(request), "code": shown})


@needs_resident()
def ask(request: HttpRequest) -> HttpResponse:
    """Ask somebody, named by their code, to act for me."""
    form = MandateForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                room.ask(
                    **form.given(), principal_no=own_number(request), by=actor_of_resident(request), now=timezone.now()
                )  # fmt: skip
                return redirect("my:mandates")
            except room.MandateNotMade as refused:
                form.add_error(None, _(str(refused)))
    return render(request, "online/my/mandate_ask.html", {"form": form}, status=status)


@needs_resident()
@require_POST
def act(request: HttpRequest, mandate: str) -> HttpResponse:
    """Take on, end, or begin to act by it. What is not mine is not found, and the attempt is written down."""
    account, by, now = signed_in_of(request).account, actor_of_resident(request), timezone.now()
    said = request.POST.get("act", "")
    try:
        if said == "take_on":
            room.take_on(mandate=mandate, account=account, by=by, now=now)
        elif said == "end":
            room.end(mandate=mandate, account=account, resident_no=own_number(request), by=by, now=now)
        elif said == "begin" and room.in_force(mandate=mandate, account=account, now=now):
            request.session[ACTING] = mandate
            record_act(actor=by, activity="acting_begun", now=now, account=account, mandate=mandate)
            return redirect("my:home")
        else:
            raise NoSuchMandate
    except NoSuchMandate as error:
        raise not_theirs(request) from error
    return redirect("my:mandates")


@needs_resident()
@require_POST
def stop_acting(request: HttpRequest) -> HttpResponse:
    """Act for oneself again."""
    if request.session.pop(ACTING, None) is not None:
        account = signed_in_of(request).account
        record_act(
            actor=actor_of_resident(request), activity="acting_ended", now=timezone.now(), account=account
        )
    return redirect("my:home")


def _context(request: HttpRequest) -> dict[str, Any]:
    account, number, now = signed_in_of(request).account, own_number(request), timezone.now()
    found = room.mandates_with(account=account, resident_no=number)
    others = {one.principal_no if one.agent == account else one.agent_no for one in found} - {""}
    people = disclose(
        actor=actor_of_resident(request), purpose=Purpose.MANDATE, resident_nos=sorted(others), audience=Audience.LIST,
        case=None, screen="mandates", now=now,
    ) if others else ()  # fmt: skip
    names = {one.resident_no: one.name.name for one in people}
    today = timezone.localdate(now)
    return {
        "mine": [
            _row(one, names.get(one.agent_no, ""), today) for one in found if one.principal_no == number
        ],
        "theirs": [
            _row(one, names.get(one.principal_no, ""), today) for one in found if one.agent == account
        ],
        "acting": acting_for(request),
    }


def _row(one: Mandate, name: str, today: date) -> dict[str, Any]:
    return {
        "mandate": one,
        "name": name,
        "kind": _(KIND_NAMES[one.kind]),
        "asked": one.state is MandateState.ASKED,
        "over": one.ends_on < today,
        "until": day_in_words(one.ends_on),
    }

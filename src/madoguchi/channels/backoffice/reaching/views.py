"""届いていない方: who comes first, one person with what was done, and rounds of visits. Two offices, each with its own people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Actor
from madoguchi.catalogue.queries import current
from madoguchi.channels.backoffice.coverage.charts import doors_map
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.insight.outings import rounds
from madoguchi.insight.outings.plans import NotAnArea, areas
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, parse_date_text
from madoguchi.outreach import reaching as room
from madoguchi.outreach.offers import names_of
from madoguchi.outreach.reach_states import (
    CONTACT_ACTS,
    ENDS_BY_STAFF,
    ENTRUSTED_DAYS,
    STAFF_WAYS,
    EntrustedField,
    ReachAct,
    ReachBy,
    ReachEnd,
    ReachState,
)
from madoguchi.residents.places import UnusablePlaces, towns

CONFLICT, UNPROCESSABLE = 409, 422
_ACTS = {one.key: one for one in CONTACT_ACTS}
_WAYS = {one.key: one for one in STAFF_WAYS}
_ENDS = {one.key: one for one in ENDS_BY_STAFF}
_FIELDS = {one.key: one for one in EntrustedField}


@needs(Authority.OUTREACH)
@never_cache
def reaching(request: HttpRequest) -> HttpResponse:
    """The queue: numbers, no names."""
    return _queue(request, sheltered=False)


@needs(Authority.PROTECTION)
@never_cache
def sheltered_reaching(request: HttpRequest) -> HttpResponse:
    """The same for those under 支援措置, for whoever handles that."""
    return _queue(request, sheltered=True)


def _queue(request: HttpRequest, *, sheltered: bool) -> HttpResponse:
    everybody = request.GET.get("all") == "yes"
    rows = room.queue(now=timezone.now(), sheltered=sheltered, everybody=everybody)
    context = {"rows": rows, "everybody": everybody, "sheltered": sheltered, "most": room.MOST}
    return render(request, "backoffice/reaching/queue.html", context)


@needs(Authority.OUTREACH)
@never_cache
def reach(request: HttpRequest, reach: str) -> HttpResponse:
    """One person: read, and written down as read."""
    return _one(request, reach, sheltered=False)


@needs(Authority.PROTECTION)
@never_cache
def sheltered_reach(request: HttpRequest, reach: str) -> HttpResponse:
    """One person under 支援措置."""
    return _one(request, reach, sheltered=True)


@needs(Authority.OUTREACH)
@require_POST
def reach_act(request: HttpRequest, reach: str) -> HttpResponse:
    """Keep a contact, hand over, take back, end or begin again."""
    return _act(request, reach, sheltered=False)


@needs(Authority.PROTECTION)
@require_POST
def sheltered_reach_act(request: HttpRequest, reach: str) -> HttpResponse:
    """The same for somebody under 支援措置: neither visited nor handed over."""
    return _act(request, reach, sheltered=True)


def _one(
    request: HttpRequest, reach: str, *, sheltered: bool, problem: str = "", given: Mapping[str, str] | None = None
) -> HttpResponse:  # fmt: skip
    try:
        found = room.opened(
            number=reach, by=actor_of(request), screen="reach", now=timezone.now(), sheltered=sheltered
        )
    except room.NoSuchReach as error:
        raise Http404 from error
    state = found.line.state
    context: dict[str, Any] = {
        "one": found, "line": found.line, "sheltered": sheltered, "problems": [problem] if problem else [],
        "given": given or {}, "procedures": names_of(current(), found.procedures).values(),
        "acts": CONTACT_ACTS, "ways": [one for one in STAFF_WAYS if not sheltered or one is not ReachBy.VISIT],
        "ends": ENDS_BY_STAFF, "fields": [one for one in EntrustedField if one is not EntrustedField.NAME],
        "days": ENTRUSTED_DAYS, "commissioners": () if sheltered else room.commissioners(),
        "at_work": state in (ReachState.WAITING, ReachState.TRYING, ReachState.REACHED),
        "entrusted": state is ReachState.ENTRUSTED, "over": state is ReachState.ENDED,
        "spoke": any(step.act is ReachAct.SPOKE for step in found.steps),
    }  # fmt: skip
    return render(request, "backoffice/reaching/one.html", context, status=UNPROCESSABLE if problem else 200)


def _act(request: HttpRequest, reach: str, *, sheltered: bool) -> HttpResponse:
    by, now, said = actor_of(request), timezone.now(), request.POST
    acts: dict[str, Callable[[], object]] = {
        "contact": lambda: _contact(said, reach, by, sheltered),
        "end": lambda: room.end(
            number=reach, reason=_ends(said), note=said.get("note", ""), by=by, now=now, sheltered=sheltered
        ),
        "reopen": lambda: room.reopen(number=reach, by=by, now=now, sheltered=sheltered),
    }
    if not sheltered:
        acts |= {
            "consent": lambda: room.consented(number=reach, by=by, now=now),
            "entrust": lambda: _entrust(said, reach, by),
            "take_back": lambda: room.take_back(number=reach, by=by, now=now),
        }
    act = acts.get(said.get("do", ""))
    if act is None:
        raise Http404
    try:
        act()
    except room.NoSuchReach as error:
        raise Http404 from error
    except (room.ReachRefused, WarekiError) as refused:
        return _one(request, reach, sheltered=sheltered, problem=str(refused), given=said.dict())
    messages.success(request, _("記録しました。"))
    return redirect("backoffice:sheltered_reach" if sheltered else "backoffice:reach", reach)


def _contact(said: Mapping[str, str], reach: str, by: Actor, sheltered: bool) -> None:
    act, way = _ACTS.get(said.get("act", "")), _WAYS.get(said.get("way", ""))
    if act is None or way is None:
        raise room.ReachRefused(_("連絡のしかたと、その結果を選んでください。"))
    room.contacted(
        number=reach, act=act, way=way, note=said.get("note", ""), again_on=_day(said.get("again_on", "")), by=by,
        now=timezone.now(), sheltered=sheltered,
    )  # fmt: skip


def _entrust(said: Any, reach: str, by: Actor) -> None:
    fields = [_FIELDS[key] for key in said.getlist("fields") if key in _FIELDS]
    room.entrust(
        number=reach, commissioner=whole_number(said.get("commissioner", "")) or 0,
        fields=[EntrustedField.NAME, *fields], message=said.get("message", ""),
        days=whole_number(said.get("days", "")) or 0, by=by, now=timezone.now(),
    )  # fmt: skip


def _ends(said: Mapping[str, str]) -> ReachEnd:
    reason = _ENDS.get(said.get("reason", ""))
    if reason is None:
        raise room.ReachRefused(_("終える理由を選んでください。"))
    return reason


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    found = parse_date_text(text.strip()[:40])
    if isinstance(found, PossibleDays):
        raise room.ReachRefused(_("次に連絡する日を、日まで入れてください（例: R8.12.10）。"))
    return found


@needs(Authority.OUTREACH)
@never_cache
def reach_round(request: HttpRequest) -> HttpResponse:
    """The form of a round, and the round that was asked for: posted, because names stand on it."""
    given = {name: request.POST.get(name, str(usual))[:10] for name, usual in rounds.USUAL.items()}
    given |= {name: request.POST.get(name, "")[:60].strip() for name in ("area", "start")}
    problems: list[str] = []
    context: dict[str, Any] = {"given": given, "problems": problems, "areas": ()}
    try:
        context["areas"] = areas()
        if request.method == "POST":
            found = rounds.plan_round(
                area=given["area"], start=given["start"], by=actor_of(request), screen="reach_round", now=timezone.now(),
                **{name: _whole(given[name]) for name in rounds.USUAL},
            )  # fmt: skip
            context |= {"round": found, "map": doors_map(found, towns())}
    except (NotAnArea, rounds.RoundRefused, UnusablePlaces) as error:
        problems.append(str(error))
    context["fields"] = [(name, rounds.ROUND_NAMES[name], given[name]) for name in rounds.USUAL]
    status = UNPROCESSABLE if problems and request.method == "POST" else 200
    return render(request, "backoffice/reaching/round.html", context, status=status)


def _whole(text: str) -> int:
    number = whole_number(text)
    return -1 if number is None else number

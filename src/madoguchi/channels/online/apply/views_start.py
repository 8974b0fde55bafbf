"""What to apply for, and the consent without which nothing is looked up."""

from __future__ import annotations

import secrets
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases.from_home import offering
from madoguchi.cases.from_home.answering import begin_answering
from madoguchi.cases.from_home.following import home_lines
from madoguchi.cases.from_home.opening import (
    CONSENT,
    CONSENT_VERSION,
    NobodyHere,
    NotAgreed,
    open_from_home,
)
from madoguchi.cases.from_home.states import HomeState
from madoguchi.catalogue.queries import current as current_pack
from madoguchi.channels.online.acting import acting
from madoguchi.channels.online.apply.common import UNPROCESSABLE, applicant, my_page, show
from madoguchi.channels.online.apply.words import grouped, text_of, title_of
from madoguchi.channels.shared.finding.words import EVENT_WORDS, in_japanese
from madoguchi.channels.shared.languages import current
from madoguchi.city.queries import departments

LONGEST_MARK = 32


@my_page
def start(request: HttpRequest) -> HttpResponse:
    """What was begun, what one may apply for, and where to go for the rest."""
    pack, who, names, place = current_pack(), applicant(request), departments(), get_script_prefix()
    begun = [
        {"title": title_of(line), "number": line.number, "at": line.opened_at}
        for line in home_lines(who=who)
        if line.state in (HomeState.FILLING, HomeState.SENT_BACK)
    ]
    events = [
        {
            "at": _begin_at(event.value, place),
            "name": _(EVENT_WORDS[event][0]),
            "hint": _(EVENT_WORDS[event][1]),
        }
        for event in offering.HOME_EVENTS
    ]
    prepared = [_(EVENT_WORDS[event][0]) for event in offering.PREPARED_EVENTS]
    procedures = [
        {"at": _begin_at(one.id, place), "name": text_of(pack, one.name), "hint": text_of(pack, one.summary)}
        for one in offering.one_may_apply_for(pack)
        if who.may_file(one.id)
    ]
    elsewhere = [
        {"name": text_of(pack, one.name), "where": in_japanese(names.get(one.department, ""))}
        for one in offering.elsewhere(pack)
    ]
    return show(
        request, "start", begun=begun, events=events if who.mandate is None else [], procedures=procedures,
        elsewhere=elsewhere, prepared=prepared,
    )  # fmt: skip


@lru_cache(maxsize=512)
def _begin_at(what: str, place: str) -> str:
    """Where one thing is applied for; `place`: where the product is mounted. The same for everybody."""
    return reverse("my:apply_begin", args=[what])


@my_page
def begin(request: HttpRequest, what: str) -> HttpResponse:
    """What the city will look up; with the consent the application begins, once for one page."""
    pack = current_pack()
    try:
        wanted = offering.offered(pack, what)
    except offering.NotOffered:
        raise Http404 from None
    problem = ""
    if request.method == "POST":
        try:
            number = open_from_home(
                what=wanted, who=applicant(request), agreed=request.POST.get("agreed", ""), mark=_mark(request),
                language=current(), by=acting(request).actor, now=timezone.now(),
            )  # fmt: skip
        except (NotAgreed, NobodyHere, offering.NotOffered) as error:
            problem = _(str(error))
        else:
            begin_answering(
                number=number, who=applicant(request), by=acting(request).actor, now=timezone.now()
            )
            return redirect("my:apply_ask", number=number)
    procedure = pack.procedure(wanted.procedure) if wanted.procedure else None
    return show(
        request, "begin", status=UNPROCESSABLE if problem else 200, problems=[problem] if problem else [],
        title=text_of(pack, procedure.name) if procedure else _(EVENT_WORDS[wanted.event][0]),
        summary=text_of(pack, procedure.summary) if procedure else _(EVENT_WORDS[wanted.event][1]),
        tell=[text_of(pack, one) for one in procedure.tell] if procedure else [],
        consent=[_(one) for one in CONSENT], version=CONSENT_VERSION, mark=secrets.token_hex(LONGEST_MARK // 2),
    )  # fmt: skip


def _mark(request: HttpRequest) -> str:
    """The mark of the page; one that no page of ours has is taken as a new one."""
    said = request.POST.get("mark", "")
    known = len(said) == LONGEST_MARK and said.isascii() and said.isalnum()
    return said if known else secrets.token_hex(LONGEST_MARK // 2)


def lines_of(request: HttpRequest) -> list[dict[str, object]]:
    """The applications of whoever is signed in, for their own home."""
    return [
        {
            "number": line.number,
            "grouped": grouped(line.number),
            "title": title_of(line),
            "state": _(line.state.label),
            "key": line.state.value,
            "at": line.submitted_at or line.opened_at,
            "going_on": line.state in (HomeState.FILLING, HomeState.SENT_BACK),
            "by_agent": line.by_agent,
        }
        for line in home_lines(who=applicant(request))
    ]

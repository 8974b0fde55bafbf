"""From what happened to the personal list: the event, who is in it, one question a page. Nothing is stored on the way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases.at_home import MOST_PEOPLE_AT_HOME, NobodySaid, NotReadable, begun_with, checked_at_home
from madoguchi.cases.hearing import AnswerNotPossible
from madoguchi.channels.online.find.common import (
    UNPROCESSABLE,
    open_page,
    opened,
    sealed,
    show,
)
from madoguchi.channels.shared.answers import AnswerMissing, AnswerUnreadable
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.finding.asking import Going, asked, going, posted
from madoguchi.channels.shared.finding.carried import REFUSED, Carried, begun
from madoguchi.channels.shared.finding.days import ERA_NAMES, DayUnreadable, bands
from madoguchi.channels.shared.finding.listing import personal_list
from madoguchi.channels.shared.finding.words import EVENT_WORDS, OTHER, RELATIONSHIPS
from madoguchi.procedures.situation import EventKind

FIRST_LINES = 4
NOT_AN_ANSWER = (AnswerMissing, AnswerUnreadable, DayUnreadable, AnswerNotPossible)


@open_page
def start(request: HttpRequest) -> HttpResponse:
    """What happened."""
    events = [
        {"code": event.value, "name": _(name), "hint": _(hint)} for event, (name, hint) in EVENT_WORDS.items()
    ]
    return show(request, "start", events=events)


@open_page
def people(request: HttpRequest) -> HttpResponse:
    """Who is in it: 続柄 only; a birthday is asked when it decides something."""
    event = _event(request)
    if event is None:
        return redirect("find:start")
    said = request.POST.getlist("person")
    lines = min(
        max(whole_number(request.POST.get("lines", "")) or FIRST_LINES, FIRST_LINES), MOST_PEOPLE_AT_HOME - 1
    )
    if request.POST.get("go") == "more":
        lines = min(lines + 2, MOST_PEOPLE_AT_HOME - 1)
    return _people_page(request, event, said or ["世帯主"], lines)


def _people_page(
    request: HttpRequest, event: EventKind, said: list[str], lines: int, problem: str = ""
) -> HttpResponse:
    chosen = [*said, *[""] * lines][: max(lines, len(said))]
    return show(
        request, "people", status=UNPROCESSABLE if problem else 200, event=event.value,
        event_name=_(EVENT_WORDS[event][0]), lines=len(chosen), most=MOST_PEOPLE_AT_HOME - 1,
        chosen=chosen, relationships=[*((key, _(word)) for key, word in RELATIONSHIPS.items()), (OTHER, _("そのほか・わからない"))],
        birth=event is EventKind.birth, problems=[problem] if problem else [],
    )  # fmt: skip


@open_page
def ask(request: HttpRequest) -> HttpResponse:
    """The next question, or the list when nothing that can be answered matters any more."""
    go = request.POST.get("go", "")
    if request.method != "POST":
        return redirect("find:start")
    if go == "begin":
        return _first(request)
    try:
        carried = opened(request)
    except REFUSED as error:
        return show(request, "refused", status=UNPROCESSABLE, problem=_(str(error)))
    if go == "back":
        return _back(request, carried)
    if go == "list":
        return list_page(request, carried)
    at = going(carried.said, now=timezone.now())
    if at.page is None or request.POST.get("page") != at.page.id:
        return _question(request, carried, at)
    try:
        answers = checked_at_home(carried.said, at.judged, posted(request.POST, at))
    except NOT_AN_ANSWER as error:
        return _question(request, carried, at, problem=str(error))
    return _question(request, carried.now_saying(carried.said.and_then(answers)))


def _first(request: HttpRequest) -> HttpResponse:
    """The first question, once it is said who is in it."""
    event = _event(request)
    if event is None:
        return redirect("find:start")
    said = [one for one in request.POST.getlist("person") if one in RELATIONSHIPS or one == OTHER]
    try:
        told = begun_with(event, ["" if one == OTHER else one for one in said])
    except (NobodySaid, NotReadable) as error:
        return _people_page(request, event, said, FIRST_LINES, problem=_(str(error)))
    return _question(request, begun(told))


def _back(request: HttpRequest, carried: Carried) -> HttpResponse:
    if not carried.said.pages:
        there = [one or OTHER for one in carried.said.people]
        event = carried.said.event
        return _people_page(request, event, there[:-1] if event is EventKind.birth else there, FIRST_LINES)
    return _question(request, carried.now_saying(carried.said.one_back()))


def _question(
    request: HttpRequest, carried: Carried, at: Going | None = None, *, problem: str = ""
) -> HttpResponse:
    at = at or going(carried.said, now=timezone.now())
    if at.page is None:
        return list_page(request, carried, at)
    return show(
        request, "ask", status=UNPROCESSABLE if problem else 200, said=sealed(carried), page=at.page.id, asked=asked(at),
        eras=ERA_NAMES, bands=bands(), problems=[problem] if problem else [],
        event_name=_(EVENT_WORDS[carried.said.event][0]),
    )  # fmt: skip


def list_page(
    request: HttpRequest, carried: Carried, at: Going | None = None, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The personal list; unanswered questions leave their procedures to be made sure of."""
    at = at or going(carried.said, now=timezone.now())
    return show(
        request, "list", status=status, said=sealed(carried), found=personal_list(at), open=at.page is not None,
        event_name=_(EVENT_WORDS[carried.said.event][0]), on=at.judged.on, problems=[problem] if problem else [],
    )  # fmt: skip


def _event(request: HttpRequest) -> EventKind | None:
    wanted = request.POST.get("event", "")
    return next((one for one in EventKind if one.value == wanted), None)

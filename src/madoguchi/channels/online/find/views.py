"""From what happened to the personal list: the event, who is in it, one question a page. Nothing is stored on the way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking.when import plain_day
from madoguchi.cases.at_home import MOST_PEOPLE_AT_HOME
from madoguchi.channels.online.find.common import (
    UNPROCESSABLE,
    open_page,
    opened,
    sealed,
    show,
)
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.finding.asking import Going, asked, going
from madoguchi.channels.shared.finding.carried import REFUSED, Carried
from madoguchi.channels.shared.finding.days import ERA_NAMES, bands
from madoguchi.channels.shared.finding.listing import personal_list
from madoguchi.channels.shared.finding.steps import Place, Step, event_of, first_step, next_step
from madoguchi.channels.shared.finding.words import EVENT_WORDS, OTHER, RELATIONSHIPS
from madoguchi.procedures.situation import EventKind

FIRST_LINES = 4


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
    event = event_of(request.POST.get("event", ""))
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
    if request.method != "POST":
        return redirect("find:start")
    now = timezone.now()
    if request.POST.get("go") == "begin":
        event = event_of(request.POST.get("event", ""))
        if event is None:
            return redirect("find:start")
        return _shown(request, first_step(event, request.POST.getlist("person"), now=now))
    try:
        return _shown(request, next_step(request.POST, opened(request), now=now))
    except REFUSED as error:
        return show(request, "refused", status=UNPROCESSABLE, problem=_(str(error)))


def _shown(request: HttpRequest, step: Step) -> HttpResponse:
    if step.place is Place.PEOPLE:
        return _people_page(request, step.event, [*step.people], FIRST_LINES, problem=step.problem)
    assert step.carried is not None and step.at is not None, (
        "a question and a list follow from something said"
    )
    if step.place is Place.LIST:
        return list_page(request, step.carried, step.at)
    return _question(request, step.carried, step.at, problem=step.problem)


def _question(request: HttpRequest, carried: Carried, at: Going, *, problem: str) -> HttpResponse:
    page = asked(at)
    return show(
        request, "ask", status=UNPROCESSABLE if problem else 200, said=sealed(carried), page=page.id, asked=page,
        eras=ERA_NAMES, bands=bands, problems=[problem] if problem else [],
        event_name=_(EVENT_WORDS[carried.said.event][0]),
    )  # fmt: skip


def list_page(
    request: HttpRequest,
    carried: Carried,
    at: Going | None = None,
    *,
    problem: str = "",
    status: int = 200,
    **number: str,
) -> HttpResponse:
    """The personal list; unanswered questions leave their procedures to be made sure of. `number`: what was kept."""
    at = at or going(carried.said, now=timezone.now())
    return show(
        request, "list", status=status, said=sealed(carried), found=personal_list(at), open=at.page is not None,
        event_name=_(EVENT_WORDS[carried.said.event][0]), on=plain_day(at.judged.on), problems=[problem] if problem else [], **number,
    )  # fmt: skip

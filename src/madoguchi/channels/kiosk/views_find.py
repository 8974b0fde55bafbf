"""Finding out at the machine which procedures one needs (端末で調べる): the flow of `/find/`, on large keys.

1. What happened, who is in it, then person by person one question a page; one press is one answer, days come by digits.
2. The list: on paper by the printer of the slips, or behind a number for the counter (`cases.prepared`), or a ticket.
3. What was said travels sealed with the page for ten minutes and stands nowhere else: no session, address or table.
"""

from __future__ import annotations

import secrets
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Channel
from madoguchi.booking.offering import offer
from madoguchi.booking.ports import PrintOutcome
from madoguchi.booking.tickets.days import is_issuing
from madoguchi.booking.when import day_in_words, plain_day
from madoguchi.cases import prepared
from madoguchi.cases.at_home import MOST_PEOPLE_AT_HOME
from madoguchi.cases.prepared_code import grouped
from madoguchi.channels.kiosk.common import LISTED, View, base, here, machine, show, visit_key
from madoguchi.channels.kiosk.find_keys import Keys, keys_of, pressed
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.finding.asking import Going, asked, going
from madoguchi.channels.shared.finding.carried import (
    AT_MACHINE_FOR,
    FIELD,
    REFUSED,
    Carried,
    from_field,
    to_field,
)
from madoguchi.channels.shared.finding.days import ERA_NAMES, bands
from madoguchi.channels.shared.finding.listing import personal_list
from madoguchi.channels.shared.finding.on_paper import Kept, address_of, on_paper, picture_of
from madoguchi.channels.shared.finding.steps import (
    Place,
    Step,
    event_of,
    first_step,
    known_people,
    next_step,
)
from madoguchi.channels.shared.finding.words import (
    EVENT_WORDS,
    FIRST_RELATIONSHIPS,
    OTHER,
    RELATIONSHIPS,
    is_spoken_here,
)
from madoguchi.channels.shared.languages import JAPANESE, current, speaking
from madoguchi.city.queries import actor_of
from madoguchi.connect.ticket_printer import print_list
from madoguchi.procedures.situation import EventKind

PURPOSE = "kiosk"
LINES_A_PAGE = 4
MOST_PRINTS = 3
PRESS_LENGTH = 24


def page(view: View) -> View:
    """A page of the machine; in Japanese where its language has not every text of the hearing."""

    @wraps(view)
    def spoken(request: HttpRequest, branch: str) -> HttpResponse:
        with speaking(current() if is_spoken_here(current()) else JAPANESE):
            return view(request, branch)

    return machine(spoken)


@page
def find(request: HttpRequest, branch: str) -> HttpResponse:
    """What happened."""
    events = [
        {"code": event.value, "name": _(name), "hint": _(hint)} for event, (name, hint) in EVENT_WORDS.items()
    ]
    return show(request, "find_start", branch, events=events)


@page
def find_people(request: HttpRequest, branch: str) -> HttpResponse:
    """Who is in it, one press a person; `add`, or `go`: one fewer, the other relationships, on."""
    event = event_of(request.POST.get("event", ""))
    if event is None:
        return redirect("kiosk:find", branch)
    people, go = [*known_people(request.POST.getlist("person"))], request.POST.get("go", "")
    if go == "next":
        return _shown(request, branch, first_step(event, people, now=timezone.now(), one_by_one=True))
    people += known_people([request.POST.get("add", "")])
    if go == "fewer":
        people = people[:-1]
    return _people(request, branch, event, tuple(people[: MOST_PEOPLE_AT_HOME - 1]), every=go == "every")


def _people(
    request: HttpRequest,
    branch: str,
    event: EventKind,
    people: tuple[str, ...],
    *,
    every: bool = False,
    problem: str = "",
) -> HttpResponse:
    words = {key: _(word) for key, word in RELATIONSHIPS.items()} | {OTHER: _("そのほか・わからない")}
    offered = [key for key in words if every is not (key in FIRST_RELATIONSHIPS)]
    return show(
        request, "find_people", branch, event=event.value, event_name=_(EVENT_WORDS[event][0]), people=people,
        names=[words[one] for one in people], every=every, birth=event is EventKind.birth, problem=problem,
        keys=[(key, words[key]) for key in offered], full=len(people) >= MOST_PEOPLE_AT_HOME - 1,
    )  # fmt: skip


@page
def find_ask(request: HttpRequest, branch: str) -> HttpResponse:
    """A key, an answer, one step back, or the list so far."""
    carried = _opened(request)
    if carried is None:
        return _begin_anew(request, branch)
    keys = pressed(request.POST, today=timezone.localdate())
    if keys is not None:
        at = going(carried.said, now=timezone.now(), one_by_one=True)
        if at.page is not None:
            return _question(request, branch, carried, at, keys)
    data = request.POST.copy()
    for name, value in keys_of(request.POST).as_fields().items():
        data[name] = value
    step = next_step(data, carried, now=timezone.now(), one_by_one=True)
    if step.problem and step.at is not None:
        return _question(request, branch, carried, step.at, keys_of(request.POST), problem=step.problem)
    return _shown(request, branch, step)


def _shown(request: HttpRequest, branch: str, step: Step) -> HttpResponse:
    if step.place is Place.PEOPLE:
        return _people(request, branch, step.event, step.people, problem=step.problem)
    assert step.carried is not None and step.at is not None, (
        "a question and a list follow from something said"
    )
    if step.place is Place.LIST:
        return _list(request, branch, step.carried, step.at)
    return _question(request, branch, step.carried, step.at, Keys())


def _question(
    request: HttpRequest, branch: str, carried: Carried, at: Going, keys: Keys, *, problem: str = ""
) -> HttpResponse:
    question = asked(at)
    return show(
        request, "find_ask", branch, said=_sealed(carried), asked=question, field=question.fields[0], keys=keys,
        several=len(question.fields) > 1,
        event_name=_(EVENT_WORDS[carried.said.event][0]), problem=problem, today=day_in_words(at.judged.on),
        eras=ERA_NAMES, bands=bands(), parts=tuple(zip(keys.parts, (_("年"), _("月"), _("日")), strict=True)),
    )  # fmt: skip


@page
def find_list(request: HttpRequest, branch: str) -> HttpResponse:
    """The list, four procedures a page."""
    carried = _opened(request)
    if carried is None:
        return _begin_anew(request, branch)
    return _list(request, branch, carried)


def _list(request: HttpRequest, branch: str, carried: Carried, at: Going | None = None) -> HttpResponse:
    at = at or going(carried.said, now=timezone.now(), one_by_one=True)
    found = personal_list(at)
    lines = [(group, line) for group in found.groups for line in group.lines]
    pages = max(1, -(-len(lines) // LINES_A_PAGE))
    number = min(max(whole_number(request.POST.get("number", "")) or 1, 1), pages)
    shown = lines[(number - 1) * LINES_A_PAGE : number * LINES_A_PAGE]
    return show(
        request, "find_list", branch, said=_sealed(carried), found=found, lines=shown, number=number, pages=pages,
        before=number - 1, after=number + 1 if number < pages else 0, many=len(lines), press=secrets.token_urlsafe(12),
        event_name=_(EVENT_WORDS[carried.said.event][0]), open=at.page is not None,
        **_ticket(branch, carried.said.event),
    )  # fmt: skip


@page
@require_POST
def find_paper(request: HttpRequest, branch: str) -> HttpResponse:
    """The list on paper, and nothing kept; or with `keep`, behind a number. One press prints once."""
    carried = _opened(request)
    if carried is None:
        return _begin_anew(request, branch)
    kept, problem = None, ""
    if request.POST.get("go") == "keep":
        try:
            kept = _kept(request, branch, carried)
        except prepared.ManyTries as error:
            problem = _(str(error))
    outcome = None if problem else _printed(request, branch, carried, kept)
    return show(
        request, "find_paper", branch, said=_sealed(carried), kept=kept, problem=problem,
        until=plain_day(kept.until) if kept else "", outcome=outcome.value if outcome else "", told=_(outcome.list_sentence) if outcome else "",
        qr=picture_of(kept.address) if kept else "", press=secrets.token_urlsafe(12), **_ticket(branch, carried.said.event),
    )  # fmt: skip


def _kept(request: HttpRequest, branch: str, carried: Carried) -> Kept:
    made = prepared.keep(
        said=carried.said,
        mark=carried.mark,
        language=current(),
        channel=Channel.KIOSK,
        of=prepared.Visitor(f"kiosk/{visit_key(request)}", f"kiosk/{branch}/{actor_of(request).staff_id}"),
        days=settings.PREPARED_DAYS,
        now=timezone.now(),
    )
    until = timezone.localtime(made.expires_at).date()
    return Kept(grouped(made.code), until, address_of(base(request), made.code))


def _printed(request: HttpRequest, branch: str, carried: Carried, kept: Kept | None) -> PrintOutcome:
    """Print the list, at most three times a visit; a press that arrives again tells how the first one ended."""
    press = f"{'kept' if kept else 'list'}/{request.POST.get('press', '')[:PRESS_LENGTH]}"
    before: dict[str, str] = request.session.get(LISTED, {})
    if press in before:
        return PrintOutcome(before[press])
    if len(before) >= MOST_PRINTS:
        return PrintOutcome.NOT_CONNECTED
    now = timezone.now()
    at = going(carried.said, now=now, one_by_one=True)
    slip = on_paper(at, branch=branch, language=current(), kept=kept, now=now)
    outcome = print_list(branch=branch, slip=slip, by=actor_of(request), now=now)
    request.session[LISTED] = {**before, press: outcome.value}
    return outcome


def _ticket(branch: str, event: EventKind) -> dict[str, object]:
    """The way to a number for this event, where numbers are given just now."""
    if not is_issuing(branch=branch, now=timezone.now()):
        return {"issuing": False}
    service = next((one.key for one in here(offer(), branch) if one.event == event.value), "")
    return {"issuing": True, "service": service}


def _begin_anew(request: HttpRequest, branch: str) -> HttpResponse:
    """Nothing came with the page, or what came was changed or is too old."""
    if request.method != "POST":
        return redirect("kiosk:find", branch)
    return show(request, "find_refused", branch)


def _opened(request: HttpRequest) -> Carried | None:
    try:
        return from_field(
            request.POST.get(FIELD, ""), purpose=PURPOSE, longest=AT_MACHINE_FOR, now=timezone.now()
        )
    except REFUSED:
        return None


def _sealed(carried: Carried) -> str:
    return to_field(carried, purpose=PURPOSE, now=timezone.now())

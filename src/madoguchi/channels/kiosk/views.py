"""The ticket machine: from the first touch to the number. One domain call a page; nothing of a visit stays."""

from __future__ import annotations

import uuid

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Channel
from madoguchi.booking.booked import BookingRefused, NoSuchBooking
from madoguchi.booking.estimates import told_at_issue
from madoguchi.booking.offering import NoSuchService, NotOffered, Offer, offer
from madoguchi.booking.ports import PrintOutcome
from madoguchi.booking.tickets import issuing
from madoguchi.booking.tickets.arriving import check_in_by_code
from madoguchi.booking.tickets.days import CLOSING_SENTENCE, is_issuing
from madoguchi.booking.tickets.printing import PrintedOften, phone_address
from madoguchi.booking.tickets.queries import ticket_by_id
from madoguchi.booking.tickets.queue import NoSuchTicket, TicketNotNow
from madoguchi.booking.tickets.states import Priority
from madoguchi.channels.kiosk.common import (
    HELD,
    LANGUAGE,
    OUTCOME,
    THREE,
    base,
    forget,
    here,
    machine,
    refusal,
    show,
)
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.finding.words import is_spoken_here
from madoguchi.channels.shared.languages import JAPANESE, current, offered, speaking
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, branch_names
from madoguchi.connect.ticket_printer import print_ticket

CODE_DIGITS = 4
MOST_CHOSEN = 5
REFUSED = (
    issuing.NoMoreTickets, issuing.OutsideHours, issuing.NoServiceChosen, issuing.NumbersUsedUp,
    issuing.BookingHasTicket, NoSuchService, NotOffered, NoSuchBooking, BookingRefused,
)  # fmt: skip


@needs(Authority.TICKET_MACHINE)
def branches(request: HttpRequest) -> HttpResponse:
    """Where this machine stands: chosen once, when it is set up."""
    names = branch_names()
    if len(names) == 1:
        return redirect("kiosk:start", next(iter(names)))
    return render(request, "kiosk/branches.html", {"branches": names.items()})


@machine
def start(request: HttpRequest, branch: str) -> HttpResponse:
    """The first page, in Japanese. Whatever was there of the visitor before is gone, the language too."""
    forget(request)
    with speaking(JAPANESE):
        return _first(request, branch, welcome=False)


@machine
def welcome(request: HttpRequest, branch: str) -> HttpResponse:
    """The first page in the language that was pressed (`language`); it holds until the machine begins anew."""
    if request.method == "POST":
        request.session[LANGUAGE] = offered(request.POST.get("language", ""))
        return redirect("kiosk:welcome", branch)
    return _first(request, branch, welcome=True)


def _first(request: HttpRequest, branch: str, *, welcome: bool) -> HttpResponse:
    issuing_now = is_issuing(branch=branch, now=timezone.now())
    return show(
        request, "start", branch, issuing=issuing_now, closing=_(CLOSING_SENTENCE), welcome=welcome,
        findable=is_spoken_here(current()),
        bookable=any(one.bookable for one in here(offer(), branch)),
    )  # fmt: skip


@machine
def services(request: HttpRequest, branch: str) -> HttpResponse:
    """The services, three a page. `chosen`: what was chosen before, when there is more than one thing to do."""
    known = offer()
    chosen = _chosen(request, known, branch)
    left = [one for one in here(known, branch) if one.key not in chosen]
    pages = [left[at : at + THREE] for at in range(0, len(left), THREE)] or [[]]
    at = min(max(whole_number(_given(request, "page")) or 1, 1), len(pages))
    return show(
        request, "services", branch, services=pages[at - 1], chosen=chosen, page=at, pages=len(pages),
        before=at - 1, after=at + 1 if at < len(pages) else 0,
    )  # fmt: skip


@machine
def unsure(request: HttpRequest, branch: str) -> HttpResponse:
    """「わからない」: a number for the general counter, where somebody listens."""
    first = next(iter(here(offer(), branch)), None)
    return show(request, "unsure", branch, service=first, request_key=uuid.uuid4().hex)


@machine
def confirm(request: HttpRequest, branch: str) -> HttpResponse:
    """What was chosen, and the three ways on: the number, the number with care, one more thing to do."""
    known = offer()
    chosen = _chosen(request, known, branch)
    if not chosen:
        return redirect("kiosk:services", branch)
    names = [known.service(one) for one in chosen]
    more = len(chosen) < min(MOST_CHOSEN, len(here(known, branch)))
    return show(
        request, "confirm", branch, chosen=chosen, names=names, more=more, request_key=uuid.uuid4().hex
    )


@machine
def booked(request: HttpRequest, branch: str) -> HttpResponse:
    """The four digits of the booking, on large keys; the fourth digit checks in."""
    typed = "".join(one for one in _given(request, "typed") if one.isascii() and one.isdigit())[:CODE_DIGITS]
    key = request.POST.get("key", "")
    if key == "back":
        typed = typed[:-1]
    elif len(key) == 1 and key.isascii() and key.isdigit():
        typed = (typed + key)[:CODE_DIGITS]
    problem = ""
    if len(typed) == CODE_DIGITS and request.method == "POST":
        try:
            made = check_in_by_code(
                branch=branch,
                code=typed,
                request=_request_key(request),
                by=actor_of(request),
                now=timezone.now(),
                channel=Channel.KIOSK,
                language=request.session.get(LANGUAGE, ""),
            )
        except REFUSED as error:
            problem, typed = refusal(error), ""
        else:
            return _hand_out(request, branch, made)
    request_key = _request_key(request) or uuid.uuid4().hex
    return show(
        request, "booked", branch, typed=typed, boxes=[*typed, *[""] * (CODE_DIGITS - len(typed))],
        keys="123456789", problem=problem, request_key=request_key,
    )  # fmt: skip


@machine
@require_POST
def issue(request: HttpRequest, branch: str) -> HttpResponse:
    """Give the number, print it, and show it whatever the printer said."""
    care = request.POST.get("care") == "yes"
    try:
        made = issuing.issue(
            branch=branch,
            services=request.POST.getlist("service")[:MOST_CHOSEN],
            by=actor_of(request),
            now=timezone.now(),
            priority=Priority.CARE if care else Priority.WALK_IN,
            channel=Channel.KIOSK,
            language=current(),
            request=_request_key(request),
        )
    except REFUSED as error:
        return show(request, "refused", branch, problem=refusal(error))
    return _hand_out(request, branch, made)


@machine
def number(request: HttpRequest, branch: str) -> HttpResponse:
    """The number that was just given, its code and its QR, and how the print ended."""
    ticket = request.session.get(HELD)
    if not ticket:
        return redirect("kiosk:start", branch)
    try:
        view = ticket_by_id(branch=branch, ticket=ticket, now=timezone.now())
    except NoSuchTicket:
        return redirect("kiosk:start", branch)
    outcome = PrintOutcome(request.session.get(OUTCOME, PrintOutcome.NOT_CONNECTED.value))
    code = segno.make(phone_address(base(request), ticket), error="m", micro=False)
    told = told_at_issue(branch=branch, ticket=ticket, now=timezone.now())
    return show(
        request, "number", branch, view=view, told=told, told_at=timezone.localtime(told.at) if told else None, digits=" ".join(view.code), outcome=outcome.value,
        said=_(outcome.sentence), printed=outcome is PrintOutcome.PRINTED,
        qr=code.svg_data_uri(scale=6, border=4, dark="#000", light="#fff"),
    )  # fmt: skip


@machine
@require_POST
def reprint(request: HttpRequest, branch: str) -> HttpResponse:
    """Print again, because somebody asked for it: the slip says 「再発行」."""
    ticket = request.session.get(HELD)
    if not ticket:
        return redirect("kiosk:start", branch)
    try:
        _print(request, branch, ticket)
    except (PrintedOften, TicketNotNow, NoSuchTicket) as error:
        return show(request, "refused", branch, problem=refusal(error), back=True)
    return redirect("kiosk:number", branch)


def _hand_out(request: HttpRequest, branch: str, made: issuing.IssuedTicket) -> HttpResponse:
    """Keep the number for the next page and print it once, however often the same press arrives."""
    fresh = ticket_by_id(branch=branch, ticket=made.ticket, now=timezone.now()).prints == 0
    told_at_issue(branch=branch, ticket=made.ticket, now=timezone.now())
    request.session[HELD] = made.ticket
    if fresh:
        _print(request, branch, made.ticket)
    return redirect("kiosk:number", branch)


def _print(request: HttpRequest, branch: str, ticket: str) -> None:
    outcome = print_ticket(
        branch=branch, ticket=ticket, base=base(request), by=actor_of(request), now=timezone.now()
    )
    request.session[OUTCOME] = outcome.value


def _chosen(request: HttpRequest, known: Offer, branch: str) -> list[str]:
    given = request.POST.getlist("service") or request.GET.getlist("service")
    there = {one.key for one in here(known, branch)}
    return [one for one in dict.fromkeys(given) if one in there][:MOST_CHOSEN]


def _given(request: HttpRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name, "")


def _request_key(request: HttpRequest) -> str:
    given = request.POST.get("request", "")
    return given if len(given) == 32 and given.isascii() and given.isalnum() else ""

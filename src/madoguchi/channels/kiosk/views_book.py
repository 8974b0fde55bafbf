"""Booking a later visit at the machine (発券機での予約): service, day, time, check, slip. No account, no name, no mail.

The seat is held with the press of a time and given back when the visitor leaves; the quieter times come first. What the
room allows, it allows here: the machine has no rights of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TypeVar

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Channel
from madoguchi.booking import reserving
from madoguchi.booking.booked import (
    DAYS_AHEAD,
    Booked,
    BookingRefused,
    NoSuchBooking,
    VisitPart,
    owner_of,
    quarters_for,
)
from madoguchi.booking.bundles import visit_of
from madoguchi.booking.hours import number_of
from madoguchi.booking.offering import NoSuchService, NotOffered, Offer, offer
from madoguchi.booking.ports import PrintOutcome
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.services import Lane, Service
from madoguchi.booking.slots import NotOpenThen, SlotFull
from madoguchi.booking.tickets.booking_slips import printed_before
from madoguchi.booking.tickets.printing import PrintedOften
from madoguchi.booking.trials import count_at_machine
from madoguchi.booking.vacancies import Vacancy, days_free, quieter_first, times_free
from madoguchi.booking.when import day_in_words, in_words, time_in_words
from madoguchi.channels.kiosk.common import (
    BOOKING,
    OUTCOME,
    THREE,
    base,
    here,
    let_go,
    machine,
    refusal,
    show,
    visit_key,
)
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.languages import current
from madoguchi.channels.shared.month import day_asked, lines
from madoguchi.city.queries import actor_of
from madoguchi.connect.ticket_printer import print_booking

Shown = TypeVar("Shown")
ROOM = {
    Vacancy.FREE: gettext_noop("空きがあります"),
    Vacancy.SOME: gettext_noop("少し空きがあります"),
    Vacancy.FEW: gettext_noop("空きはあとわずかです"),
}
DAYS_A_PAGE = 6
TIMES_A_PAGE = 12
REFUSED = (SlotFull, NotOpenThen, BookingRefused, NoSuchBooking, NoSuchService, NotOffered)


@machine
def book(request: HttpRequest, branch: str) -> HttpResponse:
    """For what a visit is booked, three a page."""
    found = [one for one in here(offer(), branch) if one.bookable]
    shown, paging = _paged(request, found, THREE)
    return show(request, "book", branch, services=shown, **paging)


@machine
def book_days(request: HttpRequest, branch: str, service: str) -> HttpResponse:
    """On which day: those that still have room, the next ones first."""
    known, lane, wanted, parts = _wanted(branch, service)
    after = _after(timezone.now())
    last = after[0] + timedelta(days=DAYS_AHEAD)
    free = days_free(
        offered=known, lane=lane, first=after[0], last=last, count=quarters_for(parts), after=after
    )
    days = [
        {"day": day, "words": day_in_words(day), "vacancy": free[day], "room": _(ROOM[free[day]])}
        for day in sorted(free)
        if free[day].takes
    ]
    shown, paging = _paged(request, days, DAYS_A_PAGE)
    return show(request, "book_days", branch, service=wanted, days=shown, **paging)


@machine
def book_times(request: HttpRequest, branch: str, service: str, day: str) -> HttpResponse:
    """At which time: first the quiet ones with the wait that is expected, then all. The press holds a seat."""
    on, problem, status = day_asked(day), "", 200
    if on is None:
        raise Http404
    known, lane, wanted, parts = _wanted(branch, service)
    if request.method == "POST":
        try:
            return _held(request, known, branch, parts, on)
        except REFUSED as error:
            problem, status = refusal(error), 409
    free = times_free(
        offered=known, lane=lane, day=on, count=quarters_for(parts), after=_after(timezone.now())
    )
    every = request.GET.get("all") == "yes"
    chosen = lines(free if every else quieter_first(free))
    shown, paging = _paged(request, [(one, _(ROOM[one.vacancy])) for one in chosen], TIMES_A_PAGE)
    answer = show(
        request, "book_times", branch, service=wanted, day=on, day_words=day_in_words(on), times=shown,
        every=every, more=len(free) > THREE, problem=problem, press=secrets.token_urlsafe(12), **paging,
    )  # fmt: skip
    answer.status_code = status
    return answer


@machine
def check(request: HttpRequest, branch: str) -> HttpResponse:
    """Everything once more; the press makes it stand and prints its slip, once."""
    booked = _of_this_visit(request)
    if booked is None:
        return redirect("kiosk:start", branch)
    if request.method == "POST":
        try:
            if booked.state is BookingState.HELD:
                count_at_machine(machine=f"{branch}/{actor_of(request).staff_id}", now=timezone.now())
            reserving.confirm(number=booked.number, now=timezone.now())
        except REFUSED as error:
            let_go(request)
            return show(request, "book_refused", branch, problem=refusal(error))
        if not printed_before(booked.number):
            _print(request, branch, booked)
        return redirect("kiosk:book_done", branch)
    if booked.state is not BookingState.HELD:
        return redirect("kiosk:book_done", branch)
    return show(request, "book_check", branch, **_facts(booked))


@machine
def done(request: HttpRequest, branch: str) -> HttpResponse:
    """The booking that was made: day and time, its four digits, its number and QR, and how the print ended."""
    booked = _of_this_visit(request)
    if booked is None or booked.state is not BookingState.CONFIRMED:
        return redirect("kiosk:start", branch)
    outcome = PrintOutcome(request.session.get(OUTCOME, PrintOutcome.NOT_CONNECTED.value))
    code = segno.make(_address(request, booked), error="m", micro=False)
    return show(
        request, "book_done", branch, digits=" ".join(booked.code), outcome=outcome.value,
        said=_(outcome.booking_sentence), qr=code.svg_data_uri(scale=6, border=4, dark="#000", light="#fff"),
        **_facts(booked),
    )  # fmt: skip


@machine
@require_POST
def book_reprint(request: HttpRequest, branch: str) -> HttpResponse:
    """Print again, because somebody asked for it: the slip says 「再発行」."""
    booked = _of_this_visit(request)
    if booked is None:
        return redirect("kiosk:start", branch)
    try:
        _print(request, branch, booked)
    except (PrintedOften, BookingRefused) as error:
        return show(request, "book_refused", branch, problem=_(str(error)), back=True)
    return redirect("kiosk:book_done", branch)


def _wanted(branch: str, key: str) -> tuple[Offer, Lane, Service, tuple[VisitPart, ...]]:
    """What the address asks for, if it can be booked here. Raises Http404."""
    known = offer()
    try:
        lane, service = known.lane_of(branch, key), known.service(key)
    except (NoSuchService, NotOffered) as error:
        raise Http404 from error
    if not service.bookable:
        raise Http404
    return known, lane, service, visit_of(offered=known, services=[key])


def _held(
    request: HttpRequest, known: Offer, branch: str, parts: tuple[VisitPart, ...], on: date
) -> HttpResponse:
    quarter = whole_number(request.POST.get("quarter", ""))
    if quarter is None:
        raise NotOpenThen
    visit = visit_key(request)
    about = "|".join((visit, request.POST.get("press", "")[:24], parts[0].service, str(on), str(quarter)))
    booked = reserving.hold(
        offered=known, branch=branch, parts=parts, day=on, quarter=quarter, owner=owner_of(f"kiosk/{visit}"),
        request=f"kiosk-{sha256(about.encode()).hexdigest()[:40]}", channel=Channel.KIOSK.value,
        now=timezone.now(), language=current(), minutes=settings.HOLD_MINUTES,
    )  # fmt: skip
    if request.session.get(BOOKING) != booked.number:
        let_go(request)  # who chooses another time lets the one before go
    request.session[BOOKING] = booked.number
    return redirect("kiosk:book_check", branch)


def _of_this_visit(request: HttpRequest) -> Booked | None:
    number = request.session.get(BOOKING)
    try:
        return reserving.look(number=number) if number else None
    except NoSuchBooking:
        return None


def _print(request: HttpRequest, branch: str, booked: Booked) -> None:
    request.session[OUTCOME] = print_booking(
        branch=branch, number=booked.number, address=_address(request, booked), by=actor_of(request),
        now=timezone.now(),
    ).value  # fmt: skip


def _address(request: HttpRequest, booked: Booked) -> str:
    return base(request).rstrip("/") + reverse("online:open", args=[booked.number, booked.secret])


def _facts(booked: Booked) -> dict[str, object]:
    known = {one.key: one for one in offer().services}
    return {
        "booked": booked,
        "when": in_words(booked.starts),
        "services": [known[part.service] for part in booked.parts if part.service in known],
        "until": time_in_words(booked.held_until) if booked.held_until else "",
        "day": timezone.localtime(booked.starts).date(),
    }


def _paged(request: HttpRequest, every: Sequence[Shown], many: int) -> tuple[Sequence[Shown], dict[str, int]]:
    pages = max(1, -(-len(every) // many))
    at = min(max(whole_number(request.GET.get("page", "")) or 1, 1), pages)
    ways = {"page": at, "pages": pages, "before": at - 1, "after": at + 1 if at < pages else 0}
    return every[(at - 1) * many : at * many], ways


def _after(now: datetime) -> tuple[date, int]:
    """The quarter-hour that has begun: a visit begins later."""
    local = timezone.localtime(now)
    return local.date(), number_of(local.time())

"""Booking a visit (来庁予約): what for and where, which day, which time. A seat is held with the last press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking import reserving
from madoguchi.booking.booked import DAYS_AHEAD, BookingRefused, VisitPart, owner_of, quarters_for
from madoguchi.booking.bundles import visit_of
from madoguchi.booking.hours import number_of
from madoguchi.booking.lengths import lengths, lengths_everywhere, offered_with
from madoguchi.booking.offering import NoSuchService, NotOffered, Offer, offer
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.services import Lane, Service
from madoguchi.booking.slots import NotOpenThen, SlotFull
from madoguchi.booking.vacancies import days_free, quieter_first, times_free
from madoguchi.booking.waiting_list import wait_for
from madoguchi.booking.when import day_in_words
from madoguchi.channels.online.refusals import told
from madoguchi.channels.online.speaking import in_residents_language
from madoguchi.channels.online.visitor import new_mark, open_here, opened_here, press_of, visitor_of
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.languages import current, said_services
from madoguchi.channels.shared.month import MonthTable, day_asked, halves, lines, month_asked, month_table
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import branch_names

CONFLICT = 409
TOO_FULL = (SlotFull, NotOpenThen, BookingRefused)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody comes for, and where."""

    offered: Offer
    lane: Lane
    services: tuple[Service, ...]
    parts: tuple[VisitPart, ...]
    branch_name: str

    @property
    def names(self) -> str:
        return "、".join(one.name for one in self.services)

    @property
    def said(self) -> str:
        """The names in the language of the page."""
        return said_services(self.services)

    @property
    def minutes(self) -> int:
        return sum(part.minutes for part in self.parts)

    @property
    def query(self) -> str:
        more = [("with", one.key) for one in self.services[1:]]
        return f"?{urlencode(more)}" if more else ""


def wanted_of(branch: str, service: str, more: Sequence[str]) -> Wanted:
    """What the address asks for. Raises Http404, BookingRefused."""
    declared = offer()
    offered = offered_with(declared, lengths(branch=branch, offered=declared, now=timezone.now()))
    try:
        keys = tuple(dict.fromkeys((service, *more)))
        lane, services = offered.lane_of(branch, service), tuple(offered.service(key) for key in keys)
        parts = visit_of(offered=offered, services=keys)
    except (NoSuchService, NotOffered) as error:
        raise Http404 from error
    if not all(one.bookable for one in services):
        raise Http404
    return Wanted(offered, lane, services, parts, branch_names().get(branch, branch))


def after(now: datetime) -> tuple[date, int]:
    """The quarter-hour that has begun: a visit begins later."""
    local = timezone.localtime(now)
    return local.date(), number_of(local.time())


def month_of(
    *,
    offered: Offer,
    lane: Lane,
    parts: tuple[VisitPart, ...],
    said: str,
    now: datetime,
    here: str,
    day_url: str,
) -> MonthTable:
    """The month that was asked for, with how free its days are; `day_url` has {day} in it."""
    today = after(now)[0]
    last = today + timedelta(days=DAYS_AHEAD)
    first = month_asked(said, today, last)
    end = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    free = days_free(
        offered=offered, lane=lane, first=first, last=end, count=quarters_for(parts), after=after(now)
    )
    return month_table(
        first=first, today=today, last=last, free=free, here=here,
        url=lambda day: day_url.format(day=day.isoformat()),
    )  # fmt: skip


@needs(Authority.ANYONE)
@in_residents_language
def start(request: HttpRequest) -> HttpResponse:
    """What for, at which office building."""
    offered, names = offer(), branch_names()
    found = lengths_everywhere(branches=tuple(names), offered=offered, now=timezone.now())
    groups = [
        {
            "name": name,
            "services": [
                {
                    "service": service,
                    "minutes": found[branch][service.key].minutes,
                    "url": reverse("online:days", args=[branch, service.key]),
                }
                for service in offered.services
                if service.bookable and any(service.key in lane.services for lane in offered.lanes_at(branch))
            ],
        }
        for branch, name in names.items()
    ]
    here = [group for group in groups if group["services"]]
    without = said_services(one for one in offered.services if not one.bookable)
    return render(
        request,
        "online/start.html",
        {"groups": here, "without": without, "opened": bool(opened_here(request))},
    )


@needs(Authority.ANYONE)
@in_residents_language
def days(request: HttpRequest, branch: str, service: str) -> HttpResponse:
    """Which day, and what else is done in the same visit."""
    try:
        wanted, problem = wanted_of(branch, service, request.GET.getlist("with")), ""
    except BookingRefused as refused:
        wanted, problem = wanted_of(branch, service, ()), told(refused)
    here = reverse("online:days", args=[branch, service]) + wanted.query
    month = month_of(
        offered=wanted.offered, lane=wanted.lane, parts=wanted.parts, said=request.GET.get("month", ""),
        now=timezone.now(), here=here,
        day_url=reverse("online:times", args=[branch, service, "0000"]).replace("0000", "{day}") + wanted.query,
    )  # fmt: skip
    chosen = {one.key for one in wanted.services}
    others = [one for one in wanted.offered.services if one.bookable and one.key != service]
    return render(
        request,
        "online/days.html",
        {
            "wanted": wanted,
            "month": month,
            "problems": [problem] if problem else [],
            "others": [{"service": one, "chosen": one.key in chosen} for one in others],
            "with_others": len(chosen) > 1 or bool(problem),
        },
    )


@needs(Authority.ANYONE)
@in_residents_language
def times(request: HttpRequest, branch: str, service: str, day: str) -> HttpResponse:
    """Which time. The press holds a seat; a time that is full by then is said, and nothing is held."""
    on = day_asked(day)
    try:
        wanted = wanted_of(branch, service, request.GET.getlist("with"))
    except BookingRefused as error:
        raise Http404 from error
    if on is None:
        raise Http404
    problem, status, now = "", 200, timezone.now()
    if request.method == "POST":
        quarter = whole_number(request.POST.get("quarter", ""))
        try:
            if "wait" in request.POST:
                return _waits(request, wanted, on, now)
            if quarter is None:
                raise NotOpenThen
            return _held(request, wanted, on, quarter, now)
        except ValidationError:
            problem, status = _("メールアドレスの形を確かめてください。例: namae@example.jp"), 422
        except TOO_FULL as refused:
            problem, status = told(refused), CONFLICT
    return _show_times(request, wanted, on, now, problem, status)


def _show_times(
    request: HttpRequest, wanted: Wanted, on: date, now: datetime, problem: str, status: int
) -> HttpResponse:
    free = times_free(
        offered=wanted.offered, lane=wanted.lane, day=on, count=quarters_for(wanted.parts), after=after(now)
    )
    return render(
        request,
        "online/times.html",
        {
            "wanted": wanted,
            "day": on,
            "day_words": day_in_words(on),
            "quiet": lines(quieter_first(free)),
            "halves": halves(free),
            "problems": [problem] if problem else [],
            "press": new_mark(),
            "days_url": reverse("online:days", args=[wanted.lane.branch, wanted.services[0].key])
            + (wanted.query + "&" if wanted.query else "?")
            + f"month={on:%Y-%m}#month",
            "may_wait": settings.MAIL_READY and after(now)[0] < on,
            "contact": request.POST.get("contact", ""),
        },
        status=status,
    )


def _held(request: HttpRequest, wanted: Wanted, on: date, quarter: int, now: datetime) -> HttpResponse:
    branch = wanted.lane.branch
    booked = reserving.hold(
        offered=wanted.offered, branch=branch, parts=wanted.parts, day=on, quarter=quarter,
        owner=owner_of(visitor_of(request)), channel="web", now=now, minutes=settings.HOLD_MINUTES, language=current(),
        request=press_of(request, branch, wanted.names, on, quarter),
    )  # fmt: skip
    _let_go(request, booked.number, now)
    open_here(request, booked.number)
    return redirect("online:contact", booked.number)


def _let_go(request: HttpRequest, kept: str, now: datetime) -> None:
    """Who chooses another time lets the seat go that was held before."""
    for number in opened_here(request):
        if number != kept and reserving.look(number=number).state is BookingState.HELD:
            reserving.cancel(number=number, now=now)


def _waits(request: HttpRequest, wanted: Wanted, on: date, now: datetime) -> HttpResponse:
    contact = request.POST.get("contact", "").strip()
    validate_email(contact)
    wait_for(
        offered=wanted.offered,
        branch=wanted.lane.branch,
        parts=wanted.parts,
        day=on,
        contact=contact,
        now=now,
        language=current(),
    )
    return render(request, "online/waits.html", {"wanted": wanted, "day_words": day_in_words(on)})

"""Bookings at the counter (予約): a day's bookings by lane, booking for a caller, changing and cancelling. No names."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

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
from madoguchi.booking.day_list import day_list
from madoguchi.booking.hours import number_of, time_of
from madoguchi.booking.lengths import lengths, offered_with
from madoguchi.booking.offering import NoSuchService, NotOffered, Offer, offer, quarters
from madoguchi.booking.services import Lane
from madoguchi.booking.slots import NotOpenThen, SlotFull
from madoguchi.booking.vacancies import days_free, quieter_first, times_free
from madoguchi.booking.when import day_in_words, in_words
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.month import day_asked, halves, lines, month_asked, month_table
from madoguchi.city.authority import Authority, needs
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import actor_of, branch_names, seat_of

CONFLICT = 409
REFUSED = (SlotFull, NotOpenThen, BookingRefused)


def _branch(request: HttpRequest) -> str:
    """The building that was asked for, else where this member of staff sits, else the first."""
    names = branch_names()
    asked = request.GET.get("branch", "")
    if asked in names:
        return asked
    assert isinstance(request.user, StaffMember), "behind a sign-in"
    seat = seat_of(request.user)
    return seat.branch if seat else next(iter(names), "")


@needs(Authority.COUNTER)
def bookings(request: HttpRequest) -> HttpResponse:
    """A day's bookings by lane; a number opens one of them."""
    asked = request.GET.get("q", "").strip().upper()
    problem = ""
    if asked:
        try:
            return redirect("counter:booking", reserving.look(number=asked).number)
        except NoSuchBooking as missing:
            problem = str(missing)
    today = timezone.localdate()
    day, branch, offered = day_asked(request.GET.get("day", "")) or today, _branch(request), offer()
    names = {one.key: one.name for one in offered.services}
    lanes = [
        {"lane": lane, "rows": [_row(one, names) for one in lane.booked]}
        for lane in day_list(offered=offered, branch=branch, day=day)
    ]
    here = f"{reverse('counter:bookings')}?branch={branch}&day="
    return render(
        request,
        "counter/bookings.html",
        {
            "day_words": day_in_words(day),
            "is_today": day == today,
            "branch": branch,
            "branches": branch_names(),
            "day": day,
            "lanes": lanes,
            "before": f"{here}{day - timedelta(days=1)}",
            "after": f"{here}{day + timedelta(days=1)}",
            "q": asked,
            "problems": [problem] if problem else [],
        },
    )


def _row(one: Booked, names: dict[str, str]) -> dict[str, Any]:
    return {
        "booked": one,
        "starts": timezone.localtime(one.starts),
        "names": "、".join(names.get(part.service, part.service) for part in one.parts),
    }


@needs(Authority.COUNTER)
def new(request: HttpRequest) -> HttpResponse:
    """Book for a caller: services, day, time; beyond the seats only with the box ticked."""
    branch, declared, now = _branch(request), offer(), timezone.now()
    found = lengths(branch=branch, offered=declared, now=now)
    offered = offered_with(declared, found)
    chosen = request.GET.getlist("service")
    problem, status, lane = "", 200, None
    parts: tuple[VisitPart, ...] = ()
    if chosen:
        try:
            parts = visit_of(offered=offered, services=chosen)
            lane = offered.lane_of(branch, parts[0].service)
        except (NoSuchService, NotOffered, BookingRefused) as refused:
            problem = str(refused)
    day = day_asked(request.GET.get("day", "")) or date.min
    if request.method == "POST" and lane is not None and day > date.min:
        try:
            return _book(request, offered, branch, parts, day, now)
        except ValidationError:
            problem, status = _("メールアドレスの形を確かめてください。例: namae@example.jp"), 422
        except REFUSED as refused:
            problem, status = str(refused), CONFLICT
    served = {key for one in offered.lanes_at(branch) for key in one.services}
    context: dict[str, Any] = {
        "branch": branch,
        "branches": branch_names(),
        "services": [
            {"service": one, "chosen": one.key in chosen, "length": found[one.key]}
            for one in offered.services
            if one.key in served
        ],
        "problems": [problem] if problem else [],
        "press": secrets.token_urlsafe(12),
        "mail_ready": settings.MAIL_READY,
        "contact": request.POST.get("contact", ""),
    }
    if lane is not None:
        query = "&".join([f"branch={branch}", *(f"service={part.service}" for part in parts)])
        here = f"{reverse('counter:booking_new')}?{query}"
        context |= _free(request, offered, lane, parts, day, here, now)
    return render(request, "counter/booking_new.html", context, status=status)


def _book(
    request: HttpRequest, offered: Offer, branch: str, parts: tuple[VisitPart, ...], day: date, now: datetime
) -> HttpResponse:
    by, contact = actor_of(request), request.POST.get("contact", "").strip()
    quarter = whole_number(request.POST.get("quarter") or request.POST.get("over", ""))
    beyond = not request.POST.get("quarter") and request.POST.get("beyond") == "yes"
    if contact:
        validate_email(contact)
    if quarter is None:
        raise NotOpenThen
    press = f"{by.staff_id}-{request.POST.get('press', '')[:24]}-{day}-{quarter}"
    booked = reserving.hold(
        offered=offered, branch=branch, parts=parts, day=day, quarter=quarter, owner=owner_of(contact or press),
        request=f"staff-{press}"[:64], channel="phone", now=now, by=by, beyond=beyond,
    )  # fmt: skip
    reserving.confirm(number=booked.number, contact=contact, now=now, by=by)
    messages.success(request, _("予約を取りました。予約番号と4桁の数字を伝えてください。"))
    return redirect("counter:booking", booked.number)


def _free(
    request: HttpRequest,
    offered: Offer,
    lane: Lane,
    parts: tuple[VisitPart, ...],
    day: date,
    here: str,
    now: datetime,
) -> dict[str, Any]:
    """The month of a lane, and the times of the day that was chosen."""
    local = timezone.localtime(now)
    today, after = local.date(), (local.date(), number_of(local.time()))
    last = today + timedelta(days=DAYS_AHEAD)
    said = request.GET.get("month", "") or (f"{day:%Y-%m}" if day > date.min else "")
    first = month_asked(said, today, last)
    end = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    count = quarters_for(parts)
    free = days_free(offered=offered, lane=lane, first=first, last=end, count=count, after=after)
    found: dict[str, Any] = {
        "lane": lane,
        "minutes": sum(part.minutes for part in parts),
        "month": month_table(
            first=first,
            today=today,
            last=last,
            free=free,
            url=lambda one: f"{here}&day={one}#times",
            here=here,
        ),
    }
    if day > date.min:
        times = times_free(offered=offered, lane=lane, day=day, count=count, after=after)
        open_then = quarters(offered=offered, branch=lane.branch, lane=lane.key, day=day)
        found |= {
            "day_words": day_in_words(day),
            "quiet": lines(quieter_first(times)),
            "halves": halves(times),
            "over": [
                (one.number, f"{time_of(one.number):%-H:%M}")
                for one in open_then
                if day > today or one.number > after[1]
            ],
        }
    return found


@needs(Authority.COUNTER)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One booking: number and digits to tell, another time, taking it back."""
    try:
        booked = reserving.look(number=number)
    except NoSuchBooking as missing:
        raise Http404 from missing
    offered, now, problem, status = offer(), timezone.now(), "", 200
    day = day_asked(request.GET.get("day", "")) or date.min
    if request.method == "POST":
        try:
            _act(request, booked, offered, day, now)
            return redirect("counter:booking", number)
        except REFUSED as refused:
            problem, status = str(refused), CONFLICT
    names = {service.key: service.name for service in offered.services}
    context: dict[str, Any] = {
        **_row(booked, names),
        "when": in_words(booked.starts),
        "branch_name": branch_names().get(booked.branch, booked.branch),
        "lives": booked.state.lives,
        "problems": [problem] if problem else [],
        "list": f"{reverse('counter:bookings')}?branch={booked.branch}&day={timezone.localtime(booked.starts).date()}",
    }
    if booked.state.lives and "change" in request.GET:
        try:
            lane = offered.lane_of(booked.branch, booked.service)
            here = reverse("counter:booking", args=[number]) + "?change=yes"
            context |= _free(request, offered, lane, booked.parts, day, here, now)
        except NotOffered as error:
            context["problems"] = [str(error)]
    return render(request, "counter/booking.html", context, status=status)


def _act(request: HttpRequest, booked: Booked, offered: Offer, day: date, now: datetime) -> None:
    by = actor_of(request)
    if request.POST.get("act") == "cancel":
        reserving.cancel(number=booked.number, now=now, by=by)
        messages.success(request, _("予約を取り消し、席をもどしました。"))
        return
    quarter = whole_number(request.POST.get("quarter") or request.POST.get("over", ""))
    if quarter is None or day == date.min:
        raise NotOpenThen
    beyond = not request.POST.get("quarter") and request.POST.get("beyond") == "yes"
    reserving.change(
        offered=offered, number=booked.number, day=day, quarter=quarter, now=now, by=by, beyond=beyond
    )
    messages.success(request, _("予約の時間を変えました。"))

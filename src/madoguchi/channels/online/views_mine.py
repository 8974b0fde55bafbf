"""One's own booking (自分の予約): confirm, print, put into a calendar, change, cancel; found by link or number and digits."""

from __future__ import annotations

from datetime import date
from typing import Any

import segno
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking import reserving
from madoguchi.booking.booked import Booked, BookingRefused, NoSuchBooking, quarters_for
from madoguchi.booking.calendar_file import VisitPlace, calendar_file
from madoguchi.booking.offering import NotOffered, Offer, offer
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.slots import NotOpenThen, SlotFull
from madoguchi.booking.trials import TooManyTries, that_was_right, try_booking
from madoguchi.booking.vacancies import quieter_first, times_free
from madoguchi.booking.when import day_in_words, in_words, time_in_words
from madoguchi.channels.online.refusals import told
from madoguchi.channels.online.speaking import in_residents_language
from madoguchi.channels.online.views_book import CONFLICT, after, month_of
from madoguchi.channels.online.visitor import open_here, opened_here
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.languages import said_services
from madoguchi.channels.shared.month import day_asked, halves, lines
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import branch_names, profile

TOO_MANY_REQUESTS = 429


def _mine(request: HttpRequest, number: str) -> Booked:
    """A booking that this browser may open. Raises Http404 alike for one that is not there and one of somebody else."""
    if number not in opened_here(request):
        raise Http404
    try:
        return reserving.look(number=number)
    except NoSuchBooking as error:
        raise Http404 from error


def _slip(booked: Booked, offered: Offer, address: str) -> dict[str, Any]:
    """What every page about a booking shows."""
    link = address.rstrip("/") + reverse("online:open", args=[booked.number, booked.secret])
    services = {one.key: one for one in offered.services}
    return {
        "booked": booked,
        "when": in_words(booked.starts),
        "branch_name": branch_names().get(booked.branch, booked.branch),
        "names": said_services(services[part.service] for part in booked.parts if part.service in services),
        "until": time_in_words(booked.held_until) if booked.held_until else "",
        "qr": segno.make(link, error="m", micro=False).svg_data_uri(border=2, scale=4),
        "stands": booked.state is BookingState.CONFIRMED,
        "held": booked.state is BookingState.HELD,
        "gone": booked.state in (BookingState.CANCELLED, BookingState.EXPIRED),
    }


def _address(request: HttpRequest) -> str:
    return settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")


@needs(Authority.ANYONE)
@in_residents_language
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """An address for letters, or none; then everything once more, and the press that makes it stand."""
    booked = _mine(request, number)
    if booked.state is not BookingState.HELD:
        return redirect("online:mine", number)
    said, problem, status, checks = request.POST.get("contact", "").strip(), "", 200, False
    if request.method == "POST":
        try:
            if said:
                validate_email(said)
            checks = True
            if "book" in request.POST:
                reserving.confirm(number=number, contact=said, now=timezone.now())
                return redirect("online:mine", number)
        except ValidationError:
            problem, status = _("メールアドレスの形を確かめてください。例: namae@example.jp"), 422
        except BookingRefused as refused:
            problem, status, checks = told(refused), CONFLICT, False
    context = {
        **_slip(reserving.look(number=number), offer(), _address(request)),
        "contact": said,
        "checks": checks or not settings.MAIL_READY or booked.has_contact,
        "mail_ready": settings.MAIL_READY,
        "contact_days": settings.CONTACT_DAYS,
        "problems": [problem] if problem else [],
        "again": reverse("online:days", args=[booked.branch, booked.service]),
    }
    return render(request, "online/contact.html", context, status=status)


@needs(Authority.ANYONE)
@in_residents_language
def mine(request: HttpRequest, number: str) -> HttpResponse:
    """The booking as it stands, to print or to note down."""
    booked = _mine(request, number)
    if booked.state is BookingState.HELD:
        return redirect("online:contact", number)
    return render(request, "online/mine.html", _slip(booked, offer(), _address(request)))


@needs(Authority.ANYONE)
@in_residents_language
def calendar(request: HttpRequest, number: str) -> HttpResponse:
    """The booking as a calendar file."""
    booked, city = _mine(request, number), profile()
    place = VisitPlace(city.code, city.name, branch_names().get(booked.branch, booked.branch))
    method = "CANCEL" if booked.state in (BookingState.CANCELLED, BookingState.EXPIRED) else "PUBLISH"
    answer = HttpResponse(
        calendar_file(booked=booked, place=place),
        content_type=f"text/calendar; charset=utf-8; method={method}",
    )
    answer["Content-Disposition"] = 'attachment; filename="yoyaku.ics"'
    return answer


@needs(Authority.ANYONE)
@in_residents_language
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Another day and time; a time that is full by then leaves the booking as it was."""
    booked, problem, status, now = _mine(request, number), "", 200, timezone.now()
    if booked.state is not BookingState.CONFIRMED:
        return redirect("online:mine", number)
    offered = offer()
    day = day_asked(request.GET.get("day", ""))
    if request.method == "POST" and day:
        quarter = whole_number(request.POST.get("quarter", ""))
        try:
            if quarter is None:
                raise NotOpenThen
            reserving.change(offered=offered, number=number, day=day, quarter=quarter, now=now)
            return redirect("online:mine", number)
        except (SlotFull, NotOpenThen, BookingRefused) as refused:
            problem, status = _("%(why)s いまの予約はそのままです。") % {"why": told(refused)}, CONFLICT
    context = {**_slip(booked, offered, _address(request)), "problems": [problem] if problem else []}
    try:
        context |= _free_for(request, booked, offered, day)
    except NotOffered as error:
        context["problems"] = [told(error)]
    return render(request, "online/change.html", context, status=status)


def _free_for(request: HttpRequest, booked: Booked, offered: Offer, day: date | None) -> dict[str, Any]:
    lane, now = offered.lane_of(booked.branch, booked.service), timezone.now()
    here = reverse("online:change", args=[booked.number])
    if day is None:
        month = month_of(
            offered=offered, lane=lane, parts=booked.parts, said=request.GET.get("month", ""), now=now,
            here=here, day_url=here + "?day={day}#times",
        )  # fmt: skip
        return {"month": month}
    free = times_free(offered=offered, lane=lane, day=day, count=quarters_for(booked.parts), after=after(now))
    return {"day_words": day_in_words(day), "quiet": lines(quieter_first(free)), "halves": halves(free)}


@needs(Authority.ANYONE)
@in_residents_language
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Ask once more, then give the seat back."""
    booked, problem, status = _mine(request, number), "", 200
    if request.method == "POST":
        try:
            reserving.cancel(number=number, now=timezone.now())
            return redirect("online:mine", number)
        except BookingRefused as refused:
            problem, status = told(refused), CONFLICT
    if booked.state not in (BookingState.CONFIRMED, BookingState.HELD) and not problem:
        return redirect("online:mine", number)
    context = {**_slip(booked, offer(), _address(request)), "problems": [problem] if problem else []}
    return render(request, "online/cancel.html", context, status=status)


@needs(Authority.ANYONE)
@in_residents_language
def find(request: HttpRequest) -> HttpResponse:
    """Open a booking by its number and four digits; too many tries stop this number for a while."""
    said, problem, status = request.POST.get("number", "").strip().upper()[:12], "", 200
    now = timezone.now()
    if request.method == "POST":
        try:
            try_booking(number=said, now=now)
            booked = reserving.find(number=said, code=request.POST.get("code", "").strip())
            that_was_right(number=said, now=now)
            open_here(request, booked.number)
            return redirect("online:mine", booked.number)
        except TooManyTries as refused:
            problem, status = told(refused), TOO_MANY_REQUESTS
        except NoSuchBooking as refused:
            problem, status = told(refused), 404
    context = {"number": said, "problems": [problem] if problem else []}
    return render(request, "online/find.html", context, status=status)


@needs(Authority.ANYONE)
@in_residents_language
def open_by_link(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """Open a booking by its secret link and go on to a page whose address tells nothing."""
    try:
        booked = reserving.find(number=number, secret=secret)
    except NoSuchBooking:
        answer = render(
            request,
            "online/find.html",
            {
                "number": "",
                "problems": [_("このリンクでは予約を開けません。予約番号と4桁の数字で開いてください。")],
            },
            status=404,
        )
    else:
        open_here(request, booked.number)
        answer = redirect("online:mine", booked.number)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer

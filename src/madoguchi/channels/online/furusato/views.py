"""From the paper to the press: open a gift, see what it is and add others, check, and apply for all of them at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from madoguchi.booking.trials import TooManyTries
from madoguchi.channels.online.furusato.common import (
    CONFLICT,
    NOT_FOUND,
    OPENED,
    SPOKEN,
    TOO_MANY_REQUESTS,
    UNPROCESSABLE,
    actor,
    day_said,
    open_here,
    open_page,
    reader_of,
    said,
    show,
)
from madoguchi.channels.online.visitor import new_mark, press_of
from madoguchi.furusato.applying import submit
from madoguchi.furusato.deadlines import last_day, years_open
from madoguchi.furusato.opening import open_gift
from madoguchi.furusato.queries import gifts_of
from madoguchi.furusato.values import Confirmation, FurusatoRefused, Gift, NoSuchGift, NotConfirmed


@open_page
def start(request: HttpRequest) -> HttpResponse:
    """The number and the digits of a paper, or the sign-in; also how another paper is added."""
    if request.method == "POST":
        return _opened(request, request.POST.get("number", ""), request.POST.get("code", ""))
    return _start(request)


@require_GET
@open_page
def open_by_paper(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Open a gift by the QR of its paper and go on to a page whose address tells nothing."""
    answer = _opened(request, number, code)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _opened(request: HttpRequest, number: str, code: str) -> HttpResponse:
    try:
        open_here(request, open_gift(number=number, code=code, by=actor(request), now=timezone.now()))
    except TooManyTries as error:
        return _start(request, problem=_(str(error)), status=TOO_MANY_REQUESTS)
    except NoSuchGift as refused:
        return _start(request, problem=said(refused), status=NOT_FOUND, number=number[:20])
    return redirect("furusato:gifts")


def _start(request: HttpRequest, *, problem: str = "", status: int = 200, number: str = "") -> HttpResponse:
    days = [(year, day_said(last_day(year))) for year in years_open(now=timezone.now())]
    return show(
        request, "start", status=status, number=number, days=days, problems=[problem] if problem else []
    )


@require_GET
@open_page
def gifts(request: HttpRequest) -> HttpResponse:
    """What is open here, each with what the city knows of it; the choice of what to apply for; another paper."""
    found = gifts_of(reader=reader_of(request), by=actor(request), now=timezone.now())
    if not found and not reader_of(request).account:
        return redirect("furusato:start")
    first = next((one for one in found if one.may_be_applied_for), None)
    rows = [_row(one, chosen=first is not None and _together(first, one)) for one in found]
    return show(request, "gifts", rows=rows, some=first is not None)


def _together(one: Gift, other: Gift) -> bool:
    """Whether both may be applied for with one press: by their year and what is known of the donor."""
    return other.may_be_applied_for and (one.year, one.name, one.birth) == (
        other.year,
        other.name,
        other.birth,
    )


def _row(one: Gift, *, chosen: bool) -> dict[str, object]:
    return {
        "gift": one,
        "chosen": chosen,
        "given_on": day_said(one.given_on),
        "last_day": day_said(one.last_day),
    }


@open_page
def check(request: HttpRequest) -> HttpResponse:
    """Everything once more with the two statements of the form, and the press that applies for all of it."""
    wanted = (request.POST if request.method == "POST" else request.GET).getlist("gift")
    problem, status = "", 200
    if request.method == "POST":
        known = {one.value: one for one in Confirmation}
        try:
            receipt = submit(
                gifts=wanted, confirmed=[known[one] for one in request.POST.getlist("confirm") if one in known],
                press=press_of(request, "furusato", *sorted(set(wanted))), reader=reader_of(request), by=actor(request),
                now=timezone.now(),
            )  # fmt: skip
            return redirect("furusato:receipt", receipt)
        except NotConfirmed as refused:
            problem, status = said(refused), UNPROCESSABLE
        except FurusatoRefused as refused:
            problem, status = said(refused), CONFLICT
    found = gifts_of(reader=reader_of(request), by=actor(request), now=timezone.now())
    chosen = [one for one in found if one.number in wanted and one.may_be_applied_for]
    if not chosen:
        return _nothing_to_check(request, found, problem, status)
    return show(
        request, "check", status=status, rows=[_row(one, chosen=True) for one in chosen],
        yen=sum(one.yen for one in chosen), by_post=[one for one in chosen if not one.vouched],
        last_day=day_said(chosen[0].last_day), press=request.POST.get("press") or new_mark(),
        confirmed=request.POST.getlist("confirm"), problems=[problem] if problem else [],
    )  # fmt: skip


def _nothing_to_check(
    request: HttpRequest, found: tuple[Gift, ...], problem: str, status: int
) -> HttpResponse:
    if not found:
        return redirect("furusato:start")
    rows = [_row(one, chosen=False) for one in found]
    some = any(one.may_be_applied_for for one in found)
    nothing = _("申請する寄附を1つ以上選んでください。")
    return show(
        request,
        "gifts",
        status=status if problem else UNPROCESSABLE,
        rows=rows,
        some=some,
        problems=[problem or nothing],
    )


@require_POST
@open_page
def end(request: HttpRequest) -> HttpResponse:
    """Forget in this browser what was opened; a sign-in is ended by itself."""
    for key in (OPENED, SPOKEN):
        request.session.pop(key, None)
    return redirect("furusato:start")

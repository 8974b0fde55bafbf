"""Paying (支払い): what and how much, then the provider's page, then a page that says honestly how far it is.

No card is asked for here. Whether it is paid is what the provider says, never that somebody came back.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.trials import TooManyTries, take_back, try_code
from madoguchi.channels.online.paying_here import home_of, in_payers_language, open_payment, opened_payments
from madoguchi.channels.online.visitor import new_mark, press_of
from madoguchi.channels.shared.languages import JAPANESE, current, tag_of, tongues
from madoguchi.city.authority import Authority, needs
from madoguchi.connect import paying
from madoguchi.payments import asking, queries
from madoguchi.payments.signing import HEADER
from madoguchi.payments.states import PaymentState
from madoguchi.payments.values import Asked, NoSuchPayment, Payment, PaymentRefused
from madoguchi.payments.webhooks import LARGEST, NotAnEvent, NotSigned

VISITOR = Actor(None, "visitor", "", "")
CONFLICT, TOO_MANY_REQUESTS = 409, 429
# The press sends the browser on to the provider's page; that address and no other is added to where forms may go.
_PAGES = urlsplit(settings.PAYMENT_PAGES)
FORMS_MAY_GO_TO = [f"{_PAGES.scheme}://{_PAGES.netloc}"] if _PAGES.netloc else ["'self'"]
MONEY_IS_THERE = (PaymentState.CAPTURED, PaymentState.DISPUTED)


def _opened(request: HttpRequest, number: str) -> Asked:
    """What this browser opened. Raises Http404 alike for what is not there and what others opened; it is written down."""
    if number not in opened_payments(request):
        record_act(actor=VISITOR, activity="refused", now=timezone.now(), screen="pay:one", needed="own")
        raise Http404
    try:
        return asking.look_at(number=number)
    except NoSuchPayment as error:
        raise Http404 from error


@needs(Authority.ANYONE)
@in_payers_language
def find(request: HttpRequest) -> HttpResponse:
    """Open what is to be paid by its number and four digits; too many tries stop this number for a while."""
    number, problem, status, now = (
        request.POST.get("number", "").strip().upper()[:12],
        "",
        200,
        timezone.now(),
    )
    if request.method == "POST":
        try:
            try_code(key=f"pay/{number}", now=now)
            asked = asking.open_by_code(number=number, code=request.POST.get("code", "")[:4])
            take_back(key=f"pay/{number}", now=now)
            open_payment(request, asked.number)
            return redirect("pay:one", asked.number)
        except NoSuchPayment as error:
            problem, status = _(str(error)), 404
        except TooManyTries as error:
            record_act(actor=VISITOR, activity="payment_guessed", now=now)
            problem, status = _(str(error)), TOO_MANY_REQUESTS
    context = {
        **_tongue(),
        "number": number or request.GET.get("number", "")[:12],
        "problems": [problem] if problem else [],
    }
    return render(request, "online/pay/find.html", context, status=status)


@csp_update({"form-action": FORMS_MAY_GO_TO})
@needs(Authority.ANYONE)
@in_payers_language
def one(request: HttpRequest, number: str) -> HttpResponse:
    """What is to be paid and how it stands; the press goes on to the provider's page."""
    asked, problem, status = _opened(request, number), "", 200
    if request.method == "POST":
        try:
            payment = paying.start(
                asked=number,
                key=press_of(request, "pay", number),
                come_back=_address(request) + reverse("pay:back", args=[number]),
                now=timezone.now(),
            )
            if payment.page and payment.state is PaymentState.CREATED:
                return redirect(payment.page)
            if payment.state is not PaymentState.CREATED:
                return redirect("pay:back", number)
            problem, status = (
                _(
                    "決済事業者から返事がありません。まだ支払われていません。少し待って、もう一度お試しください。"
                ),
                503,
            )
        except PaymentRefused as refused:
            problem, status = _(str(refused)), CONFLICT
        asked = asking.look_at(number=number)
    context = {**_context(asked, problem), "home": home_of(request, number)}
    return render(request, "online/pay/one.html", context, status=status)


def _tongue() -> dict[str, Any]:
    """The languages to choose from, the one that is spoken, and whether it is another than Japanese."""
    return {"tongues": tongues(), "spoken": current(), "foreign": tag_of(current()) != JAPANESE}


def _address(request: HttpRequest) -> str:
    return (settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")).rstrip("/")


def _context(asked: Asked, problem: str = "") -> dict[str, Any]:
    made = queries.payments_of(asked=asked.number)
    latest = made[0] if made else None
    paid = next((one for one in made if one.state in MONEY_IS_THERE and not one.surplus), None)
    waiting = latest is not None and latest.state in (PaymentState.CREATED, PaymentState.AUTHORISED)
    returned = latest is not None and latest.state is PaymentState.REFUNDED
    return {
        **_tongue(),
        "asked": asked,
        "paid": paid,
        "going_back": paid is not None and paid.promised_yen > 0 and paid.filing.value == "refused",
        "waiting": latest if waiting and paid is None else None,
        "returned": latest if returned and paid is None else None,
        "failed": latest is not None and latest.state is PaymentState.FAILED and paid is None,
        "may_pay": asked.open and paid is None and bool(settings.PAYMENT_PROVIDER),
        "press": new_mark(),
        "problems": [problem] if problem else [],
    }


@needs(Authority.ANYONE)
@in_payers_language
def back(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever comes back from the provider: ask it how things stand, then show that. Without a session: by the digits."""
    if number not in opened_payments(request):
        return render(request, "online/pay/find.html", {**_tongue(), "number": number[:12], "problems": []})
    _opened(request, number)
    paying.look(asked=number, now=timezone.now())
    return redirect("pay:one", number)


@needs(Authority.ANYONE)
@in_payers_language
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What was paid, to print or to keep."""
    asked = _opened(request, number)
    context = _context(asked)
    payment: Payment | None = context["paid"]
    if payment is None:
        return redirect("pay:one", number)
    paid_on = timezone.localdate(payment.paid_at) if payment.paid_at else None
    return render(request, "online/pay/receipt.html", {**context, "paid_on": paid_on})


@csrf_exempt
@require_POST
@needs(Authority.ANYONE)
def hook(request: HttpRequest) -> HttpResponse:
    """What the provider tells: signed, stored once, taken in. Anything but a 2xx makes it tell again."""
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    if not said.isdecimal() or int(said) > LARGEST:
        return JsonResponse({"taken": False, "why": "size"}, status=413)
    try:
        paying.hear(body=request.body, signature=request.headers.get(HEADER, "")[:300], now=timezone.now())
    except NotSigned:
        return JsonResponse({"taken": False, "why": "signature"}, status=401)
    except NotAnEvent:
        return JsonResponse({"taken": False, "why": "form"}, status=400)
    return JsonResponse({"taken": True})

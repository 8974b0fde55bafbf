"""Paying the fee of an application (申請の手数料を支払う): on to the page of paying, and back to where the application stands.

Nobody types a number: whoever applied is known. Whether it is paid is what the provider says, asked when they come back.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.cases.from_home.fees import HomeFee, Lines, costs_of, fees_of
from madoguchi.cases.from_home.following import HomeCase
from madoguchi.cases.from_home.states import HomeState
from madoguchi.cases.states import PayState
from madoguchi.channels.online.acting import acting
from madoguchi.channels.online.apply.common import CONFLICT, my_page, opened, show
from madoguchi.channels.online.apply.words import text_of, title_of
from madoguchi.channels.online.paying_here import send_to_pay
from madoguchi.connect import paying
from madoguchi.payments.values import PaymentRefused
from madoguchi.procedures.packs import FeeTime

_ASKED = {PayState.ASKED: noop("まだ支払われていません"), PayState.PAID: noop("支払いが済みました")}
_TO_COME = {
    FeeTime.BEFORE: noop("申請するときに、この画面から支払います。支払いが済むと、申請が出されます。"),
    FeeTime.AFTER: noop("申請を受け付けたあとに支払います"),
}
_AT_THE_COUNTER = noop("申請のあと、窓口で支払います")


def paid_here() -> bool:
    """Whether a fee can be paid on these pages."""
    return bool(settings.PAYMENT_PROVIDER)


def waiting_fee(view: HomeCase) -> HomeFee | None:
    """The fee of this application that waits to be paid; the one of before first."""
    waiting = [one for one in fees_of(case=view.case) if one.state is PayState.ASKED]
    return min(waiting, key=lambda one: one.paid_when is not FeeTime.BEFORE, default=None)


def paid_now(view: HomeCase) -> bool:
    """Ask the provider about what was begun and not heard of; whether the fee is paid now."""
    fee = waiting_fee(view)
    if fee is None:
        return False
    asked = paying.asked_for(payable=paying.payable_of_home(fee))
    if asked is not None and paid_here():
        paying.look(asked=asked, now=timezone.now())
    return asked is not None and waiting_fee(view) != fee


@my_page
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """On to the page of paying; with nothing to pay, to where the application stands."""
    view = opened(request, number, "my_case_pay")
    fee = waiting_fee(view)
    if request.method != "POST" or fee is None:
        return redirect("my:case", number=number)
    return sent_to_pay(request, number, fee)


def sent_to_pay(request: HttpRequest, number: str, fee: HomeFee) -> HttpResponse:
    """Ask for the money, under the same number however often, and send them to pay it."""
    try:
        asked = paying.ask_for(
            payable=paying.payable_of_home(fee), by=acting(request).actor, now=timezone.now()
        )
    except PaymentRefused as error:
        view = opened(request, number, "my_case_pay")
        return show(
            request,
            "not_now",
            status=CONFLICT,
            view=view,
            problems=[_(str(error))],
            title=title_of(view.line),
        )
    return send_to_pay(request, asked.number, home=reverse("my:case", args=[number]))


def first_words(view: HomeCase) -> bool:
    """Whether something has to be paid before this counts as filed."""
    paid = any(
        one.paid_when is FeeTime.BEFORE and one.state is PayState.PAID for one in fees_of(case=view.case)
    )
    return paid_here() and not paid and costs_of(view.judged, view.record).before_yen > 0


def fee_lines(view: HomeCase) -> dict[str, Any]:
    """What the application costs: what was asked for and how it stands; before that, what it will be."""
    made = fees_of(case=view.case)
    writing = view.line.state in (HomeState.FILLING, HomeState.SENT_BACK)
    shown = [
        _fee(view, one.lines, _ASKED[one.state])
        for one in made
        if not (writing and one.state is PayState.ASKED)
    ]
    costs = costs_of(view.judged, view.record)
    if writing:
        paid = {one.paid_when for one in made if one.state is PayState.PAID}
        to_come = ((FeeTime.BEFORE, costs.before), (FeeTime.AFTER, costs.after))
        words = {one: _(_TO_COME[one] if paid_here() else _AT_THE_COUNTER) for one in FeeTime}
        shown += [_fee(view, lines, words[when]) for when, lines in to_come if lines and when not in paid]
    pack = view.judged.pack
    return {
        "fees": shown,
        "fee_open": [text_of(pack, pack.procedure(key).name) for key in costs.open],
        "fee_waits": waiting_fee(view) is not None and paid_here(),
    }


def _fee(view: HomeCase, lines: Lines, words: str) -> dict[str, Any]:
    return {
        "lines": [{"text": text_of(view.judged.pack, text), "yen": yen} for text, yen in lines],
        "yen": sum(yen for _text, yen in lines),
        "words": _(words),
    }

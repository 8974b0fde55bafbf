"""A letter's code (はがきの番号): with the date of birth it says which procedures are meant, and no fact of anybody.

使う makes a number for the counter, あとで puts it off. 使わない needs the sign-in: whoever holds somebody else's letter and knows
their birthday must not be able to say no for them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.cases import prepared
from madoguchi.channels.online.find.common import visitor_of
from madoguchi.channels.online.offers.door import CounterDoor
from madoguchi.channels.online.speaking import in_residents_language
from madoguchi.channels.shared.fields import WarekiField
from madoguchi.city.authority import Authority, needs
from madoguchi.outreach import letters, offers
from madoguchi.outreach.states import Answer
from madoguchi.outreach.values import NoSuchOffer

HOLDER = Actor(None, "はがきの番号の方", "", "")
NOT_FOUND, TOO_MANY_REQUESTS, UNPROCESSABLE = 404, 429, 422


class LetterForm(forms.Form):
    """The code of a letter and the date of birth."""

    code = forms.CharField(
        label=gettext_lazy("はがきの番号"), max_length=40, help_text=gettext_lazy("英字と数字で10字です。")
    )
    birth = WarekiField(
        label=gettext_lazy("宛名の方の生年月日"), help_text=gettext_lazy("S59.5.2 のように。")
    )


@needs(Authority.ANYONE)
@never_cache
@in_residents_language
def letter(request: HttpRequest) -> HttpResponse:
    """Open a letter by its code; then 使う or あとで."""
    form = LetterForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = UNPROCESSABLE if request.method == "POST" else 200
        return render(request, "online/offers/letter.html", {"form": form}, status=status)
    try:
        return _opened(request, form, form.cleaned_data["code"], form.cleaned_data["birth"])
    except NoSuchOffer:
        problem, status = (
            _("この番号と生年月日では、案内が見つかりません。はがきの番号を確かめてください。"),
            NOT_FOUND,
        )
    except (letters.LetterTries, prepared.ManyTries) as refused:
        problem, status = _(str(refused)), TOO_MANY_REQUESTS
    return render(request, "online/offers/letter.html", {"form": form, "problems": [problem]}, status=status)


def _opened(request: HttpRequest, form: LetterForm, code: str, birth: date) -> HttpResponse:
    now, visitor = timezone.now(), visitor_of(request)
    found = letters.opened_by(code=code, birth=birth, of=visitor.address, now=now)
    said, number = request.POST.get("answer", ""), request.POST.get("offer", "")
    context: dict[str, Any] = {"form": form, "offers": found.offers, "code": code, "birth": birth.isoformat()}
    chosen = next((one for one in found.offers if one.number == number), None)
    if chosen is not None and said == Answer.USE.value:
        where = offers.use(
            number=number, resident_no=found.resident_no, door=CounterDoor(visitor), by=HOLDER, purpose=Purpose.OUTREACH,
            now=now, by_code=True,
        )  # fmt: skip
        return render(request, "online/offers/used.html", {"offer": chosen, "where": where, "by_code": True})
    if chosen is not None and said == Answer.LATER.value:
        offers.answer(
            number=number, resident_no=found.resident_no, said=Answer.LATER, by=HOLDER, now=now, by_code=True
        )
        context["put_off"] = chosen
    return render(request, "online/offers/letter_open.html", context)

"""Whether a result document is valid (書面の確認): by its number and check code, for anybody who holds it. Nothing of whom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madoguchi.booking.trials import TooManyTries, take_back, try_code
from madoguchi.booking.when import day_in_words
from madoguchi.cases.rulings.checking import check_paper
from madoguchi.cases.rulings.result_papers import NoSuchPaper
from madoguchi.channels.shared.languages import current, in_asked_language
from madoguchi.city.authority import Authority, needs

LONGEST = 20
NOT_FOUND, TOO_MANY_REQUESTS = 404, 429


@needs(Authority.ANYONE)
@never_cache
@in_asked_language
def check(request: HttpRequest, number: str = "") -> HttpResponse:
    """Ask for number and code, and say when the paper was issued and whether it stands."""
    said = "".join(one for one in request.POST.get("number", number).upper() if one.isalnum())[:LONGEST]
    context: dict[str, Any] = {"number": said, "spoken": current()}
    status = 200
    if request.method == "POST":
        key, now = f"check/{said}", timezone.now()
        try:
            try_code(key=key, now=now)
            found = check_paper(number=said, code=request.POST.get("code", "")[:LONGEST])
            take_back(key=key, now=now)
            context["found"] = found
            context["word"] = _(found.standing.label)
            context["issued"] = day_in_words(found.issued_on)
            context["changed"] = day_in_words(found.changed_on) if found.changed_on else ""
        except NoSuchPaper as error:
            context["problems"], status = [_(str(error))], NOT_FOUND
        except TooManyTries as error:
            context["problems"], status = [_(str(error))], TOO_MANY_REQUESTS
    return render(request, "online/check.html", context, status=status)

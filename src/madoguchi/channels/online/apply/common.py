"""What the pages of applying share: who applies, in which language, and that what is another's is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from madoguchi.cases.from_home.following import HomeCase, NotYours, home_case, home_case_to_act_on
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.channels.online.acting import acting
from madoguchi.channels.online.who import needs_resident, not_theirs, own_number
from madoguchi.channels.shared.languages import current, tongues

UNPROCESSABLE, CONFLICT = 422, 409
View = Callable[..., HttpResponse]


def my_page(view: View) -> View:
    """A page of whoever is signed in and joined to the register, in the language of the residents' pages (`speaking`).

    What is not theirs is answered as what is not there, and written down.
    """

    @wraps(view)
    def page(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            return view(request, **named)
        except NotYours as error:
            raise not_theirs(request) from error

    return needs_resident()(page)


def applicant(request: HttpRequest) -> Applicant:
    """Who applies, and for whom; behind `my_page`."""
    found = acting(request)
    return Applicant(found.account, found.resident_no, own_number(request), found.mandate)


def opened(request: HttpRequest, number: str, screen: str) -> HomeCase:
    """One application, its reading written down. Raises NotYours."""
    return home_case(
        number=number, who=applicant(request), by=acting(request).actor, screen=screen, now=timezone.now()
    )


def looked_up(request: HttpRequest, number: str) -> HomeCase:
    """One application, to see where its resident is sent on to: nothing of it may be shown. Raises NotYours."""
    return home_case_to_act_on(number=number, who=applicant(request), now=timezone.now())


def show(request: HttpRequest, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """One page, in the language that is being spoken."""
    context = {"tongues": tongues(), "spoken": current(), **more}
    return render(request, f"apply/{name}.html", context, status=status)

"""What an event leaves for the counter (窓口で行う手続き): the list, and the number under which the answers come along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking.when import plain_day
from madoguchi.cases.from_home import answering
from madoguchi.cases.from_home.answering import Step
from madoguchi.cases.from_home.following import HomeCase
from madoguchi.cases.from_home.rest import as_the_rest, bring_along, brought_along, rest_of
from madoguchi.cases.from_home.states import HomeState
from madoguchi.cases.prepared import ManyTries
from madoguchi.cases.prepared_code import grouped
from madoguchi.channels.online.apply.common import UNPROCESSABLE, applicant, my_page, opened, show
from madoguchi.channels.online.apply.words import going_of, text_of, title_of
from madoguchi.channels.shared.finding.listing import personal_list
from madoguchi.channels.shared.finding.on_paper import address_of, picture_of
from madoguchi.channels.shared.finding.words import EVENT_WORDS, in_japanese
from madoguchi.city.queries import departments


@my_page
def counter(request: HttpRequest, number: str) -> HttpResponse:
    """The list with its number; pressed, the number is made, and pressed again it is the same."""
    view = opened(request, number, "my_case_counter")
    writing = view.line.state in (HomeState.FILLING, HomeState.SENT_BACK)
    if not rest_of(view) or (writing and answering.page_now(view) is not None):
        return redirect("my:case", number=number)
    problem = ""
    if request.method == "POST":
        problem = brought(request, view)
        if not problem:
            return redirect("my:case_counter", number=number)
    nothing = writing and answering.step_of(view) is Step.NOTHING
    return show(
        request, "counter", status=UNPROCESSABLE if problem else 200, view=view, title=title_of(view.line),
        problems=[problem] if problem else [], writing=writing, nothing=nothing, **rest_page(request, view),
    )  # fmt: skip


def brought(request: HttpRequest, view: HomeCase) -> str:
    """Keep the answers for the counter, where something is left to do there; a sentence when that cannot be now."""
    try:
        bring_along(
            number=view.line.number, view=view, who=applicant(request), days=settings.PREPARED_DAYS, now=timezone.now()
        )  # fmt: skip
    except ManyTries as error:
        return _(str(error))
    return ""


def rest_page(request: HttpRequest, view: HomeCase) -> dict[str, Any]:
    """The whole list of what is left, with its number where there is one."""
    if not rest_of(view):
        return {"rest": False}
    found = personal_list(replace(going_of(view, None), judged=as_the_rest(view)))
    kept = brought_along(number=view.line.number, view=view, who=applicant(request), now=timezone.now())
    base = settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")
    return {"rest": True, "found": found, "event_name": _(EVENT_WORDS[view.line.event][0])} | (
        {
            "code": grouped(kept.code),
            "qr": picture_of(address_of(base, kept.code)),
            "until": plain_day(timezone.localdate(kept.expires_at)),
        }
        if kept
        else {"code": ""}
    )


def rest_lines(view: HomeCase) -> dict[str, Any]:
    """What is left, by name and place, each procedure once."""
    pack, names = view.whole.pack, departments()
    procedures = [pack.procedure(one) for one in dict.fromkeys(one.procedure for one in rest_of(view))]
    return {
        "rest": bool(procedures),
        "rest_names": [
            {"name": text_of(pack, one.name), "where": in_japanese(names.get(one.department, ""))}
            for one in procedures
        ],
    }

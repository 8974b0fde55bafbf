"""気になる閲覧: readings that the supervisor should ask about, with the reason; and who read protected people, for their office alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madoguchi.audit import events
from madoguchi.audit.operations import NotAKey, record_act
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.insight.oversight.rules import RulesUnreadable, read_rules
from madoguchi.insight.oversight.unusual import mark_asked, readings_of_sheltered, unusual

MOST_SHOWN = 300


@needs(Authority.AUDIT)
@never_cache
def unusual_readings(request: HttpRequest) -> HttpResponse:
    """What the rules show, and 「確認した」 for each. Looking is itself recorded."""
    now, by = timezone.now(), actor_of(request)
    if request.method == "POST":
        _mark(request, request.POST.get("finding", ""))
        return redirect("backoffice:unusual")
    context: dict[str, Any] = {"problems": [], "most": MOST_SHOWN}
    try:
        rules = read_rules(settings.OVERSIGHT_RULES)
    except RulesUnreadable as error:
        context["problems"] = [str(error)]
    else:
        record_act(actor=by, activity="unusual_listed", now=now, days=rules.days)
        found = unusual(rules=rules, now=now)
        context |= {"rules": rules, "lines": found[:MOST_SHOWN], "count": len(found)}
    return render(request, "backoffice/unusual.html", context)


def _mark(request: HttpRequest, finding: str) -> None:
    try:
        if not finding:
            raise NotAKey(0)
        mark_asked(finding=finding, by=actor_of(request), now=timezone.now())
        messages.success(request, _("確認したことを残しました。"))
    except NotAKey:
        messages.error(request, _("一覧から選び直してください。"))


@needs(Authority.PROTECTION)
@never_cache
def sheltered_readings(request: HttpRequest) -> HttpResponse:
    """Who read whoever is protected, and what for."""
    now = timezone.now()
    rules = read_rules(settings.OVERSIGHT_RULES)
    record_act(actor=actor_of(request), activity="sheltered_readings_listed", now=now, days=rules.days)
    lines = [
        {
            "at": one.at,
            "who": one.staff_name,
            "person": one.person_key,
            "what": events.purpose_name(one.purpose),
        }
        for one in readings_of_sheltered(days=rules.days, now=now)[:MOST_SHOWN]
    ]
    return render(
        request,
        "backoffice/sheltered_readings.html",
        {"lines": lines, "days": rules.days, "most": MOST_SHOWN},
    )

"""オンライン化の段階と計画: the definition of ease, which the city changes, and the plan by capacity."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalogue.inventory import settings
from madoguchi.catalogue.inventory.ease import (
    LAST,
    OPTIONS,
    STEPS,
    Criterion,
    DefinitionRefused,
    EaseDefinition,
    definition_as_data,
)
from madoguchi.catalogue.inventory.plan import Quarter, quarter_from, quarter_of
from madoguchi.channels.backoffice.chart import burn_up_chart
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import inventory

USUAL_DAYS = 30
MOST_DAYS = 100_000
QUARTERS_AHEAD = 8


@needs(Authority.CATALOGUE)
def ease(request: HttpRequest) -> HttpResponse:
    """The definition that counts now; change it, or go back to an earlier one."""
    now_counts = settings.definition()
    problems: list[str] = []
    status, data = 200, definition_as_data(now_counts)
    if request.method == "POST":
        by, now = actor_of(request), timezone.now()
        try:
            if "back" in request.POST:
                number = whole_number(request.POST["back"])
                settings.go_back_to_definition(number=-1 if number is None else number, by=by, now=now)
            else:
                data = _given(request.POST, now_counts)
                settings.set_definition(data=data, by=by, now=now)
            messages.success(request, _("定義を変えました。一覧の段階は、すぐに新しい定義で出ます。"))
            return redirect("backoffice:ease")
        except DefinitionRefused as refused:
            problems, status = list(refused.faults), 422
        except LookupError as error:
            raise Http404 from error
    context = {
        "problems": problems,
        "steps": _steps(data),
        "criteria": _criteria(data),
        "note": data["note"],
        "made": settings.definitions(),
        "example": inventory.overview(inventory.lines(), today=timezone.localdate()).by_step,
    }
    return render(request, "backoffice/inventory/ease.html", context, status=status)


def _given(post: QueryDict, before: EaseDefinition) -> dict[str, Any]:
    """What the form says, in the shape of a definition; texts that the form has not stay as they were."""
    data = definition_as_data(before)
    for number, step in enumerate(data["step"], start=1):
        step["label"] = post.get(f"label-{number}", "")[:30]
        step["days"] = whole_number(post.get(f"days-{number}", ""))
        if number < STEPS:
            step["upto"] = whole_number(post.get(f"upto-{number}", ""))
    for criterion in data["criterion"]:
        for option in criterion["points"]:
            text = post.get(f"points-{criterion['key']}-{option}", "")
            criterion["points"][option] = LAST if text == LAST else whole_number(text)
    data["note"] = post.get("note", "")[:200]
    return data


def _steps(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"number": number, **step} for number, step in enumerate(data["step"], start=1)]


def _criteria(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **one,
            "options": [
                {"key": option, "words": OPTIONS[Criterion(one["key"])][option], "points": points}
                for option, points in one["points"].items()
            ],
        }
        for one in data["criterion"]
    ]


@needs(Authority.CATALOGUE)
def plan(request: HttpRequest) -> HttpResponse:
    """A plan by capacity, looked at first and then adopted; how far the adopted one got."""
    there = inventory.lines()
    today = timezone.localdate()
    adopted = settings.plan()
    given = request.POST if request.method == "POST" else request.GET
    usual = adopted.days_a_quarter if adopted else USUAL_DAYS
    days = whole_number(given.get("days", "")) or usual
    first = quarter_from(given.get("first", "")) or quarter_of(today)
    if not 1 <= days <= MOST_DAYS:
        days = usual
    lines = inventory.proposed(there, days_a_quarter=days, first=first)
    if request.method == "POST":
        quarters = {one.line.entry.number: one.quarter for one in lines if one.quarter is not None}
        settings.adopt_plan(
            quarters=quarters, days_a_quarter=days, first=first, by=actor_of(request), now=timezone.now()
        )
        messages.success(request, _("計画を決めました（%(count)d件）。") % {"count": len(quarters)})
        return redirect("backoffice:plan")
    seen = inventory.overview(there, today=today)
    by_quarter = _by_quarter(lines)
    wanted = quarter_from(given.get("quarter", ""))
    context = {
        "adopted": adopted,
        "days": days,
        "first": first,
        "firsts": [quarter_of(today).after(ahead) for ahead in range(QUARTERS_AHEAD)],
        "quarters": by_quarter,
        "shown": next(
            (one for one in by_quarter if one["quarter"] == wanted), by_quarter[0] if by_quarter else None
        ),
        "unplanned": sum(1 for one in lines if one.quarter is None),
        "chart": burn_up_chart(seen.burn_up, seen.total),
        "seen": seen,
    }
    return render(request, "backoffice/inventory/plan.html", context)


def _by_quarter(lines: tuple[inventory.PlanLine, ...]) -> list[dict[str, Any]]:
    found: dict[Quarter, list[inventory.PlanLine]] = {}
    for one in lines:
        if one.quarter is not None:
            found.setdefault(one.quarter, []).append(one)
    return [
        {
            "quarter": quarter,
            "lines": there,
            "hours": round(sum(one.hours or 0 for one in there)),
            "days": sum(one.days for one in there),
        }
        for quarter, there in found.items()
    ]

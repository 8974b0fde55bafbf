"""出張: plans without names for whoever plans, and the list of a visit for whoever may open it."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.coverage.charts import route_map
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.insight import tasks
from madoguchi.insight.coverage.days import NotCounted, counted_days
from madoguchi.insight.outings import plans
from madoguchi.insight.outings.book import OUTING_HEADING, outing_book, outing_rows
from madoguchi.insight.outings.ways import OutingBudget
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, format_wareki, parse_date_text
from madoguchi.residents.places import UnusablePlaces, towns
from madoguchi.small_counts.hiding import SMALLEST

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHOLE = ("stops", "minutes", "stay")
REFUSED = (NotCounted, plans.NotAnArea, plans.OutsideTheLimits, WarekiError, UnusablePlaces, ValueError)


@needs(Authority.INSIGHT)
def visits(request: HttpRequest) -> HttpResponse:
    """All plans, and the form for a new one."""
    usual = OutingBudget()
    given = {name: f"{getattr(usual, name):g}" for name in plans.LIMITS}
    return _list(
        request, [], given | {"visit_on": format_wareki(timezone.localdate()), "area": "", "start": ""}
    )


def _list(request: HttpRequest, problems: list[str], given: dict[str, str]) -> HttpResponse:
    days = counted_days()
    try:
        areas = plans.areas()
    except UnusablePlaces as error:
        areas, problems = (), [*problems, str(error)]
    context = {
        "problems": problems,
        "given": given,
        "fields": [(name, _(plans.BUDGET_NAMES[name]), given[name]) for name in plans.LIMITS],
        "areas": areas,
        "counted": days[0] if days else None,
        "outings": plans.outings(),
    }
    return render(request, "backoffice/coverage/visits.html", context, status=422 if problems else 200)


@needs(Authority.INSIGHT)
@require_POST
def visit_plan(request: HttpRequest) -> HttpResponse:
    """Ask for a plan; the worker makes it."""
    given = {
        name: request.POST.get(name, "")[:40].strip() for name in (*plans.LIMITS, "visit_on", "area", "start")
    }
    try:
        number = plans.ask_for_outing(
            area=given["area"], start=given["start"], visit_on=_day(given["visit_on"]), budget=_budget(given),
            by=actor_of(request), now=timezone.now(),
        )  # fmt: skip
    except NotCounted:
        return _list(
            request, [_("まだ人数を数えていません。「カードの交付状況」で先に数えてください。")], given
        )
    except REFUSED as error:
        return _list(request, [str(error)], given)
    tasks.plan_outing.enqueue(number)
    return redirect("backoffice:visit", number)


@needs(Authority.INSIGHT)
def visit(request: HttpRequest, outing: int) -> HttpResponse:
    """One plan: stops, way, minutes; no names."""
    return _one(request, outing, [])


def _one(request: HttpRequest, number: int, problems: list[str]) -> HttpResponse:
    found = _outing(number)
    context: dict[str, Any] = {
        "outing": found,
        "problems": problems,
        "map": route_map(found, towns()),
        "waiting": found.state is plans.OutingState.ASKED,
        "open": found.state in (plans.OutingState.ASKED, plans.OutingState.PLANNED),
        "planned": found.state is plans.OutingState.PLANNED,
        "smallest": SMALLEST,
    }
    return render(request, "backoffice/coverage/visit.html", context, status=422 if problems else 200)


@needs(Authority.INSIGHT)
def visit_file(request: HttpRequest, outing: int, kind: str) -> HttpResponse:
    """The stops as Excel or CSV: towns and minutes."""
    found = _outing(outing)
    if kind == "xlsx":
        notes = [
            f"出張の計画 {format_wareki(found.visit_on)} {found.area} 出発 {found.start}",
            "氏名と人数は入っていません。",
        ]
        return file_response(outing_book(found, notes), "visit.xlsx", XLSX)
    if kind != "csv":
        raise Http404
    text = StringIO()
    csv.writer(text).writerows([OUTING_HEADING, *outing_rows(found)])
    return file_response(text.getvalue().encode("utf-8-sig"), "visit.csv", "text/csv; charset=utf-8")


@needs(Authority.INSIGHT)
@require_POST
def visit_end(request: HttpRequest, outing: int) -> HttpResponse:
    """The visit was made, or the plan is dropped."""
    step = plans.OutingState.DONE if "done" in request.POST else plans.OutingState.DROPPED
    try:
        plans.end_outing(outing=outing, step=step, by=actor_of(request), now=timezone.now())
    except plans.NoSuchOuting as error:
        raise Http404 from error
    except plans.EndedAlready as error:
        return _one(request, outing, [str(error)])
    done = step is plans.OutingState.DONE
    messages.success(request, _("「行った」にしました。") if done else _("計画を取りやめました。"))
    return redirect("backoffice:visit", outing)


@needs(Authority.VISIT_LISTS)
def visit_lists(request: HttpRequest) -> HttpResponse:
    """Planned visits whose list may be opened."""
    return render(request, "backoffice/coverage/lists.html", {"outings": plans.lists_to_open()})


@needs(Authority.VISIT_LISTS)
@require_POST
def visit_list(request: HttpRequest, outing: int) -> HttpResponse:
    """The list of a visit: opened on purpose, and every reading written down."""
    try:
        found, people = plans.open_list(
            outing=outing, by=actor_of(request), screen="visit_list", now=timezone.now()
        )
    except plans.NoSuchOuting as error:
        raise Http404 from error
    return render(request, "backoffice/coverage/list.html", {"outing": found, "people": people})


def _outing(number: int) -> plans.Outing:
    try:
        return plans.outing(number)
    except plans.NoSuchOuting as error:
        raise Http404 from error


def _day(text: str) -> date:
    found = parse_date_text(text)
    if isinstance(found, PossibleDays):
        raise ValueError(_("行く日を、日まで入れてください（例: R8.12.10）。"))
    return found


def _budget(given: dict[str, str]) -> OutingBudget:
    """The budget as typed; what is no number is refused by its limits."""
    numbers: dict[str, Any] = {}
    for name in plans.LIMITS:
        whole = whole_number(given[name])
        if name in WHOLE:
            numbers[name] = -1 if whole is None else whole
        else:
            digits = given[name].replace(".", "", 1)
            numbers[name] = float(given[name]) if whole_number(digits) is not None else -1.0
    return OutingBudget(**numbers)

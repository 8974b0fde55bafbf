"""来庁の実績: what visits cost those who came, as figures, as Excel, and as event logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit.operations import record_act
from madoguchi.booking.invented import invented_days
from madoguchi.catalogue.queries import NothingPublished, current
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, branch_names, department_choices
from madoguchi.insight.book import report_book
from madoguchi.insight.ocel import ocel_of
from madoguchi.insight.report import SMALLEST, Figure, Grouping, Report, report
from madoguchi.insight.visits import MOST_DAYS, TooManyDays, Visit, visits
from madoguchi.insight.xes import xes_of
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, format_wareki, parse_date_text
from madoguchi.procedures.situation import EventKind

USUAL_DAYS = 28
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class _Asked:
    first: date
    last: date
    by: Grouping
    branch: str
    problem: str = ""


@needs(Authority.INSIGHT)
def journeys(request: HttpRequest) -> HttpResponse:
    """The report of some days."""
    asked = _asked(request)
    problems = [asked.problem] if asked.problem else []
    found: Report | None = None
    try:
        found = _report(asked)
    except TooManyDays as error:
        problems.append(str(error))
    context: dict[str, Any] = {
        "problems": problems,
        "report": found,
        "invented": invented_days(first=asked.first, last=asked.last, branch=asked.branch),
        "figures": list(Figure),
        "groupings": list(Grouping),
        "asked": asked,
        "first_text": format_wareki(asked.first),
        "last_text": format_wareki(asked.last),
        "branches": branch_names(),
        "smallest": SMALLEST,
        "most_days": MOST_DAYS,
        "address": request.GET.urlencode(),
    }
    return render(request, "backoffice/insight/journeys.html", context, status=422 if problems else 200)


@needs(Authority.INSIGHT)
def report_file(request: HttpRequest) -> HttpResponse:
    """The report as Excel."""
    asked = _asked(request)
    try:
        content = report_book(_report(asked))
    except TooManyDays as error:
        raise Http404(str(error)) from error
    return file_response(content, "journeys.xlsx", XLSX)


@needs(Authority.INSIGHT)
def visits_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The visits as XES or OCEL. That they left the office is written down."""
    if kind not in ("xes", "ocel.json"):
        raise Http404
    asked = _asked(request)
    try:
        found = _visits(asked)
    except TooManyDays as error:
        raise Http404(str(error)) from error
    record_act(
        actor=actor_of(request), activity="journeys_exported", now=timezone.now(), first=asked.first.isoformat(),
        last=asked.last.isoformat(), visits=len(found), format=kind,
    )  # fmt: skip
    if kind == "xes":
        return file_response("".join(xes_of(found)).encode(), "visits.xes", "application/xml")
    content = ocel_of(found, departments=_departments()).encode()
    return file_response(content, "visits.ocel.json", "application/json")


def _visits(asked: _Asked) -> tuple[Visit, ...]:
    return visits(first=asked.first, last=asked.last, branch=asked.branch)


def _report(asked: _Asked) -> Report:
    kinds = {one.value: one.label for one in EventKind}
    places = branch_names()
    found = report(_visits(asked), by=asked.by, event_name=lambda key: _(kinds.get(key, key)))
    if asked.by is not Grouping.BRANCH:
        return found
    lines = tuple(type(one)(places.get(one.name, one.name), one.visits, one.spreads) for one in found.lines)
    return Report(found.by, lines, found.whole, found.small)


def _departments() -> dict[str, str]:
    """The department of each procedure, as the city calls it."""
    try:
        pack = current()
    except NothingPublished:
        return {}
    names = department_choices()
    return {one.id: names.get(one.department, one.department) for one in pack.procedures}


def _asked(request: HttpRequest) -> _Asked:
    today = timezone.localdate()
    problem = ""
    days: list[date] = []
    for name, usual in (("first", today - timedelta(days=USUAL_DAYS - 1)), ("last", today)):
        text = request.GET.get(name, "")[:40]
        try:
            found = parse_date_text(text) if text.strip() else usual
        except WarekiError as error:
            found, problem = usual, str(error)
        days.append(usual if isinstance(found, PossibleDays) else found)
    kinds = {one.value: one for one in Grouping}
    branch = request.GET.get("branch", "")
    return _Asked(
        days[0], days[1], kinds.get(request.GET.get("by", ""), Grouping.EVENT), branch if branch in branch_names() else "",
        problem,
    )  # fmt: skip

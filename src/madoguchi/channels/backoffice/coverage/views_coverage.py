"""カードの交付状況: the tables of a counted day with chart, map and files; the counting; what visits changed."""

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

from madoguchi.audit.operations import record_act
from madoguchi.channels.backoffice.coverage.charts import area_maps, share_chart, share_line
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.insight import tasks
from madoguchi.insight.coverage.book import NOTES, coverage_book, heading_of, rows_of
from madoguchi.insight.coverage.days import CoverageDay, counted_days, district_changes
from madoguchi.insight.coverage.effect import TooFewDistricts, effect_of
from madoguchi.insight.coverage.tables import KINDS, TableKind, table
from madoguchi.insight.outings.plans import visited_districts
from madoguchi.jp.wareki import format_wareki_short
from madoguchi.residents.places import UnusablePlaces, towns
from madoguchi.small_counts.hiding import SMALLEST

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BARS = 60


@needs(Authority.INSIGHT)
def coverage(request: HttpRequest) -> HttpResponse:
    """One table of one counted day."""
    context: dict[str, Any] = {
        "kinds": list(KINDS.values()),
        "smallest": SMALLEST,
        "notes": NOTES,
        "problems": [],
    }
    try:
        places = towns()
    except UnusablePlaces as error:
        context["problems"] = [str(error)]
        return render(request, "backoffice/coverage/coverage.html", context, status=422)
    days = counted_days()
    context["days"] = days
    if days:
        chosen, kind = _day(request, days), _kind(request)
        found = table(kind, chosen.numbers, places)
        whole = [
            (format_wareki_short(one.day), share)
            for one in reversed(days)
            if (share := table(TableKind.AGE, one.numbers, places).whole.share) is not None
        ]
        context |= {
            "chosen": chosen,
            "kind": kind,
            "table": found,
            "numbered": kind is TableKind.DISTRICT,
            "chart": share_chart(found.lines) if len(found.lines) <= MOST_BARS else None,
            "maps": area_maps(found.lines, places) if kind is TableKind.DISTRICT else (),
            "line": share_line(whole),
            "line_days": whole,
            "counted_today": days[0].day == timezone.localdate(),
        }
    return render(request, "backoffice/coverage/coverage.html", context)


@needs(Authority.INSIGHT)
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Have the worker count today's register."""
    if any(one.day == timezone.localdate() for one in counted_days()):
        messages.info(request, _("きょうの人数は、もう数えてあります。"))
        return redirect("backoffice:coverage")
    by = actor_of(request)
    assert by.staff_id is not None, "only members of staff count"
    tasks.count_cards_today.enqueue(by.staff_id, by.name, by.branch, by.desk, by.terminal)
    messages.success(
        request,
        _(
            "数え始めました。この画面を離れても続きます。終わると、開き直したときに出ます。"
            "出ないときは、「madoguchi work」が動いているか情報システム担当に確かめてください。"
        ),
    )
    return redirect("backoffice:coverage")


@needs(Authority.INSIGHT)
def coverage_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The tables of a day as Excel, or the one that is looked at as CSV. That they left the office is written down."""
    days = counted_days()
    if kind not in ("xlsx", "csv") or not days:
        raise Http404
    chosen, places = _day(request, days), towns()
    record_act(
        actor=actor_of(request), activity="coverage_exported", now=timezone.now(), day=chosen.day.isoformat(), format=kind
    )  # fmt: skip
    if kind == "xlsx":
        return file_response(
            coverage_book(day=chosen.day, numbers=chosen.numbers, towns=places), "coverage.xlsx", XLSX
        )
    found, text = table(_kind(request), chosen.numbers, places), StringIO()
    csv.writer(text).writerows([heading_of(found), *rows_of(found)])
    return file_response(text.getvalue().encode("utf-8-sig"), "coverage.csv", "text/csv; charset=utf-8")


@needs(Authority.INSIGHT)
def coverage_effect(request: HttpRequest) -> HttpResponse:
    """What the visits between two counted days changed."""
    days = counted_days()
    context: dict[str, Any] = {"days": days, "problems": []}
    if len(days) >= 2:
        first, last = _named(request, "first", days, days[-1]), _named(request, "last", days, days[0])
        context |= {"first": first, "last": last}
        if first.day >= last.day:
            context["problems"] = [_("「前」には、「あと」より早い日を選んでください。")]
        else:
            try:
                context["effect"] = _effect(first.day, last.day)
            except TooFewDistricts as error:
                context["few"] = str(error)
    return render(
        request, "backoffice/coverage/effect.html", context, status=422 if context["problems"] else 200
    )


def _effect(first: date, last: date) -> Any:
    visited = visited_districts(after=first, until=last)
    return effect_of(district_changes(first=first, last=last, visited=visited, places=towns()))


def _kind(request: HttpRequest) -> TableKind:
    return KINDS.get(request.GET.get("by", ""), TableKind.DISTRICT)


def _day(request: HttpRequest, days: tuple[CoverageDay, ...]) -> CoverageDay:
    return _named(request, "day", days, days[0])


def _named(request: HttpRequest, name: str, days: tuple[CoverageDay, ...], usual: CoverageDay) -> CoverageDay:
    asked = request.GET.get(name, "")
    return next((one for one in days if one.day.isoformat() == asked), usual)

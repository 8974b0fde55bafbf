"""来庁見込み: demand of a day and a week by lane, desks for a wait, and what came so far."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking.levelling import history
from madoguchi.booking.levelling.book import DEMAND_HEADING
from madoguchi.booking.levelling.demand import DayDemand
from madoguchi.booking.levelling.desks import WaitTarget, start_desks
from madoguchi.booking.levelling.operations import declared_minutes, take_recent_tickets_in
from madoguchi.booking.levelling.proposing import learned_service
from madoguchi.booking.levelling.queries import LaneDemand, demand_of_days, proposals, week_from
from madoguchi.booking.levelling.roster import words
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.levelling.charts import day_chart, week_chart
from madoguchi.channels.backoffice.levelling.common import XLSX, Looked, looked_at, places
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

SHOWN_REFUSALS = 50


@needs(Authority.LEVELLING)
def levelling(request: HttpRequest) -> HttpResponse:
    """The demand of the chosen day and the week from it, desks for the wait, and the proposals."""
    looked = looked_at(request, request.GET)
    lanes = _demand(looked)
    context = places(looked, "demand") | {
        "problems": [looked.problem] if looked.problem else [],
        "lanes": [_shown(looked, one) for one in lanes],
        "nothing_known": not any(one.past_days for one in lanes),
        "proposals": proposals(looked.branch),
    }
    return render(request, "backoffice/levelling/demand.html", context)


def _demand(looked: Looked) -> tuple[LaneDemand, ...]:
    return demand_of_days(
        branch=looked.branch, days=week_from(looked.day), offered=looked.offered, today=timezone.localdate()
    )


def _shown(looked: Looked, one: LaneDemand) -> dict[str, Any]:
    day = next((found for found in one.days if found.day == looked.day), None)
    desks = _desks(looked, one, day) if day else ()
    return {
        "lane": one.lane,
        "day": day,
        "desks": desks,
        "chart": day_chart(day, desks) if day else None,
        "rows": [
            {"at": words(quarter.quarter), "band": quarter.band, "desks": count}
            for quarter, count in zip(day.quarters, desks, strict=True)
        ]
        if day
        else [],
        "week": one.days,
        "week_chart": week_chart(one.days) if one.days else None,
        "past_days": one.past_days,
        "backtest": one.backtest,
        **_backtest(one),
        "kinds": "・".join(sorted(_(kind.label) for kind in day.kinds)) if day else "",
        "unseen": "・".join(sorted(_(kind.label) for kind in day.unseen)) if day else "",
    }


def _backtest(one: LaneDemand) -> dict[str, int]:
    """The shares in whole percent."""
    if one.backtest is None:
        return {}
    return {
        "backtest_error": round(one.backtest.by_quarter * 100),
        "backtest_last": round(one.backtest.by_quarter_last_week * 100),
        "backtest_within": round(one.backtest.within * 100),
    }


def _desks(looked: Looked, one: LaneDemand, day: DayDemand) -> tuple[int, ...]:
    """Desks by formula; the proposal checks them by letting the day run."""
    minutes = history.desk_minutes(looked.branch, one.lane.key)
    service = learned_service(minutes, declared_minutes(looked.offered, one.lane))
    expected = [quarter.band.expected for quarter in day.quarters]
    return start_desks(expected, service, WaitTarget(looked.target), most=max(len(one.lane.desks), 1))


@needs(Authority.LEVELLING)
def demand_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The demand of the week as Excel or CSV."""
    if kind not in ("xlsx", "csv"):
        raise Http404
    looked = looked_at(request, request.GET)
    heading = [_("日付"), *DEMAND_HEADING]
    rows: list[list[Cell]] = [
        [day.day.isoformat(), lane.lane.name, words(one.quarter), round(one.band.expected, 1), one.band.low, one.band.high, round(one.booked, 1)]
        for lane in _demand(looked)
        for day in lane.days
        for one in day.quarters
    ]  # fmt: skip
    if kind == "xlsx":
        return file_response(workbook_of([PageOut(_("来庁見込み"), heading, rows)]), "demand.xlsx", XLSX)
    text = StringIO()
    csv.writer(text).writerows([heading, *rows])
    return file_response(text.getvalue().encode("utf-8-sig"), "demand.csv", "text/csv; charset=utf-8")


@needs(Authority.LEVELLING)
def arrivals(request: HttpRequest) -> HttpResponse:
    """What came so far, and taking a file of it in."""
    looked = looked_at(request, request.POST if request.method == "POST" else request.GET)
    context: dict[str, Any] = {"problems": []}
    if request.method == "POST" and "tickets" in request.POST:
        kept = take_recent_tickets_in(looked.branch, today=timezone.localdate(), now=timezone.now())
        messages.success(request, _("番号票の記録から、%(kept)d個の15分を取り込みました。") % {"kept": kept})
        return redirect(f"{request.path}?{urlencode({'branch': looked.branch})}")
    elif request.method == "POST":
        file: Any = request.FILES.get("file")
        if file is None:
            context["problems"] = [_("ファイルを選んでください。")]
        else:
            try:
                report = history.take_arrivals_in(
                    branch=looked.branch,
                    offered=looked.offered,
                    stream=file,
                    by=actor_of(request),
                    now=timezone.now(),
                )
                messages.success(
                    request,
                    _("%(rows)d行のうち%(kept)d行を取り込みました。")
                    % {"rows": report.rows_in, "kept": report.kept},
                )
                context |= {"report": report, "refused": report.refused[:SHOWN_REFUSALS]}
            except (history.ArrivalFileRefused, GridRefused, WorkbookRefused) as error:
                context["problems"] = [str(error)]
    names = {one.key: one.name for one in looked.offered.lanes_at(looked.branch)}
    context["known"] = [
        {"name": names.get(one.lane, one.lane), "known": one} for one in history.known(looked.branch)
    ]
    status = 422 if context["problems"] else 200
    return render(
        request, "backoffice/levelling/arrivals.html", places(looked, "arrivals") | context, status=status
    )


@needs(Authority.LEVELLING)
def arrivals_template(request: HttpRequest) -> HttpResponse:
    """The file to fill in."""
    looked = looked_at(request, request.GET)
    return file_response(history.template(looked.branch, looked.offered), "arrivals.xlsx", XLSX)

"""取得率: how many of everybody entitled receive it, measured once a day, with lists of who receives what."""

from __future__ import annotations

import csv
from io import StringIO
from typing import IO, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.queries import current
from madoguchi.channels.backoffice.coverage.charts import area_maps, share_chart
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, format_wareki, parse_date_text
from madoguchi.outreach import queries, receiving, take_up
from madoguchi.outreach.offers import names_of
from madoguchi.outreach.states import CampaignState
from madoguchi.outreach.values import NoSuchCampaign
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.places import UnusablePlaces, towns
from madoguchi.small_counts.hiding import SMALLEST
from madoguchi.small_counts.rows import in_words
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

UNPROCESSABLE = 422
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADING = ("測った日", "手続き", "地区", "権利のある方", "受けている方", "取得率（％）")
MEASURABLE = (CampaignState.SENDING, CampaignState.DONE, CampaignState.STOPPED)


@needs(Authority.OUTREACH)
def take_up_page(request: HttpRequest) -> HttpResponse:
    """Every campaign that found somebody, with what it came to last; and the lists of who receives what."""
    return _page(request, [])


def _page(request: HttpRequest, problems: list[str]) -> HttpResponse:
    known = current().procedures_of(EventKind.none)
    names = {one.id: one.name for one in known}
    wanted = request.GET.get("campaign", "")
    rows = [one for one in queries.campaigns() if one.state in MEASURABLE]
    chosen = next((one for one in rows if one.number == wanted), rows[0] if rows else None)
    measured = take_up.measured(chosen.number) if chosen else ()
    newest = [one for one in measured if one.day == measured[0].day]
    earlier = [one for one in measured if one.day != measured[0].day] if measured else []
    names |= names_of(current(), chosen.procedures) if chosen else {}
    context: dict[str, Any] = {
        "problems": problems, "campaigns": rows, "chosen": chosen, "smallest": SMALLEST,
        "measured_today": bool(newest) and newest[0].day == timezone.localdate(),
        "newest": [_shown(one, names) for one in newest],
        "earlier": [(one, names.get(one.procedure, one.procedure), in_words(one.whole.entitled), in_words(one.whole.receiving)) for one in earlier],
        "lists": [(one, names.get(one.procedure, one.procedure)) for one in receiving.lists()],
        "known": sorted(names.items(), key=lambda one: one[1]), "today": format_wareki(timezone.localdate()),
    }  # fmt: skip
    return render(
        request, "backoffice/reaching/take_up.html", context, status=UNPROCESSABLE if problems else 200
    )


def _shown(one: take_up.TakeUp, names: dict[str, str]) -> dict[str, Any]:
    try:
        maps = area_maps(one.districts, towns())
    except UnusablePlaces:
        maps = ()
    return {
        "one": one, "name": names.get(one.procedure, one.procedure), "chart": share_chart(one.districts), "maps": maps,
        "kinds": [(kind.label, in_words(number)) for kind, number in one.kinds],
        "rows": [(line, in_words(line.entitled), in_words(line.receiving)) for line in (*one.districts, one.whole)],
    }  # fmt: skip


@needs(Authority.OUTREACH)
@require_POST
def take_up_act(request: HttpRequest) -> HttpResponse:
    """Measure a campaign, or take a list of who receives something."""
    by, now = actor_of(request), timezone.now()
    try:
        if "measure" in request.POST:
            number = request.POST["measure"].replace("\0", "")
            take_up.measure(campaign=number, by=by, now=now)
            messages.success(request, _("測りました。"))
            answer = redirect("backoffice:take_up")
            answer["Location"] += f"?campaign={number}"
            return answer
        file, day = request.FILES.get("list"), parse_date_text(request.POST.get("as_of", "")[:40])
        if file is None or isinstance(day, PossibleDays):
            return _page(request, [_("一覧のファイルと、いつ現在のものか（日まで）を入れてください。")])
        people = receiving.take_list(
            procedure=request.POST.get("procedure", ""), as_of=day, numbers=receiving.read_list(cast("IO[bytes]", file)), by=by, now=now
        )  # fmt: skip
        messages.success(request, _("%(people)s人の一覧を取り込みました。") % {"people": people})
    except NoSuchCampaign as error:
        raise Http404 from error
    except (
        take_up.MeasuredAlready,
        take_up.NothingToMeasure,
        receiving.ReceivingListRefused,
        WarekiError,
        UnusablePlaces,
    ) as refused:
        return _page(request, [str(refused)])
    return redirect("backoffice:take_up")


@needs(Authority.OUTREACH)
def take_up_file(request: HttpRequest, campaign: str, kind: str) -> HttpResponse:
    """Every measuring of a campaign, for Excel or to be published as CSV; small counts hidden as on the page."""
    try:
        measured = take_up.measured(campaign)
    except NoSuchCampaign as error:
        raise Http404 from error
    names = names_of(current(), tuple(one.procedure for one in measured))
    rows: list[list[Cell]] = [
        [one.day.isoformat(), names[one.procedure], line.name, *_cells(line)]
        for one in measured
        for line in (*one.districts, one.whole)
    ]
    note = f"分母は、判定で権利があると分かった方の全員です。{SMALLEST}未満の数と、引き算で分かってしまう数は空欄です。"
    if kind == "xlsx":
        return file_response(workbook_of([PageOut("取得率", HEADING, rows, [note])]), "take-up.xlsx", XLSX)
    if kind != "csv":
        raise Http404
    text = StringIO()
    csv.writer(text).writerows([HEADING, *rows])
    return file_response(text.getvalue().encode("utf-8-sig"), "take-up.csv", "text/csv; charset=utf-8")


def _cells(line: take_up.TakeUpLine) -> list[Cell]:
    return [
        "" if line.entitled is None else line.entitled,
        "" if line.receiving is None else line.receiving,
        "" if line.share is None else round(line.share, 1),
    ]

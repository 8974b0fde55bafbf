"""処理の実績: how quickly departments decide, by procedure and channel, as a table and as Excel. Small figures are hidden."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Channel
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.city.authority import Authority, needs
from madoguchi.insight.rulings import LEAST, HandlingReport, handling_book, handling_report
from madoguchi.insight.visits import MOST_DAYS, TooManyDays
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, format_wareki, parse_date_text

USUAL_DAYS = 90
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHANNEL_NAMES = {
    Channel.COUNTER: noop("窓口"),
    Channel.DEPARTMENT: noop("課"),
    Channel.BACKOFFICE: noop("庁内"),
    Channel.SYSTEM: noop("システム"),
    Channel.KIOSK: noop("端末"),
    Channel.ONLINE: noop("オンライン"),
}


@needs(Authority.INSIGHT)
def handling(request: HttpRequest) -> HttpResponse:
    """The report of what came on some days."""
    first, last, problems = _days(request)
    found: HandlingReport | None = None
    try:
        found = handling_report(first, last)
    except TooManyDays as error:
        problems.append(str(error))
    context: dict[str, Any] = {
        "problems": problems,
        "report": found,
        "rows": [
            {"one": one, "channel": _(CHANNEL_NAMES[one.channel]) if one.channel else ""}
            for one in (found.lines if found else ())
        ],
        "first_text": format_wareki(first),
        "last_text": format_wareki(last),
        "least": LEAST,
        "most_days": MOST_DAYS,
        "address": request.GET.urlencode(),
    }
    return render(request, "backoffice/insight/handling.html", context, status=422 if problems else 200)


@needs(Authority.INSIGHT)
def handling_file(request: HttpRequest) -> HttpResponse:
    """The report as Excel."""
    first, last, _problems = _days(request)
    try:
        content = handling_book(handling_report(first, last), channels=CHANNEL_NAMES)
    except TooManyDays as error:
        raise Http404(str(error)) from error
    return file_response(content, "handling.xlsx", XLSX)


def _days(request: HttpRequest) -> tuple[date, date, list[str]]:
    today = timezone.localdate()
    found, problems = [], []
    for name, usual in (("first", today - timedelta(days=USUAL_DAYS - 1)), ("last", today)):
        text = request.GET.get(name, "")[:40].strip()
        day: date | PossibleDays = usual
        try:
            day = parse_date_text(text) if text else usual
        except WarekiError as error:
            problems.append(str(error))
        found.append(usual if isinstance(day, PossibleDays) else day)
    return found[0], found[1], problems

"""予想はどのくらい当たっているか: what the office told of waits and what came of it, open to anyone. Numbers of many only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking.accuracy import DAYS_SHOWN, LEAST_SHOWN, accuracy
from madoguchi.booking.invented import invented_days
from madoguchi.booking.waits.scoring import TOO_LITTLE_MINUTES
from madoguchi.channels.board.accuracy_chart import accuracy_chart
from madoguchi.city.authority import Authority, needs


@needs(Authority.ANYONE)
def accuracy_page(request: HttpRequest) -> HttpResponse:
    """The figures of the last thirty days."""
    found = accuracy(today=timezone.localdate())
    kinds = {"booked": _("予約の方"), "walk_in": _("予約のない方")}
    context = {
        "found": found,
        "invented": invented_days(first=found.first, last=found.last),
        "chart": accuracy_chart(found.days),
        "parts": [
            {"title": _("用件ごと"), "head": _("用件"), "rows": list(found.by_service.items())},
            {
                "title": _("時間帯ごと"),
                "head": _("時間帯"),
                "rows": [
                    (_("%(hour)d時台") % {"hour": int(hour)}, one) for hour, one in found.by_hour.items()
                ],
            },
            {
                "title": _("予約の有無"),
                "head": _("予約"),
                "rows": [(kinds[kind], one) for kind, one in found.by_kind.items()],
            },
        ],
        "in_ten": round(found.whole.covered * 10) if found.whole else 0,
        "days": DAYS_SHOWN,
        "least": LEAST_SHOWN,
        "too_little": int(TOO_LITTLE_MINUTES),
    }
    return render(request, "board/accuracy.html", context)

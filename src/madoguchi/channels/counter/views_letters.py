"""届出後の通知: which letters are due, printing one, and writing down that it was sent. The list names nobody."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.cases import letters
from madoguchi.cases.letters import LetterLine
from madoguchi.cases.states import LetterState
from madoguchi.channels.counter.views_closing import pdf_answer
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.jp.wareki import format_wareki_short

REFUSALS = (letters.NoLetterDue, letters.DestinationNotChecked, letters.NotPrintedYet)


@needs(Authority.COUNTER)
@never_cache
def due(request: HttpRequest) -> HttpResponse:
    """What has to be sent, and what was sent of late."""
    found = letters.letters(now=timezone.now())
    context = {
        "due": [_row(one) for one in found if one.state is LetterState.DUE],
        "sent": [_row(one) for one in found if one.state is LetterState.SENT],
    }
    return render(request, "counter/letters.html", context)


def _row(one: LetterLine) -> dict[str, object]:
    return {
        "line": one,
        "event": _(one.event.label),
        "printed": _moment(one.printed_at),
        "sent": _moment(one.sent_at),
    }


def _moment(at: datetime | None) -> str:
    """A moment as clerks write it, in Japan."""
    if at is None:
        return ""
    here = timezone.localtime(at)
    return f"{format_wareki_short(here.date())} {here:%H:%M}"


@needs(Authority.COUNTER)
@require_POST
def print_letter(request: HttpRequest, case: str) -> HttpResponse:
    """One letter as PDF; that it was printed is written down."""
    try:
        made = letters.print_letter(
            case=case,
            destination_checked=request.POST.get("checked") == "yes",
            by=actor_of(request),
            now=timezone.now(),
        )
    except REFUSALS as refused:
        messages.error(request, str(refused))
        return redirect("counter:letters")
    return pdf_answer(made)


@needs(Authority.COUNTER)
@require_POST
def sent(request: HttpRequest, case: str) -> HttpResponse:
    """It left the house."""
    try:
        letters.mark_letter_sent(case=case, by=actor_of(request), now=timezone.now())
        messages.success(request, _("送ったことを書きとめました。"))
    except REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("counter:letters")

"""The end of the day at the counter, numbers for a cut line, and the question why one came before another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Actor
from madoguchi.booking.offering import NoSuchService, NotOffered, offer
from madoguchi.booking.tickets import days, issuing
from madoguchi.booking.tickets.desks import desk_of
from madoguchi.booking.tickets.queries import day_report, reserved_numbers, ticket_by_label, why_called_before
from madoguchi.booking.tickets.queue import JAPAN, civil_day
from madoguchi.channels.counter.views_calls import branch_to_look_at
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, branch_names

REFUSED = (
    days.SomebodyAtDesk,
    issuing.NotReserved,
    issuing.NumbersUsedUp,
    issuing.NoServiceChosen,
    NoSuchService,
    NotOffered,
)
ORDINARY_BLOCK = 20


@needs(Authority.CALLS)
def day(request: HttpRequest) -> HttpResponse:
    """Today's figures, the last tickets, and closing; with `first` and `second`: why one came before the other."""
    branch = _branch(request)
    now = timezone.now()
    today = civil_day(now)
    report = day_report(branch=branch, day=today)
    context: dict[str, Any] = {
        "branch_name": branch_names().get(branch, branch),
        "today": today,
        "report": report,
        "issuing": days.is_issuing(branch=branch, now=now),
        "closing": _(days.CLOSING_SENTENCE),
        "reserved": reserved_numbers(branch=branch, day=today),
        "letters": sorted({one.letter for one in offer().services}),
        "services": [(one.key, one.name) for one in offer().services],
        "first": request.GET.get("first", ""),
        "second": request.GET.get("second", ""),
        "ordinary_block": ORDINARY_BLOCK,
    }
    if context["first"] and context["second"]:
        context["answer"] = _why(branch, context["first"], context["second"], now)
    return render(request, "counter/calls_day.html", context)


@needs(Authority.CALLS)
@require_POST
def day_act(request: HttpRequest) -> HttpResponse:
    """The last tickets, giving numbers again, closing, setting numbers aside, entering those that were handed out."""
    branch, by, now = _branch(request), actor_of(request), timezone.now()
    try:
        said = _act(request, branch, by, now)
    except REFUSED as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("counter:calls_day")


def _act(request: HttpRequest, branch: str, by: Actor, now: datetime) -> str:
    act = request.POST.get("act", "")
    if act == "last":
        days.last_tickets(branch=branch, by=by, now=now)
        return _("発券を終わりました。番号をお持ちの方は最後まで呼び出します。")
    if act == "resume":
        days.resume_tickets(branch=branch, by=by, now=now)
        return _("発券を再開しました。")
    if act == "close":
        ended = days.close_day(branch=branch, by=by, now=now)
        return _("今日を締めました。終わりにした番号: %(n)d。") % {"n": ended}
    if act == "reserve":
        count = whole_number(request.POST.get("count", "")) or ORDINARY_BLOCK
        letters = {one.letter for one in offer().services}
        letter = request.POST.get("letter", "")
        if letter not in letters:
            raise Http404
        made = issuing.reserve(branch=branch, letter=letter, count=count, by=by, now=now)
        return _(
            "予備の番号を %(first)s から %(last)s まで取り置きました。この画面を印刷して、切り離して渡せます。"
        ) % {
            "first": made[0],
            "last": made[-1],
        }
    if act == "merge":
        slip = issuing.HandedOut(
            label=request.POST.get("number", "").strip().upper(),
            services=(request.POST.get("service", ""),),
            arrived_at=_at(request.POST.get("at", ""), now),
        )
        made_from = issuing.merge(branch=branch, handed_out=[slip], by=by, now=now)
        return _("%(label)s を列に入れました。") % {"label": made_from[0].label}
    raise Http404


def _at(said: str, now: datetime) -> datetime:
    """The time of day on the slip, today; now when it cannot be read."""
    hour, _colon, minute = said.partition(":")
    hours, minutes = whole_number(hour), whole_number(minute)
    if hours is None or minutes is None or hours > 23 or minutes > 59:
        return now
    return now.astimezone(JAPAN).replace(hour=hours, minute=minutes, second=0, microsecond=0)


def _why(branch: str, first: str, second: str, now: datetime) -> str:
    found = [ticket_by_label(branch=branch, label=one, day=civil_day(now)) for one in (first, second)]
    if not found[0] or not found[1]:
        return _("今日の番号ではありません。番号を確かめてください。")
    return why_called_before(branch=branch, ticket=found[0], other=found[1])


def _branch(request: HttpRequest) -> str:
    own = desk_of(request.user.pk)
    return own.branch if own else branch_to_look_at(request)

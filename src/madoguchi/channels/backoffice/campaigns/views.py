"""案内: the list, a new one, counts, sample, approval, progress, what became of it; and letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.queries import current
from madoguchi.channels.backoffice.campaigns.forms import CampaignForm
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.templatetags.wareki import wareki
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.outreach import campaigns as room
from madoguchi.outreach import letters, queries, sampling, tasks
from madoguchi.outreach.offers import names_of
from madoguchi.outreach.states import CampaignState
from madoguchi.outreach.values import CampaignRefused, CampaignView, NoSuchCampaign
from madoguchi.procedures.situation import EventKind
from madoguchi.small_counts.rows import in_words
from madoguchi.spreadsheets.writing import PageOut, workbook_of

CONFLICT, UNPROCESSABLE = 409, 422
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTS: dict[str, str] = {
    "draft": "下書きを作りました",
    "count": "数え始めました",
    "counted": "数え終わりました",
    "sample": "見本を確かめました",
    "approve": "承認しました",
    "send": "送り始めました",
    "finish": "作り終わりました",
    "stop": "止めました",
}


@needs(Authority.OUTREACH)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign, and letters that wait."""
    return render(request, "backoffice/campaigns/list.html", _overview([]))


def _overview(problems: list[str]) -> dict[str, Any]:
    return {
        "rows": queries.campaigns(),
        "letters": letters.waiting(),
        "problems": problems,
    }


@needs(Authority.OUTREACH)
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Write a new one."""
    known = [(one.id, one.name) for one in current().procedures_of(EventKind.none)]
    form = CampaignForm(request.POST or None, procedures=known, initial={"on": ""})
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                number = room.draft(**form.given(), by=actor_of(request), now=timezone.now())
                return redirect("backoffice:campaign", number)
            except CampaignRefused as refused:
                form.add_error(None, str(refused))
    return render(request, "backoffice/campaigns/new.html", {"form": form}, status=status)


@needs(Authority.OUTREACH)
def campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """One campaign: where it stands and what may be done next; the bar alone when the page asks for it."""
    found = _found(campaign)
    running = found.state in (CampaignState.COUNTING, CampaignState.SENDING)
    only_bar = getattr(request, "htmx", False) and running
    template = "progress" if only_bar else "one"
    answer = render(
        request, f"backoffice/campaigns/{template}.html", _context(request, found, running, only_bar=only_bar)
    )
    if getattr(request, "htmx", False) and not running:
        answer["HX-Refresh"] = "true"
    return answer


def _context(
    request: HttpRequest, found: CampaignView, running: bool, *, only_bar: bool = False, problem: str = ""
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "one": found, "running": running, "problems": [problem] if problem else [], "mine": request.user.pk == found.author,
    }  # fmt: skip
    if only_bar:
        return context
    names, now = names_of(current(), found.procedures), timezone.now()
    became, told = queries.became(found.number, now=now), queries.messages(found.number, now=now)
    return context | {
        "names": names.values(),
        "counted": [(status.label) for status in queries.COUNTED],
        "counts": [
            (names[one.procedure], list(map(in_words, one.cells)))
            for one in queries.counts(found.number, now=now)
        ],
        "states": [_(state.label) for state in queries.BECAME],
        "became": [
            (f"{names[one.procedure]}（{_moment(one.since)}）", list(map(in_words, one.cells)))
            for one in became
        ],
        "messages_at": [(state.label, in_words(n)) for state, n in told.by_state.items()],
        "told_since": _moment(told.since),
        "steps": [(one, ACTS.get(one.act, one.act)) for one in queries.steps(found.number)],
        "ways": [_(one.label) for one in found.channels],
        "outcomes": [one.label for one in found.outcomes],
    }


def _moment(at: datetime) -> str:
    """When a row of counts went out, as it stands beside it."""
    return _("%(day)s %(time)s の数") % {
        "day": wareki(timezone.localdate(at)),
        "time": timezone.localtime(at).strftime("%H:%M"),
    }


@needs(Authority.OUTREACH)
@require_POST
def campaign_act(request: HttpRequest, campaign: str) -> HttpResponse:
    """Count, note the sample, approve, send or stop."""
    found, by, now = _found(campaign), actor_of(request), timezone.now()
    acts: dict[str, Callable[[], None]] = {
        "count": lambda: room.count(campaign=campaign, by=by, now=now),
        "sample": lambda: room.sampled(campaign=campaign, by=by, now=now),
        "approve": lambda: room.approve(campaign=campaign, by=by, now=now),
        "send": lambda: room.send(campaign=campaign, by=by, now=now),
        "stop": lambda: room.stop(campaign=campaign, reason=request.POST.get("reason", ""), by=by, now=now),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        act()
    except CampaignRefused as refused:
        context = _context(request, found, running=False, problem=str(refused))
        return render(request, "backoffice/campaigns/one.html", context, status=CONFLICT)
    if request.POST["act"] in ("count", "send"):
        tasks.begin(campaign)
    return redirect("backoffice:campaign", campaign)


@needs(Authority.OUTREACH)
def campaign_sample(request: HttpRequest, campaign: str) -> HttpResponse:
    """A few people with reasons; each is written down as read."""
    found = _found(campaign)
    if found.state in (CampaignState.DRAFT, CampaignState.COUNTING, CampaignState.STOPPED):
        return redirect("backoffice:campaign", campaign)
    lines = sampling.draw(campaign=campaign, by=actor_of(request), now=timezone.now())
    names = names_of(current(), tuple(one.procedure for one in lines))
    context = {"one": found, "lines": [(line, names[line.procedure]) for line in lines]}
    return render(request, "backoffice/campaigns/sample.html", context)


@needs(Authority.OUTREACH)
def campaign_book(request: HttpRequest, campaign: str) -> HttpResponse:
    """Counts and what became of them, for Excel; small numbers hidden as on the screen."""
    found = _found(campaign)
    names, now = names_of(current(), found.procedures), timezone.now()
    told = queries.messages(campaign, now=now)
    moving = _("結果と知らせの数は、前に出した数と引き算ができないよう、10以上動いたときに新しくします。")
    note = _(
        "10未満の数と、引き算で分かってしまう数は出していません。合計は、出ている数の合計にもしていません。"
    )
    pages = (
        PageOut("件数", ["手続き", *(one.label for one in queries.COUNTED)],
                [[names[one.procedure], *map(in_words, one.cells)] for one in queries.counts(campaign, now=now)], [note]),
        PageOut("結果", ["手続き", "いつの数か", *(one.label for one in queries.BECAME)],
                [[names[one.procedure], _moment(one.since), *map(in_words, one.cells)]
                 for one in queries.became(campaign, now=now)], [note, moving]),
        PageOut("知らせ", ["状態", "人数"],
                [[state.label, in_words(n)] for state, n in told.by_state.items()], [note, moving, _moment(told.since)]),
    )  # fmt: skip
    return file_response(workbook_of(pages), f"annai-{found.number}.xlsx", XLSX)


@needs(Authority.OUTREACH)
@require_POST
def campaign_letters(request: HttpRequest) -> HttpResponse:
    """Hand the letters over that wait, as a file; or note one that came back."""
    by, now = actor_of(request), timezone.now()
    if "code" in request.POST:
        if letters.came_back(code=request.POST["code"], by=by, now=now):
            messages.success(request, _("戻った手紙を控えました。次の知らせ方に回します。"))
            return redirect("backoffice:campaigns")
        problem = _("この番号の手紙は見つかりません。はがきの番号10字を確かめてください。")
        return render(request, "backoffice/campaigns/list.html", _overview([problem]), status=UNPROCESSABLE)
    batch = letters.hand_over(by=by, now=now)
    if not batch.letters:
        messages.info(request, _("いま渡す手紙はありません。"))
        return redirect("backoffice:campaigns")
    return file_response(batch.content, f"annai-{batch.number}.csv", "text/csv; charset=utf-8")


def _found(number: str) -> CampaignView:
    try:
        return queries.campaign(number)
    except NoSuchCampaign as error:
        raise Http404 from error

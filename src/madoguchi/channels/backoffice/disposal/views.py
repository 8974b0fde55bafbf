"""保存期間と廃棄: what is due, holds, proposals with the answer of another person, progress, the log and its certificate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madoguchi.channels.backoffice.disposal.forms import HoldForm
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, profile
from madoguchi.disposal.holds import HoldRefused, holds_now, place_hold, release_hold
from madoguchi.disposal.log import as_csv, as_workbook, became, certificate_of, lines_of, list_holds
from madoguchi.disposal.proposing import (
    ProposalRefused,
    approve,
    due_lines,
    proposal_of,
    proposals,
    propose,
    send_back,
)
from madoguchi.disposal.values import ProposalState, RecordClass

MOST_SHOWN = 100
FILES: dict[str, tuple[Callable[[int], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@needs(Authority.DISPOSAL)
@never_cache
def disposal(request: HttpRequest) -> HttpResponse:
    """What is due today by class, the records that are held, and every proposal; proposing and holding are posted here."""
    form, problems = HoldForm(), list[str]()
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "hold":
            form = HoldForm(request.POST)
        try:
            if (done := _done(request, act, form)) is not None:
                return done
        except (ProposalRefused, HoldRefused) as error:
            problems = [str(error)]
    shown = {
        "due": due_lines(on=timezone.localdate()),
        "holds": holds_now(),
        "proposals": proposals(most=MOST_SHOWN),
        "form": form,
        "problems": problems,
    }
    return render(
        request, "backoffice/disposal/list.html", shown, status=422 if problems or form.errors else 200
    )


def _done(request: HttpRequest, act: str, form: HoldForm) -> HttpResponse | None:
    """Do what was pressed, and where to go then; None when the form has to be put right."""
    by, now = actor_of(request), timezone.now()
    match act:
        case "propose":
            classes = {one.value: one for one in RecordClass}
            chosen = classes.get(request.POST.get("class", ""))
            if chosen is None:
                raise ProposalRefused(_("一覧から選び直してください。"))
            made = propose(record_class=chosen, on=timezone.localdate(), by=by, now=now)
            messages.success(request, _("廃棄の伺いを作りました。もう1人の担当に承認してもらってください。"))
            return redirect("backoffice:disposal_one", proposal=made)
        case "hold":
            if not form.is_valid():
                return None
            place_hold(**form.said(), by=by, now=now)
            messages.success(request, _("廃棄保留にしました。"))
        case "release":
            release_hold(hold=whole_number(request.POST.get("hold", "")) or 0, by=by, now=now)
            messages.success(request, _("廃棄保留を解除しました。"))
        case _:
            raise ProposalRefused(_("一覧から選び直してください。"))
    return redirect("backoffice:disposal")


@needs(Authority.DISPOSAL)
@never_cache
@require_safe
def disposal_one(request: HttpRequest, proposal: int) -> HttpResponse:
    """One proposal: what it names, how far it is, and what may be done with it."""
    return _page(request, proposal)


@needs(Authority.DISPOSAL)
@require_POST
def disposal_act(request: HttpRequest, proposal: int) -> HttpResponse:
    """Approve it, send it back with a reason, or take one's own back."""
    by, now, act = actor_of(request), timezone.now(), request.POST.get("act", "")
    try:
        if act == "approve":
            if request.POST.get("sure") != "yes":
                raise ProposalRefused(_("「元にもどせないことを確かめました」にしるしを付けてください。"))
            approve(proposal=proposal, by=by, now=now)
            messages.success(request, _("承認しました。これから消していきます。"))
        elif act == "send_back":
            send_back(proposal=proposal, note=request.POST.get("note", ""), by=by, now=now)
            messages.success(request, _("伺いを終えました。何も消していません。"))
        else:
            raise ProposalRefused(_("画面を開き直してください。"))
    except ProposalRefused as error:
        return _page(request, proposal, problems=[str(error)])
    return redirect("backoffice:disposal_one", proposal=proposal)


def _page(request: HttpRequest, proposal: int, *, problems: list[str] | None = None) -> HttpResponse:
    one = proposal_of(proposal)
    running = one.state is ProposalState.APPROVED
    only_bar = getattr(request, "htmx", False)
    if running and only_bar:
        return render(request, "backoffice/disposal/progress.html", {"one": one})
    lines = [{"line": line, "became": became(line, one)} for line in lines_of(proposal, most=MOST_SHOWN)]
    shown: dict[str, Any] = {
        "one": one,
        "lines": lines,
        "more": max(0, one.count - MOST_SHOWN) if lines else 0,
        "waiting": one.state is ProposalState.PROPOSED,
        "running": running,
        "done": one.state is ProposalState.DONE,
        "mine": one.proposed_by_id == actor_of(request).staff_id,
        "problems": problems or [],
    }
    answer = render(request, "backoffice/disposal/one.html", shown, status=422 if problems else 200)
    if only_bar:
        answer["HX-Refresh"] = "true"
    return answer


@needs(Authority.DISPOSAL)
@require_safe
def disposal_list(request: HttpRequest, proposal: int, kind: str) -> HttpResponse:
    """The list of a proposal as CSV or Excel: our own identifiers, no personal data."""
    if kind not in FILES:
        raise Http404
    made, of_kind = FILES[kind]
    return file_response(made(proposal), f"disposal-{proposal}.{kind}", of_kind)


@needs(Authority.DISPOSAL)
@never_cache
@require_safe
def disposal_certificate(request: HttpRequest, proposal: int) -> HttpResponse:
    """The certificate of a disposal that is done, to be printed."""
    found = certificate_of(proposal)
    if found is None:
        raise Http404
    digest = [found.digest[start : start + 8] for start in range(0, len(found.digest), 8)]
    shown = {"one": found, "city": profile().name, "digest": digest, "holds": list_holds(proposal)}
    return render(request, "backoffice/disposal/certificate.html", shown)

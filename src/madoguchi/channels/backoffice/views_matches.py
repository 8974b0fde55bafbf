"""オンラインの方の確認: whose a doubtful sign-in is; both sides are shown, and staff decide with a reason.

What has to do with a protected person is only in the list of those who handle 支援措置, and shows them no address.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.forms import StaffMandateForm
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, holds, needs
from madoguchi.city.queries import actor_of
from madoguchi.jp.wareki import WarekiError, format_wareki
from madoguchi.residents import mandates as mandate_room
from madoguchi.residents.accounts import deciding
from madoguchi.residents.accounts.deciding import MatchDecisionRefused, NoSuchMatch
from madoguchi.residents.accounts.facts import DOUBTS, AccountState
from madoguchi.residents.accounts.matching import birth_in
from madoguchi.residents.mandates import KIND_NAMES

SEXES = {"male": noop("男"), "female": noop("女")}
_STATES = {
    AccountState.MATCHED: noop("結びついた"),
    AccountState.DOUBTFUL: noop("確認待ち"),
    AccountState.NOT_FOUND: noop("あてはまる方がいない"),
    AccountState.REFUSED: noop("結びつけない"),
    AccountState.BLOCKED: noop("止めた"),
}


def _kinds(request: HttpRequest) -> tuple[bool, ...]:
    """Which of both kinds this member of staff sees: those for everybody who reviews, those of protected people."""
    kinds = {Authority.REVIEW: False, Authority.PROTECTION: True}
    return tuple(sheltered for authority, sheltered in kinds.items() if holds(request, authority))


@needs(Authority.MATCHING)
@never_cache
def matches(request: HttpRequest) -> HttpResponse:
    """Who waits, the longest first."""
    lines = deciding.waiting(sheltered=_kinds(request), by=actor_of(request), now=timezone.now())
    rows = [
        {"line": one, "why": _(DOUBTS[one.doubt]), "day": timezone.localdate(one.told_at)} for one in lines
    ]
    return render(request, "backoffice/matches.html", {"rows": rows})


@needs(Authority.MATCHING)
@never_cache
def match(request: HttpRequest, match: int) -> HttpResponse:
    """Both sides of one, and what staff decide about it."""
    problem, status = "", 200
    if request.method == "POST":
        try:
            messages.success(request, _decided(request, match))
            return redirect("backoffice:matches")
        except NoSuchMatch as gone:
            messages.error(request, str(gone))
            return redirect("backoffice:matches")
        except MatchDecisionRefused as refused:
            problem, status = str(refused), 422
    try:
        seen = deciding.look(
            number=match, sheltered=_kinds(request), by=actor_of(request), now=timezone.now()
        )
    except NoSuchMatch as error:
        raise Http404 from error
    context: dict[str, Any] = {
        "match": seen,
        "why": _(DOUBTS[seen.line.doubt]),
        "sex": _(SEXES.get(seen.facts.sex, seen.facts.sex)),
        "birth": _birth(seen.facts.birth),
        "people": [
            {"person": one, "sex": _(SEXES.get(one.sex, "—")), "differs": seen.differing[one.resident_no]}
            for one in seen.candidates
        ],
        "steps": [
            {"step": one, "day": timezone.localdate(one.at), "state": _(_STATES[one.state])}
            for one in seen.steps
        ],
        "problems": [problem] if problem else [],
        "reason": request.POST.get("reason", "")[: deciding.LONGEST_REASON],
        "chosen": request.POST.get("resident_no", ""),
    }
    return render(request, "backoffice/match.html", context, status=status)


def _birth(written: str) -> str:
    """As the register writes it, so that both sides can be compared; as the provider wrote it where that is no day."""
    day = birth_in(written)
    try:
        return format_wareki(day) if day else written
    except WarekiError:
        return written


def _decided(request: HttpRequest, number: int) -> str:
    """Do what was pressed; the sentence to show. Raises NoSuchMatch, MatchDecisionRefused."""
    said = request.POST.get("act", "")
    version = whole_number(request.POST.get("version", ""))
    given: dict[str, Any] = {
        "number": number,
        "reason": request.POST.get("reason", "").replace("\x00", ""),
        "version": -1 if version is None else version,
        "sheltered": _kinds(request),
        "by": actor_of(request),
        "now": timezone.now(),
    }
    if said == "accept":
        joined = deciding.accept(resident_no=request.POST.get("resident_no", ""), **given)
        if joined:
            return _("結びつけました。次のサインインから使えます。")
        return _("氏名が違うため、もう一人の職員の確認を待ちます。")
    if said == "refuse":
        deciding.refuse(**given)
        return _("結びつけないことにしました。")
    if said == "ask_to_come":
        deciding.ask_to_come(**given)
        return _("窓口においでいただくよう、本人のページに出しました。")
    raise NoSuchMatch


@needs(Authority.MATCHING)
@never_cache
def mandates(request: HttpRequest) -> HttpResponse:
    """代理: what staff entered and what holds; 後見 and for protected people only here."""
    form = StaffMandateForm(request.POST or None)
    status, handles = 200, holds(request, Authority.PROTECTION)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                mandate_room.enter(
                    **form.given(), handles_protection=handles, by=actor_of(request), now=timezone.now()
                )
                messages.success(request, _("代理を登録しました。"))
                return redirect("backoffice:mandates")
            except mandate_room.MandateNotMade as refused:
                form.add_error(None, str(refused))
    found = mandate_room.entered_mandates(handles_protection=handles, now=timezone.now())
    rows = [{"mandate": one, "kind": _(KIND_NAMES[one.kind])} for one in found]
    return render(request, "backoffice/mandates.html", {"form": form, "rows": rows}, status=status)


@needs(Authority.MATCHING)
@require_POST
def mandate_end(request: HttpRequest) -> HttpResponse:
    """End one that staff entered. The number is posted."""
    try:
        mandate_room.end_by_staff(
            mandate=request.POST.get("mandate", "").replace("\x00", "")[:64],
            handles_protection=holds(request, Authority.PROTECTION),
            by=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, _("代理を終えました。"))
    except mandate_room.NoSuchMandate:
        messages.error(request, _("この代理は、もう終わったか、ありません。一覧を開き直してください。"))
    return redirect("backoffice:mandates")

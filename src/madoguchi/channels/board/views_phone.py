"""One number on its holder's phone: by the link of the slip's QR code, or by number and code. No name, no sign-in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Actor
from madoguchi.booking.tickets import calling
from madoguchi.booking.tickets.following import (
    CodeNotRight,
    FollowedTicket,
    TooManyTrials,
    ticket_behind,
    ticket_of_code,
)
from madoguchi.booking.tickets.queue import TicketChanged, TicketNotNow
from madoguchi.channels.board import screens
from madoguchi.channels.board.live import live_page
from madoguchi.channels.board.pictures import Watch, WatchKind, look
from madoguchi.channels.shared.languages import (
    ASKED,
    current,
    in_asked_language,
    offered,
    speaking,
    tag_of,
    tongues,
)
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import branch_names

HOLDER = "番号をお持ちの方"


class CodeForm(forms.Form):
    """What stands on the slip."""

    branch = forms.ChoiceField(label=gettext_lazy("庁舎"), widget=forms.Select(attrs={"lang": "ja"}))
    label = forms.CharField(label=gettext_lazy("番号"), help_text=gettext_lazy("A012 のように"), max_length=8)
    code = forms.CharField(
        label=gettext_lazy("4桁の数字"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["branch"].choices = list(branch_names().items())  # type: ignore[attr-defined]  # a ChoiceField's own


@needs(Authority.ANYONE)
@in_asked_language
def code(request: HttpRequest) -> HttpResponse:
    """Number and code: for whoever cannot read the QR code."""
    form = CodeForm(request.POST or None, initial={"branch": request.GET.get("branch", "")})
    problems: list[str] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            found = ticket_of_code(
                **form.cleaned_data, address=request.META.get("REMOTE_ADDR", ""), now=timezone.now()
            )
            return redirect(reverse("board:phone", args=[found.secret]) + _kept(request))
        except CodeNotRight as fault:
            problems = [_(str(fault))]
        except TooManyTrials as fault:
            problems, status = [_(str(fault))], 429
    context = {"form": form, "problems": problems, "tongues": tongues(), "spoken": current()}
    return render(request, "board/code.html", context, status=status)


@needs(Authority.ANYONE)
def phone(request: HttpRequest, secret: str) -> HttpResponse:
    """My number: how many are before me, about how long, and where to go when I am called."""
    return _page(request, _ticket(secret), secret)


@needs(Authority.ANYONE)
@require_POST
def away(request: HttpRequest, secret: str) -> HttpResponse:
    """「席を離れます」: the number is set aside and keeps its place until its holder is back."""
    return _act(request, secret, calling.hold)


@needs(Authority.ANYONE)
@require_POST
def back(request: HttpRequest, secret: str) -> HttpResponse:
    """「戻りました」: back in line."""
    return _act(request, secret, calling.back_in_line)


def _act(request: HttpRequest, secret: str, act: Any) -> HttpResponse:
    """Do it, if the phone may and nobody was faster; otherwise show what is so now."""
    ticket = _ticket(secret)
    found = look(branch=ticket.branch, now=timezone.now())
    screen = screens.phone(found.now, found.names, ticket.ticket)
    step = next((one for one in found.now.steps if one.ticket == ticket.ticket and one.version), None)
    allowed = screen.may_leave if act is calling.hold else screen.may_return
    if not allowed:
        return _too_late(request, ticket, secret)
    by = Actor(None, HOLDER, ticket.branch, "", request.META.get("REMOTE_ADDR", ""))
    try:
        act(
            branch=ticket.branch,
            ticket=ticket.ticket,
            by=by,
            now=timezone.now(),
            version=step.version if step else None,
        )
    except (TicketNotNow, TicketChanged):
        return _too_late(request, ticket, secret)
    return redirect(reverse("board:phone", args=[secret]) + _kept(request))


def _too_late(request: HttpRequest, ticket: FollowedTicket, secret: str) -> HttpResponse:
    problem = gettext_noop("番号の様子が変わったので、いまは押せません。新しい表示を確かめてください。")
    return _page(request, ticket, secret, problem=problem, status=409)


def _ticket(secret: str) -> FollowedTicket:
    """Raises Http404."""
    found = ticket_behind(secret)
    if found is None:
        raise Http404(_("この番号の画面はありません。番号票のQRコードをもう一度読み取ってください。"))
    return found


def _page(
    request: HttpRequest, ticket: FollowedTicket, secret: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    language = offered(request.GET.get(ASKED, "") or ticket.language)
    with speaking(language):
        answer = live_page(
            request,
            "board/phone.html",
            Watch(ticket.branch, WatchKind.TICKET, ticket.ticket, language),
            now=timezone.now(),
            secret=secret,
            label=ticket.label,
            large=request.GET.get("large") == "1",
            problem=_(problem) if problem else "",
            kept=_kept(request),
            branch_name=branch_names().get(ticket.branch, ""),
        )
    answer["Content-Language"] = tag_of(language)
    answer.status_code = status
    return answer


def _kept(request: HttpRequest) -> str:
    """What of the address stays when something is pressed: the language and the size of the letters."""
    kept = {key: request.GET[key] for key in (ASKED, "large") if request.GET.get(key)}
    return f"?{urlencode(kept)}" if kept else ""

"""One number on its holder's phone: by the link of the slip's QR code, or by number and code. No name, no sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import branch_names

HOLDER = "番号をお持ちの方"


class CodeForm(forms.Form):
    """What stands on the slip."""

    branch = forms.ChoiceField(label=gettext_lazy("庁舎"))
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
            return redirect("board:phone", found.secret)
        except CodeNotRight as fault:
            problems = [str(fault)]
        except TooManyTrials as fault:
            problems, status = [str(fault)], 429
    return render(request, "board/code.html", {"form": form, "problems": problems}, status=status)


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
    return redirect("board:phone", secret)


def _too_late(request: HttpRequest, ticket: FollowedTicket, secret: str) -> HttpResponse:
    problem = _("番号の様子が変わったので、いまは押せません。新しい表示を確かめてください。")
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
    offered = dict(settings.LANGUAGES)
    language = ticket.language if ticket.language in offered else settings.LANGUAGE_CODE
    with translation.override(language):
        answer = live_page(
            request,
            "board/phone.html",
            Watch(ticket.branch, WatchKind.TICKET, ticket.ticket, language),
            now=timezone.now(),
            secret=secret,
            label=ticket.label,
            large=request.GET.get("large") == "1",
            problem=problem,
            branch_name=branch_names().get(ticket.branch, ""),
        )
    answer.status_code = status
    return answer

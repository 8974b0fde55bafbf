"""「このページへのご意見」: said without a name, received with a number, and what became of it under that number."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.booking.trials import TRIAL_SPAN, count_trial
from madoguchi.catalogue.feedback.giving import NothingSaid, give
from madoguchi.catalogue.feedback.reading import feedback
from madoguchi.catalogue.feedback.states import Giver, Verdict
from madoguchi.catalogue.feedback.values import MOST_WORDS, NoSuchFeedback, Said, spelled
from madoguchi.channels.shared.languages import (
    ASKED,
    JAPANESE,
    asked,
    current,
    in_asked_language,
    tongues,
)
from madoguchi.channels.shared.screens import screen_of
from madoguchi.city.authority import Authority, needs
from madoguchi.city.models import StaffMember

GIVEN = "feedback_given"
MOST_GIVEN, MOST_LOOKED_UP = 20, 30
TOO_MANY_REQUESTS = 429


class GiveForm(forms.Form):
    """A choice, and words beside it."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("このページは"), choices=[(one.value, one.label) for one in Verdict]
    )
    words = forms.CharField(
        label=gettext_lazy("どこが、どうですか"),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": MOST_WORDS}),
    )


def _spoken(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Residents are spoken to in their language, staff in Japanese."""
    public = in_asked_language(view)

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        return view(request) if request.user.is_authenticated else public(request)

    return page


@needs(Authority.ANYONE)
@_spoken
def give_one(request: HttpRequest) -> HttpResponse:
    """Say something of a screen."""
    form, problems, status = GiveForm(request.POST or None), [], 200
    if request.method == "POST":
        status = 422
        if not _in_measure(request, "given", MOST_GIVEN):
            problems, status = [_too_often()], TOO_MANY_REQUESTS
        elif form.is_valid():
            try:
                request.session[GIVEN] = give(
                    said=_said(request, form.cleaned_data),
                    press=request.POST.get("press", "")[:80] or secrets.token_urlsafe(16),
                    now=timezone.now(),
                )
                return redirect(reverse("feedback:receipt") + _kept(request))
            except NothingSaid as refused:
                problems = [str(refused)]
    context = {
        "form": form, "problems": problems, "press": secrets.token_urlsafe(16), "most": MOST_WORDS,
        "verdicts": [(one.value, _(one.label)) for one in Verdict], **_frame(request),
    }  # fmt: skip
    return render(request, "feedback/give.html", context, status=status)


@needs(Authority.ANYONE)
@_spoken
def receipt(request: HttpRequest) -> HttpResponse:
    """The number, to be noted down."""
    number = request.session.get(GIVEN, "")
    if not number:
        context = {"typed": "", "found": None, "problems": [], **_frame(request)}
        return render(request, "feedback/became.html", context)
    return render(request, "feedback/receipt.html", {"number": spelled(number), **_frame(request)})


@needs(Authority.ANYONE)
@_spoken
def became(request: HttpRequest) -> HttpResponse:
    """What became of what was said under a number."""
    typed, found, problems, status = request.POST.get("number", "")[:20], None, [], 200
    if request.method == "POST":
        if not _in_measure(request, "looked-up", MOST_LOOKED_UP):
            problems, status = [_too_often()], TOO_MANY_REQUESTS
        else:
            try:
                found = feedback(typed)
            except NoSuchFeedback as refused:
                problems, status = [_(str(refused))], 404
    context = {"typed": typed, "found": found, "problems": problems, **_frame(request)}
    return render(request, "feedback/became.html", context, status=status)


def _said(request: HttpRequest, cleaned: dict[str, Any]) -> Said:
    about, user = screen_of(request.GET.get("about", "")), request.user
    staff = isinstance(user, StaffMember) and user.is_authenticated
    department = user.department.key if isinstance(user, StaffMember) and user.department else ""
    return Said(
        Verdict(cleaned["verdict"]), cleaned["words"], about.screen, about.procedure,
        Giver.CLERK if staff else Giver.RESIDENT, department if staff else "", current(),
    )  # fmt: skip


def _in_measure(request: HttpRequest, what: str, most: int) -> bool:
    """Count once more: a member of staff by themselves, everybody else by their address; kept as a digest for minutes."""
    who = f"staff/{request.user.pk}" if request.user.is_authenticated else request.META.get("REMOTE_ADDR", "")
    return count_trial(key=f"feedback/{what}/{who}", now=timezone.now()) <= most


def _too_often() -> str:
    minutes = int(TRIAL_SPAN.total_seconds() // 60)
    return _("続けて送られたため、しばらく受け付けません。%(n)d分ほどあとで、もう一度お試しください。") % {
        "n": minutes
    }


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What every page of these shows around: the languages for residents, and the way on."""
    return {
        "tongues": () if request.user.is_authenticated else tongues(),
        "spoken": current(),
        "about": request.GET.get("about", ""),
        "kept": _kept(request),
    }


def _kept(request: HttpRequest) -> str:
    """The language goes on with the reader."""
    code = JAPANESE if request.user.is_authenticated else asked(request)
    return f"?{urlencode({ASKED: code})}" if code != JAPANESE else ""

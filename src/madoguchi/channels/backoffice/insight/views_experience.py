"""窓口体験調査: staff play residents on practice data, with a stopwatch by keyboard or touch."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.insight import experience as playing
from madoguchi.insight.book import experience_book
from madoguchi.insight.stopwatch import MEASURED, NotInTime, Phase, Round, Tally

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEYS = {
    Phase.WAIT: "1", Phase.WALK: "2", Phase.WRITE: "3", Phase.TALK: "4", Phase.END: "0", Tally.COUNTER: "q", Tally.SHEET: "w",
    Tally.QUESTION: "e", Tally.REPEAT: "r",
}  # fmt: skip
WRONG = (playing.NotAPress, NotInTime, playing.EndedAlready)


@needs(Authority.INSIGHT)
def experiences(request: HttpRequest) -> HttpResponse:
    """All played visits, and before and after side by side."""
    return _list(request, [], {})


def _list(request: HttpRequest, problems: list[str], given: dict[str, str]) -> HttpResponse:
    played = playing.experiences(now=timezone.now())
    context: dict[str, Any] = {
        "problems": problems,
        "given": given,
        "played": [{"one": one, "cells": _cells(one.clocked.minutes, one.clocked.tallies)} for one in played],
        "compared": [
            {
                "persona": line.persona,
                "rounds": [
                    {"label": _(label), "mean": mean, "cells": _cells(mean.minutes, mean.tallies)}
                    for label, mean in (("見直しの前", line.before), ("見直しのあと", line.after))
                    if mean
                ],
                "saved": line.before.total - line.after.total if line.before and line.after else None,
            }
            for line in playing.by_persona(played)
        ],
        "headings": [
            *(_("%(phase)s（分）") % {"phase": _(one.label)} for one in MEASURED),
            *(_(one.label) for one in Tally),
        ],
        "rounds": [(one.value, _(one.label)) for one in Round],
    }
    return render(request, "backoffice/insight/experiences.html", context, status=422 if problems else 200)


def _cells(minutes: Any, tallies: Any) -> list[str]:
    return [f"{minutes[one]:.1f}" for one in MEASURED] + [f"{tallies[one]:g}" for one in Tally]


@needs(Authority.INSIGHT)
@require_POST
def begin_one(request: HttpRequest) -> HttpResponse:
    """Begin to play."""
    given = {name: request.POST.get(name, "")[:80] for name in ("persona", "round", "case")}
    rounds = {one.value: one for one in Round}
    try:
        number = playing.begin(
            persona=given["persona"],
            of_round=rounds.get(given["round"], Round.BEFORE),
            case_number=given["case"],
            by=actor_of(request),
            now=timezone.now(),
        )
    except (playing.PersonaNotSaid, playing.NotPractice) as error:
        return _list(request, [str(error)], given)
    return redirect("backoffice:experience", number)


@needs(Authority.INSIGHT)
def one_experience(request: HttpRequest, experience: int) -> HttpResponse:
    """The stopwatch."""
    return _stopwatch(request, experience, [])


def _stopwatch(request: HttpRequest, number: int, problems: list[str]) -> HttpResponse:
    now = timezone.now()
    try:
        one = playing.experience(number, now=now)
    except playing.NoSuchExperience as error:
        raise Http404 from error

    def button(pressed: Phase | Tally) -> dict[str, Any]:
        count = one.clocked.tallies.get(pressed) if isinstance(pressed, Tally) else None
        return {
            "value": pressed.value,
            "label": _(pressed.label),
            "key": KEYS[pressed],
            "count": count,
            "current": pressed is one.clocked.now,
        }

    context: dict[str, Any] = {
        "one": one,
        "problems": problems,
        "phases": [button(phase) for phase in MEASURED],
        "end": button(Phase.END),
        "tallies": [button(tally) for tally in Tally],
        "since_ms": int((now - one.clocked.since).total_seconds() * 1000) if one.clocked.since else None,
        "rows": [{"label": _(phase.label), "minutes": one.clocked.minutes[phase]} for phase in MEASURED],
        "key": uuid.uuid4(),
        "presses": [{"label": _(pressed.label), "at": at} for pressed, at in reversed(one.presses)],
        "now_label": _(one.clocked.now.label) if one.clocked.now else "",
    }
    return render(request, "backoffice/insight/stopwatch.html", context, status=422 if problems else 200)


@needs(Authority.INSIGHT)
@require_POST
def press_one(request: HttpRequest, experience: int) -> HttpResponse:
    """One press, from a form or from the script, which sends those again that did not arrive."""
    by_script = request.headers.get("Accept", "").startswith("application/json")
    ago = whole_number(request.POST.get("ago_ms", "0"))
    try:
        playing.press(
            experience=experience,
            pressed=request.POST.get("pressed", ""),
            key=request.POST.get("key", ""),
            ago_ms=-1 if ago is None else ago,
            now=timezone.now(),
        )
    except playing.NoSuchExperience as error:
        raise Http404 from error
    except WRONG as error:
        if by_script:
            return JsonResponse({"sentence": str(error)}, status=409)
        return _stopwatch(request, experience, [str(error)])
    if by_script:
        return JsonResponse({"kept": True})
    return redirect("backoffice:experience", experience)


@needs(Authority.INSIGHT)
@require_POST
def act(request: HttpRequest, experience: int) -> HttpResponse:
    """Take the last press back, keep what was noticed, or leave this one out."""
    try:
        if "undo" in request.POST:
            playing.undo(experience=experience, now=timezone.now())
        elif "drop" in request.POST:
            playing.drop(experience=experience, by=actor_of(request), now=timezone.now())
            messages.success(request, _("この1回を外しました。"))
            return redirect("backoffice:experiences")
        else:
            playing.note(experience=experience, notes=request.POST.get("notes", ""))
            messages.success(request, _("気づいたことを保存しました。"))
    except playing.NoSuchExperience as error:
        raise Http404 from error
    return redirect("backoffice:experience", experience)


@needs(Authority.INSIGHT)
def book(request: HttpRequest) -> HttpResponse:
    """Played visits as Excel."""
    played = playing.experiences(now=timezone.now())
    return file_response(experience_book(played, playing.by_persona(played)), "experience.xlsx", XLSX)

"""Where an application stands, its receipt, taking it back, and asking that it be put right."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases.from_home import withdrawing
from madoguchi.cases.from_home.following import HomeCase, NotNowFromHome
from madoguchi.cases.from_home.rest import rest_of
from madoguchi.cases.from_home.states import HomeAct, HomeState
from madoguchi.cases.states import TaskState
from madoguchi.channels.online.acting import acting
from madoguchi.channels.online.apply.common import (
    CONFLICT,
    UNPROCESSABLE,
    applicant,
    looked_up,
    my_page,
    opened,
    show,
)
from madoguchi.channels.online.apply.paying_fees import fee_lines, paid_now
from madoguchi.channels.online.apply.views_answer import not_now
from madoguchi.channels.online.apply.views_rest import rest_page
from madoguchi.channels.online.apply.views_submit import things_lines
from madoguchi.channels.online.apply.words import (
    STEPS,
    answer_lines,
    filed_lines,
    grouped,
    text_of,
    title_of,
)
from madoguchi.channels.shared.finding.words import in_japanese
from madoguchi.city.queries import departments


@my_page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Where it stands, in plain words, department by department; what can be done about it."""
    before = looked_up(request, number)
    if not paid_now(before) and before.line.state is HomeState.FILLING:
        return redirect("my:apply_ask", number=number)
    view = opened(request, number, "my_case")  # the money may have filed it, or is counted now
    if view.line.state is HomeState.FILLING:
        return redirect("my:apply_ask", number=number)
    return show(request, "case", **_facts(view), rest=bool(rest_of(view)), answers=answer_lines(view))


@my_page
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What somebody has in hand after applying; nothing before."""
    view = opened(request, number, "my_receipt")
    if view.line.submitted_at is None:
        return not_now(request, view)
    return show(request, "receipt", **_facts(view), **rest_page(request, view))


def _facts(view: HomeCase) -> dict[str, Any]:
    names, pack = departments(), view.judged.pack
    reached = STEPS.index(view.line.state) if view.line.state in STEPS else -1
    return {
        "view": view,
        "number": view.line.number,
        "grouped": grouped(view.line.number),
        "title": title_of(view.line),
        "state": _(view.line.state.label),
        "steps": [
            {"label": _(one.label), "reached": place <= reached, "here": place == reached}
            for place, one in enumerate(STEPS)
        ]
        if reached >= 0
        else [],
        "filed": filed_lines(view),
        "tasks": [
            {
                "name": text_of(pack, pack.procedure(one.procedure).name),
                "where": in_japanese(names.get(one.department, "")),
                "state": _task_words(one.state),
            }
            for one in view.tasks
        ],
        "to_come": [
            one for one in things_lines(view) if not one["files"] and one["way"] != "shown" and one["certain"]
        ],
        "files": [one for one in things_lines(view) if one["files"]],
        "may_withdraw": HomeAct.WITHDRAW in view.may,
        "may_wish": HomeAct.WISH_CORRECTION in view.may,
        **fee_lines(view),
        "back_again": view.line.state is HomeState.SENT_BACK,
    }


def _task_words(state: TaskState) -> str:
    if state is TaskState.DONE:
        return _("済みました")
    return _("これから確認します") if state is TaskState.NEW else _("確認しています")


@my_page
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back: asked once more, then done; what was never submitted is thrown away."""
    view = opened(request, number, "my_withdraw")
    problem = ""
    if request.method == "POST":
        try:
            withdrawing.withdraw(
                number=number, who=applicant(request), by=acting(request).actor, now=timezone.now()
            )
            sent = view.line.submitted_at is not None
            return redirect("my:case", number=number) if sent else redirect("my:apply")
        except NotNowFromHome as error:
            problem = _(str(error))
            view = opened(request, number, "my_withdraw")
    elif HomeAct.WITHDRAW not in view.may:
        problem = _(str(NotNowFromHome(HomeAct.WITHDRAW, view.line.state)))
    return show(
        request, "withdraw", status=CONFLICT if problem else 200, problems=[problem] if problem else [], **_facts(view),
    )  # fmt: skip


@my_page
def wish(request: HttpRequest, number: str) -> HttpResponse:
    """Ask that something be put right; the departments read it with the application."""
    view = opened(request, number, "my_wish")
    problem, said = "", ""
    if request.method == "POST":
        said = request.POST.get("text", "")[:1000]
        try:
            withdrawing.wish_correction(
                number=number, who=applicant(request), text=said, by=acting(request).actor, now=timezone.now()
            )
            return redirect("my:case", number=number)
        except (
            withdrawing.WishMissing,
            withdrawing.WishTooLong,
            withdrawing.ManyWishes,
            NotNowFromHome,
        ) as error:
            problem = _(str(error))
    elif HomeAct.WISH_CORRECTION not in view.may:
        problem = _(str(NotNowFromHome(HomeAct.WISH_CORRECTION, view.line.state)))
    return show(
        request, "wish", status=UNPROCESSABLE if problem else 200, problems=[problem] if problem else [], said=said,
        most=withdrawing.LONGEST_WISH, **_facts(view),
    )  # fmt: skip

"""One question per page, each answer kept at once; an answer put right; what is wished for."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases.acting import SomebodyElseChanged
from madoguchi.cases.from_home import answering
from madoguchi.cases.from_home.answering import OWN_PAGES, Step
from madoguchi.cases.from_home.following import HomeCase, NotNowFromHome, home_case_to_act_on
from madoguchi.cases.from_home.rest import rest_of
from madoguchi.cases.from_home.states import HomeAct
from madoguchi.cases.hearing import AnswerNotPossible
from madoguchi.cases.judging import chosen
from madoguchi.channels.online.acting import acting
from madoguchi.channels.online.apply.common import (
    CONFLICT,
    UNPROCESSABLE,
    applicant,
    my_page,
    opened,
    show,
)
from madoguchi.channels.online.apply.words import going_of, procedure_lines, title_of
from madoguchi.channels.shared.answers import AnswerMissing, AnswerUnreadable, field_name
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.finding.asking import Going, asked, posted
from madoguchi.channels.shared.finding.days import ERA_NAMES, DayUnreadable, bands
from madoguchi.procedures.questions import Prompt

NOT_AN_ANSWER = (AnswerMissing, AnswerUnreadable, DayUnreadable, AnswerNotPossible)
# Where the next step is; a question stays on this page.
PAGES = {
    Step.CHOOSE: "my:apply_choose",
    Step.FILES: "my:apply_files",
    Step.CHECK: "my:apply_check",
}
TYPED_PARTS = ("", "-y", "-m", "-d")


@my_page
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """The next question; when there is none, on to what is next."""
    if request.method == "POST":
        return _posted(request, number)
    view = opened(request, number, "apply_ask")
    if HomeAct.ANSWER not in view.may:
        return not_now(request, view)
    if (page := answering.page_now(view)) is not None:
        return _question(request, view, page)
    step = answering.step_of(view)
    if step is Step.NOTHING:
        return redirect("my:case_counter", number=number) if rest_of(view) else _nothing(request, view)
    return redirect(PAGES[step], number=number)


def _nothing(request: HttpRequest, view: HomeCase) -> HttpResponse:
    return show(request, "nothing", view=view, title=title_of(view.line))


def _posted(request: HttpRequest, number: str) -> HttpResponse:
    """What was answered, kept. Nothing is shown of what was read for it; a page that is shown is read for itself."""
    who, by, now = applicant(request), acting(request).actor, timezone.now()
    view, go = home_case_to_act_on(number=number, who=who, now=now), request.POST.get("go", "")
    version = whole_number(request.POST.get("version", ""))
    try:
        if HomeAct.ANSWER not in view.may:
            return not_now(request, opened(request, number, "apply_ask"))
        if go == "back":
            return _back(request, view, version)
        if go == "again":
            answering.take_up_again(number=number, who=who, by=by, now=now)
            return redirect("my:apply_ask", number=number)
        page = answering.page_now(view)
        if page is None or request.POST.get("page") != page.id:
            return redirect("my:apply_ask", number=number)
        at = going_of(view, page)
        answering.answer(
            number=number, who=who, prompt=page, answers=posted(request.POST, at), typed=_typed(request, page),
            by=by, now=now, version=version, read=view,
        )  # fmt: skip
    except NOT_AN_ANSWER as error:
        return _asked_again(request, number, problem=str(error))
    except (SomebodyElseChanged, NotNowFromHome) as error:
        return _asked_again(request, number, problem=_(str(error)), status=CONFLICT)
    return redirect("my:apply_ask", number=number)


def _back(request: HttpRequest, view: HomeCase, version: int | None) -> HttpResponse:
    """One answer back; from the first question, to the page of what was begun."""
    taken = answering.back(
        number=view.line.number, who=applicant(request), by=acting(request).actor, now=timezone.now(),
        version=version,
    )  # fmt: skip
    return redirect("my:apply_ask", number=view.line.number) if taken else redirect("my:apply")


def _asked_again(
    request: HttpRequest, number: str, *, problem: str, status: int = UNPROCESSABLE
) -> HttpResponse:
    view = opened(request, number, "apply_ask")
    page = answering.page_now(view)
    if page is None:
        return redirect("my:apply_ask", number=number)
    return _question(request, view, page, problem=problem, status=status)


def _question(
    request: HttpRequest, view: HomeCase, page: Prompt, *, problem: str = "", status: int = UNPROCESSABLE
) -> HttpResponse:
    return _page(request, "ask", view, going_of(view, page), problem=problem, status=status)


def _page(
    request: HttpRequest, name: str, view: HomeCase, at: Going, *, problem: str, status: int, **more: object
) -> HttpResponse:
    page = at.page
    assert page is not None, "only while there is something to ask"
    shown = asked(at)
    if page.id in OWN_PAGES:
        shown = replace(shown, question=_(page.question), why=_(page.why), quick="")
        shown = replace(shown, fields=tuple(replace(one, who="") for one in shown.fields))
    return show(
        request, name, status=status if problem else 200, view=view, page=page.id, asked=shown, eras=ERA_NAMES,
        bands=bands, problems=[problem] if problem else [], title=title_of(view.line), version=view.version, **more,
    )  # fmt: skip


def _typed(request: HttpRequest, page: Prompt) -> int:
    """How many characters the resident typed, for the office's own figures; what was picked is not typed."""
    return sum(
        len(request.POST.get(f"{field_name(ref)}{part}", "").strip())
        for ref, definition in zip(page.refs, page.definitions, strict=True)
        for part in TYPED_PARTS
        if part or definition.type.value in ("text", "number")
    )


@my_page
def change(request: HttpRequest, number: str) -> HttpResponse:
    """One answer anew, from the page on which all are checked; what follows from it may be asked after it."""
    view = opened(request, number, "apply_change")
    if HomeAct.ANSWER not in view.may:
        return not_now(request, view)
    act = whole_number(request.POST.get("act", "") or request.GET.get("act", ""))
    try:
        page = answering.page_of(view, act or 0)
    except answering.AnswerGone:
        return redirect("my:apply_check", number=number)
    at = going_of(view, page, changing=True)
    problem = ""
    if request.method == "POST":
        try:
            answering.answer(
                number=number, who=applicant(request), prompt=page, answers=posted(request.POST, at),
                typed=_typed(request, page), by=acting(request).actor, now=timezone.now(),
                version=whole_number(request.POST.get("version", "")),
            )  # fmt: skip
        except NOT_AN_ANSWER as error:
            problem = str(error)
        except (SomebodyElseChanged, NotNowFromHome) as error:
            problem = _(str(error))
        else:
            after = answering.step_of(opened(request, number, "apply_change"))
            known = after in (Step.CHECK, Step.FILES)
            return redirect("my:apply_check" if known else "my:apply_ask", number=number)
    return _page(request, "change", view, at, problem=problem, status=UNPROCESSABLE, act=act)


@my_page
def choose(request: HttpRequest, number: str) -> HttpResponse:
    """What is wished for, of what may be."""
    view = opened(request, number, "apply_choose")
    if HomeAct.ANSWER not in view.may:
        return not_now(request, view)
    if answering.page_now(view) is not None:
        return redirect("my:apply_ask", number=number)
    problem = ""
    if request.method == "POST":
        if request.POST.get("go") == "back":
            return _back(request, view, whole_number(request.POST.get("version", "")))
        try:
            answering.choose(
                number=number, who=applicant(request), wanted=frozenset(request.POST.getlist("wanted")),
                by=acting(request).actor, now=timezone.now(),
                version=whole_number(request.POST.get("version", "")),
            )  # fmt: skip
            return redirect("my:apply_ask", number=number)
        except (SomebodyElseChanged, NotNowFromHome) as error:
            problem = _(str(error))
    wanted = chosen(view.record)
    rows = [
        {"key": f"{one.procedure}:{one.subject}", "line": procedure_lines(view, (one,))[0],
         "chosen": f"{one.procedure}:{one.subject}" in wanted}
        for one in answering.wishes(view)
    ]  # fmt: skip
    return show(
        request, "choose", status=CONFLICT if problem else 200, view=view, rows=rows, title=title_of(view.line),
        version=view.version, problems=[problem] if problem else [],
    )  # fmt: skip


def not_now(request: HttpRequest, view: HomeCase) -> HttpResponse:
    """An application that is not to be written any more: a sentence, and the way to where it stands."""
    problem = _(str(NotNowFromHome(HomeAct.ANSWER, view.line.state)))
    return show(request, "not_now", status=CONFLICT, view=view, problems=[problem], title=title_of(view.line))

"""ご意見: what residents and clerks said of the screens, by screen; read, answered, or not changed with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalogue.feedback.book import feedback_book
from madoguchi.catalogue.feedback.deciding import FeedbackRefused, decide
from madoguchi.catalogue.feedback.reading import MOST, by_screen, feedback, feedbacks
from madoguchi.catalogue.feedback.states import FeedbackState, FeedbackStep, Giver, Verdict
from madoguchi.catalogue.feedback.values import Feedback, NoSuchFeedback
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.editor.common import XLSX, plain
from madoguchi.channels.shared.screens import part_of
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, department_choices

Kind = TypeVar("Kind", bound=Enum)
ALL_FEEDBACK = 100_000


@needs(Authority.CATALOGUE)
def feedback_list(request: HttpRequest) -> HttpResponse:
    """Everything that was said, filtered, and the screens with how often they were spoken of."""
    chosen, departments = _chosen(request), department_choices()
    context = {
        "found": [(one, departments.get(one.department, "")) for one in feedbacks(**chosen)],
        "most": MOST,
        "screens": by_screen(),
        "chosen": {name: getattr(value, "value", value) for name, value in chosen.items()},
        "filters": [
            ("state", _("状態"), [(one.value, _(one.label)) for one in FeedbackState]),
            ("verdict", _("種類"), [(one.value, _(one.label)) for one in Verdict]),
            ("giver", _("立場"), [(one.value, _(one.label)) for one in Giver]),
        ],
        "query": urlencode({name: request.GET[name] for name in chosen if name in request.GET}),
    }
    return render(request, "backoffice/feedback/list.html", context)


@needs(Authority.CATALOGUE)
def feedback_one(request: HttpRequest, number: str) -> HttpResponse:
    """One of them, with what may be done; what is decided is what its giver will read."""
    try:
        found, problems = feedback(number), []
    except NoSuchFeedback as error:
        raise Http404 from error
    status, said = 200, ""
    if request.method == "POST":
        said = plain(request.POST.get("said", ""))
        step = _known(FeedbackStep, request.POST.get("step", ""))
        try:
            if step is None:
                raise FeedbackRefused(_("何をするかが分かりません。画面を開き直して、押し直してください。"))
            after = decide(
                number=found.number, step=step, said=said, by=actor_of(request), now=timezone.now()
            )
            messages.success(request, _("「%(state)s」にしました。") % {"state": _(after.label)})
            return redirect("backoffice:feedback_one", found.number)
        except FeedbackRefused as refused:
            problems, status = [str(refused)], 409
    context = {
        "one": found,
        "department": department_choices().get(found.department, ""),
        "steps": _steps(found),
        "problems": problems,
        "said": said,
    }
    return render(request, "backoffice/feedback/one.html", context, status=status)


@needs(Authority.CATALOGUE)
def feedback_file(request: HttpRequest) -> HttpResponse:
    """What the list shows, as Excel, whole."""
    book = feedback_book(
        feedbacks(**_chosen(request), most=ALL_FEEDBACK), by_screen(), local=timezone.localtime,
        named=lambda screen: _(part_of(screen)), departments=department_choices(),
    )  # fmt: skip
    return file_response(book, "feedback.xlsx", XLSX)


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """The filters of the address; what is no value of theirs is none."""
    kinds: Mapping[str, type[Enum]] = {"state": FeedbackState, "verdict": Verdict, "giver": Giver}
    found: dict[str, Any] = {name: _known(kind, request.GET.get(name, "")) for name, kind in kinds.items()}
    if "screen" in request.GET:
        found["screen"] = request.GET["screen"][:80]
    return {name: value for name, value in found.items() if value is not None}


def _known(kind: type[Kind], said: str) -> Kind | None:
    return next((one for one in kind if one.value == said), None)


def _steps(found: Feedback) -> dict[str, bool]:
    return {step.value: step in found.steps for step in FeedbackStep}

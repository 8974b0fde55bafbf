"""Everything once more, the declaration, and the receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases.acting import SomebodyElseChanged
from madoguchi.cases.from_home import answering, attaching, submitting
from madoguchi.cases.from_home.answering import Step
from madoguchi.cases.from_home.fees import HomeFee
from madoguchi.cases.from_home.following import HomeCase, NotNowFromHome
from madoguchi.cases.from_home.states import HomeAct
from madoguchi.channels.online.acting import acting
from madoguchi.channels.online.apply.common import (
    UNPROCESSABLE,
    applicant,
    my_page,
    opened,
    show,
)
from madoguchi.channels.online.apply.paying_fees import fee_lines, first_words, paid_here, sent_to_pay
from madoguchi.channels.online.apply.views_answer import not_now
from madoguchi.channels.online.apply.views_files import file_lines
from madoguchi.channels.online.apply.views_rest import brought, rest_lines
from madoguchi.channels.online.apply.words import (
    answer_lines,
    filed_lines,
    names_of,
    text_of,
    title_of,
)
from madoguchi.channels.shared.fields import whole_number


@my_page
def check(request: HttpRequest, number: str) -> HttpResponse:
    """All answers with the way to change each; with the declaration it is submitted. Twice gives the same receipt."""
    view = opened(request, number, "apply_check")
    problem = ""
    if request.method == "POST":
        try:
            done = submitting.submit(
                number=number, who=applicant(request), declared=request.POST.get("declared") == "yes",
                by=acting(request).actor, now=timezone.now(),
                version=whole_number(request.POST.get("version", "")), paid_here=paid_here(),
            )  # fmt: skip
            brought(request, opened(request, number, "apply_check"))
            if isinstance(done, HomeFee):
                return sent_to_pay(request, number, done)
            return redirect("my:receipt", number=number)
        except (submitting.CannotSubmit, NotNowFromHome, SomebodyElseChanged) as error:
            problem = _(str(error))
            view = opened(request, number, "apply_check")
    if HomeAct.SUBMIT not in view.may:
        return not_now(request, view)
    if answering.step_of(view) not in (Step.FILES, Step.CHECK):
        return redirect("my:apply_ask", number=number)
    return show(
        request, "check", status=UNPROCESSABLE if problem else 200, view=view, title=title_of(view.line),
        problems=[problem] if problem else [], answers=answer_lines(view), filed=filed_lines(view),
        people=list(names_of(view).values()), things=things_lines(view), version=view.version,
        choice=bool(answering.wishes(view)) and not view.line.procedure, **rest_lines(view),
        visitor=view.record.text("notifier_name"), **fee_lines(view), first=first_words(view),
    )  # fmt: skip


def things_lines(view: HomeCase) -> list[dict[str, object]]:
    """What would be brought: what was attached of it, or that it is to come."""
    pack = view.judged.pack
    return [
        {"text": text_of(pack, one.text), "files": file_lines(view, one), "way": one.way.value,
         "certain": one.certain}
        for one in attaching.everything_to_bring(view.judged, view.record)
    ]  # fmt: skip

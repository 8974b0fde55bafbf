"""非常時の開示: where a protected person lives, asked for by one who handles protection and agreed to by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.cache import never_cache

from madoguchi.audit.entries import Actor
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.residents.emergency import (
    Emergency,
    EmergencyReason,
    EmergencyRefused,
    EmergencyState,
    answer,
    ask,
    emergencies,
    end,
    see,
)

PAGE = "backoffice/emergency.html"
REASONS = {
    EmergencyReason.LIFE: noop("命にかかわる（救急・警察からの求め）"),
    EmergencyReason.DISASTER: noop("災害の避難・安否の確認"),
    EmergencyReason.COURT: noop("裁判所からの求め"),
}
STATES = {
    EmergencyState.WAITING: noop("同意を待っています"),
    EmergencyState.AGREED: noop("同意されました"),
    EmergencyState.REFUSED: noop("断られました"),
    EmergencyState.TAKEN_BACK: noop("取り下げられました"),
    EmergencyState.ENDED: noop("申し出た人が終えました"),
    EmergencyState.OVER: noop("終わりました"),
}


@needs(Authority.PROTECTION)
@never_cache
def emergency(request: HttpRequest) -> HttpResponse:
    """The list; asking, agreeing, seeing and ending are posted, so that no number stands in an address."""
    by, now = actor_of(request), timezone.now()
    problems: list[str] = []
    if request.method == "POST":
        try:
            if request.POST.get("act") == "see":
                found = see(number=_number(request), by=by, now=now)
                return render(request, PAGE, _page(request, by) | {"person": found})
            messages.success(request, _done(request, by))
            return redirect("backoffice:emergency")
        except EmergencyRefused as error:
            problems = [str(error)]
    return render(request, PAGE, _page(request, by) | {"problems": problems}, status=422 if problems else 200)


def _done(request: HttpRequest, by: Actor) -> str:
    """Do what was pressed; the sentence that says so. Raises EmergencyRefused."""
    now, act = timezone.now(), request.POST.get("act", "")
    if act == "ask":
        reasons = {one.value: one for one in EmergencyReason}
        reason = reasons.get(request.POST.get("reason", ""))
        if reason is None:
            raise EmergencyRefused(_("理由を選んでください。"))
        number = request.POST.get("resident_no", "").strip()
        if not (number.isascii() and number.isdigit()):
            raise EmergencyRefused(_("宛名番号は半角の数字で入れてください。"))
        ask(resident_no=number, reason=reason, by=by, now=now)
        return _("申し出ました。支援措置の担当のもう1人に、30分以内に同意してもらってください。")
    if act == "end":
        ended = end(number=_number(request), by=by, now=now) is EmergencyState.ENDED
        return _("開示を終えました。もう住所は見られません。") if ended else _("申出を取り下げました。")
    if act not in ("agree", "refuse"):
        raise EmergencyRefused(_("一覧から選び直してください。"))
    answer(number=_number(request), agree=act == "agree", by=by, now=now)
    return _("同意しました。申し出た人が15分のあいだ見られます。") if act == "agree" else _("断りました。")


def _number(request: HttpRequest) -> int:
    found = whole_number(request.POST.get("number", ""))
    if found is None:
        raise EmergencyRefused(_("一覧から選び直してください。"))
    return found


def _page(request: HttpRequest, by: Actor) -> dict[str, Any]:
    lines = [_line(one, by) for one in emergencies(now=timezone.now())]
    return {
        "lines": lines,
        "reasons": [(one.value, _(text)) for one, text in REASONS.items()],
        "person": None,
    }


def _line(one: Emergency, by: Actor) -> dict[str, Any]:
    own = one.asked_by == by.staff_id
    return {
        "one": one,
        "reason": _(REASONS[one.reason]),
        "state": _(STATES[one.state]),
        "may_answer": one.state is EmergencyState.WAITING and not own,
        "may_see": one.state is EmergencyState.AGREED and own,
        "may_take_back": one.state is EmergencyState.WAITING and own,
    }

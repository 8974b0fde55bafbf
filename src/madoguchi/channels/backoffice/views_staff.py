"""職員: who works here, what each may do, and the days on which the office is open."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.forms import DayForm, StaffForm, role_choices
from madoguchi.city import operations
from madoguchi.city.authority import OUTSIDE_ALONE, ROLE_NAMES, Authority, Role, authorities_of, mixed, needs
from madoguchi.city.queries import actor_of, open_days
from madoguchi.city.queries import staff as staff_lines


@needs(Authority.ADMINISTER)
def staff(request: HttpRequest) -> HttpResponse:
    """Who works here and what each may do; the city's own open and closed days."""
    return render(request, "backoffice/staff.html", _page(StaffForm(), DayForm()))


def _page(form: StaffForm, day_form: DayForm) -> dict[str, Any]:
    calendar = open_days()
    days = [(day, False) for day in calendar.closed] + [(day, True) for day in calendar.opened]
    return {
        "form": form,
        "day_form": day_form,
        "days": sorted(days, reverse=True),
        "rows": [
            {
                "line": one,
                "roles": "、".join(_(ROLE_NAMES[role]) for role in one.roles) or _("なし"),
                "choices": [
                    {"value": value, "label": label, "held": Role(value) in one.roles}
                    for value, label in role_choices()
                ],
            }
            for one in staff_lines()
        ],
    }


@needs(Authority.ADMINISTER)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add a member of staff."""
    form = StaffForm(request.POST)
    if form.is_valid():
        try:
            added = operations.add_staff(
                **form.given(), password=None, by=actor_of(request), now=timezone.now()
            )
            return _with_link(request, added)
        except IntegrityError:
            form.add_error("username", _("この利用者名はもう使われています。別の利用者名を入れてください。"))
    return render(request, "backoffice/staff.html", _page(form, DayForm()), status=422)


@needs(Authority.ADMINISTER)
@require_POST
def roles(request: HttpRequest, staff: int) -> HttpResponse:
    """Let a member of staff hold exactly the ticked roles."""
    known = {role.value for role in Role}
    wanted = [Role(value) for value in request.POST.getlist("roles") if value in known]
    if _myself(request, staff) and Authority.ADMINISTER not in authorities_of(frozenset(wanted)):
        messages.error(request, _("自分から管理の役割は外せません。ほかの情報システム担当に頼んでください。"))
    elif mixed(frozenset(wanted)):
        messages.error(request, _(OUTSIDE_ALONE))
    elif staff not in {one.id for one in staff_lines()}:
        raise Http404
    else:
        operations.set_roles(staff=staff, roles=wanted, by=actor_of(request), now=timezone.now())
        messages.success(request, _("役割を変えました。"))
    return redirect("backoffice:staff")


@needs(Authority.ADMINISTER)
@require_POST
def active(request: HttpRequest, staff: int) -> HttpResponse:
    """Stop or restart an account; nobody stops their own."""
    wanted = request.POST.get("active") == "yes"
    if _myself(request, staff):
        messages.error(request, _("自分の利用は止められません。ほかの情報システム担当に頼んでください。"))
    else:
        operations.set_active(staff=staff, active=wanted, by=actor_of(request), now=timezone.now())
        messages.success(request, _("利用を再開しました。") if wanted else _("利用を止めました。"))
    return redirect("backoffice:staff")


@needs(Authority.ADMINISTER)
@require_POST
def link(request: HttpRequest, staff: int) -> HttpResponse:
    """Make a link by which a colleague chooses a password; whatever they signed in with before ends."""
    if _myself(request, staff):
        messages.error(request, _("自分のパスワードは「パスワードを変える」で変えてください。"))
        return redirect("backoffice:staff")
    if staff not in {one.id for one in staff_lines() if one.active}:
        raise Http404
    return _with_link(request, staff)


def _with_link(request: HttpRequest, staff: int) -> HttpResponse:
    """The list with the new link on it: shown this once, kept nowhere."""
    path = operations.sign_in_link(staff=staff, by=actor_of(request), now=timezone.now())
    page = _page(StaffForm(), DayForm())
    name = next(row["line"].name for row in page["rows"] if row["line"].id == staff)
    page["link"] = {
        "name": name,
        "address": request.build_absolute_uri(path),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    answer = render(request, "backoffice/staff.html", page)
    answer["Cache-Control"] = "no-store"
    return answer


@needs(Authority.ADMINISTER)
@require_POST
def second_step(request: HttpRequest, staff: int) -> HttpResponse:
    """Let a colleague who lost their second step set up a new one; nobody resets their own."""
    if _myself(request, staff):
        messages.error(request, _("自分の2段階めは、ほかの情報システム担当にやり直しを頼んでください。"))
    elif staff not in {one.id for one in staff_lines()}:
        raise Http404
    else:
        operations.reset_second_step(staff=staff, by=actor_of(request), now=timezone.now())
        messages.success(request, _("2段階めをやり直しにしました。次のサインインのあと、本人が設定します。"))
    return redirect("backoffice:staff")


def _myself(request: HttpRequest, staff: int) -> bool:
    return actor_of(request).staff_id == staff


@needs(Authority.ADMINISTER)
@require_POST
def day(request: HttpRequest) -> HttpResponse:
    """Open or close the office on a day, against the national calendar."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return render(request, "backoffice/staff.html", _page(StaffForm(), form), status=422)
    chosen = form.cleaned_data["day"]
    assert isinstance(chosen, date), "the field takes exact dates only"
    operations.set_day(
        day=chosen,
        is_open=form.cleaned_data["is_open"] == "open",
        note=form.cleaned_data["note"],
        by=actor_of(request),
        now=timezone.now(),
    )
    messages.success(request, _("開庁日を設定しました。期限の計算にすぐ使われます。"))
    return redirect("backoffice:staff")

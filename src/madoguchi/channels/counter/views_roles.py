"""Who files what after a death (手続きをする方): one prompt on the page that is checked, a page of its own where they differ."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases import roles
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.record import Record
from madoguchi.cases.roles import RoleHolder, holder_of, how_said, roles_that_may_be_needed
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.views_opening import case_of, version_of
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.procedures.packs import FilingRole

OTHER, OPEN = "other", "open"
REFUSALS = (NotNow, SomebodyElseChanged, roles.NotToBeNamed)


def role_prompt(view: CaseView) -> dict[str, Any] | None:
    """What the page that is checked asks and shows of the roles; None where nothing is filed in one."""
    needed = roles_that_may_be_needed(view.judged)
    if not needed:
        return None
    record = view.record
    lines = [
        {
            "label": _(role.label),
            "procedures": "、".join(names),
            "name": holder.name
            if (holder := holder_of(record, role))
            else _("まだ決まっていない（紙に手で書く）"),
        }
        for role, names in needed.items()
    ]
    return {
        "visitor": record.text("notifier_name"),
        "may_be_visitor": roles.visitor_may_do_all(record),
        "said": how_said(record),
        "lines": lines,
    }


def keep_role_prompt(request: HttpRequest, case: str, view: CaseView) -> bool:
    """Keep what was said to the one prompt; whether the page where they are named one by one comes next."""
    said = request.POST.get("one_for_all", "")
    if said == "yes" and how_said(view.record) != roles.ONE:
        roles.say_one_does_all(case=case, by=actor_of(request), now=timezone.now())
    return said == "no" and how_said(view.record) != roles.EACH


@needs(Authority.COUNTER)
def filing_roles(request: HttpRequest, case: str) -> HttpResponse:
    """Name who files, role by role."""
    view = case_of(request, case, "roles")
    if view.header.signed:
        return redirect("counter:done", case)
    needed = roles_that_may_be_needed(view.judged)
    problems: list[str] = []
    if request.method == "POST":
        try:
            roles.say_roles(
                case=case,
                holders=_posted(request.POST, tuple(needed), view.record),
                by=actor_of(request),
                now=timezone.now(),
                version=version_of(request),
            )
            return redirect("counter:check", case)
        except REFUSALS as error:
            problems = [str(error)]
    context = {
        "case": head_of(view.header, here="check", record=view.record),
        "roles": [_role(view.record, role, names) for role, names in needed.items()],
        "problems": problems,
    }
    return render(request, "counter/roles.html", context)


def _posted(
    posted: QueryDict, needed: tuple[FilingRole, ...], record: Record
) -> dict[FilingRole, RoleHolder]:
    found = {}
    for role in needed:
        chosen = posted.get(f"{role.value}-who", OPEN)
        account = posted.get(f"{role.value}-account", "")
        if chosen == OTHER:
            name = posted.get(f"{role.value}-name", "")
            relationship = posted.get(f"{role.value}-relationship", "")
            found[role] = RoleHolder(name, "", relationship, account)
        elif chosen != OPEN:
            found[role] = RoleHolder(record.text("name", chosen), chosen, "", account)
        elif account:
            found[role] = RoleHolder("", account=account)
    return found


def _role(record: Record, role: FilingRole, procedures: tuple[str, ...]) -> dict[str, Any]:
    held = holder_of(record, role) or RoleHolder("")
    chosen = held.ref or (OTHER if held.name else OPEN)
    people = [
        {"code": one.ref, "name": record.name_of(one.ref), "chosen": one.ref == chosen}
        for one in record.people
        if record.value("death_date", one.ref) is None
    ]
    return {
        "code": role.value,
        "label": _(role.label),
        "procedures": "、".join(procedures),
        "people": people,
        "other": chosen == OTHER,
        "open": chosen == OPEN,
        "name": "" if held.ref else held.name,
        "relationship": "" if held.ref else held.relationship,
        "account": record.text(f"{role.value}_account"),
    }

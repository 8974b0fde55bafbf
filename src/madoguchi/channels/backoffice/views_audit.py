"""証跡: who read a person, what a member of staff did, whether the chain holds. Looking is itself recorded.

Searches are posted: a 宛名番号 in an address would stay in histories and logs.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit import events
from madoguchi.audit.entries import Entry, Purpose
from madoguchi.audit.operations import NotAKey, record_access, record_act
from madoguchi.audit.queries import daily_head, person_timeline, staff_timeline, verify
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.city.queries import staff as staff_lines


@needs(Authority.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """The search, its answer, and the check of the chain."""
    context: dict[str, Any] = {
        "members": staff_lines(),
        "head": daily_head(timezone.localdate()),
        "person": request.POST.get("person", "").strip(),
        "staff": request.POST.get("staff", "").strip(),
        "problems": [],
    }
    if request.method == "POST":
        if request.POST.get("act") == "verify":
            record_act(actor=actor_of(request), activity="chain_verified", now=timezone.now())
            context["verification"] = verify(printed_head=request.POST.get("head", "").strip() or None)
        else:
            context |= _timeline(request, context["person"], context["staff"])
    return render(request, "backoffice/audit.html", context)


def _timeline(request: HttpRequest, person: str, member: str) -> dict[str, Any]:
    if bool(person) == bool(member):
        return {"problems": [_("宛名番号か職員のどちらか一方を入れてください。")]}
    if member and whole_number(member) is None:
        return {"problems": [_("職員を一覧から選んでください。")]}
    try:
        record_access(
            actor=actor_of(request),
            purpose=Purpose.AUDIT,
            authority=Authority.AUDIT.value,
            person_keys=[person] if person else [],
            fields=("timeline",) if person else ("timeline", f"staff-{member}"),
            case=None,
            screen="audit",
            now=timezone.now(),
        )
    except NotAKey:
        return {"problems": [_("宛名番号は半角の数字で入れてください。")]}
    found = person_timeline(person) if person else staff_timeline(int(member))
    return {"asked": True, "rows": [_line(one) for one in found]}


def _line(one: Entry) -> dict[str, Any]:
    return {
        "at": one.at,
        "who": one.staff_name,
        "what": events.sentence(one),
        "purpose": events.purpose_name(one.purpose),
        "where": f"{one.branch} {one.desk}".strip(),
        "case": one.case,
    }

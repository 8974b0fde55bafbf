"""証跡: who read a person, what a member of staff did, whether the audit is as it was sealed. Looking is itself recorded.

Searches are posted: a 宛名番号 in an address would stay in histories and logs.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit import events
from madoguchi.audit.entries import Entry, Purpose
from madoguchi.audit.operations import NotAKey, record_access, record_act
from madoguchi.audit.paper_head import NotAHead, PaperHead, read_head
from madoguchi.audit.queries import person_timeline, staff_timeline
from madoguchi.audit.verifying import head_of_day, lines_of_day, seal_age, verify
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, profile
from madoguchi.city.queries import staff as staff_lines

# Minutes that a line may wait for its seal before the screen says that the worker stands still.
OLD_PROOF_MINUTES = 15
GROUPS_A_LINE = 4


@needs(Authority.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """The search, its answer, and the check of the chain."""
    now, age = timezone.now(), seal_age()
    context: dict[str, Any] = {
        "members": staff_lines(),
        "today": timezone.localdate(now),
        "age": age,
        "minutes": age.minutes(now),
        "old": age.minutes(now) >= OLD_PROOF_MINUTES,
        "heads": request.POST.get("head", "").strip(),
        "person": request.POST.get("person", "").strip(),
        "staff": request.POST.get("staff", "").strip(),
        "problems": [],
    }
    if request.method == "POST":
        if request.POST.get("act") == "verify":
            context |= _verified(request, context["heads"])
        else:
            context |= _timeline(request, context["person"], context["staff"])
    return render(request, "backoffice/audit.html", context)


def _verified(request: HttpRequest, typed: str) -> dict[str, Any]:
    """What checking found, also against the heads that were typed, one a line."""
    try:
        papers = [read_head(line) for line in typed.splitlines() if line.strip()]
    except NotAHead as error:
        return {"problems": [str(error)]}
    record_act(actor=actor_of(request), activity="chain_verified", now=timezone.now(), heads=len(papers))
    return {"verification": verify(papers=papers), "papers": len(papers)}


@needs(Authority.AUDIT)
def sheet(request: HttpRequest, day: str) -> HttpResponse:
    """The sheet of a day (日計表), to be printed and kept in another office: how many lines, and the head of the tree."""
    try:
        shown = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    sealed, now = head_of_day(shown), timezone.now()
    context: dict[str, Any] = {
        "city": profile().name,
        "day": shown,
        "lines": lines_of_day(shown),
        "sealed": sealed,
        "unfinished": shown >= timezone.localdate(now),
        "waiting": seal_age().waiting,
    }
    if sealed:
        context |= _on_paper(sealed.head)
    return render(request, "backoffice/audit_sheet.html", context)


def _on_paper(head: PaperHead) -> dict[str, Any]:
    groups = head.groups
    return {
        "rows": [groups[at : at + GROUPS_A_LINE] for at in range(0, len(groups), GROUPS_A_LINE)],
        "qr": segno.make(head.text(), error="m", micro=False).svg_data_uri(border=4, scale=4, light="#fff"),
        "text": head.text(),
    }


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

"""The page on which the clerk says who of the register each person is that was told of before coming."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from madoguchi.cases.naming import NOT_HERE, NOT_YET, members_of, to_be_named
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.head import head_of
from madoguchi.city.queries import actor_of
from madoguchi.jp.wareki import format_date_text


def name_page(request: HttpRequest, view: CaseView, resident_no: str, problem: str = "") -> HttpResponse:
    """Those who were told of beside those of the register; what is chosen before is a guess. Raises NoSuchHousehold."""
    now, by = timezone.now(), actor_of(request)
    members = members_of(case=view.header.id, resident_no=resident_no, by=by, now=now)
    told = to_be_named(view.record, members)
    context = {
        "case": head_of(view.header, here="start", record=view.record),
        "resident": resident_no,
        "problems": [problem] if problem else [],
        "not_yet": NOT_YET,
        "not_here": NOT_HERE,
        "members": [
            {
                "number": one.resident_no,
                "name": one.name,
                "relationship": one.relationship,
                "birth": format_date_text(one.birth) if one.birth else "",
            }
            for one in members
        ],
        "told": [
            {
                "ref": one.ref,
                "called": one.called,
                "birth": format_date_text(one.birth) if one.birth else "",
                "seems": request.POST.get(f"meant-{one.ref}", one.seems),
            }
            for one in told
        ],
    }
    return render(request, "counter/name_people.html", context, status=422 if problem else 200)

"""配置できる職員: which lanes members of staff know, and when they usually work."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.booking.levelling.officers import (
    USUAL_BEGINS,
    USUAL_ENDS,
    HoursRefused,
    StaffChoice,
    choices,
    set_officers,
)
from madoguchi.booking.levelling.roster import Officer, words
from madoguchi.channels.backoffice.levelling.common import Looked, looked_at, places
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of

TIMES = range(7 * 4, 20 * 4 + 1)


@needs(Authority.LEVELLING)
def lane_officers(request: HttpRequest) -> HttpResponse:
    """Look at the skills and hours, and set them."""
    looked = looked_at(request, request.POST if request.method == "POST" else request.GET)
    there = choices(looked.branch)
    problems: list[str] = []
    if request.method == "POST":
        try:
            set_officers(
                branch=looked.branch,
                given={one.id: _given(request.POST, looked, one) for one in there},
                by=actor_of(request),
                now=timezone.now(),
            )
            messages.success(request, _("職員の窓口と勤務時間を保存しました。"))
            return redirect(f"{reverse('backoffice:levelling_officers')}?{looked.address}")
        except HoursRefused as error:
            problems = [str(error)]
    context = places(looked, "officers") | {
        "problems": problems,
        "lanes": looked.offered.lanes_at(looked.branch),
        "people": [_shown(one) for one in there],
        "times": [(number, words(number)) for number in TIMES],
    }
    return render(request, "backoffice/levelling/officers.html", context, status=422 if problems else 200)


def _given(post: QueryDict, looked: Looked, one: StaffChoice) -> Officer | None:
    known = {lane.key for lane in looked.offered.lanes_at(looked.branch)}
    lanes = frozenset(post.getlist(f"lanes-{one.id}")) & known
    begins, ends = (whole_number(post.get(f"{name}-{one.id}", "")) for name in ("begins", "ends"))
    if not lanes:
        return None
    return Officer(
        str(one.id),
        one.name,
        lanes,
        USUAL_BEGINS if begins is None else begins,
        USUAL_ENDS if ends is None else ends,
        f"lunch-{one.id}" in post,
    )


def _shown(one: StaffChoice) -> dict[str, Any]:
    known = one.officer
    return {
        "id": one.id,
        "name": one.name,
        "department": one.department,
        "lanes": known.lanes if known else frozenset(),
        "begins": known.begins if known else USUAL_BEGINS,
        "ends": known.ends if known else USUAL_ENDS,
        "lunch": known.lunch if known else True,
    }

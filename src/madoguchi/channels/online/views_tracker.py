"""Who read my data, for programs (閲覧記録の照会): three calls in the form of the Estonian data tracker.

`findUsage`, `usagePeriod` and `heartbeat`, as JSON, for whoever is signed in as a resident, about themselves alone: a `userCode`
of anybody else is answered as what is not there, and the attempt is written down. No official is named. Only the form is
Estonia's: nothing here is part of its network, and what its description leaves open is ours.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_access
from madoguchi.audit.queries import first_line_at, readings_between
from madoguchi.channels.online.readings import in_plain_words
from madoguchi.channels.online.who import actor_of_resident, needs_resident, not_theirs, own_number
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.queries import profile

SYSTEM = "madoguchi"
MOST = 1000
USUAL = 100


class _CannotRead(ValueError):
    """A parameter that is not as it has to be."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@needs_resident()
def find_usage(request: HttpRequest) -> HttpResponse:
    """How many readings of one's data there were in a period, and a page of them, newest first (at most 1,000)."""
    number, now = own_number(request), timezone.now()
    if request.GET.get("userCode", number) != number:
        raise not_theirs(request)
    try:
        begin = _moment(request, "periodStart", time.min)
        end = _moment(request, "periodEnd", time.max)
        offset, limit = _count(request, "offset", 0), min(_count(request, "limit", USUAL), MOST)
    except _CannotRead as error:
        return _json({"error": {"what": "読めない項目があります。", "where": error.name, "what_to_do": "日時は 2026-11-09T00:00:00+09:00、数は 0 以上の整数で書いてください。"}}, status=400)  # fmt: skip
    record_access(
        actor=actor_of_resident(request), purpose=Purpose.OWN, authority="resident", person_keys=[number],
        fields=("readings",), case=None, screen="tracker", now=now,
    )  # fmt: skip
    total, found = readings_between(number, begin=begin, end=end, offset=offset, limit=limit)
    city = profile()
    usages = [
        {
            "logtime": timezone.localtime(one.at).isoformat(),
            "action": one.what,
            "receiverCode": city.code,
            "receiverName": f"{city.name} {one.office}",
            "receiverSystem": SYSTEM,
        }
        for one in in_plain_words(found)
    ]
    return _json({"totalUsages": total, "usages": usages})


@needs_resident()
def usage_period(request: HttpRequest) -> HttpResponse:
    """The period about which this system can tell: from the first line of its audit until now."""
    begun, now = first_line_at(), timezone.now()
    period = {"periodStart": timezone.localtime(begun or now).isoformat(), "periodEnd": timezone.localtime(now).isoformat()}  # fmt: skip
    return _json(period)


@needs_resident()
def heartbeat(request: HttpRequest) -> HttpResponse:
    """That this system answers, and which it is."""
    return _json({"status": "UP", "receiverCode": profile().code, "receiverSystem": SYSTEM})


def _moment(request: HttpRequest, name: str, of_day: time) -> datetime | None:
    """A moment with its offset, or a day in Japan; None when nothing is said. Raises _CannotRead."""
    said = request.GET.get(name, "").strip()
    if not said:
        return None
    try:
        if "T" not in said:
            return timezone.make_aware(datetime.combine(date.fromisoformat(said), of_day))
        found = parse_datetime(said.replace(" ", "+"))
    except (ValueError, OverflowError) as error:
        raise _CannotRead(name) from error
    if found is None or found.tzinfo is None:
        raise _CannotRead(name)
    return found


def _count(request: HttpRequest, name: str, usual: int) -> int:
    said = request.GET.get(name, "").strip()
    found = whole_number(said) if said else usual
    if found is None or found < 0:
        raise _CannotRead(name)
    return found


def _json(told: dict[str, Any], *, status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})

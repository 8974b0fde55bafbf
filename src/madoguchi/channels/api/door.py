"""The door of every address of the interface: who asks too often waits, who asks for no JSON is told, who may read from a page.

1. `OPTIONS` is answered for origins that the city named (MADOGUCHI_API_ORIGINS); none is named unless it says so.
2. What is asked for must be JSON.
3. Each address is counted, by the same table as other trials: all processes together, as a digest, for ten minutes.
4. `HEAD` is answered as `GET` without a body.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from madoguchi.booking.trials import TRIAL_SPAN, count_trial
from madoguchi.channels.api.problems import JSON, USUAL, CannotAnswer, cannot, problem_response
from madoguchi.city.session import quiet

View = Callable[..., HttpResponse]
ANY_ORIGIN = "*"


def door(view: View, *, counted: bool = True) -> View:
    """Put the door before a view. `counted`: who asks it too often waits."""

    @wraps(view)
    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        quiet(request)
        try:
            answer = _answered(request, view, named, counted)
        except CannotAnswer as refused:
            answer = problem_response(refused.status, refused.faults)
            for name, value in refused.headers.items():
                answer[name] = value
        _for_other_pages(request, answer)
        return answer

    # No cookie is read and nothing is changed: there is nothing to be forged.
    return csrf_exempt(answered)


def _answered(request: HttpRequest, view: View, named: dict[str, Any], counted: bool) -> HttpResponse:
    if request.method == "OPTIONS" and _origin_allowed(request):
        return HttpResponse(status=204)
    if not request.accepts(JSON):
        raise cannot(406)
    if counted:
        _count(request, timezone.now())
    head = request.method == "HEAD"
    if head:
        request.method = "GET"
    answer = view(request, **named)
    if head:
        request.method = "HEAD"
        length = str(len(answer.content))
        answer.content = b""
        answer["Content-Length"] = length
    return answer


def _count(request: HttpRequest, now: datetime) -> None:
    """Raises CannotAnswer when this address asked too often."""
    asked = count_trial(key=f"api/{request.META.get('REMOTE_ADDR', '')}", now=now)
    if asked > settings.API_REQUESTS:
        span = int(TRIAL_SPAN.total_seconds())
        wait = span - int(now.timestamp()) % span
        raise CannotAnswer(429, USUAL[429], headers={"Retry-After": str(wait)})


def _origin_allowed(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    return bool(origin) and (ANY_ORIGIN in settings.API_ORIGINS or origin in settings.API_ORIGINS)


def _for_other_pages(request: HttpRequest, answer: HttpResponse) -> None:
    """Let pages of the origins that the city named read the answer; without cookies, which the interface does not know."""
    if not settings.API_ORIGINS:
        return
    patch_vary_headers(answer, ["Origin"])
    if not _origin_allowed(request):
        return
    answer["Access-Control-Allow-Origin"] = (
        ANY_ORIGIN if ANY_ORIGIN in settings.API_ORIGINS else request.headers["Origin"]
    )
    answer["Access-Control-Expose-Headers"] = "ETag, Retry-After, Content-Language"
    if request.method == "OPTIONS":
        answer["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
        answer["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type, If-None-Match"
        answer["Access-Control-Max-Age"] = "600"


def published(request: HttpRequest, body: bytes, *, language: str = "ja") -> HttpResponse:
    """What stays as it is until the next revision: with an ETag; who has it already is told so (304)."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    asked = request.headers.get("If-None-Match", "")
    known = {one.strip().removeprefix("W/") for one in asked.split(",")}
    answer = (
        HttpResponse(status=304) if tag in known or asked.strip() == "*"
        else HttpResponse(body, content_type=f"{JSON}; charset=utf-8")
    )  # fmt: skip
    answer["ETag"] = tag
    answer["Cache-Control"] = "public, max-age=300"
    answer["Content-Language"] = language
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


def of_the_moment(body: bytes, *, seconds: int = 0) -> HttpResponse:
    """What changes by itself: kept by nobody, or for some seconds."""
    answer = HttpResponse(body, content_type=f"{JSON}; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-store"
    return answer

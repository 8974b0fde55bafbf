"""A page that goes on by itself: what it needs to follow its stream, and the one address more that its CSP lets it reach.

With a reverse proxy in front, pages and streams share one origin and nothing is added. Without one the stream answers on a port of its
own (`MADOGUCHI_STREAM_PORT`): the page of this answer alone may connect to its own host on that port.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from madoguchi.booking.when import day_in_words
from madoguchi.channels.board.pictures import Watch, as_json, picture
from madoguchi.channels.board.stream_paths import path_of
from madoguchi.channels.shared.languages import JAPANESE, current, tongues
from madoguchi.jp.wareki import format_wareki

JAPAN = ZoneInfo("Asia/Tokyo")


def stream_origin(request: HttpRequest) -> str:
    """Where the streams are, seen from this page: "" when they share its origin."""
    if not settings.STREAM_PORT:
        return ""
    host = request.get_host().rsplit(":", 1)[0] if ":" in request.get_host() else request.get_host()
    return f"{request.scheme}://{host}:{settings.STREAM_PORT}"


def live_page(
    request: HttpRequest, template: str, watch: Watch, *, now: datetime, secret: str = "", **context: Any
) -> HttpResponse:
    """The page of one watched screen, with the screen as it stands now in its middle."""
    seen, sequence = picture(watch, now=now)
    origin = stream_origin(request)
    context |= page_context(now)
    context |= {
        "kind": watch.kind.value,
        "secret": secret,
        "live_url": origin + path_of(watch, secret=secret),
        "sequence": sequence,
        "picture": mark_safe(seen.html),  # our own template made it, and escaped what is in it
        "screen": seen.screen,
        "calls": as_json(seen.calls),
    }
    answer = render(request, template, context)
    answer["Cache-Control"] = "no-store"
    if origin:
        answer._csp_update = {"connect-src": [origin]}  # type: ignore[attr-defined]  # read by django-csp for this answer only
    return answer


def page_context(now: datetime) -> dict[str, Any]:
    """What every board needs besides its screen."""
    today = now.astimezone(JAPAN).date()
    return {
        "now": now.astimezone(JAPAN),
        "now_ms": int(now.timestamp() * 1000),
        "today": format_wareki(today) if current() == JAPANESE else day_in_words(today),
        "tongues": tongues(),
        "spoken": current(),
        "stale_seconds": settings.STALE_SECONDS,
    }

"""Who is at this browser (来訪者), without an account: a key of its own and the bookings that it may open.

A booking is opened by making it here, by its link, or by its number with the four digits; then the browser's session knows
it until the browser is closed. No secret stands in any address of the pages that follow.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.http import HttpRequest

VISITOR, OPENED = "visitor", "bookings"
MOST_OPENED = 10


def visitor_of(request: HttpRequest) -> str:
    """The key of this browser, made when first asked for."""
    if VISITOR not in request.session:
        request.session[VISITOR] = secrets.token_urlsafe(16)
    return str(request.session[VISITOR])


def press_of(request: HttpRequest, *about: object) -> str:
    """What makes a press of a button one, however often it arrives: the page's own mark, the browser, what was chosen."""
    words = "|".join((request.POST.get("press", ""), visitor_of(request), *map(str, about)))
    return f"web-{sha256(words.encode()).hexdigest()[:48]}"


def new_mark() -> str:
    """The mark of a page, for `press_of`."""
    return secrets.token_urlsafe(12)


def open_here(request: HttpRequest, number: str) -> None:
    """Let this browser open a booking."""
    others = [one for one in request.session.get(OPENED, []) if one != number]
    request.session[OPENED] = [number, *others][:MOST_OPENED]


def opened_here(request: HttpRequest) -> list[str]:
    """The bookings that this browser may open, the latest first."""
    return [str(one) for one in request.session.get(OPENED, [])]

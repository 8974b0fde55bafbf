"""When a request could not be brought to an end: the page that says so, and never that something was saved.

A database that is full, read-only, broken or away is said as what it is (503), with what to do now; anything else is the page of 500.
Neither reads anything: what failed may be what reading needs.
"""

from __future__ import annotations

import sys

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as plain

RETRY_SECONDS = 30
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an exception that nobody expected; called while it is handled."""
    if not of_the_database(sys.exc_info()[1]):
        return plain(request)
    page = render_to_string("not_saved.html", {"sent": request.method not in SAFE})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def of_the_database(error: BaseException | None) -> bool:
    """Whether the database was the reason, also when something else was raised while that was handled."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, DatabaseError | InterfaceError):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False

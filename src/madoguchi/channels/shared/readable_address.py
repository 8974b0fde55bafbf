"""An address that holds a NUL is nobody's address: no name has one, and PostgreSQL refuses to compare with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

NUL = "\0"


class ReadableAddress:
    """Middleware after the gate: an address or its search part with a NUL is not found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> None:
        searched = (value for values in request.GET.lists() for value in values[1])
        if NUL in request.path or any(NUL in value for value in searched):
            raise Http404

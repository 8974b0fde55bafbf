"""The back channel: short calls to the provider, never through a redirect, never longer than their limit."""

from __future__ import annotations

import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from madoguchi.connect.identity.faults import IdentityFault, NotSignedIn
from madoguchi.notation.reading import json_of

SECONDS = 5.0
_MOST_BYTES = 200_000
_PIECE = 16_384


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """A provider that sends elsewhere is not followed: a secret or a token would go with the request."""


_opener = build_opener(_NoRedirect)


def fetch(address: str, *, headers: Mapping[str, str] | None = None, seconds: float = SECONDS) -> Any:
    """The JSON that stands at an address. Raises NotSignedIn."""
    return _json(_body(Request(address, headers={"Accept": "application/json", **(headers or {})}), seconds))


def send(
    address: str, form: Mapping[str, str], *, headers: Mapping[str, str], seconds: float = SECONDS
) -> Any:
    """The JSON that a form is answered with. Raises NotSignedIn."""
    words = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", **headers}
    request = Request(address, data=urlencode(form).encode(), headers=words, method="POST")
    return _json(_body(request, seconds))


def _body(request: Request, seconds: float) -> bytes:
    """Everything that is sent, up to a size and a moment: a trickle does not hold the page."""
    until, found = time.monotonic() + seconds, b""
    try:
        with _opener.open(request, timeout=seconds) as answer:
            while piece := answer.read1(_PIECE):
                found += piece
                if len(found) > _MOST_BYTES:
                    raise NotSignedIn(IdentityFault.UNREADABLE)
                if time.monotonic() > until:
                    raise NotSignedIn(IdentityFault.NOT_REACHED)
    except HTTPError as error:
        error.close()
        fault = IdentityFault.NOT_REACHED if error.code >= 500 else IdentityFault.REFUSED_BY_PROVIDER
        raise NotSignedIn(fault) from None
    except (URLError, HTTPException, OSError, ValueError):
        raise NotSignedIn(IdentityFault.NOT_REACHED) from None
    return found


def _json(body: bytes) -> Any:
    try:
        return json_of(body)
    except (ValueError, RecursionError):
        raise NotSignedIn(IdentityFault.UNREADABLE) from None

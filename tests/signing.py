"""Signing in as a resident in tests: the provider's twin in a thread of its own, and a browser that walks the whole way."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.http import HttpResponse
from django.test import Client
from joserfc.jwk import RSAKey

from madoguchi.connect.twins.identity_provider import Persona, Provider, ProviderServer
from madoguchi.residents.people import RegisterEntry

CLIENT, SECRET = "madoka", "himitsu%+:/"
BACK = "http://testserver/my/back/"


def persona_of(entry: RegisterEntry, subject: str, **other: str) -> Persona:
    """The person of the register as the provider would vouch for them."""
    said = {
        "name": entry.name.name, "address": entry.address, "birthdate": str(entry.birth), "gender": entry.sex, **other,
    }  # fmt: skip
    return Persona(subject, **said)


@cache
def _key(number: int) -> RSAKey:
    """Keys that all tests of a run share: making one takes a while."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"} if number == 1 else {})


def keys_of_tests() -> tuple[RSAKey, RSAKey]:
    """The provider's key and another one."""
    return _key(1), _key(2)


@contextmanager
def provider_running(
    settings: Any, personas: Sequence[Persona], *, slow: float = 0.4, back: str = BACK
) -> Iterator[Provider]:
    """The twin of the provider, named by the settings, until the end."""
    provider = Provider(CLIENT, SECRET, back, tuple(personas), key=_key(1), other_key=_key(2))
    server = ProviderServer(0, provider, slow_seconds=slow)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.issuer, CLIENT
    settings.OIDC_CLIENT_SECRET, settings.OIDC_KEY_FILE = SECRET, ""
    settings.PUBLIC_ADDRESS = ""
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Stop(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Where it sends is looked at, not followed."""


def chosen_at(address: str, subject: str) -> str:
    """Choose a person on the provider's page; where it sends the browser then."""
    opener = build_opener(_Stop)
    page = opener.open(address, timeout=10).read().decode()
    action = re.search(r'action="(/authorize[^"]*)"', page)
    assert action is not None, page
    parts = urlsplit(address)
    to = f"{parts.scheme}://{parts.netloc}{action[1].replace('&amp;', '&')}"
    try:
        opener.open(Request(to, data=urlencode({"persona": subject}).encode()), timeout=10).close()
    except HTTPError as answer:
        return str(answer.headers["Location"])
    raise AssertionError("the provider sends nowhere")


def path_of(address: str) -> str:
    """The address without its host, as the test's browser asks for it."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def gone_out(browser: Client, subject: str, *, goal: str = "") -> str:
    """Out to the provider and a person chosen; the address back, not opened yet."""
    out = browser.get("/my/sign-in/go/", {"next": goal} if goal else {})
    assert out.status_code == 302, out.content.decode()
    return path_of(chosen_at(out["Location"], subject))


def sign_in(browser: Client, subject: str, *, goal: str = "") -> HttpResponse:
    """The whole way; the answer to the address back."""
    return browser.get(gone_out(browser, subject, goal=goal))  # type: ignore[return-value]  # the stubs' own response class


def asked_of(address: str) -> dict[str, str]:
    """What an address asks for."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}

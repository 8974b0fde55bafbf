"""What is believed of a provider, part by part: its addresses, its answers, its tokens. Each doubt is refused by its own name."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.cast import NOW
from tests.signing import asked_of, chosen_at, keys_of_tests, provider_running

from madoguchi.connect.identity import calls, provider, signing_in, tokens
from madoguchi.connect.identity.faults import IdentityFault, NotSignedIn
from madoguchi.connect.models import SpentCodeRow
from madoguchi.connect.twins.identity_provider import FALLBACK, Provider

ISSUER, CLIENT, NONCE, ACCESS = "https://id.example", "madoka", "n-1", "access"
KEY, OTHER_KEY = keys_of_tests()
KEYS = KeySet([KEY])


def claims(**other: Any) -> dict[str, Any]:
    moment = int(NOW.timestamp())
    said = {"iss": ISSUER, "sub": "s", "aud": CLIENT, "exp": moment + 300, "iat": moment, "nonce": NONCE}
    return {name: value for name, value in (said | other).items() if value is not ...}


def token(said: Mapping[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": KEY.thumbprint()}, dict(said), key, algorithms=["RS256"])


def read(
    given: str, *, level: str = "", keys: Callable[[bool], KeySet] = lambda anew: KEYS
) -> dict[str, Any]:
    return tokens.verified(
        given, keys=keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, access_token=ACCESS, level=level, now=NOW
    )  # fmt: skip


def refused(given: Callable[[], object]) -> IdentityFault:
    with pytest.raises(NotSignedIn) as told:
        given()
    return told.value.fault


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "x"], "azp": CLIENT},
        {"at_hash": tokens._half_hash(ACCESS, "RS256")},
        {"exp": int(NOW.timestamp()) - 59},
    ],
)
def test_a_token_that_is_for_us_is_read(other: dict[str, Any]) -> None:
    assert read(token(claims(**other)))["sub"] == "s"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://id.example/"}, "other_issuer"),
    ({"iss": ...}, "other_issuer"),
    ({"aud": "x"}, "wrong_claims"),
    ({"aud": []}, "wrong_claims"),
    ({"aud": ...}, "wrong_claims"),
    ({"aud": {CLIENT: 1}}, "wrong_claims"),
    ({"aud": [CLIENT, "x"]}, "wrong_claims"),
    ({"aud": [CLIENT, "x"], "azp": "x"}, "wrong_claims"),
    ({"azp": "x"}, "wrong_claims"),
    ({"sub": ...}, "wrong_claims"),
    ({"sub": ""}, "wrong_claims"),
    ({"sub": "s" * 256}, "wrong_claims"),
    ({"sub": 7}, "wrong_claims"),
    ({"exp": int(NOW.timestamp()) - 60}, "wrong_claims"),
    ({"exp": ...}, "wrong_claims"),
    ({"exp": True}, "wrong_claims"),
    ({"exp": "9999999999"}, "wrong_claims"),
    ({"iat": ...}, "wrong_claims"),
    ({"iat": int((NOW - timedelta(minutes=12)).timestamp())}, "wrong_claims"),
    ({"iat": int((NOW + timedelta(minutes=2)).timestamp())}, "wrong_claims"),
    ({"nonce": "n-2"}, "wrong_nonce"),
    ({"nonce": ...}, "wrong_nonce"),
    ({"nonce": [NONCE]}, "wrong_nonce"),
    ({"at_hash": "AAAA"}, "wrong_claims"),
    ({"at_hash": 1}, "wrong_claims"),
]


@pytest.mark.parametrize(("other", "fault"), WRONG, ids=[str(one) for one, _ in WRONG])
def test_a_token_with_one_part_wrong_is_refused(other: dict[str, Any], fault: str) -> None:
    assert refused(lambda: read(token(claims(**other)))).value == fault


@pytest.mark.parametrize("said", [..., "aal2", ["aal3"], ""])
def test_the_level_that_was_asked_for_has_to_be_in_the_token(said: Any) -> None:
    assert refused(lambda: read(token(claims(acr=said)), level="aal3 crl")) is IdentityFault.WRONG_LEVEL
    assert read(token(claims(acr="aal3")), level="aal3 crl")


def test_a_new_key_of_the_provider_is_asked_for_once() -> None:
    asked: list[bool] = []

    def keys(anew: bool) -> KeySet:
        asked.append(anew)
        return KeySet([OTHER_KEY, KEY] if anew else [OTHER_KEY])

    assert read(token(claims()), keys=keys)["sub"] == "s"
    assert asked == [False, True]
    assert refused(lambda: read(token(claims(), OTHER_KEY))) is IdentityFault.WRONG_SIGNATURE


@pytest.fixture
def running(settings: Any) -> Iterator[Provider]:
    cache.clear()
    with provider_running(settings, FALLBACK) as found:
        yield found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"state": "another"}, IdentityFault.NO_SUCH_TRY),
        ({"issuer": "https://other.example"}, IdentityFault.OTHER_ISSUER),
        ({"nonce": "another"}, IdentityFault.WRONG_NONCE),
        ({"verifier": "another"}, IdentityFault.REFUSED_BY_PROVIDER),
        ({"begun": NOW - timedelta(minutes=16)}, IdentityFault.TOO_LATE),
    ],
    ids=lambda one: str(one),
)
def test_an_answer_fits_the_whole_try_or_nothing(
    running: Provider, other: dict[str, Any], fault: IdentityFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the session's own look-up of the try were wrong: `finish` asks for itself."""
    made, address = signing_in.begin(back="http://testserver/my/back/", goal="/my/", now=NOW)
    answer = asked_of(chosen_at(address, FALLBACK[0].subject))
    monkeypatch.setattr("time.time", lambda: NOW.timestamp())
    tried = replace(made, **other)
    assert refused(lambda: signing_in.finish(tried=tried, answer=answer, now=NOW)) is fault
    assert SpentCodeRow.objects.exists() is (
        fault in (IdentityFault.WRONG_NONCE, IdentityFault.REFUSED_BY_PROVIDER)
    )


@contextmanager
def answering(answers: Mapping[str, tuple[int, Mapping[str, str], bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that answers as told; where it is, and what it was asked."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_a_provider_that_sends_elsewhere_is_not_followed() -> None:
    moved = (302, {"Location": "/elsewhere"}, b"")
    with answering({"/here": moved, "/elsewhere": (200, {}, b"{}")}) as (base, asked):
        assert refused(lambda: calls.fetch(f"{base}/here")) is IdentityFault.REFUSED_BY_PROVIDER
        assert asked == ["/here"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"[" * 100_000, IdentityFault.UNREADABLE),
        (b'"' + b"a" * 300_000 + b'"', IdentityFault.UNREADABLE),
        (b"\xff\xfe", IdentityFault.UNREADABLE),
    ],
    ids=["deep", "long", "no text"],
)
def test_an_answer_without_end_or_sense_is_given_up(body: bytes, fault: IdentityFault) -> None:
    with answering({"/": (200, {}, body)}) as (base, _asked):
        assert refused(lambda: calls.fetch(f"{base}/")) is fault


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"issuer": "https://other.example"}, IdentityFault.OTHER_ISSUER),
        ({"token_endpoint": "http://id.example/token"}, IdentityFault.UNREADABLE),
        ({"userinfo_endpoint": "file:///etc/passwd"}, IdentityFault.UNREADABLE),
        ({"authorization_endpoint": "javascript:alert(1)"}, IdentityFault.UNREADABLE),
        ({"jwks_uri": None}, IdentityFault.UNREADABLE),
    ],
    ids=lambda one: str(one),
)
def test_what_a_provider_says_of_itself_is_not_believed_blindly(
    settings: Any, change: dict[str, Any], fault: IdentityFault
) -> None:
    cache.clear()
    document = "/.well-known/openid-configuration"
    answers: dict[str, tuple[int, Mapping[str, str], bytes]] = {}
    with answering(answers) as (base, _asked):
        names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        said = {"issuer": base, **{name: f"{base}/{name}" for name in names}}
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = base, CLIENT, "x"
        answers[document] = (200, {}, json.dumps(said | change).encode())
        assert refused(lambda: provider.addresses(provider.provider())) is fault
        assert not cache.get(f"oidc-discovery:{base}"), "what was refused is not kept"
        answers[document] = (200, {}, json.dumps(said).encode())
        assert provider.addresses(provider.provider()).token == f"{base}/token_endpoint"

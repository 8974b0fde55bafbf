"""A provider at which nobody real signs in (実演用の本人確認): invented people, chosen on a page, and faults among them.

    python -m madoguchi.connect.twins.identity_provider --port 0 --client demo --secret demo --back http://127.0.0.1:8000/my/back/

It speaks OpenID Connect as the デジタル認証アプリ does (code flow, PKCE S256, state and nonce required, RS256, a JWKS, codes for
one use, `client_secret_basic` or `private_key_jwt`), on this machine only. Nobody of it exists, and every page says so.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from madoguchi.connect.twins import identity_pages as pages

FAULTS = {
    "none": "正常",
    "wrong-nonce": "nonce が違う",
    "wrong-issuer": "発行者が違う（トークン）",
    "mix-up": "発行者が違う（戻りのアドレス）",
    "wrong-audience": "宛先が違う",
    "expired": "期限切れ",
    "future": "まだ来ていない時刻",
    "bad-signature": "署名が違う",
    "unsigned": "署名なし（alg none）",
    "shared-secret": "共有の秘密で署名（HS256）",
    "wrong-at-hash": "at_hash が違う",
    "other-subject": "userinfo がほかの人",
    "no-address": "住所を渡さない",
    "reusable-code": "同じコードを何度でも受け付ける",
    "slow": "返事が遅い",
    "broken": "500 を返す",
    "garbage": "読めない返事",
}
SLOW_SECONDS = 30.0
SECRET = "MADOGUCHI_OIDC_CLIENT_SECRET"
CODE_SECONDS = 60
TOKEN_SECONDS = 300
MOST_TEXT = 255


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented person, as the provider would vouch for them."""

    subject: str
    name: str
    address: str
    birthdate: str
    gender: str
    note: str = ""


FALLBACK = (
    Persona("demo-nobody", "実演 花子", "まど県まどか市本町1", "1990-01-01", "female", "登録にない人"),
)


@dataclass(slots=True)
class IssuedCode:
    """A code that waits to be exchanged, with what it is bound to."""

    asked: dict[str, str]
    persona: Persona
    at: float
    used: bool = False


@dataclass(slots=True)
class Provider:
    """What the twin knows: its keys, its one client, its people, the codes and tokens it gave out, the fault it plays."""

    client: str
    secret: str
    back: str
    personas: tuple[Persona, ...]
    client_key: RSAKey | ECKey | None = None
    issuer: str = ""
    fault: str = "none"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}))
    other_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    codes: dict[str, IssuedCode] = field(default_factory=dict)
    tokens: dict[str, Persona] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def give_code(self, asked: dict[str, str], persona: Persona) -> str:
        """The address to which the browser goes back."""
        code = secrets.token_urlsafe(32)
        with self.lock:
            self.codes[code] = IssuedCode(asked, persona, time.monotonic())
        issuer = "https://other.example" if self.fault == "mix-up" else self.issuer
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': issuer})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, once; None for anything that does not fit together."""
        with self.lock:
            held = self.codes.get(form.get("code", ""))
            if held is None or (held.used and self.fault != "reusable-code"):
                return None
            held.used = True
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = (
            form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == held.asked["redirect_uri"]
            and secrets.compare_digest(challenge, held.asked["code_challenge"])
            and time.monotonic() - held.at <= CODE_SECONDS
        )
        if not fits:
            return None
        access = secrets.token_urlsafe(32)
        with self.lock:
            self.tokens[access] = held.persona
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": self._id_token(held, access),
        }

    def _id_token(self, held: IssuedCode, access: str) -> str:
        now, fault = int(time.time()), self.fault
        half = base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()
        claims: dict[str, Any] = {
            "iss": "https://other.example" if fault == "wrong-issuer" else self.issuer,
            "sub": held.persona.subject,
            "aud": "somebody-else" if fault == "wrong-audience" else self.client,
            "exp": now - 3600 if fault == "expired" else now + TOKEN_SECONDS,
            "iat": now + 3600 if fault == "future" else now - 4000 if fault == "expired" else now,
            "nonce": "another-nonce" if fault == "wrong-nonce" else held.asked["nonce"],
            "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" if fault == "wrong-at-hash" else half,
        }
        if held.asked.get("acr_values"):
            claims["acr"] = held.asked["acr_values"].split()[0]
        if fault == "unsigned":
            parts = [json.dumps(one).encode() for one in ({"alg": "none", "typ": "JWT"}, claims)]
            return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts) + "."
        if fault == "shared-secret":
            shared = OctKey.import_key(hashlib.sha256(self.key.as_pem(private=False)).hexdigest())
            return jwt.encode({"alg": "HS256"}, claims, shared, algorithms=["HS256"])
        key = self.other_key if fault == "bad-signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.thumbprint()}, claims, key, algorithms=["RS256"])

    def facts(self, token: str) -> dict[str, Any] | None:
        """What userinfo says; the address as the standard's object."""
        with self.lock:
            who = self.tokens.get(token)
        if who is None:
            return None
        said: dict[str, Any] = {
            "sub": "another-subject" if self.fault == "other-subject" else who.subject,
            "name": who.name,
            "address": {"formatted": who.address},
            "birthdate": who.birthdate,
            "gender": who.gender,
        }
        if self.fault == "no-address":
            del said["address"]
        return said

    def knows_client(self, form: dict[str, str], authorization: str) -> bool:
        """Whether the call comes from the one client: by its secret, or by an assertion signed with its key."""
        if authorization.startswith("Basic "):
            try:
                name, _colon, secret = base64.b64decode(authorization[6:]).decode().partition(":")
            except ValueError:
                return False
            return (unquote(name), unquote(secret)) == (self.client, self.secret) and bool(self.secret)
        if self.client_key is None or "client_assertion" not in form:
            return False
        try:
            claims = jwt.decode(
                form["client_assertion"], self.client_key, algorithms=["RS256", "ES256"]
            ).claims
        except (JoseError, ValueError):
            return False
        return (
            claims.get("iss") == claims.get("sub") == self.client
            and claims.get("aud") == f"{self.issuer}/token"
            and claims.get("exp", 0) > time.time()
        )

    def may_be_asked(self, asked: dict[str, str]) -> bool:
        """Whether an authorization request is one of this profile."""
        return (
            asked.get("response_type") == "code"
            and asked.get("client_id") == self.client
            and asked.get("redirect_uri") == self.back
            and asked.get("code_challenge_method") == "S256"
            and bool(asked.get("code_challenge"))
            and "openid" in asked.get("scope", "").split()
            and all(
                asked.get(one, "").isascii() and 0 < len(asked.get(one, "")) <= MOST_TEXT
                for one in ("state", "nonce")
            )
        )


class ProviderPages(BaseHTTPRequestHandler):
    """The provider's addresses, and pages on which a person and a fault are chosen. Nothing is written anywhere."""

    server: ProviderServer

    def do_GET(self) -> None:
        provider, parts = self.server.provider, urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            if provider.may_be_asked(asked):
                people = [(one.subject, one.name, one.birthdate, one.note) for one in provider.personas]
                self._page(HTTPStatus.OK, pages.choice(people, parts.query))
            else:
                self._page(HTTPStatus.BAD_REQUEST, "<p>この求めには応じられません（実演）。</p>")
        elif parts.path == "/":
            self._page(HTTPStatus.OK, pages.front(FAULTS, provider.fault))
        elif parts.path in ("/.well-known/openid-configuration", "/jwks", "/userinfo"):
            self._answer(parts.path)
        else:
            self._page(HTTPStatus.NOT_FOUND, "<p>ありません。</p>")

    def do_POST(self) -> None:
        provider, parts = self.server.provider, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = {name: values[-1] for name, values in parse_qs(body).items()}
        if parts.path == "/fault":
            provider.fault = form.get("fault", "none") if form.get("fault") in FAULTS else "none"
            self._redirect("/")
        elif parts.path == "/authorize":
            asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            chosen = [one for one in provider.personas if one.subject == form.get("persona")]
            if not provider.may_be_asked(asked):
                self._page(HTTPStatus.BAD_REQUEST, "<p>この求めには応じられません（実演）。</p>")
            elif not chosen:
                said = {"error": "access_denied", "state": asked["state"], "iss": provider.issuer}
                self._redirect(f"{asked['redirect_uri']}?{urlencode(said)}")
            else:
                self._redirect(provider.give_code(asked, chosen[0]))
        elif parts.path == "/token":
            self._token(form)
        else:
            self._page(HTTPStatus.NOT_FOUND, "<p>ありません。</p>")

    def _token(self, form: dict[str, str]) -> None:
        provider = self.server.provider
        if self._plays_a_fault():
            return
        if not provider.knows_client(form, self.headers.get("Authorization", "")):
            self._json(HTTPStatus.UNAUTHORIZED, {"error": "invalid_client"})
            return
        made = provider.exchange(form)
        self._json(HTTPStatus.OK if made else HTTPStatus.BAD_REQUEST, made or {"error": "invalid_grant"})

    def _answer(self, path: str) -> None:
        provider = self.server.provider
        if path == "/jwks":
            self._json(HTTPStatus.OK, KeySet([provider.key]).as_dict(private=False))
        elif path == "/userinfo":
            told = provider.facts(self.headers.get("Authorization", "").removeprefix("Bearer "))
            self._json(HTTPStatus.OK if told else HTTPStatus.UNAUTHORIZED, told or {"error": "invalid_token"})
        else:
            base = provider.issuer
            said: dict[str, Any] = {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/userinfo",
                "jwks_uri": f"{base}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
            self._json(HTTPStatus.OK, said)

    def _plays_a_fault(self) -> bool:
        fault = self.server.provider.fault
        if fault == "slow":
            time.sleep(self.server.slow_seconds)
        if fault == "broken":
            self._json(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "server_error"})
        if fault == "garbage":
            self._send(HTTPStatus.OK, b"<not json>", "application/json")
        return fault in ("broken", "garbage")

    def _redirect(self, to: str) -> None:
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status: HTTPStatus, said: Any) -> None:
        self._send(status, json.dumps(said).encode(), "application/json")

    def _page(self, status: HTTPStatus, inside: str) -> None:
        self._send(status, pages.whole(inside), "text/html; charset=utf-8")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: states and codes stay here."""


class ProviderServer(ThreadingHTTPServer):
    """The pages and the provider behind them; its issuer is its own address."""

    daemon_threads = True

    def __init__(self, port: int, provider: Provider, slow_seconds: float = SLOW_SECONDS) -> None:
        super().__init__(("127.0.0.1", port), ProviderPages)
        self.provider, self.slow_seconds = provider, slow_seconds
        provider.issuer = f"http://127.0.0.1:{self.server_address[1]}"


def personas_in(path: str) -> tuple[Persona, ...]:
    """The people of a JSON file (a list of objects with the fields of `Persona`)."""
    return tuple(Persona(**one) for one in json.loads(Path(path).read_text(encoding="utf-8")))


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; prints the port first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8767, help="0: any that is free")
    parser.add_argument("--client", default="demo", help="client_id")
    parser.add_argument(
        "--secret", default="", help=f"client_secret; else ${SECRET}; without: private_key_jwt"
    )
    parser.add_argument("--client-key", default="", help="PEM file with the client's public key")
    parser.add_argument("--back", required=True, help="the one redirect_uri")
    parser.add_argument("--people", default="", help="JSON file with the people to choose from")
    parser.add_argument("--slow", type=float, default=SLOW_SECONDS, help="seconds of the fault “slow”")
    options = parser.parse_args(argv)
    people = personas_in(options.people) if options.people else FALLBACK
    key = RSAKey.import_key(Path(options.client_key).read_bytes()) if options.client_key else None
    secret = options.secret or os.environ.get(SECRET, "")
    provider = Provider(options.client, secret, options.back, people, key)
    server = ProviderServer(options.port, provider, options.slow)
    print(server.server_address[1], flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())

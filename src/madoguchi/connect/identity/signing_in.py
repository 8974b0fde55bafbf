"""One sign-in from beginning to end: out to the provider with three secrets, back with a code, in with four facts."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.db import IntegrityError, transaction

from madoguchi.connect.identity import calls, tokens
from madoguchi.connect.identity.faults import IdentityFault, NotSignedIn
from madoguchi.connect.identity.provider import (
    IdentityProvider,
    ProviderAddresses,
    addresses,
    key_set,
    provider,
)
from madoguchi.connect.models import SpentCodeRow
from madoguchi.residents.accounts.facts import ClaimedFacts

LONGEST_TRY = timedelta(minutes=15)
# A code lives for minutes; a digest of it is kept for longer than any provider would take it.
KEPT = timedelta(days=1)
_MOST_TEXT = 400


@dataclass(frozen=True, slots=True)
class SignInTry:
    """A sign-in that was begun (サインインの途中): what the answer must fit. It stays in the browser's session."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    back: str
    begun: datetime
    goal: str


@dataclass(frozen=True, slots=True)
class SignedClaims:
    """Who came back: the provider's name for them, and the four facts that it vouches for."""

    issuer: str
    subject: str
    facts: ClaimedFacts


def begin(*, back: str, goal: str, now: datetime) -> tuple[SignInTry, str]:
    """A new try and the provider's address to which the browser goes. Raises NotSignedIn."""
    of = provider()
    made = SignInTry(
        of.issuer,
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(48),
        back,
        now,
        goal,
    )
    digest = hashlib.sha256(made.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": of.client_id,
        "redirect_uri": back,
        "scope": of.scopes,
        "state": made.state,
        "nonce": made.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if of.level:
        asked["acr_values"] = of.level
    address = addresses(of).authorization
    return made, f"{address}{'&' if '?' in address else '?'}{urlencode(asked, quote_via=quote)}"


def finish(*, tried: SignInTry, answer: Mapping[str, str], now: datetime) -> SignedClaims:
    """Who came back. The code is exchanged at most once, whatever becomes of it. Raises NotSignedIn."""
    of = provider()
    where = addresses(of)
    code = _code(tried, answer, of, where, now=now)
    _spend(of.issuer, code, now=now)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": tried.back,
        "code_verifier": tried.verifier,
    }
    form, headers = _presented(form, of, where, now=now)
    given = _mapping(calls.send(where.token, form, headers=headers))
    id_token, access_token = given.get("id_token"), given.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise NotSignedIn(IdentityFault.UNREADABLE)
    claims = tokens.verified(
        id_token,
        keys=lambda anew: key_set(where, anew=anew),
        issuer=of.issuer,
        client_id=of.client_id,
        nonce=tried.nonce,
        access_token=access_token,
        level=of.level,
        now=now,
    )
    told = _mapping(calls.fetch(where.userinfo, headers={"Authorization": f"Bearer {access_token}"}))
    if told.get("sub") != claims["sub"]:
        raise NotSignedIn(IdentityFault.WRONG_CLAIMS)
    return SignedClaims(of.issuer, claims["sub"], _facts(told))


def _code(
    tried: SignInTry,
    answer: Mapping[str, str],
    of: IdentityProvider,
    where: ProviderAddresses,
    *,
    now: datetime,
) -> str:
    """The code of an answer that belongs to this try and comes from this provider (mix-up: RFC 9207)."""
    if not secrets.compare_digest(answer.get("state", "").encode(), tried.state.encode()):
        raise NotSignedIn(IdentityFault.NO_SUCH_TRY)
    if now - tried.begun > LONGEST_TRY:
        raise NotSignedIn(IdentityFault.TOO_LATE)
    said = answer.get("iss", of.issuer if not where.names_itself else "")
    if said != of.issuer or tried.issuer != of.issuer:
        raise NotSignedIn(IdentityFault.OTHER_ISSUER)
    if "error" in answer:
        stopped = answer["error"] in ("access_denied", "consent_required", "interaction_required")
        raise NotSignedIn(IdentityFault.CANCELLED if stopped else IdentityFault.REFUSED_BY_PROVIDER)
    code = answer.get("code", "")
    if not code:
        raise NotSignedIn(IdentityFault.UNREADABLE)
    return code


def _spend(issuer: str, code: str, *, now: datetime) -> None:
    """Write down that this code came, before it is used: a second one of its kind is refused by the database."""
    SpentCodeRow.objects.filter(at__lt=now - KEPT).delete()
    digest = hashlib.sha256(f"{issuer}\n{code}".encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentCodeRow.objects.create(digest=digest, at=now)
    except IntegrityError:
        raise NotSignedIn(IdentityFault.CODE_USED) from None


def _presented(
    form: dict[str, str], of: IdentityProvider, where: ProviderAddresses, *, now: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """The form with our own proof: `private_key_jwt` when there is a key, else `client_secret_basic`."""
    if of.key is not None:
        proof = tokens.assertion(client_id=of.client_id, token_address=where.token, key=of.key, now=now)
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return {
            **form,
            "client_id": of.client_id,
            "client_assertion_type": kind,
            "client_assertion": proof,
        }, {}
    pair = f"{quote(of.client_id, safe='')}:{quote(of.secret, safe='')}".encode()
    return form, {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _mapping(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise NotSignedIn(IdentityFault.UNREADABLE)
    return said


_SEXES = {"male": "male", "female": "female", "男": "male", "女": "female", "1": "male", "2": "female"}


def _facts(told: Mapping[str, Any]) -> ClaimedFacts:
    """The four facts as the provider wrote them; all four or none. An address may be a text or the standard's object."""
    address = told.get("address")
    if isinstance(address, dict):
        address = address.get("formatted")
    found = [told.get("name"), address, told.get("birthdate"), told.get("gender")]
    texts = [one.strip() if isinstance(one, str) else "" for one in found]
    if not all(texts) or max(map(len, texts)) > _MOST_TEXT or any("\x00" in one for one in texts):
        raise NotSignedIn(IdentityFault.FACTS_MISSING)
    name, place, birth, gender = texts
    return ClaimedFacts(name, place, birth, _SEXES.get(gender.lower(), gender.lower()))

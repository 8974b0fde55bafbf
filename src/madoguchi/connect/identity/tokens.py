"""Tokens: the ID token verified in every part that this profile has, and the assertion by which the office presents itself."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from madoguchi.connect.identity.faults import IdentityFault, NotSignedIn

# Signatures of the provider's own key pair only: never `none`, never a shared secret (HS256).
ALGORITHMS = ("RS256", "PS256", "ES256")
_LEEWAY = timedelta(seconds=60)
_OLDEST = timedelta(minutes=10)
_ASSERTION = timedelta(seconds=60)
_LONGEST_SUBJECT = 255
# Seconds since 1970 of a year that no token reaches; a larger whole number cannot be reckoned with.
_LAST_MOMENT = 10**12

Keys = Callable[[bool], KeySet]


def verified(
    token: str,
    *,
    keys: Keys,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    level: str,
    now: datetime,
) -> dict[str, Any]:
    """The claims of an ID token that is meant for us, for this try, now. Raises NotSignedIn.

    `keys`: gives the provider's keys, asked anew when called with True.
    """
    header, claims = _opened(token, keys)
    _check_for_whom(claims, issuer=issuer, client_id=client_id)
    _check_when(claims, now=now)
    if not _same(claims.get("nonce"), nonce):
        raise NotSignedIn(IdentityFault.WRONG_NONCE)
    if "at_hash" in claims and not _same(claims["at_hash"], _half_hash(access_token, header["alg"])):
        raise NotSignedIn(IdentityFault.WRONG_CLAIMS)
    if level and claims.get("acr") not in level.split():
        raise NotSignedIn(IdentityFault.WRONG_LEVEL)
    return claims


def _opened(token: str, keys: Keys) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, once the signature is right; a key that is not known is asked for once more."""
    try:
        header = jws.extract_compact(token.encode("ascii")).protected
    except (JoseError, ValueError, TypeError):
        raise NotSignedIn(IdentityFault.UNREADABLE) from None
    if header.get("alg") not in ALGORITHMS:
        raise NotSignedIn(IdentityFault.WRONG_SIGNATURE)
    for anew in (False, True):
        try:
            read = jwt.decode(token, keys(anew), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, TypeError):
            continue
        return dict(read.header), dict(read.claims)
    raise NotSignedIn(IdentityFault.WRONG_SIGNATURE)


def _check_for_whom(claims: dict[str, Any], *, issuer: str, client_id: str) -> None:
    audience = claims.get("aud")
    meant = [audience] if isinstance(audience, str) else audience
    subject = claims.get("sub")
    if claims.get("iss") != issuer:
        raise NotSignedIn(IdentityFault.OTHER_ISSUER)
    if (
        not isinstance(meant, list)
        or client_id not in meant
        or (len(meant) > 1 and "azp" not in claims)
        or claims.get("azp", client_id) != client_id
        or not isinstance(subject, str)
        or not 0 < len(subject) <= _LONGEST_SUBJECT
    ):
        raise NotSignedIn(IdentityFault.WRONG_CLAIMS)


def _check_when(claims: dict[str, Any], *, now: datetime) -> None:
    moment = now.timestamp()
    ends, made = claims.get("exp"), claims.get("iat")
    if isinstance(ends, bool) or isinstance(made, bool):
        raise NotSignedIn(IdentityFault.WRONG_CLAIMS)
    if not isinstance(ends, int | float) or not isinstance(made, int | float):
        raise NotSignedIn(IdentityFault.WRONG_CLAIMS)
    if max(abs(ends), abs(made)) > _LAST_MOMENT:
        raise NotSignedIn(IdentityFault.WRONG_CLAIMS)
    leeway = _LEEWAY.total_seconds()
    oldest = _OLDEST.total_seconds()
    if not (ends + leeway > moment and moment - oldest - leeway <= made <= moment + leeway):
        raise NotSignedIn(IdentityFault.WRONG_CLAIMS)


def _same(given: object, wanted: str) -> bool:
    """Compared in constant time; what is no text is never the same."""
    return isinstance(given, str) and secrets.compare_digest(
        given.encode("utf-8", "surrogatepass"), wanted.encode()
    )


def _half_hash(access_token: str, algorithm: str) -> str:
    """`at_hash`: the left half of the token's digest. All allowed algorithms use SHA-256."""
    assert algorithm in ALGORITHMS
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def assertion(*, client_id: str, token_address: str, key: RSAKey | ECKey, now: datetime) -> str:
    """Who we are, signed with our own key (`private_key_jwt`): for this address, once, for a minute."""
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    moment = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": token_address,
        "jti": secrets.token_urlsafe(24),
        "iat": moment,
        "exp": moment + int(_ASSERTION.total_seconds()),
    }
    return jwt.encode({"alg": algorithm, "kid": key.thumbprint()}, claims, key, algorithms=[algorithm])

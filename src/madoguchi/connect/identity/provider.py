"""The provider that the settings name (本人確認のサービス): its addresses and its keys, fetched and kept for a while.

One provider only, named by its issuer: what a discovery document says of another issuer is refused, and so is an address
that is not HTTPS (a provider on this machine excepted, for the demo and tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.cache import cache
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from madoguchi.connect.identity import calls
from madoguchi.connect.identity.faults import IdentityFault, NotSignedIn

DISCOVERY_SECONDS = 3600
KEYS_SECONDS = 3600
# A key that is not in the set may be a new one; asking again is limited, or anybody could make us ask.
ASK_AGAIN_SECONDS = 60
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Where residents sign in, and how this office presents itself there."""

    name: str
    issuer: str
    client_id: str
    secret: str
    key: RSAKey | ECKey | None
    scopes: str
    level: str


@dataclass(frozen=True, slots=True)
class ProviderAddresses:
    """What the provider's discovery document says of itself."""

    authorization: str
    token: str
    userinfo: str
    keys: str
    names_itself: bool


def provider() -> IdentityProvider:
    """The provider of the settings. Raises NotSignedIn when there is none."""
    if not offered():
        raise NotSignedIn(IdentityFault.NOT_OFFERED)
    return IdentityProvider(
        settings.OIDC_NAME,
        settings.OIDC_ISSUER,
        settings.OIDC_CLIENT_ID,
        settings.OIDC_CLIENT_SECRET,
        _own_key(settings.OIDC_KEY_FILE),
        settings.OIDC_SCOPES,
        settings.OIDC_LEVEL,
    )


def offered() -> bool:
    """Whether the settings name a provider, and how this office presents itself to it."""
    return bool(
        settings.OIDC_ISSUER
        and settings.OIDC_CLIENT_ID
        and (settings.OIDC_CLIENT_SECRET or settings.OIDC_KEY_FILE)
    )


def _own_key(path: str) -> RSAKey | ECKey | None:
    if not path:
        return None
    try:
        text = Path(path).read_bytes()
        elliptic = isinstance(load_pem_private_key(text, None), EllipticCurvePrivateKey)
        return ECKey.import_key(text) if elliptic else RSAKey.import_key(text)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm, JoseError):
        raise NotSignedIn(IdentityFault.NOT_OFFERED) from None


def addresses(of: IdentityProvider) -> ProviderAddresses:
    """The provider's addresses. Raises NotSignedIn."""
    kept = f"oidc-discovery:{of.issuer}"
    said = cache.get(kept)
    if said is None:
        said = calls.fetch(f"{of.issuer.rstrip('/')}/.well-known/openid-configuration")
        found = _addresses(said, of.issuer)
        cache.set(kept, said, DISCOVERY_SECONDS)
        return found
    return _addresses(said, of.issuer)


def _addresses(said: Any, issuer: str) -> ProviderAddresses:
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise NotSignedIn(IdentityFault.OTHER_ISSUER)
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    found = [said.get(name) for name in names]
    if not all(isinstance(one, str) and _may_be_asked(one) for one in found):
        raise NotSignedIn(IdentityFault.UNREADABLE)
    authorization, token, userinfo, keys = map(str, found)
    names_itself = said.get("authorization_response_iss_parameter_supported") is True
    return ProviderAddresses(authorization, token, userinfo, keys, names_itself)


def _may_be_asked(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    )


def key_set(of: ProviderAddresses, *, anew: bool = False) -> KeySet:
    """The provider's public keys; `anew` asks again, once a minute at most. Raises NotSignedIn."""
    kept = f"oidc-keys:{of.keys}"
    said = cache.get(kept)
    if said is None or (anew and cache.add(f"{kept}:again", 1, ASK_AGAIN_SECONDS)):
        said = calls.fetch(of.keys)
        cache.set(kept, said, KEYS_SECONDS)
    return _keys(said)


def _keys(said: Any) -> KeySet:
    try:
        return KeySet.import_key_set(said)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise NotSignedIn(IdentityFault.UNREADABLE) from None

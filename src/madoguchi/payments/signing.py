"""The signature of a webhook (知らせの署名): HMAC-SHA256 over "<seconds>.<body>", by whoever knows the secret, and just now."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

HEADER = "Madoguchi-Signature"
TOLERANCE = timedelta(minutes=5)


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """The header's value for a body."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(seconds, body, secret)}"


def signed(*, body: bytes, signature: str, secrets: Sequence[str], now: datetime) -> bool:
    """Whether one of the secrets signed this body, not longer ago (nor later) than `TOLERANCE`."""
    parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    said = parts.get("t", "")
    if not (said.isascii() and said.isdigit() and len(said) <= 12):
        return False
    if abs(int(said) - now.timestamp()) > TOLERANCE.total_seconds():
        return False
    given = parts.get("v1", "").encode()
    return any(hmac.compare_digest(_digest(int(said), body, one).encode(), given) for one in secrets if one)


def _digest(seconds: int, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()

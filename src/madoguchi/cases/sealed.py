"""Plain data made unreadable and unchangeable for everybody else (封をする): compressed, AES-256-GCM, with its time inside.

The key comes from the office's own secret, the purpose, and, where there is one, a word that only the holder has. Nothing
that was sealed for one purpose opens for another.
"""

from __future__ import annotations

import base64
import json
import secrets
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

from madoguchi.notation.reading import json_of

LONGEST_SEALED = 32_000
_NONCE = 12
_CLOCKS_APART = timedelta(minutes=5)


class SealBroken(ValueError):
    """Changed, made elsewhere, or for another purpose."""

    def __init__(self) -> None:
        super().__init__(
            "このページの内容を確かめられませんでした。お手数ですが、はじめからやり直してください。"
        )


class SealTooOld(ValueError):
    """It was left for longer than it may be used."""

    def __init__(self) -> None:
        super().__init__(
            "時間がたったため、答えた内容を消しました。お手数ですが、はじめからやり直してください。"
        )


def seal(data: Any, *, purpose: str, now: datetime, word: str = "") -> str:
    """The data as a text that only `unseal` with the same purpose and word reads."""
    written = json.dumps([int(now.timestamp()), data], ensure_ascii=False, separators=(",", ":"))
    nonce = secrets.token_bytes(_NONCE)
    shut = AESGCM(_key(purpose, word)).encrypt(nonce, zlib.compress(written.encode(), 9), purpose.encode())
    return base64.urlsafe_b64encode(nonce + shut).decode()


def unseal(text: str, *, purpose: str, now: datetime, longest: timedelta, word: str = "") -> Any:
    """What was sealed at most `longest` ago. Raises SealBroken, SealTooOld."""
    if len(text) > LONGEST_SEALED:
        raise SealBroken
    try:
        shut = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        opened = AESGCM(_key(purpose, word)).decrypt(shut[:_NONCE], shut[_NONCE:], purpose.encode())
    except (ValueError, InvalidTag) as error:
        raise SealBroken from error
    return _opened(opened, now=now, longest=longest)


def _opened(packed: bytes, *, now: datetime, longest: timedelta) -> Any:
    """What is inside of a seal that was whole."""
    try:
        made, data = json_of(zlib.decompress(packed))
        age = now - datetime.fromtimestamp(made, UTC)
    except (ValueError, TypeError, OverflowError, OSError, zlib.error) as error:
        raise SealBroken from error
    if age > longest:
        raise SealTooOld
    if age < -_CLOCKS_APART:
        raise SealBroken
    return data


def _key(purpose: str, word: str) -> bytes:
    return salted_hmac(f"madoguchi.cases.sealed/{purpose}", word, algorithm="sha256").digest()

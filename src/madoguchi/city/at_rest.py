"""Secrets that stand in the database, made unreadable there (保存時の暗号化): AES-256-GCM, with the number of the key beside it.

What is shut this way: the seeds of authenticator apps and of recovery codes. The first of MADOGUCHI_FIELD_KEYS shuts, all of them
open, so that a key is changed while everybody works: put the new one first, `madoguchi city reseal`, take the old one out. Without
that setting the key follows from the office's own secret. A text of before stays readable until it is shut. 個人番号 is not stored;
a room that ever has to store one shuts it here, under a purpose of its own.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.crypto import salted_hmac

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act

SECOND_STEP = "second-step"
OF_THE_OFFICE = "0"
_MARK, _NONCE, _KEY_BYTES = "mdg1", 12, 32
_KEPT_SHUT = ("secret", "seed")


class ShutWithAnotherKey(ValueError):
    """No key that is set opens it, or it was changed, or shut for another purpose."""

    def __init__(self) -> None:
        super().__init__(
            "保存してある秘密を開けません。MADOGUCHI_FIELD_KEYS に、前の鍵がすべて入っているかを確かめてください。"
        )


def read_keys(said: str) -> tuple[tuple[str, bytes], ...]:
    """The keys of the setting, the one in use first: `2=base64,1=base64`, each of 32 bytes. Raises ImproperlyConfigured."""
    found: list[tuple[str, bytes]] = []
    for part in (one.strip() for one in said.split(",") if one.strip()):
        number, _, text = part.partition("=")
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not number.isalnum() or number == OF_THE_OFFICE or len(key) != _KEY_BYTES or number in dict(found):
            raise ImproperlyConfigured(
                "MADOGUCHI_FIELD_KEYS は「番号=鍵」をコンマで並べてください。番号は 0 のほかの英数字、鍵は32バイトの base64 です。"
            )
        found.append((number, key))
    return tuple(found)


def _keys() -> dict[str, bytes]:
    """Every key by its number, the one in use first; that of the office's own secret comes last."""
    own = salted_hmac("madoguchi.city.at_rest", "", algorithm="sha256").digest()
    return {**dict(read_keys(settings.FIELD_KEYS)), OF_THE_OFFICE: own}


def shut(text: str, *, purpose: str) -> str:
    """The text as only `opened` with the same purpose reads it."""
    number, key = next(iter(_keys().items()))
    nonce = secrets.token_bytes(_NONCE)
    closed = AESGCM(key).encrypt(nonce, text.encode(), f"{purpose}/{number}".encode())
    return f"{_MARK}.{number}.{base64.urlsafe_b64encode(nonce + closed).decode()}"


def opened(text: str, *, purpose: str) -> str:
    """What was shut; a text that never was is given back as it is. Raises ShutWithAnotherKey."""
    if not is_shut(text):
        return text
    number, _, closed = text.removeprefix(f"{_MARK}.").partition(".")
    key = _keys().get(number)
    if key is None:
        raise ShutWithAnotherKey
    try:
        whole = base64.b64decode(closed, altchars=b"-_", validate=True)
        return AESGCM(key).decrypt(whole[:_NONCE], whole[_NONCE:], f"{purpose}/{number}".encode()).decode()
    except (ValueError, InvalidTag) as error:
        raise ShutWithAnotherKey from error


def is_shut(text: str) -> bool:
    """Whether this text was shut here."""
    return text.startswith(f"{_MARK}.")


def is_of_the_key_in_use(text: str) -> bool:
    """Whether it was shut with the key that shuts today."""
    return is_shut(text) and text.split(".", 2)[1] == next(iter(_keys()))


class ShutSecondSteps(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """The sign-in library's own hook: the seeds of second steps are shut before they are stored."""

    def encrypt(self, text: str) -> str:
        """Shut a seed."""
        return shut(text, purpose=SECOND_STEP)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a seed. Raises ShutWithAnotherKey."""
        return opened(encrypted_text, purpose=SECOND_STEP)


def reseal(*, by: Actor, now: datetime) -> int:
    """Shut with the key in use whatever is not; returns how many. Raises ShutWithAnotherKey, and then changes nothing."""
    done = 0
    with transaction.atomic():
        for row in Authenticator.objects.select_for_update().order_by("pk"):
            old = {
                name: row.data[name]
                for name in _KEPT_SHUT
                if isinstance(row.data.get(name), str) and not is_of_the_key_in_use(row.data[name])
            }
            if old:
                row.data |= {
                    name: shut(opened(text, purpose=SECOND_STEP), purpose=SECOND_STEP)
                    for name, text in old.items()
                }
                row.save(update_fields=["data"])
                done += 1
        record_act(actor=by, activity="secrets_resealed", now=now, count=done)
    return done

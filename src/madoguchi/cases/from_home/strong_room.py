"""Where attached files lie (保管庫): outside everything that is served, unreadable without the office's own secret.

A file is written whole or not at all, under a name of ours; what it was called is not kept. It opens under that name only.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

_NONCE = 12
_NAME = re.compile(r"[0-9a-f]{32}")


class NotReadable(OSError):
    """The file is gone, or not as it was put in."""

    def __init__(self) -> None:
        super().__init__("添付ファイルを読めません。市役所の情報システム担当に知らせてください。")


def new_name() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(16)


def put_in(name: str, contents: bytes) -> None:
    """Keep the contents under a name, for good once this returns."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    nonce = secrets.token_bytes(_NONCE)
    shut = nonce + AESGCM(_key(name)).encrypt(nonce, contents, name.encode())
    beside = path.with_suffix(".part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(shut)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def take_out(name: str) -> bytes:
    """The contents as they were put in. Raises NotReadable."""
    try:
        shut = _path(name).read_bytes()
        return AESGCM(_key(name)).decrypt(shut[:_NONCE], shut[_NONCE:], name.encode())
    except (OSError, InvalidTag, ValueError) as error:
        raise NotReadable from error


def destroy(name: str) -> None:
    """Nothing stays of it."""
    _path(name).unlink(missing_ok=True)


def names(*, before: datetime) -> frozenset[str]:
    """Everything that has lain there since before a moment."""
    found = Path(settings.ATTACHMENTS_FOLDER).glob("*/*.sealed")
    return frozenset(path.stem for path in found if path.stat().st_mtime < before.timestamp())


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise NotReadable
    return Path(settings.ATTACHMENTS_FOLDER) / name[:2] / f"{name}.sealed"


def _key(name: str) -> bytes:
    return salted_hmac("madoguchi.cases.strong_room", name, algorithm="sha256").digest()

"""Shutting the files of a copy with a key (写しの暗号化): AES-256-GCM in pieces, so that any size goes through little memory.

Each file has a key of its own (HKDF of the key file with a random salt); the number of a piece, and whether it is the last,
are part of what is authenticated: a piece that is changed, left out, moved or cut off is found.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK = b"madoguchi-shut-1"
PIECE = 1024 * 1024
_TAG = 16
_SALT = 32
_KEY = 32


class WrongKey(ValueError):
    """Not the key with which it was shut, or not as it was written."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} を開けません。鍵が違うか、ファイルが壊れています。鍵のファイルを確かめ、別の写しでも試してください。"
        )


class NoKey(ValueError):
    """A key file that is not there, or not one of ours."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} を鍵として使えません。「madoguchi backup --make-key {path}」で作った鍵を指定してください。"
        )


def make_key(path: Path) -> None:
    """Write a new key, readable by its owner only. Raises FileExistsError: a key is never overwritten."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_hex(_KEY) + "\n")


def read_key(path: Path) -> bytes:
    """The key of a file. Raises NoKey."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise NoKey(path) from error
    if len(key) != _KEY:
        raise NoKey(path)
    return key


def shut(plain: BinaryIO, out: BinaryIO, *, key: bytes) -> None:
    """Write `plain` into `out`, shut."""
    salt = secrets.token_bytes(_SALT)
    box = _box(key, salt)
    out.write(MARK + salt)
    for number, piece, last in _pieces(plain, PIECE):
        out.write(box.encrypt(_nonce(number), piece, _label(number, last)))


def opened(source: BinaryIO, out: BinaryIO, *, key: bytes, name: str) -> None:
    """Write what was shut in `source` into `out`. Raises WrongKey."""
    if source.read(len(MARK)) != MARK:
        raise WrongKey(name)
    box = _box(key, source.read(_SALT))
    for number, piece, last in _pieces(source, PIECE + _TAG):
        try:
            out.write(box.decrypt(_nonce(number), piece, _label(number, last)))
        except InvalidTag as error:
            raise WrongKey(name) from error


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Pieces with their number, and whether each is the last; an empty file is one empty piece."""
    number, held = 0, source.read(size)
    while True:
        following = source.read(size)
        yield number, held, not following
        if not following:
            return
        number, held = number + 1, following


def _box(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=_KEY, salt=salt, info=MARK).derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _label(number: int, last: bool) -> bytes:
    return MARK + number.to_bytes(8, "big") + (b"!" if last else b".")

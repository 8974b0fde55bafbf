"""Values of settings as they were written (設定の値): read, or refused by name with what to write instead."""

from __future__ import annotations

from math import isfinite
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

MOST_DIGITS = 9


def whole(name: str, said: str) -> int:
    """A whole number of at least 0. Raises ImproperlyConfigured."""
    plain = said.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= MOST_DIGITS):
        raise ImproperlyConfigured(
            f"{name} の「{said[:40]}」は使えません。0以上の整数を半角の数字で書いてください。"
        )
    return int(plain)


def number(name: str, said: str) -> float:
    """A number of at least 0, also with a point. Raises ImproperlyConfigured."""
    try:
        found = float(said)
    except ValueError:
        found = -1.0
    if not (isfinite(found) and 0 <= found < 10**MOST_DIGITS):
        raise ImproperlyConfigured(
            f"{name} の「{said[:40]}」は使えません。0以上の数を半角で書いてください（例 0.5）。"
        )
    return found


def two_wholes(name: str, said: str) -> tuple[int, int]:
    """Two whole numbers, the smaller first. Raises ImproperlyConfigured."""
    parts = [whole(name, one) for one in said.split(",")]
    if len(parts) != 2 or parts[0] > parts[1]:
        raise ImproperlyConfigured(
            f"{name} の「{said[:40]}」は使えません。小さいほうから2つの整数をコンマで並べてください（例 20,40）。"
        )
    return parts[0], parts[1]


def address(name: str, said: str) -> SplitResult:
    """The parts of an address, its port looked at. Raises ImproperlyConfigured."""
    try:
        found = urlsplit(said)
        _port = found.port  # reading it is what finds a port that is none
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} は住所として読めません。scheme://host:port の形で、port は0〜65535の数で書いてください。"
        ) from error
    return found

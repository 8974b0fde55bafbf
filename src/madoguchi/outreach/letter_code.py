"""The code on a letter or postcard (はがきの番号): ten signs that nobody mixes up, the last of them a check.

It is worked out from the office's secret and the message, so that it is kept nowhere. It opens nothing by itself: with it goes
the date of birth, and trials are counted.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from hashlib import sha256

from django.utils.crypto import salted_hmac

SIGNS = "34679ACDEFHJKMNPQRTUWXY"
LENGTH = 10
_OURS = re.compile(f"[{SIGNS}]{{{LENGTH}}}")


def code_of(key: str) -> str:
    """The code of a message."""
    secret = salted_hmac("madoguchi.outreach", "letter", algorithm="sha256").digest()
    number = int.from_bytes(hmac.digest(secret, key.encode(), sha256)[:12], "big")
    signs = ""
    for _ in range(LENGTH - 1):
        number, at = divmod(number, len(SIGNS))
        signs += SIGNS[at]
    return signs + _check(signs)


def digest_of(code: str) -> str:
    """What the table holds of a code."""
    return salted_hmac("madoguchi.outreach", f"letter/{code}", algorithm="sha256").hexdigest()[:32]


def read(text: str) -> str:
    """The code in what was typed, or "" when there is none."""
    plain = re.sub(r"[\s‐‑–—−ー-]", "", unicodedata.normalize("NFKC", text)[:60]).upper()
    return plain if _OURS.fullmatch(plain) and _check(plain[:-1]) == plain[-1] else ""


def grouped(code: str) -> str:
    """As it is printed: ACDE-FHJ-KMN."""
    return f"{code[:4]}-{code[4:7]}-{code[7:]}"


def _check(signs: str) -> str:
    total = sum(place * SIGNS.index(sign) for place, sign in enumerate(signs, start=1))
    return next(sign for at, sign in enumerate(SIGNS) if (total + LENGTH * at) % len(SIGNS) == 0)

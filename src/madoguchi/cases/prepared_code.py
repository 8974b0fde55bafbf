"""The code of what was prepared at home (準備の番号): eight signs that nobody mixes up, the last of them a check.

No 0 and O, 1 and I and L, 2 and Z, 5 and S, 8 and B, 6 and G, U and V: whatever is read aloud or typed is one of the
others. One wrong sign, or two that changed places, is told from a code that is not there.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from hashlib import sha256

SIGNS = "34679ACDEFHJKMNPQRTUWXY"
LENGTH = 8
_OURS = re.compile(f"[{SIGNS}]{{{LENGTH}}}")
_AT_THE_END = re.compile(f"(?:^|[/=])([{SIGNS}]{{4}})-?([{SIGNS}]{{4}})/?$")


def code_from(secret: bytes, about: str) -> str:
    """The code that belongs to this text, and to no one else's: made with a secret, so that nobody can work it out."""
    number = int.from_bytes(hmac.digest(secret, about.encode(), sha256)[:8], "big")
    signs = ""
    for _ in range(LENGTH - 1):
        number, at = divmod(number, len(SIGNS))
        signs += SIGNS[at]
    return signs + check_sign(signs)


def check_sign(signs: str) -> str:
    """The eighth sign for the first seven (weights 1 to 8, modulus 23, a prime)."""
    total = sum(place * SIGNS.index(sign) for place, sign in enumerate(signs, start=1))
    return next(sign for at, sign in enumerate(SIGNS) if (total + LENGTH * at) % len(SIGNS) == 0)


def read_code(text: str) -> str:
    """The code in what was typed or scanned (also the address behind the QR), or "" when there is none."""
    plain = re.sub(r"[\s‐‑–—−ー]", "", unicodedata.normalize("NFKC", text)[-300:]).upper()
    found = _AT_THE_END.search(plain)
    code = "".join(found.groups()) if found else plain.replace("-", "")
    return code if _OURS.fullmatch(code) and check_sign(code[:-1]) == code[-1] else ""


def grouped(code: str) -> str:
    """As it is shown: ACDE-FHJK."""
    return f"{code[:4]}-{code[4:]}"

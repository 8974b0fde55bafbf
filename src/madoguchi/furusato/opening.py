"""A gift is opened by what is on its paper (寄附を開く): its number and eight digits, typed or in the address of its QR.

Trials are counted before anything is compared, for the number and for where they come from. A number that is not there and
digits that are wrong are answered alike.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from django.utils.crypto import constant_time_compare

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.trials import TooManyTries, count_trial, take_back, try_code
from madoguchi.furusato.models import GiftRow
from madoguchi.furusato.values import NoSuchGift

CODE_DIGITS = 8
LONGEST_NUMBER = 20
# A family, or a whole office, may stand behind one address.
TRIES_FROM_AN_ADDRESS = 30
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")


def plain_number(text: str) -> str:
    """A gift's number as typed: width, case and spaces do not matter; "" for what cannot be one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    plain = re.sub(r"[‐‑–—−ー]", "-", plain)
    return plain if _NUMBER.fullmatch(plain) else ""


def plain_code(text: str) -> str:
    """The digits as typed, without what stands between them."""
    return re.sub(r"[\s‐‑–—−ー-]", "", unicodedata.normalize("NFKC", text))[: CODE_DIGITS + 1]


def open_gift(*, number: str, code: str, by: Actor, now: datetime) -> str:
    """The number of the gift that these open. Raises NoSuchGift, TooManyTries."""
    wanted = plain_number(number[:60])
    keys = (f"furusato/{wanted}", f"furusato-from/{by.terminal}")
    try_code(key=keys[0], now=now)
    if count_trial(key=keys[1], now=now) > TRIES_FROM_AN_ADDRESS:
        raise TooManyTries
    row = GiftRow.objects.filter(number=wanted).first() if wanted else None
    right = constant_time_compare(row.code if row else "-" * CODE_DIGITS, plain_code(code[:60]))
    if row is None or not right:
        record_act(actor=by, activity="gift_not_opened", now=now, gift=wanted or 0)
        raise NoSuchGift
    for key in keys:
        take_back(key=key, now=now)
    return row.number

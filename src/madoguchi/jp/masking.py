"""Numbers by which a person could be reached or told apart, taken out of free text (番号の伏せ字), before it is kept.

Twelve digits and more (個人番号, 宛名番号), telephone numbers and mail addresses, however they are written: full-width,
with hyphens, spaces or brackets between. The text never grows. Names and addresses no machine can find for certain: whoever
writes is asked not to write any.
"""

from __future__ import annotations

import re

NUMBER, PHONE, MAIL = "［番号］", "［電話］", "［メール］"
_DIGIT = "[0-9０-９]"
_BETWEEN = r"[\s\-‐‑‒–—―−ー－ｰ_.．・()（）]{0,3}"
_FROM_ABROAD = re.compile(f"[+＋]{_BETWEEN}[8８]{_BETWEEN}[1１](?:{_BETWEEN}{_DIGIT}){{8,11}}")
_NUMBER = re.compile(f"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{11,}}")
_PHONE = re.compile(f"(?<!{_DIGIT})[(（]?[0０](?:{_BETWEEN}{_DIGIT}){{8,10}}(?!{_DIGIT})")
_MAIL = re.compile(r"[\w.+\-％%＋．－]+[@＠][\w\-－]+(?:[.．][\w\-－]+)+")


def masked(text: str) -> str:
    """The text with every such number replaced by what kind it was."""
    # What has twelve digits is no telephone number, unless it begins as one from abroad.
    for pattern, kind in ((_MAIL, MAIL), (_FROM_ABROAD, PHONE), (_NUMBER, NUMBER), (_PHONE, PHONE)):
        text = pattern.sub(kind, text)
    return text

"""かな: one form for keeping, one for searching.

Promises: half-width kana become full-width; a search key ignores 清濁, 拗促, 長音, hyphens and spaces
(住民記録システム標準仕様書 2.1.2), and is the same for ひらがな and カタカナ.
"""

from __future__ import annotations

import unicodedata

import jaconv

_SMALL_TO_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_DROPPED = str.maketrans("", "", "ーｰ-‐‑–—―−－・･ 　,，.．'’＇\u3099\u309a゛゜")
# Letters that one sound is written with in either way.
_SAME_SOUND = str.maketrans("ヲヰヱヅヂ", "オイエツチ")


def full_width_kana(text: str) -> str:
    """Half-width kana become full-width with their voicing marks joined; everything else stays."""
    return str(jaconv.h2z(text, kana=True, ascii=False, digit=False))


def katakana(text: str) -> str:
    """Full-width katakana for kana of any kind; everything else stays."""
    return str(jaconv.hira2kata(full_width_kana(text)))


def kana_search_key(text: str) -> str:
    """The key under which a reading is searched; idempotent."""
    folded = katakana(unicodedata.normalize("NFKC", text)).upper()
    large = folded.translate(_SMALL_TO_LARGE).translate(_SAME_SOUND)
    unvoiced = unicodedata.normalize("NFD", large)
    return unicodedata.normalize("NFC", unvoiced.translate(_DROPPED)).translate(_SAME_SOUND)

"""かな: one form for keeping, one for searching.

Promises: half-width kana become full-width, and marks join their kana, without a 漢字 becoming another; a search key
is the same for ひらがな and カタカナ and for all that 住民記録システム標準仕様書 2.1.2 wants found as one: 清濁, 拗促,
長音, hyphens and spaces, ヂ and ジ, ヅ and ズ, ワ and ハ, ヴァ and バ, オ and ヲ, オ and ウ behind the オ段. Because ヂ
is found as チ and as ジ, チ and シ share a key, and so do ツ and ス.
"""

from __future__ import annotations

import re
import unicodedata

import jaconv

_SMALL_TO_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_DROPPED = str.maketrans("", "", "ーｰ-‐‑–—―−－・･ 　,，.．'’＇\u3099\u309a゛゜")
# Letters that one sound is written with in either way, once 清濁 is gone.
_SAME_SOUND = str.maketrans("ヲヰヱツチワ", "オイエスシハ")
_VU = re.compile("ヴ([ァィゥェォ]?)")
_BA_ROW = {"": "ブ", "ァ": "バ", "ィ": "ビ", "ゥ": "ブ", "ェ": "ベ", "ォ": "ボ"}
_LONG_O = re.compile("(?<=[オコソトノホモヨロ])[オウ]+")
# 漢字 that NFC would turn into another one (神 U+FA19 → 神 U+795E): in a name or an address they are not the same.
_COMPATIBILITY = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")


def composed(text: str) -> str:
    """Letters joined with their marks (NFC), each 漢字 left as it was written."""
    pieces = _COMPATIBILITY.split(text)
    return "".join(
        piece if at % 2 else unicodedata.normalize("NFC", piece) for at, piece in enumerate(pieces)
    )


def full_width_kana(text: str) -> str:
    """Half-width kana become full-width with their voicing marks joined; everything else stays."""
    return str(jaconv.h2z(text, kana=True, ascii=False, digit=False))


def katakana(text: str) -> str:
    """Full-width katakana for kana of any kind; everything else stays."""
    return str(jaconv.hira2kata(full_width_kana(text)))


def kana_search_key(text: str) -> str:
    """The key under which a reading is searched; idempotent."""
    folded = katakana(unicodedata.normalize("NFKC", text)).upper()
    sounded = _VU.sub(lambda match: _BA_ROW[match.group(1)], folded)
    unvoiced = unicodedata.normalize("NFD", sounded.translate(_SMALL_TO_LARGE)).translate(_DROPPED)
    key = unicodedata.normalize("NFC", unvoiced).translate(_SAME_SOUND)
    return _LONG_O.sub(lambda match: "ウ" * len(match.group()), key)

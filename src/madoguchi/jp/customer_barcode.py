"""カスタマバーコード (日本郵便 郵便番号・バーコードマニュアル p. 17–25).

From a postcode and an address: the 住所表示番号 is taken out, made into 20 symbols, closed with a check symbol and
written as 67 bars. Bars: 1 long, 2 upper, 3 lower, 4 timing.
"""

from __future__ import annotations

import re
import unicodedata

from madoguchi.jp.addresses import kanji_number

SYMBOLS = 20
PAD = "CC4"
_VALUES = {**{str(n): n for n in range(10)}, "-": 10, **{f"CC{n}": n + 10 for n in range(1, 9)}}
_NAMES = {value: name for name, value in _VALUES.items()}
_BARS = {
    "0": "144", "1": "114", "2": "132", "3": "312", "4": "123", "5": "141", "6": "321", "7": "213", "8": "231",
    "9": "411", "-": "414", "CC1": "324", "CC2": "342", "CC3": "234", "CC4": "432", "CC5": "243", "CC6": "423",
    "CC7": "441", "CC8": "111",
}  # fmt: skip
START, STOP = "13", "31"
_COUNTED = re.compile(r"([〇一二三四五六七八九十百千]{1,12})(?=丁目|丁|番地|番|号|地割|線|の)")


def extract_display_number(address: str) -> str:
    """住所表示番号: digits, hyphens and single letters, as the manual takes them out of an address.

    What the postcode stands for (prefecture to 町域) is best left out by the caller: 三の宮 would give a 3.
    """
    text = unicodedata.normalize("NFKC", address).upper().translate(str.maketrans("−‐‑–—ー", "------"))
    text = re.sub(r"[&/・.]", "", text)
    text = _COUNTED.sub(lambda match: str(kanji_number(match.group(1))), text)
    text = re.sub(r"(?<=\d)F(?![A-Z])", " ", text)
    text = re.sub(r"[A-Z]{2,}", " ", text)
    text = re.sub(r"[^0-9A-Z]+", "-", text).strip("-")
    return re.sub(r"-(?=[A-Z])|(?<=[A-Z])-", "", text)


def symbols(postal_code: str, address: str) -> tuple[str, ...]:
    """The 23 symbols: STC, 7 digits of the postcode, 13 of the 住所表示番号, the check symbol, SPC.

    Raises ValueError unless the postcode has seven digits.
    """
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", postal_code))
    if len(digits) != 7:
        raise ValueError(f"郵便番号「{postal_code}」は7けたの数字ではありません。")
    body: list[str] = list(digits)
    for character in extract_display_number(address):
        body.extend(_letter(character) if character.isalpha() else (character,))
    body = (body + [PAD] * SYMBOLS)[:SYMBOLS]
    check = -sum(_VALUES[symbol] for symbol in body) % 19
    return ("STC", *body, _NAMES[check], "SPC")


def _letter(character: str) -> tuple[str, str]:
    group, digit = divmod(ord(character) - ord("A"), 10)
    return f"CC{group + 1}", str(digit)


def bars(postal_code: str, address: str) -> str:
    """The 67 bars of the code, as digits 1–4."""
    return START + "".join(_BARS[symbol] for symbol in symbols(postal_code, address)[1:-1]) + STOP

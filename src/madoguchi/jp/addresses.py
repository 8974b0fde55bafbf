"""Addresses (住所): free text with its town found, and the unparsed rest kept.

Promises: no character is lost (the parts joined are the text in normal form); the longest town name of the city's
list wins, with or without 大字 and with 丁目 in 漢数字 or digits; what stands behind a space, or is 様方, is the 方書.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.jp.municipalities import municipality_of, prefectures

_KANJI_DIGITS = "〇一二三四五六七八九"
_CHOME = re.compile(r"([〇一二三四五六七八九十]+)(?=丁目)")
_BUILDING = re.compile(
    r"^(?P<lot>[^ ]*?)(?P<space> +)(?P<building>.+)$|^(?P<lot2>[0-9０-９の\-−番地号丁目]+)(?P<with>[^0-9０-９の\-−番地号丁目].*様方.*)$"
)


@dataclass(frozen=True, slots=True)
class SplitAddress:
    """An address in parts: prefecture, municipality, town (町字), rest (番地以下), building (方書)."""

    prefecture: str
    municipality: str
    town: str
    rest: str
    building: str

    def joined(self) -> str:
        """The address again; equal to `normal_form` of the text it came from."""
        return f"{self.prefecture}{self.municipality}{self.town}{self.rest}{self.building}"


def normal_form(text: str) -> str:
    """Full-width digits and hyphens made plain, runs of spaces made one; names untouched."""
    wide = {ord("０") + n: str(n) for n in range(10)}
    hyphens = dict.fromkeys(map(ord, "−‐‑–—－"), "-")
    return re.sub(r"[ 　]+", " ", unicodedata.normalize("NFC", text).translate(wide | hyphens)).strip()


def kanji_number(text: str) -> int:
    """漢数字 up to 99 (二十三 → 23)."""
    if "十" in text:
        tens, ones = text.split("十", 1)
        return (kanji_number(tens) if tens else 1) * 10 + (kanji_number(ones) if ones else 0)
    return int("".join(str(_KANJI_DIGITS.index(character)) for character in text))


def town_key(town: str) -> str:
    """One key for the ways of writing a town: 大字 and 字 dropped, 丁目 in digits, ケ and ヶ the same."""
    plain = normal_form(town).removeprefix("大字").replace("ヶ", "ケ").replace("が", "ケ").replace("ガ", "ケ")
    return _CHOME.sub(lambda match: str(kanji_number(match.group(1))), plain)


def split_address(text: str, towns: Sequence[str] = ()) -> SplitAddress:
    """The parts of an address; `towns` are the city's town names. Nothing is lost: `joined()` gives the text back."""
    clean = normal_form(text)
    prefecture = next((name for name in prefectures() if clean.startswith(name)), "")
    behind = clean[len(prefecture) :]
    found = municipality_of(clean)
    municipality = found.name if found and behind.startswith(found.name) else ""
    behind = behind[len(municipality) :]
    town = _longest_town(behind, towns)
    rest, building = _split_building(behind[len(town) :])
    return SplitAddress(prefecture, municipality, town, rest, building)


def _longest_town(text: str, towns: Sequence[str]) -> str:
    """The longest beginning of `text` that is a town of the list in any way of writing."""
    keys = {town_key(town) for town in towns if town}
    longest = max((len(town) for town in towns), default=0) + 4
    for end in range(min(len(text), longest), 0, -1):
        if town_key(text[:end]) in keys:
            return text[:end]
    return ""


def _split_building(rest: str) -> tuple[str, str]:
    match = _BUILDING.match(rest)
    if match is None:
        return rest, ""
    if match["lot2"] is not None:
        return match["lot2"], match["with"]
    return match["lot"], f"{match['space']}{match['building']}"

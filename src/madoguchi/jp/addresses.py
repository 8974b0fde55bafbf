"""Addresses (住所): free text with its town found, and the unparsed rest kept.

Promises: no character is lost (the parts joined are the text in normal form, so a space before a part stays with
it) and no 漢字 becomes another; the longest town name of the city's list wins, with or without 大字 and with 丁目 in
漢数字 or digits; what stands behind a space after the lot number, or is 様方, is the 方書.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.jp.kana import composed
from madoguchi.jp.municipalities import municipality_as_written, prefectures

_KANJI_DIGITS = "〇一二三四五六七八九"
# No number of a place is longer; a run of numerals without end is none.
_CHOME = re.compile(r"([〇一二三四五六七八九十]{1,12})(?=丁目)")
# A number that counts a lot, not a 丁目, 条 or 地割; or the words for a place without one.
_LOT = re.compile(r"\d(?!\d*(?:丁目|条|地割))|[一二三四五六七八九十百]番|番外地|無番地")
_BETWEEN_NUMBERS = re.compile(r"番地の|番地|番の|番|号の|号|の")
_IN_CARE_OF = re.compile(r"^(?P<lot>[0-9の\-番地号丁目]+)(?P<building>[^0-9の\-番地号丁目].*様方.*)$")


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
    return re.sub(r"[ 　]+", " ", composed(text).translate(wide | hyphens)).strip()


def kanji_number(text: str) -> int:
    """漢数字 up to 9999 (二十三 → 23, 千二百五 → 1205), or digit by digit (二三 → 23)."""
    for unit, value in (("千", 1000), ("百", 100), ("十", 10)):
        if unit in text:
            above, below = text.split(unit, 1)
            return (kanji_number(above) if above else 1) * value + (kanji_number(below) if below else 0)
    return int("".join(str(_KANJI_DIGITS.index(character)) for character in text))


def town_key(town: str) -> str:
    """One key for the ways of writing a town: 大字 dropped, 丁目 in digits, ケ and ヶ the same."""
    plain = normal_form(town).removeprefix("大字").replace("ヶ", "ケ").replace("が", "ケ").replace("ガ", "ケ")
    return _CHOME.sub(lambda match: str(kanji_number(match.group(1))), plain)


def split_address(text: str, towns: Sequence[str] = ()) -> SplitAddress:
    """The parts of an address; `towns` are the city's town names. Nothing is lost: `joined()` gives the text back."""
    clean = normal_form(text)
    prefecture = next((name for name in prefectures() if clean.startswith(name)), "")
    behind = clean[len(prefecture) :]
    municipality = municipality_as_written(clean)
    behind = behind[len(municipality) :]
    town = _longest_town(behind, towns)
    rest, building = _split_building(behind[len(town) :])
    return SplitAddress(prefecture, municipality, town, rest, building)


def town_and_lot(text: str) -> tuple[str, str]:
    """Keys of the town (町名, with its 丁目) and of the lot (番地) in it; the building is left out. "" for what is not there.

    Both are the same however the lot is written: 「5番地の1」「5番1号」「5-1」.
    """
    before, _building = _split_building(normal_form(text))
    lot = _LOT.search(town_key(before))
    town = town_key(before)[: lot.start()] if lot else town_key(before)
    rest = town_key(before)[lot.start() :] if lot else ""
    return town.strip(), _BETWEEN_NUMBERS.sub("-", rest).strip("-")


def same_place_key(text: str) -> tuple[str, str, str]:
    """Town, lot and building of an address, the same for all ways of writing one place and for no other place.

    `text` begins with the town. The building stays what it is but for its spaces, width and hyphens.
    """
    _before, building = _split_building(normal_form(text))
    town, lot = town_and_lot(text)
    return town, lot, unicodedata.normalize("NFKC", building).replace(" ", "").upper()


def loose_place_key(text: str) -> tuple[str, str]:
    """Town with lot, and building, also the same where one writes 「2丁目8番1号」 and another 「2-8-1」.

    In a town that has lots besides its 丁目 two places can have one key: only for what is asked of a person besides.
    """
    town, lot, building = same_place_key(text)
    line = "-".join(part for part in (town.replace("丁目", "-").rstrip("-"), lot) if part)
    return re.sub(r"(?<=\D)-(?=\d)", "", line), building


def _longest_town(text: str, towns: Sequence[str]) -> str:
    """The longest beginning of `text` that is a town of the list in any way of writing, with a space before it."""
    space = text[: len(text) - len(text.lstrip())]
    text = text.lstrip()
    keys = {town_key(town) for town in towns if town}
    longest = max((len(town) for town in towns), default=0) + 4
    for end in range(min(len(text), longest), 0, -1):
        if text[end - 1] != " " and town_key(text[:end]) in keys:
            return f"{space}{text[:end]}"
    return ""


def _split_building(rest: str) -> tuple[str, str]:
    word = 0  # a lot number stands in one word: each is looked at once
    for space in re.finditer(" ", rest):
        if _LOT.search(rest, word, space.start()):
            return rest[: space.start()], rest[space.start() :]
        word = space.end()
    if match := _IN_CARE_OF.match(rest):
        return match["lot"], match["building"]
    return rest, ""

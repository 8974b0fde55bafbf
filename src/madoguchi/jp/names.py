"""Names and characters (氏名・文字).

Promises: a name is kept as it was written, letter for letter; its length is counted in what a reader sees; folding
(髙 → 高) is for searching only; a character that no code can carry (外字) keeps its identity in four points; which of
a person's names a document prints is a rule, not a habit.
"""

from __future__ import annotations

import csv
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from importlib import resources
from itertools import islice, pairwise, product

import jntajis
import regex

from madoguchi.jp.kana import composed, kana_search_key

_GRAPHEME = regex.compile(r"\X")
_VARIATION_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_SHRINK_RULES = jntajis.MJShrinkSchemeCombo(15)
MOST_CANDIDATES = 16
FIRST_IDEOGRAPH = 0x2E7F
FIRST_SELECTOR, LAST_SELECTOR = 0xE0100, 0xE01EF


def graphemes(text: str) -> tuple[str, ...]:
    """What a reader sees as single characters; a base with its variation selector is one."""
    return tuple(_GRAPHEME.findall(text))


def length(text: str) -> int:
    """The number of characters that a reader counts."""
    return len(graphemes(text))


def without_variation_selectors(text: str) -> str:
    """The plain characters, for comparing and searching; never for keeping."""
    return "".join(character for character in text if ord(character) not in _VARIATION_SELECTORS)


def shrink_candidates(text: str) -> frozenset[str]:
    """Ways in which the name may be written with common characters (MJ縮退), at most `MOST_CANDIDATES`, with itself."""
    plain = without_variation_selectors(composed(text))
    per_character = []
    for character in plain:
        found = (
            jntajis.mj_shrink_candidates(character, _SHRINK_RULES) if ord(character) > FIRST_IDEOGRAPH else []
        )
        per_character.append([character, *sorted(set(found) - {character})])
    return frozenset("".join(choice) for choice in islice(product(*per_character), MOST_CANDIDATES))


def name_search_key(text: str) -> str:
    """One key for a written name: selectors, spaces and width gone, kana folded, each 漢字 by its first common form."""
    plain = without_variation_selectors(unicodedata.normalize("NFKC", text))
    return kana_search_key("".join(map(_first_common_form, plain)))


@lru_cache(maxsize=20_000)
def _first_common_form(character: str) -> str:
    """The form that a chain of 縮退 ends at (敮 → 敍 → 叙); of a ring (真 → 眞 → 真) its smallest code."""
    chain: list[str] = []
    while character not in chain:
        chain.append(character)
        character = _next_common_form(character)
    return min(chain[chain.index(character) :])


def _next_common_form(character: str) -> str:
    """The first other form that the table gives, in its order of preference; itself when there is none."""
    if ord(character) <= FIRST_IDEOGRAPH:
        return character
    for other in jntajis.mj_shrink_candidates(character, _SHRINK_RULES):
        plain = unicodedata.normalize("NFKC", other)
        if len(plain) == 1 and plain != character:
            return plain
    return character


def name_search_keys(text: str) -> frozenset[str]:
    """The keys of every common way to write the name; a search compares any of them."""
    return frozenset(name_search_key(candidate) for candidate in shrink_candidates(text))


def registered_name_key(text: str) -> str:
    """One key for the ways in which machines write the same registered name; never for two names.

    Gone are variation selectors, width, case, and spaces (between Latin letters one space stays: ANN ALEE is not ANNA
    LEE). Kana stays what it is, with its 濁点, its small letters and its ー: みか is not みが, ユキ is not ユウキ.
    """
    plain = unicodedata.normalize("NFKC", without_variation_selectors(text)).upper()
    words = plain.split()
    return "".join(
        f" {word}" if before and before[-1].isascii() and word[0].isascii() else word
        for before, word in zip(["", *words], words, strict=False)
    )


def may_be_written_as(registered: str, written: str) -> bool:
    """Whether `written` is the registered name itself, or with common characters in the place of rare ones (縮退).

    One direction only: 髙橋 is written 高橋 where 髙 cannot be; whoever is registered as 高橋 is not written 髙橋.
    """
    key = registered_name_key(written)
    return any(registered_name_key(one) == key for one in (registered, *shrink_candidates(registered)))


@dataclass(frozen=True, slots=True)
class CharacterIdentity:
    """A character of a name as registered: what was written, its MJ glyph name, its common form, an image of it."""

    written: str
    mj_name: str | None
    shrunk: str | None
    image: str | None


class NameUse(Enum):
    """What a name is printed or said for."""

    REGISTER = auto()
    SHEET = auto()
    ADDRESS_LABEL = auto()
    SIGNATURE = auto()


@dataclass(frozen=True, slots=True)
class NameParts:
    """A person's names: 氏名 as registered (not split: many have no 氏/名), フリガナ, 旧氏, 通称, 併記名."""

    name: str
    kana: str | None = None
    former_surname: str | None = None
    alias: str | None = None
    kanji_alongside: str | None = None

    def for_use(self, use: NameUse) -> str:
        """The name a document shows.

        The register and its sheets show 氏名 with 併記名, 旧氏 and 通称 beside it; an address label shows the 通称 that
        the person goes by; a signature may be any registered name, so 氏名 is what it is compared to.
        """
        if use is NameUse.ADDRESS_LABEL and self.alias:
            return self.alias
        if use in (NameUse.SIGNATURE, NameUse.ADDRESS_LABEL):
            return self.name
        beside = [part for part in (self.kanji_alongside,) if part]
        if self.former_surname:
            beside.append(f"旧氏 {self.former_surname}")
        if self.alias:
            beside.append(f"通称 {self.alias}")
        return f"{self.name}（{'、'.join(beside)}）" if beside else self.name


class VariationWorld(Enum):
    """The two collections of variation sequences, which use the same selectors for different glyphs."""

    NONE = auto()
    MOJI_JOHO = auto()
    ADOBE_JAPAN1 = auto()
    MIXED = auto()


def variation_world(text: str) -> VariationWorld:
    """Which collection the selectors in `text` speak; MIXED when it holds sequences of both.

    A character's Adobe-Japan1 sequences run from U+E0100 to its own last one; Moji_Joho, registered later, begins
    behind them (葛: Adobe-Japan1 up to U+E0101, 邉: up to U+E010E). Fonts of one collection print the plain glyph
    for a sequence of the other, without a warning.
    """
    found = {
        _collection(base, ord(selector) - FIRST_SELECTOR)
        for base, selector in pairwise(text)
        if FIRST_SELECTOR <= ord(selector) <= LAST_SELECTOR
    }
    if len(found) > 1:
        return VariationWorld.MIXED
    return found.pop() if found else VariationWorld.NONE


def _collection(base: str, place: int) -> VariationWorld:
    firsts, ranges = _adobe_japan1()
    at = bisect_right(firsts, ord(base)) - 1
    if at >= 0 and ord(base) <= ranges[at][0] and place < ranges[at][1]:
        return VariationWorld.ADOBE_JAPAN1
    return VariationWorld.MOJI_JOHO


@lru_cache(maxsize=1)
def _adobe_japan1() -> tuple[list[int], list[tuple[int, int]]]:
    """First characters of the ranges in order; for each its last character and how many sequences each one has."""
    text = resources.files("madoguchi.jp").joinpath("data/adobe_japan1.csv").read_text(encoding="ascii")
    rows = list(csv.DictReader(text.splitlines()))
    ranges = [(int(row["last"], 16), int(row["sequences"])) for row in rows]
    return [int(row["first"], 16) for row in rows], ranges

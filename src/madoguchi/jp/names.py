"""Names and characters (氏名・文字).

Promises: a name is kept as it was written, letter for letter; its length is counted in what a reader sees; folding
(髙 → 高) is for searching only; a character that no code can carry (外字) keeps its identity in four points; which of
a person's names a document prints is a rule, not a habit.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import islice, product

import jntajis
import regex

from madoguchi.jp.kana import kana_search_key

_GRAPHEME = regex.compile(r"\X")
_VARIATION_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_SHRINK_RULES = jntajis.MJShrinkSchemeCombo(15)
MOST_CANDIDATES = 16
FIRST_IDEOGRAPH = 0x2E7F
ADOBE_SELECTORS = {0xE0100, 0xE0101}


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
    plain = without_variation_selectors(unicodedata.normalize("NFC", text))
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
    """The form that a chain of 縮退 ends at (敮 → 敍 → 叙); each step goes to a smaller code, so it ends."""
    while ord(character) > FIRST_IDEOGRAPH:
        first = min({character, *jntajis.mj_shrink_candidates(character, _SHRINK_RULES)})
        if first == character:
            break
        character = first
    return character


def name_search_keys(text: str) -> frozenset[str]:
    """The keys of every common way to write the name; a search compares any of them."""
    return frozenset(name_search_key(candidate) for candidate in shrink_candidates(text))


@dataclass(frozen=True, slots=True)
class CharacterIdentity:
    """A character of a name as registered: what was written, its MJ glyph name, its common form, an image of it."""

    written: str
    mj_name: str | None
    shrunk: str | None
    image: str | None


class NameUse(Enum):
    """What a name is printed or said for."""

    REGISTER = "register"
    SHEET = "sheet"
    ADDRESS_LABEL = "address_label"
    SIGNATURE = "signature"


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

    NONE = "none"
    MOJI_JOHO = "moji_joho"
    ADOBE_JAPAN1 = "adobe_japan1"


def variation_world(text: str) -> VariationWorld:
    """Which collection the selectors in `text` speak: Moji_Joho begins at U+E0102 for characters Adobe-Japan1 has too.

    U+E0100 and U+E0101 occur in both; alone they are taken as Adobe-Japan1 and have to be checked against the font.
    """
    selectors = {ord(character) for character in text if 0xE0100 <= ord(character) <= 0xE01EF}
    if not selectors:
        return VariationWorld.NONE
    return VariationWorld.ADOBE_JAPAN1 if selectors <= ADOBE_SELECTORS else VariationWorld.MOJI_JOHO

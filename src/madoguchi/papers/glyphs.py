"""Checks every string before it is printed (字形の確認).

1. The string is cut into graphemes.
2. Each grapheme takes the first font of its role that has it exactly, variation selector included.
3. What no font has becomes 〓, listed with sheet, box and code point: never a substitute.

Names are stricter: when IPAmj Mincho is there, a Han character of a name comes from it or from an exact
variant sequence of another font; a similar plain shape of another font is no answer.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import regex

from madoguchi.jp.names import graphemes
from madoguchi.papers.fonts import Face, Font, fonts, is_variation_selector
from madoguchi.papers.values import GlyphFault, MissingGlyph

GETA = "〓"
_UNPRINTABLE = regex.compile(r"[\p{Cc}\p{Cn}\p{Cs}]")
_HAN = regex.compile(r"\p{Han}")
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー、。「」（）]")


class Role(Enum):
    """What a string is on paper; decides which fonts may print it."""

    LABEL = "label"
    HEADING = "heading"
    VALUE = "value"
    NAME = "name"
    FOREIGN = "foreign"
    SIMPLIFIED = "simplified"
    TRADITIONAL = "traditional"


_ORDER = {
    Role.LABEL: (Face.GOTHIC, Face.MINCHO, Face.NAMES),
    Role.HEADING: (Face.GOTHIC_BOLD, Face.MINCHO, Face.NAMES),
    Role.VALUE: (Face.MINCHO, Face.NAMES),
    Role.NAME: (Face.NAMES, Face.MINCHO),
    Role.FOREIGN: (
        Face.WORLD,
        Face.THAI,
        Face.DEVANAGARI,
        Face.MYANMAR,
        Face.GOTHIC,
        Face.TAIWAN,
        Face.NAMES,
    ),
    Role.SIMPLIFIED: (Face.WORLD, Face.TAIWAN, Face.GOTHIC, Face.NAMES),
    Role.TRADITIONAL: (Face.TAIWAN, Face.WORLD, Face.GOTHIC, Face.NAMES),
}
# Japanese words within another language (names of papers, people) stay in the Japanese font.
_QUOTED = (Face.GOTHIC, Face.WORLD, Face.TAIWAN, Face.NAMES)


def role_of(language: str) -> Role:
    """The role of a text by its language (BCP 47): which font it is looked for in first."""
    if language.split("-")[0] == "ja":
        return Role.LABEL
    return {"zh-Hans": Role.SIMPLIFIED, "zh-Hant": Role.TRADITIONAL}.get(language, Role.FOREIGN)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one font; `face` None is a character that cannot be printed."""

    face: Face | None
    text: str


def main_face(role: Role) -> Face:
    """The font that sets a role's ordinary text on this machine; the shipped ones are always there."""
    available = fonts()
    for face in _ORDER[role]:
        if face in available:
            return face
    return Face.MINCHO


@lru_cache(maxsize=16_384)
def runs(text: str, role: Role) -> tuple[Run, ...]:
    """Cut a text into stretches of one font each. Line ends stay; other controls are not printable."""
    main = main_face(role)
    if text and not _UNPRINTABLE.search(text) and fonts()[main].has(text):
        return (Run(main, text),)
    found: list[Run] = []
    for grapheme in graphemes(text.replace("\r\n", "\n")):
        run = Run(_face_for(grapheme, role), grapheme)
        if found and found[-1].face is run.face and run.face is not None:
            found[-1] = Run(run.face, found[-1].text + grapheme)
        else:
            found.append(run)
    return tuple(found)


def missing(text: str, role: Role, *, sheet: str, box: str) -> tuple[MissingGlyph, ...]:
    """List the characters of a text that will stand as 〓."""
    return tuple(
        MissingGlyph(
            sheet,
            box,
            text,
            " ".join(f"U+{ord(character):04X}" for character in run.text),
            _fault(run.text),
        )
        for run in runs(text, role)
        if run.face is None
    )


@lru_cache(maxsize=16_384)
def width(text: str, role: Role) -> float:
    """Width of a text in em, with the fonts that will print it."""
    available = fonts()
    return sum(1.0 if run.face is None else available[run.face].width(run.text) for run in runs(text, role))


def _face_for(grapheme: str, role: Role) -> Face | None:
    if grapheme == "\n":
        return main_face(role)
    if _UNPRINTABLE.match(grapheme):
        return None
    available = fonts()
    quoted = role is Role.FOREIGN and _JAPANESE.match(grapheme)
    for face in _QUOTED if quoted else _ORDER[role]:
        font = available.get(face)
        if font is not None and _may_print(font, grapheme, role):
            return face
    return None


def _may_print(font: Font, grapheme: str, role: Role) -> bool:
    if not font.has(grapheme):
        return False
    strict = role is Role.NAME and Face.NAMES in fonts() and font.face is not Face.NAMES
    has_selector = any(is_variation_selector(ord(character)) for character in grapheme)
    return has_selector or not (strict and _HAN.search(grapheme))


def _fault(grapheme: str) -> GlyphFault:
    """Tell an unknown variant of a known character from a character nobody has."""
    if len(grapheme) == 1:
        return GlyphFault.NO_GLYPH
    base = "".join(character for character in grapheme if not is_variation_selector(ord(character)))
    if base != grapheme and any(font.has(base) for font in fonts().values()):
        return GlyphFault.NO_VARIANT
    return GlyphFault.NO_GLYPH

"""The fonts of a slip (票の書体): those of every paper, for Japanese and for what visitors read in other languages.

A stretch of text stays whole in one font, so that letters which change each other (Thai, Devanagari, Myanmar) are shaped
by the font's own rules. A character that no font has stands as 〓.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from django.utils.translation import get_language
from PIL import ImageFont

from madoguchi.jp.names import graphemes
from madoguchi.papers.fonts import WORLD_FILE, Face, fonts
from madoguchi.papers.glyphs import GETA, Role, role_of, runs

WORLD = WORLD_FILE
ROLES: Mapping[bool, Role] = {True: Role.HEADING, False: Role.LABEL}
Piece = tuple[Path, str]


def japanese(text: str, *, bold: bool) -> tuple[Piece, ...]:
    """A Japanese text in stretches of one font each."""
    known = fonts()
    found = runs(text, ROLES[bold])
    return tuple(
        (known[run.face or Face.GOTHIC].path, GETA if run.face is None else run.text) for run in found
    )


def foreign(text: str, language: str = "") -> tuple[Piece, ...]:
    """A text of another language, by default the one that is being spoken: in stretches of the fonts that have it."""
    role = role_of(language or get_language() or "")
    known = fonts()
    found = runs(text, Role.FOREIGN if role is Role.LABEL else role)
    return tuple((WORLD, GETA) if run.face is None else (known[run.face].path, run.text) for run in found)


def width(pieces: Sequence[Piece], size: int) -> float:
    """How many dots wide it will be."""
    return sum(font(path, size).getlength(piece) for path, piece in pieces)


def wrapped(text: str, size: int, most: int) -> list[str]:
    """A text of another language in lines that fit: cut at spaces, and between letters where a word is longer than a line."""
    lines = [""]
    for word in _pieces(text, size, most):
        longer = lines[-1] + word
        if lines[-1] and width(foreign(longer.rstrip()), size) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return [one.strip() for one in lines if one.strip()]


def are_tall(pieces: Sequence[Piece]) -> bool:
    """Whether letters with signs above and below each other are among them: such lines need more room."""
    tall = {fonts()[one].path for one in (Face.THAI, Face.DEVANAGARI, Face.MYANMAR)}
    return any(path in tall for path, _piece in pieces)


@cache
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font, opened once in each size."""
    return ImageFont.truetype(str(path), size)


def _pieces(text: str, size: int, most: int) -> list[str]:
    """Words, and those that are wider than a line (Thai and Myanmar write no spaces) letter by letter, marks kept on."""
    found: list[str] = []
    for word in _words(text):
        wide = len(word) > 1 and width(foreign(word.rstrip()), size) > most
        found += graphemes(word) if wide else [word]
    return found


def _words(text: str) -> list[str]:
    """Pieces between which a line may end: words with the space behind them, single Chinese characters."""
    found = [""]
    for one in text:
        alone = "\u3000" <= one <= "\u9fff" or "\uff00" <= one <= "\uffef"
        joins = one in "，。、）！？：；」”" or found[-1].endswith(("（", "「", "“"))
        if (alone and not joins) or (found[-1].endswith(" ") and one != " "):
            found.append(one)
        else:
            found[-1] += one
    return found

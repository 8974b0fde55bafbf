"""The fonts of a slip (票の書体): those of every paper for Japanese, and one for what visitors read in other languages.

The second is a part of Noto Sans CJK (Latin with Vietnamese, the Chinese characters of GB 2312, the Korean syllables of
KS X 1001) and is shipped. A character that no font has stands as 〓.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

from madoguchi.papers.fonts import Face, fonts
from madoguchi.papers.glyphs import GETA, Role, runs

WORLD = Path(__file__).parent / "fonts" / "NotoSansCJKsc-slip.otf"
ROLES: Mapping[bool, Role] = {True: Role.HEADING, False: Role.LABEL}
Piece = tuple[Path, str]


def japanese(text: str, *, bold: bool) -> tuple[Piece, ...]:
    """A Japanese text in stretches of one font each."""
    known = fonts()
    found = runs(text, ROLES[bold])
    return tuple(
        (known[run.face or Face.GOTHIC].path, GETA if run.face is None else run.text) for run in found
    )


def foreign(text: str) -> tuple[Piece, ...]:
    """A text of another language: in the one font that has it; what it has not as on every paper."""
    if all(ord(one) in _points() for one in text):
        return ((WORLD, text),)
    found: list[Piece] = []
    for one in text:
        found += [(WORLD, one)] if ord(one) in _points() else japanese(one, bold=False)
    return tuple(found)


def width(pieces: Sequence[Piece], size: int) -> float:
    """How many dots wide it will be."""
    return sum(font(path, size).getlength(piece) for path, piece in pieces)


def wrapped(text: str, size: int, most: int) -> list[str]:
    """A text of another language in lines that fit: cut at spaces, and anywhere where a language writes none."""
    lines = [""]
    for word in _words(text):
        longer = lines[-1] + word
        if lines[-1] and width(foreign(longer.rstrip()), size) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return [one.strip() for one in lines if one.strip()]


@cache
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font, opened once in each size."""
    return ImageFont.truetype(str(path), size)


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


@cache
def _points() -> frozenset[int]:
    with TTFont(WORLD, lazy=True) as file:
        return frozenset(file.getBestCmap())

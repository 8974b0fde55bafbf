"""The fonts that print (印字書体): what each can show and how wide it is.

BIZ UDPGothic and BIZ UDMincho are shipped. IPAmj Mincho, which has the name characters (MJ文字), is used
when it is installed. For what other languages say there are parts of Noto Sans: Latin with Vietnamese, GB 2312 and
KS X 1001 in one, Big5's common characters, Thai, Devanagari and Myanmar. Two worlds of variation selectors exist (Moji_Joho in IPAmj, Adobe-Japan1 in BIZ UD): a
selector counts as printable only when the font's own cmap (format 14) has that very sequence.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

SHIPPED = Path(__file__).parent / "fonts"
WORLD_FILE = SHIPPED / "NotoSansCJKsc-part.otf"
_NAME_FONT_FILE = "ipamjm.ttf"
_SELECTORS = range(0xFE00, 0xFE10)
_MORE_SELECTORS = range(0xE0100, 0xE01F0)


class Face(Enum):
    """A font the templates know, by the one letter they call it."""

    GOTHIC = "g"
    GOTHIC_BOLD = "b"
    MINCHO = "m"
    NAMES = "i"
    WORLD = "w"
    TAIWAN = "h"
    THAI = "t"
    DEVANAGARI = "d"
    MYANMAR = "y"


@dataclass(frozen=True, slots=True)
class Font:
    """One font file: family as typst knows it, code points, variant sequences, advance widths in em."""

    face: Face
    family: str
    path: Path
    advances: Mapping[int, float]
    variants: frozenset[tuple[int, int]]

    def has(self, grapheme: str) -> bool:
        """Say whether every character is in the font, and every selector as a sequence of its own."""
        previous = 0
        for character in grapheme:
            point = ord(character)
            if is_variation_selector(point):
                if (previous, point) not in self.variants:
                    return False
            elif point not in self.advances:
                return False
            previous = point
        return True

    def width(self, text: str) -> float:
        """Width of a text in em; a character that is not there counts one em, a selector none."""
        return sum(
            self.advances.get(ord(character), 1.0)
            for character in text
            if not is_variation_selector(ord(character))
        )


def is_variation_selector(point: int) -> bool:
    """Say whether a code point only chooses the shape of the character before it."""
    return point in _SELECTORS or point in _MORE_SELECTORS


@cache
def fonts() -> Mapping[Face, Font]:
    """The fonts of this machine, read once (half a second): the shipped ones, and IPAmj when installed."""
    found = {
        Face.GOTHIC: _read(Face.GOTHIC, SHIPPED / "BIZUDPGothic-Regular.ttf"),
        Face.GOTHIC_BOLD: _read(Face.GOTHIC_BOLD, SHIPPED / "BIZUDPGothic-Bold.ttf"),
        Face.MINCHO: _read(Face.MINCHO, SHIPPED / "BIZUDMincho-Regular.ttf"),
        Face.WORLD: _read(Face.WORLD, WORLD_FILE),
        Face.TAIWAN: _read(Face.TAIWAN, SHIPPED / "NotoSansCJKtc-part.otf"),
        Face.THAI: _read(Face.THAI, SHIPPED / "NotoSansThai-Regular.ttf"),
        Face.DEVANAGARI: _read(Face.DEVANAGARI, SHIPPED / "NotoSansDevanagari-Regular.ttf"),
        Face.MYANMAR: _read(Face.MYANMAR, SHIPPED / "NotoSansMyanmar-Regular.ttf"),
    }
    path = _installed_name_font()
    if path is not None:
        found[Face.NAMES] = _read(Face.NAMES, path)
    return found


def _read(face: Face, path: Path) -> Font:
    with TTFont(path, lazy=True) as file:
        # Nobody asks for the names of the glyphs here; looking them up takes longer than all the rest.
        file.setGlyphOrder([str(number) for number in range(file["maxp"].numGlyphs)])
        scale = file["head"].unitsPerEm
        metrics = file["hmtx"].metrics
        advances = {point: metrics[glyph][0] / scale for point, glyph in file.getBestCmap().items()}
        variants = frozenset(
            (base, selector)
            for table in file["cmap"].tables
            if table.format == 14
            for selector, entries in table.uvsDict.items()
            for base, _glyph in entries
        )
        return Font(face, file["name"].getDebugName(1), path, advances, variants)


def _installed_name_font() -> Path | None:
    """Find IPAmj Mincho in the folders where the system keeps fonts."""
    for folder in _system_folders():
        if folder.is_dir():
            for path in sorted(folder.rglob(_NAME_FONT_FILE)):
                return path
    return None


def _system_folders() -> tuple[Path, ...]:
    home = Path.home()
    windows = os.environ.get("WINDIR")
    folders = (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/Library/Fonts"),
        home / "Library/Fonts",
    )
    return folders + ((Path(windows) / "Fonts",) if windows else ())

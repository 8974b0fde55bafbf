"""Turns values into what the typst templates read (版下データ): checked strings, sizes, rows of boxes.

A string is printed at its full size when it fits one line of its box, smaller down to a floor when it does
not, and
on several lines from there: nothing is ever cut. A word longer than the line is broken, and only there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from madoguchi.jp.names import graphemes
from madoguchi.papers import glyphs
from madoguchi.papers.definitions import UNITS_PER_LINE
from madoguchi.papers.fonts import Face, fonts
from madoguchi.papers.glyphs import GETA, Role
from madoguchi.papers.values import FilledBox, MissingGlyph

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

POINT_IN_MM = 0.3528
SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0)
_WORD = regex.compile(r"[\p{Latin}\p{N}\p{M}'’.\-_@/]{8,}")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A checked string with its size in points; `height` in millimetres when it takes one line, else None."""

    size: float
    words: Json
    height: float | None

    @property
    def json(self) -> Json:
        """As the templates read it."""
        return {"z": self.size, "v": self.words}


@dataclass(slots=True)
class Setting:
    """One print being prepared: takes strings in, remembers what cannot be printed.

    `density` scales the height of the lines: 1.0 is roomy. `flowing`: parts may be cut by the end of a page.
    """

    sheet: str = ""
    density: float = 1.0
    flowing: bool = False
    found: list[MissingGlyph] = field(default_factory=list)

    def put(self, text: str, role: Role, box: str, *, around: Role | None = None) -> Json:
        """Check a string and return it as the templates read it: plain, or stretches of [face, text].

        It is plain only when one font sets all of it and the template has that font there: the main font of
        `around`, which is the role's own unless the string stands among others.
        """
        stretches = glyphs.runs(text, role)
        if not stretches:
            return ""
        if len(stretches) == 1 and stretches[0].face is glyphs.main_face(around or role):
            return stretches[0].text
        self.found.extend(glyphs.missing(text, role, sheet=self.sheet, box=box))
        return [["x", GETA] if run.face is None else [run.face.value, run.text] for run in stretches]

    def fitted(
        self, text: str, role: Role, box: str, room_mm: float, sizes: Sequence[float] = SIZES
    ) -> "Fitted":
        """Check a string and choose its size for a box of the given inner width."""
        em = glyphs.width(text, role) if "\n" not in text else float("inf")
        for size in sizes:
            if em * size * POINT_IN_MM <= room_mm:
                return Fitted(size, self.put(text, role, box), size * POINT_IN_MM)
        floor = sizes[-1]
        return Fitted(floor, self.put(broken(text, role, room_mm / (floor * POINT_IN_MM)), role, box), None)


def broken(text: str, role: Role, room_em: float) -> str:
    """Break words that are wider than a whole line; other line breaks are left to the typesetter."""

    def cut(match: regex.Match[str]) -> str:
        word = str(match.group())
        if glyphs.width(word, role) <= room_em:
            return word
        lines = [""]
        for grapheme in graphemes(word):
            if glyphs.width(lines[-1] + grapheme, role) > room_em:
                lines.append("")
            lines[-1] += grapheme
        return "\n".join(lines)

    return str(_WORD.sub(cut, text))


def rows(boxes: Sequence[FilledBox]) -> list[list[tuple[FilledBox, int]]]:
    """Pack boxes into lines of six units; the last box of a line is stretched to its end."""
    lines: list[list[tuple[FilledBox, int]]] = []
    used = UNITS_PER_LINE
    for box in boxes:
        if used + box.width > UNITS_PER_LINE:
            lines.append([])
            used = 0
        lines[-1].append((box, box.width))
        used += box.width
    for line in lines:
        last, width = line[-1]
        line[-1] = (last, width + UNITS_PER_LINE - sum(units for _box, units in line))
    return lines


def sections(boxes: Sequence[FilledBox]) -> list[tuple[str, list[FilledBox]]]:
    """Group boxes under their headings, in order; boxes before the first heading have none."""
    groups: list[tuple[str, list[FilledBox]]] = []
    for box in boxes:
        if not groups or box.section:
            groups.append((box.section, []))
        groups[-1][1].append(box)
    return groups


def families() -> dict[str, Json]:
    """The font family behind each face letter; without IPAmj, names are set in the shipped Mincho."""
    available = fonts()
    names: dict[str, Json] = {face.value: font.family for face, font in available.items()}
    names.setdefault(Face.NAMES.value, available[Face.MINCHO].family)
    return names

"""Draws a part of a sheet (欄の枠): every rule, shade and text at its place, in millimetres from its corner.

Only for parts whose lines all have a known height. A part whose texts may wrap is left to the typesetter (`bands`),
which needs twice the time for it.
"""

from collections.abc import Sequence
from itertools import groupby

from madoguchi.papers.box_lines import Cell, Line
from madoguchi.papers.payload import POINT_IN_MM, Json

_INSET_MM = 1.2
_STRIP_INSET_MM = 1.0
_LINE_INSET_MM = 0.6
BAR_POINTS = 9.5
_BAR_AIR_MM = 2.0
BAR_MM = BAR_POINTS * POINT_IN_MM + _BAR_AIR_MM
"""Height of the heading bar above a part."""

_Rectangle = tuple[float, float, float, float]


class _Sketch:
    """What is drawn: shaded rectangles, rules and texts, in reading order."""

    def __init__(self) -> None:
        self.shades: list[_Rectangle] = []
        self.rules: list[_Rectangle] = []
        self.items: list[Json] = []

    def cell(self, cell: Cell, x: float, y: float, height: float) -> None:
        """One box with its corner at x, y."""
        left, top, room = x + cell.label_mm, y, cell.room - cell.label_mm
        if cell.above:
            self.shades.append((x, y, cell.room, cell.strip))
            self.rules.append((x, y + cell.strip, x + cell.room, y + cell.strip))
            self._label(cell, x + _STRIP_INSET_MM, y + cell.strip / 2)
            top, height = y + cell.strip, height - cell.strip
        else:
            self.shades.append((x, y, cell.label_mm, height))
            self.rules.append((left, y, left, y + height))
            self._label(cell, x + _INSET_MM, y + height / 2)
        self.rules.append((x, y, x, top + height))
        if cell.blank:
            inside = (
                left + _INSET_MM,
                top + _LINE_INSET_MM,
                room - 2 * _INSET_MM,
                height - 2 * _LINE_INSET_MM,
            )
            self.items.append(["b", *map(_short, inside), cell.content])
        else:
            middle = top + (height - (cell.height or 0.0)) / 2
            self.items.append(["c", _short(left + _INSET_MM), _short(middle), cell.content])

    def _label(self, cell: Cell, x: float, middle: float) -> None:
        top = middle - (cell.label.height or 0.0) / 2
        self.items.append(["l", _short(x), _short(top), cell.label.size, cell.label.words])


def drawn(lines: Sequence[Line], *, width: float, side: Json, side_mm: float, bar: Json) -> Json:
    """A whole part: its lines below the heading bar, or beside the narrow heading at the left."""
    sketch = _Sketch()
    left = side_mm if side else 0.0
    y = BAR_MM if bar else 0.0
    for line in lines:
        x, height = left, line.height or 0.0
        if y:
            sketch.rules.append((left, y, width, y))
        for cell in line.cells:
            sketch.cell(cell, x, y, height)
            x += cell.room
        y += height
    return {
        "k": "drawn",
        "w": width,
        "h": _short(y),
        "bar": bar,
        "bh": _short(BAR_MM),
        "side": side,
        "sw": side_mm,
        "shades": [list(map(_short, one)) for one in _joined(sketch.shades)],
        "rules": [list(map(_short, one)) for one in _joined_rules(sketch.rules, left)],
        "items": sketch.items,
    }


def _short(measure: float) -> float:
    """A hundredth of a millimetre is finer than any printer."""
    return round(measure, 2)


def _joined(shades: Sequence[_Rectangle]) -> list[_Rectangle]:
    """Join rectangles that stand on top of each other."""
    joined: list[_Rectangle] = []
    for (x, width), column in groupby(sorted(shades, key=lambda one: (one[0], one[2], one[1])), _column):
        for _x, y, _width, height in column:
            last = joined[-1] if joined else None
            if last and _column(last) == (x, width) and abs(last[1] + last[3] - y) < 0.01:
                joined[-1] = (x, last[1], width, last[3] + height)
            else:
                joined.append((x, y, width, height))
    return joined


def _column(shade: _Rectangle) -> tuple[float, float]:
    return shade[0], shade[2]


def _joined_rules(rules: Sequence[_Rectangle], left: float) -> list[_Rectangle]:
    """Join upright rules that continue each other; the one along the frame is the frame's."""
    level = [rule for rule in rules if rule[1] == rule[3]]
    upright = [rule for rule in rules if rule[1] != rule[3] and (rule[0] > left or left)]
    joined: list[_Rectangle] = []
    for x, start, _x, end in sorted(upright):
        last = joined[-1] if joined else None
        if last and last[0] == x and abs(last[3] - start) < 0.01:
            joined[-1] = (x, last[1], x, end)
        else:
            joined.append((x, start, x, end))
    return level + joined


def bands(lines: Sequence[Line]) -> list[Json]:
    """The same lines for the typesetter to lay out: neighbours of known height and equal widths in one grid."""
    found: list[Json] = []
    for (widths, wraps), group in groupby(lines, key=lambda line: (line.widths, _wraps(line))):
        members = list(group)
        columns: Json = list(widths)
        if wraps:
            found += [{"w": columns, "h": None, "boxes": _boxes([line])} for line in members]
        else:
            heights: Json = [line.height for line in members]
            found.append({"w": columns, "h": heights, "boxes": _boxes(members)})
    return found


def _wraps(line: Line) -> bool:
    """A label above its content is laid out by the typesetter, which then needs the line's height free."""
    return line.height is None or any(cell.above for cell in line.cells)


def _boxes(lines: Sequence[Line]) -> list[Json]:
    return [
        {"l": cell.label.json, "top": cell.above, "c": cell.content} for line in lines for cell in line.cells
    ]

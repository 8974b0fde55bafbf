"""Lays out one line of boxes (欄の行): where label and content stand in each box, and how high the line is.

All measures are millimetres. A height is known when every text of the line is known to take one line of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from madoguchi.papers import glyphs
from madoguchi.papers.glyphs import Role
from madoguchi.papers.payload import POINT_IN_MM, SIZES, Fitted, Json, Setting
from madoguchi.papers.values import (
    Blank,
    BlankReason,
    Choices,
    Content,
    DateParts,
    FilledBox,
    Words,
    WrittenAddress,
    WrittenName,
)

LABEL_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
HAND_MM = 4.0
STRIP_AIR_MM = 1.4
"""Air above and below a label that stands above its content, together."""
_KANA_SIZES = (7.5, 7.0, 6.5, 6.0)
_NAME_SIZES = (12.0, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)
_CHOICE_SIZES = (10.0, 9.5, 9.0)
_TICK_EM = 2.6
_CHOICE_LINE_EM = 1.2
"""A line with a tick that reaches over its box is higher than its letters."""
_PADDING_MM = 3.0
_LINE_AIR_MM = 2.2
_BELOW_STRIP_AIR_MM = 2.0
_BETWEEN_MM = 0.7
_LABEL_ABOVE_BELOW_MM = 45.0
_DATE_WIDTHS = (2.2, 1.6, 1.0, 1.4, 1.0, 1.4, 1.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of a line. `label_mm`: width of the label beside the content, 0 when it stands above.

    `height`: of the content, None when it may take several lines.
    """

    room: float
    label_mm: float
    label: Fitted
    content: Json
    height: float | None
    blank: bool

    @property
    def above(self) -> bool:
        return self.label_mm == 0.0

    @property
    def widths(self) -> tuple[float, ...]:
        return (self.room,) if self.above else (self.label_mm, self.room - self.label_mm)

    @property
    def strip(self) -> float:
        """Height of the shaded strip of a label above its content."""
        return (self.label.height or 0.0) + STRIP_AIR_MM

    def needs(self, air: float) -> float | None:
        """Height the box needs, None when it is not known beforehand."""
        if self.label.height is None or self.height is None:
            return None
        if self.above:
            return self.strip + (0.0 if self.blank else self.height + _BELOW_STRIP_AIR_MM)
        return max(self.label.height, self.height) + air


@dataclass(frozen=True, slots=True)
class Line:
    """One line of boxes with its height, None when that is not known beforehand."""

    cells: tuple[Cell, ...]
    height: float | None

    @property
    def widths(self) -> tuple[float, ...]:
        return tuple(width for cell in self.cells for width in cell.widths)


def lay_line(setting: Setting, line: Sequence[tuple[FilledBox, float]], tall: float) -> Line:
    """Lay out boxes with the room each has; the line is `tall` at least."""
    cells = tuple(_cell(setting, box, room) for box, room in line)
    needed = [cell.needs(_LINE_AIR_MM * setting.density**2) for cell in cells]
    known = [height for height in needed if height is not None]
    return Line(cells, max(tall, *known) if len(known) == len(needed) else None)


def _cell(setting: Setting, box: FilledBox, room: float) -> Cell:
    above = room < _LABEL_ABOVE_BELOW_MM
    label_mm = 0.0 if above else (20.0 if room < 75 else 26.0)
    label = setting.fitted(box.label, Role.LABEL, box.label, (room if above else label_mm) - 2.5, LABEL_SIZES)
    content, height = content_payload(setting, box.content, box.label, room - label_mm - _PADDING_MM)
    return Cell(room, label_mm, label, content, height, isinstance(box.content, Blank))


def content_payload(setting: Setting, content: Content, label: str, room: float) -> tuple[Json, float | None]:
    """A box's content as the templates read it, and its height when every text takes one line."""
    match content:
        case Blank(reason, date_parts):
            hand = setting.put(_("手書き"), Role.LABEL, label) if reason is BlankReason.BY_HAND else None
            parts = _date(setting, DateParts("", "", "", ""), label) if date_parts and hand else None
            return {"k": "b", "hand": hand, "p": parts}, HAND_MM
        case Words(text):
            fitted = setting.fitted(text, Role.VALUE, label, room)
            return {"k": "t", "t": fitted.json}, fitted.height
        case Choices(marks):
            em = sum(glyphs.width(text, Role.VALUE) + _TICK_EM for text, _chosen in marks)
            size = next(
                (size for size in _CHOICE_SIZES if em * size * POINT_IN_MM <= room), _CHOICE_SIZES[-1]
            )
            one_line = em * size * POINT_IN_MM <= room
            words: Json = [{"on": on, "v": setting.put(text, Role.VALUE, label)} for text, on in marks]
            height = size * POINT_IN_MM * _CHOICE_LINE_EM
            return {"k": "c", "z": size, "m": words, "one": one_line}, height if one_line else None
        case DateParts(era, year, month, day):
            if era and year and month and day:  # the digits of the font are half as wide as its characters
                text = f"{era} {year:>2}{_('年')}{month:>2}{_('月')}{day:>2}{_('日')}"
                plain = setting.put(text, Role.VALUE, label)
                return {"k": "t", "t": {"z": SIZES[0], "v": plain}}, SIZES[0] * POINT_IN_MM
            return {"k": "d", "p": _date(setting, content, label)}, SIZES[0] * POINT_IN_MM
        case WrittenName(text, kana):
            above = setting.fitted(kana, Role.VALUE, label, room, _KANA_SIZES) if kana else None
            name = setting.fitted(text, Role.NAME, label, room, _NAME_SIZES)
            return {"k": "n", "kana": above.json if above else None, "t": name.json}, _stacked(above, name)
        case WrittenAddress(text, building, postal):
            code = setting.fitted(postal, Role.NAME, label, room, (9.0, 8.0)) if postal else None
            place = setting.fitted(text, Role.NAME, label, room)
            house = setting.fitted(building, Role.NAME, label, room) if building else None
            lines: dict[str, Json] = {"postal": code.json if code else None, "t": place.json}
            lines["building"] = house.json if house else None
            return {"k": "a", **lines}, _stacked(code, place, house)


def _stacked(*lines: Fitted | None) -> float | None:
    """Height of texts under each other, None when one of them takes more than a line."""
    heights = [line.height for line in lines if line is not None]
    known = [height for height in heights if height is not None]
    return sum(known) + _BETWEEN_MM * (len(known) - 1) if len(known) == len(heights) else None


def _date(setting: Setting, date: DateParts, label: str) -> list[Json]:
    words = (date.era, date.year, _("年"), date.month, _("月"), date.day, _("日"))
    return [
        {"w": width, "mid": index % 2 == 0, "v": setting.put(word, Role.VALUE, label)}
        for index, (width, word) in enumerate(zip(_DATE_WIDTHS, words, strict=True))
    ]

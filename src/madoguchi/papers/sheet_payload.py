"""Lays one filled sheet out (様式の版下): which boxes share a line, which text size, what goes to a 続紙.

All measures are millimetres on A4; the templates only draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from madoguchi.papers import glyphs
from madoguchi.papers.definitions import Block
from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role
from madoguchi.papers.payload import POINT_IN_MM, SIZES, Fitted, Json, Setting, rows, sections
from madoguchi.papers.values import (
    Blank,
    BlankReason,
    Choices,
    Content,
    DateParts,
    FilledBox,
    SheetValues,
    Words,
    WrittenAddress,
    WrittenName,
)

PAGE_MM = 178.0
SIDE_MM = 8.0
LINE_MM = 9.0
PEOPLE_LINE_MM = 11.0
COMPACT = 0.82
"""Share of the line heights when a sheet would otherwise run over its page."""
PEOPLE_PER_CONTINUATION = 20
_COMPACT_ABOVE = 36
_COMPACT_LINE_MM = 7.0
_LABEL_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
_KANA_SIZES = (7.5, 7.0, 6.5, 6.0)
_NAME_SIZES = (12.0, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)
_CHOICE_SIZES = (10.0, 9.5, 9.0)
_TICK_EM = 2.6
_PADDING_MM = 3.0
_LINE_AIR_MM = 2.2
_BETWEEN_MM = 0.7
_HAND_MM = 4.0
_LABEL_ABOVE_BELOW_MM = 45.0
_DATE_WIDTHS = (2.2, 1.6, 1.0, 1.4, 1.0, 1.4, 1.0)


@dataclass(frozen=True, slots=True)
class LaidOutSheet:
    """One sheet as the templates read it, and the pages it is planned to take."""

    json: Json
    pages: int


def sheet_payload(setting: Setting, sheet: SheetValues, number: int) -> LaidOutSheet:
    """Lay out one sheet; `number` counts the sheets of the print from 0."""
    setting.sheet = sheet.title
    parts: list[Json] = []
    for block in sheet.blocks:
        parts.extend(_block(setting, sheet, block))
    more = _continuations(setting, sheet)
    ours = _("本製品の独自様式") if not sheet.form_source else _("様式: %s") % sheet.form_source
    received = wareki(sheet.received_on) if sheet.received_on else ""
    notified = wareki(sheet.notified_on) if sheet.notified_on else _("　　　年　　月　　日")
    to = _("%(city)s%(addressee)s　あて") % {"city": _stem(sheet), "addressee": sheet.addressee}
    laid_out: dict[str, Json] = {
        "n": number,
        "form": setting.put(_("様式 %s") % sheet.sheet_id, Role.LABEL, "様式"),
        "title": setting.put(sheet.title, Role.HEADING, _("表題")),
        "more-title": setting.put(_("（続紙）"), Role.HEADING, _("表題")),
        "to": setting.put(to, Role.VALUE, _("あて先")),
        "notified": setting.put(_("届出日　%s") % notified, Role.VALUE, _("届出日")),
        "intro": setting.put(sheet.intro, Role.VALUE, _("前文")) if sheet.intro else None,
        "head": [
            _head(setting, _("受付番号"), sheet.number, 17, 20),
            _head(setting, _("受付日"), received, 14, 32),
            {**_head(setting, _("枚数"), "", 11, 14), "v": None, "unit": _("枚")},
        ],
        "parts": parts,
        "more": more,
        "pages": 1 + len(more),
        "foot": setting.put(
            _("根拠: %(law)s　%(form)s") % {"law": sheet.law, "form": ours}, Role.LABEL, _("根拠")
        ),
        "mark": setting.put(sheet.number, Role.LABEL, _("受付番号")),
    }
    return LaidOutSheet(laid_out, 1 + len(more))


def _stem(sheet: SheetValues) -> str:
    """まどか市 + 市長 → まどか市長: the 市・町・村・区 is said once."""
    city = sheet.municipality
    return city[:-1] if city and sheet.addressee[:1] == city[-1:] else city


def _head(setting: Setting, label: str, value: str, label_mm: float, value_mm: float) -> dict[str, Json]:
    return {
        "l": setting.put(label, Role.LABEL, label),
        "v": setting.put(value, Role.LABEL, label),
        "lw": label_mm,
        "vw": value_mm,
    }


def _block(setting: Setting, sheet: SheetValues, block: Block) -> list[Json]:
    match block:
        case Block.NOTIFIER:
            return [_part(setting, sheet.notifier, _("届出人"), LINE_MM, beside=True)]
        case Block.BOXES:
            tall = _COMPACT_LINE_MM if len(sheet.boxes) > _COMPACT_ABOVE else LINE_MM
            return [_part(setting, boxes, title, tall) for title, boxes in sections(sheet.boxes)]
        case Block.STAFF_ONLY:
            return [_part(setting, sheet.staff_boxes, _("職員記入欄"), LINE_MM)]
        case Block.PEOPLE_TABLE:
            here = sheet.people[: sheet.people_rows]
            blank = max(0, min(sheet.people_rows, 3) - len(here))
            return [_people(setting, sheet, here, first=1, blank=blank)]
        case Block.NOTES:
            mark = setting.put(_("注"), Role.LABEL, _("注"))
            return [
                {
                    "k": "notes",
                    "mark": mark,
                    "rows": [setting.put(n, Role.LABEL, _("注")) for n in sheet.notes],
                }
            ]


def _part(
    setting: Setting, boxes: Sequence[FilledBox], title: str, tall: float, *, beside: bool = False
) -> Json:
    room = PAGE_MM - (SIDE_MM if beside else 0.0)
    tall *= setting.density
    heading = setting.put(title, Role.LABEL if beside else Role.HEADING, title) if title else None
    return {
        "k": "boxes",
        "tall": tall,
        "sw": SIDE_MM,
        "side": [setting.put(letter, Role.LABEL, title) for letter in title] if beside else None,
        "bar": None if beside else heading,
        "bands": _bands(
            [_line(setting, [(box, units * room / 6) for box, units in line], tall) for line in rows(boxes)]
        ),
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of boxes: column widths in millimetres, boxes, and the height when it is known."""

    widths: tuple[float, ...]
    boxes: list[Json]
    height: float | None


def _line(setting: Setting, line: Sequence[tuple[FilledBox, float]], tall: float) -> _Line:
    """Lay out one line. Its height is fixed when every text in it is known to take one line: that sets
    faster.
    """
    boxes: list[Json] = []
    widths: list[float] = []
    heights: list[float | None] = []
    for box, room in line:
        above = room < _LABEL_ABOVE_BELOW_MM
        label_mm = 0.0 if above else (20.0 if room < 75 else 26.0)
        value_mm = room - label_mm
        label_room = (value_mm if above else label_mm) - 2.5
        label = setting.fitted(box.label, Role.LABEL, box.label, label_room, _LABEL_SIZES)
        inner, height = content_payload(setting, box.content, box.label, value_mm - _PADDING_MM)
        widths += [value_mm] if above else [label_mm, value_mm]
        heights += [None] if above else [label.height, height]
        boxes.append({"l": label.json, "top": above, "c": inner})
    known = [height for height in heights if height is not None]
    one_line = len(known) == len(heights)
    air = _LINE_AIR_MM * setting.density**2
    return _Line(tuple(widths), boxes, max(tall, max(known) + air) if one_line else None)


def _bands(lines: Sequence[_Line]) -> list[Json]:
    """Join neighbouring lines of known height and equal widths: one grid sets faster than several."""
    bands: list[Json] = []
    for same, group in groupby(lines, key=lambda line: (line.widths, line.height is None)):
        members = list(group)
        widths: Json = list(same[0])
        if same[1]:
            bands += [{"w": widths, "h": None, "boxes": line.boxes} for line in members]
        else:
            heights: Json = [line.height for line in members]
            bands.append(
                {"w": widths, "h": heights, "boxes": [box for line in members for box in line.boxes]}
            )
    return bands


def content_payload(setting: Setting, content: Content, label: str, room: float) -> tuple[Json, float | None]:
    """A box's content as the templates read it, and its height in millimetres when every text takes one
    line.
    """
    match content:
        case Blank(reason, date_parts):
            hand = setting.put(_("手書き"), Role.LABEL, label) if reason is BlankReason.BY_HAND else None
            parts = _date(setting, DateParts("", "", "", ""), label) if date_parts and hand else None
            return {"k": "b", "hand": hand, "p": parts}, _HAND_MM
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
            return {"k": "c", "z": size, "m": words}, size * POINT_IN_MM if one_line else None
        case DateParts():
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
    height = 0.0
    for line in lines:
        if line is not None and line.height is None:
            return None
        height += (line.height or 0.0) + _BETWEEN_MM if line is not None else 0.0
    return height


def _date(setting: Setting, date: DateParts, label: str) -> list[Json]:
    words = (date.era, date.year, _("年"), date.month, _("月"), date.day, _("日"))
    return [
        {"w": width, "mid": index % 2 == 0, "v": setting.put(word, Role.VALUE, label)}
        for index, (width, word) in enumerate(zip(_DATE_WIDTHS, words, strict=True))
    ]


def _people(
    setting: Setting,
    sheet: SheetValues,
    people: Sequence[Sequence[FilledBox]],
    *,
    first: int,
    blank: int = 0,
) -> Json:
    shares = sum(column.width for column in sheet.columns) or 1
    widths = [(PAGE_MM - 7.0) * column.width / shares for column in sheet.columns]
    lines: list[Json] = [
        [
            content_payload(setting, box.content, box.label, mm - 2.4)[0]
            for box, mm in zip(row, widths, strict=True)
        ]
        for row in people
    ]
    empty: Json = [{"k": "b", "hand": None} for _mm in widths]
    left = len(sheet.people) - sheet.people_rows
    more = _("ほか%d人は続紙に記載") % left if first == 1 and left > 0 else ""
    return {
        "k": "people",
        "bar": setting.put(sheet.people_title, Role.HEADING, sheet.people_title),
        "cols": [
            {"l": setting.fitted(c.label, Role.LABEL, c.label, mm - 2.4, _LABEL_SIZES).json, "w": mm}
            for c, mm in zip(sheet.columns, widths, strict=True)
        ],
        "rows": lines + [empty] * blank,
        "first": first,
        "tall": PEOPLE_LINE_MM * setting.density,
        "more": setting.put(more, Role.LABEL, sheet.people_title) if more else None,
    }


def _continuations(setting: Setting, sheet: SheetValues) -> list[Json]:
    """The people who do not fit on the first page, page by page (続紙)."""
    if Block.PEOPLE_TABLE not in sheet.blocks:
        return []
    return [
        _people(setting, sheet, sheet.people[start : start + PEOPLE_PER_CONTINUATION], first=start + 1)
        for start in range(sheet.people_rows, len(sheet.people), PEOPLE_PER_CONTINUATION)
    ]

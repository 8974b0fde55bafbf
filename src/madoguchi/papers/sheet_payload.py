"""Lays one filled sheet out (様式の版下): which boxes share a line, which text size, what goes to a 続紙.

All measures are millimetres on A4; the templates only draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from madoguchi.papers.box_lines import lay_line
from madoguchi.papers.definitions import Block
from madoguchi.papers.drawing import bands, drawn
from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role
from madoguchi.papers.payload import Json, Setting, rows, sections
from madoguchi.papers.people_payload import continuations, people_table
from madoguchi.papers.values import FilledBox, SheetValues

PAGE_MM = 178.0
SIDE_MM = 8.0
LINE_MM = 9.0
COMPACT = 0.82
"""Share of the line heights when a sheet would otherwise run over its page."""
_COMPACT_ABOVE = 36
_COMPACT_LINE_MM = 7.0


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
    more = continuations(setting, sheet)
    ours = _("本製品の独自様式") if not sheet.form_source else _("様式: %s") % sheet.form_source
    received = wareki(sheet.received_on) if sheet.received_on else ""
    notified = wareki(sheet.notified_on) if sheet.notified_on else _("　　　年　　月　　日")
    to = _("%(city)s%(addressee)s　あて") % {"city": _stem(sheet), "addressee": sheet.addressee}
    laid_out: dict[str, Json] = {
        "n": number,
        "form": setting.put(sheet.municipality, Role.LABEL, _("市区町村名")),
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
        "counted": setting.flowing,
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
            return [people_table(setting, sheet)]
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
    side_mm = SIDE_MM if beside else 0.0
    tall *= setting.density
    bar = setting.put(title, Role.HEADING, title) if title and not beside else None
    side = setting.put("\n".join(title), Role.LABEL, title) if beside else None
    lines = [
        lay_line(setting, [(box, units * (PAGE_MM - side_mm) / 6) for box, units in line], tall)
        for line in rows(boxes)
    ]
    if not setting.flowing and all(line.height is not None for line in lines):
        return drawn(lines, width=PAGE_MM, side=side, side_mm=side_mm, bar=bar)
    return {"k": "boxes", "tall": tall, "sw": side_mm, "side": side, "bar": bar, "bands": bands(lines)}

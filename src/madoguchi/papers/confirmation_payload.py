"""Lays out the page that is signed (確認・署名票): what changes, what is applied for, what it costs."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.values import ChangeLine, ConfirmationValues, MoneyLine, PadSignature, ProcedureLine

_STROKES = re.compile(r"[MLQCTSHVZmlqctshvz0-9eE+\-.,\s]*")


class NotAStroke(ValueError):
    """A pad signature that is not a path of strokes."""

    def __init__(self) -> None:
        super().__init__(
            _("署名パッドの筆跡を読み取れません。もう一度署名をお願いするか、紙に署名をもらってください。")
        )


def confirmation_payload(setting: Setting, page: ConfirmationValues) -> dict[str, Json]:
    """Lay out the page that is signed."""
    setting.sheet = page.title
    city = page.municipality
    stem = city[:-1] if city and page.addressee[:1] == city[-1:] else city
    blank_day = _("　　年　　月　　日")
    return {
        "event": setting.put(page.event, Role.LABEL, _("届出")),
        "number-label": _("受付番号"),
        "number": setting.put(page.number, Role.LABEL, _("受付番号")),
        "title": setting.put(page.title, Role.HEADING, _("表題")),
        "to": setting.put(f"{stem}{page.addressee}　" + _("あて"), Role.VALUE, _("あて先")),
        "day": setting.put(_("届出日　%s") % wareki(page.notified_on), Role.VALUE, _("届出日")),
        "people-label": _("届け出る人"),
        "people": [setting.put(name, Role.NAME, _("届け出る人")) for name in page.people],
        "changes": _changes(setting, page.changes),
        "procedures": _procedures(setting, page.procedures),
        "money": _money(setting, page.money),
        "next": [setting.put(text, Role.VALUE, _("このあと")) for text in page.next_steps],
        "statement": setting.put(page.statement, Role.VALUE, _("確認の文")),
        "signer": setting.put(page.signer, Role.NAME, _("署名する人")),
        "signature": signature_svg(page.signature) if page.signature else None,
        "signature-alt": _("署名の筆跡"),
        "signed-on": setting.put(
            wareki(page.signed_on) if page.signed_on else blank_day, Role.VALUE, _("署名日")
        ),
        "words": _words(),
        "foot": _("この票への署名一つで、上の手続きすべての届出とします。　本製品の独自様式"),
    }


def _changes(setting: Setting, lines: Sequence[ChangeLine]) -> list[Json]:
    return [
        [
            setting.put(line.label, Role.VALUE, line.label),
            setting.put("" if line.withheld else line.before, Role.NAME, line.label, around=Role.VALUE),
            setting.put("" if line.withheld else line.after, Role.NAME, line.label, around=Role.VALUE),
        ]
        for line in lines
    ]


def _procedures(setting: Setting, lines: Sequence[ProcedureLine]) -> list[Json]:
    return [
        [
            setting.put(line.procedure, Role.VALUE, line.procedure),
            setting.put(line.subject, Role.NAME, line.procedure, around=Role.VALUE),
            setting.put(line.department, Role.VALUE, line.procedure),
            setting.put(
                wareki(line.deadline) if line.deadline else _("期限なし"), Role.VALUE, line.procedure
            ),
        ]
        for line in lines
    ]


def _money(setting: Setting, lines: Sequence[MoneyLine]) -> list[Json]:
    return [
        [
            setting.put(line.label, Role.VALUE, line.label),
            setting.put(
                _("後日お知らせ") if line.yen is None else _("%s円") % f"{line.yen:,}", Role.VALUE, line.label
            ),
            setting.put(line.note, Role.VALUE, line.label),
        ]
        for line in lines
    ]


def _words() -> dict[str, Json]:
    """Headings of the page."""
    return {
        "changes": _("住民記録などの変更"),
        "changes-head": [_("項目"), _("これまで"), _("これから")],
        "procedures": _("届け出る手続き"),
        "procedures-head": [_("手続き"), _("対象"), _("担当"), _("期限")],
        "money": _("費用"),
        "money-head": [_("内容"), _("金額"), _("備考")],
        "next": _("このあと"),
        "signature": _("署名"),
        "day": _("署名日"),
        "name": _("署名する人"),
    }


def signature_svg(signature: PadSignature) -> str:
    """Draw pad strokes as SVG. Raises NotAStroke for anything but path commands and numbers."""
    if not _STROKES.fullmatch(signature.path) or signature.width <= 0 or signature.height <= 0:
        raise NotAStroke
    pen = max(signature.width, signature.height) / 120
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {signature.width} {signature.height}">'
        f'<path d="{signature.path}" fill="none" stroke="black" stroke-width="{pen:.2f}" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )

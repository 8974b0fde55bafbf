"""Lays out the guide (受付案内票).

Its QR code carries `follow_text` and nothing else; a text that could hold a person's words is refused.
"""

import io
import re

import segno
from django.utils.translation import gettext as _

from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.values import GuideItem, GuideValues, Standing

_FOLLOW_TEXT = re.compile(r"[\x21-\x7e]{1,200}")


class NotForQr(ValueError):
    """The text for a QR code is not a plain reference."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "QRコードに入れられるのは、個人の情報を含まない英数字の参照だけです。進み具合の確認先の設定を見直してください。"
            )
        )


def standing_words() -> dict[Standing, str]:
    """必要, 要確認, 任意 in the language of the paper."""
    return {Standing.MUST: _("必要"), Standing.ASK: _("要確認"), Standing.OPTIONAL: _("任意")}


def guide_payload(setting: Setting, guide: GuideValues) -> dict[str, Json]:
    """Lay the guide out: what must be done, by deadline; then what is still open; then what is a right."""
    setting.sheet = guide.title
    words = standing_words()
    headings = {
        Standing.MUST: _("必ず行う手続き"),
        Standing.ASK: _("確認が必要な手続き"),
        Standing.OPTIONAL: _("希望すればできる手続き"),
    }
    groups: list[Json] = []
    counts: list[Json] = []
    for standing in Standing:
        items = [item for item in guide.items if item.standing is standing]
        if not items:
            continue
        items.sort(key=lambda item: (item.deadline is None, item.deadline or guide.received_on))
        word = setting.put(words[standing], Role.HEADING, _("区分"))
        counts.append({"kind": standing.value, "standing": word, "n": len(items), "unit": _("件")})
        laid_out: list[Json] = [_item(setting, item, word) for item in items]
        groups.append({"title": setting.put(headings[standing], Role.HEADING, _("区分")), "items": laid_out})
    return {
        "city": setting.put(guide.municipality, Role.LABEL, _("市区町村")),
        "title": setting.put(guide.title, Role.HEADING, _("表題")),
        "event": setting.put(f"{guide.event}　{wareki(guide.received_on)}", Role.LABEL, _("届出")),
        "number-label": _("受付番号"),
        "number": setting.put(guide.number, Role.HEADING, _("受付番号")),
        "code-label": _("確認番号"),
        "code": setting.put(guide.code, Role.HEADING, _("確認番号")),
        "qr": qr_svg(guide.follow_text),
        "qr-alt": _("進み具合を確かめるためのQRコード"),
        "messages": [setting.put(message, Role.LABEL, _("お知らせ")) for message in guide.messages],
        "counts": counts,
        "groups": groups,
        "foot": _("QRコードと確認番号で、進み具合を確かめられます。氏名などの情報は入っていません。"),
    }


def _item(setting: Setting, item: GuideItem, word: Json) -> Json:
    box = item.procedure
    where = "　".join(part for part in (item.department, item.seat) if part)
    rows: list[Json] = [_row(setting, _("どこで"), where, box)]
    if item.deadline is not None:
        day = wareki(item.deadline)
        late = _("%s（過ぎています。手続きはできます）") % day
        rows.append(
            {
                **_row(
                    setting, _("いつまで"), late if item.overdue else _("%sまで") % day, box, Role.HEADING
                ),
                "strong": True,
            }
        )
    if item.bring:
        bring: list[Json] = [setting.put(text, Role.LABEL, box) for text in item.bring]
        rows.append({"l": setting.put(_("持ち物"), Role.LABEL, box), "list": bring, "v": ""})
    for label, text in (
        (_("なぜ"), item.because),
        (_("遅れると"), item.late),
        (_("確かめること"), item.settles),
    ):
        if text:
            rows.append(_row(setting, label, text, box))
    return {
        "kind": item.standing.value,
        "standing": word,
        "name": setting.put(item.procedure, Role.HEADING, box),
        "subject": setting.put(_("対象: %s") % item.subject, Role.LABEL, box) if item.subject else None,
        "rows": rows,
    }


def _row(setting: Setting, label: str, text: str, box: str, role: Role = Role.LABEL) -> dict[str, Json]:
    return {"l": setting.put(label, Role.LABEL, box), "v": setting.put(text, role, box)}


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG. Raises NotForQr for anything but printable ASCII without blanks, 200 at most."""
    if not _FOLLOW_TEXT.fullmatch(text):
        raise NotForQr
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False)
    return out.getvalue().decode("ascii")

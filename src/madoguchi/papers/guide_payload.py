"""Lays out the guide (受付案内票).

Its QR code carries `follow_text` and nothing else; a text that could hold a person's words is refused.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import segno
from django.utils.translation import gettext as _

from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role
from madoguchi.papers.guide_meaning import own_language
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.values import GuideItem, GuideValues, Standing

PEOPLE_BETWEEN = "、"
"""Between the names in an item's subject; a line ends there rather than in a name."""
_FOLLOW_TEXT = re.compile(r"[\x21-\x7e]{1,200}")


class NotForQr(ValueError):
    """The text for a QR code is not a plain reference."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "QRコードに入れられるのは、個人の情報を含まない英数字の参照だけです。進み具合の確認先の設定を見直してください。"
            )
        )


def guide_payload(setting: Setting, guide: GuideValues) -> dict[str, Json]:
    """Lay the guide out: what is done, what comes next by day and place, what may be wished for; then the details."""
    setting.sheet = guide.title
    required = [item for item in guide.items if item.standing is not Standing.OPTIONAL]
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
        "done-title": _("今日、届け出たこと"),
        "done": [_name(setting, item) for item in required + _wishes(guide) if item.filed],
        "todo-title": _("これから行うこと"),
        "todo": _todo(setting, guide, required),
        "nothing": _("今日の届出で、必要な手続きはすべて済みました。"),
        "next-title": _("このあと"),
        "next": [setting.put(text, Role.LABEL, _("このあと")) for text in guide.next_steps],
        "wish-title": _("希望すればできること（任意）"),
        "wishes": [_wish(setting, item) for item in _wishes(guide) if not item.filed],
        "detail-title": _("なぜ必要か"),
        "details": [_detail(setting, item) for item in required],
        "own": own_language(setting, guide),
        "foot": _("QRコードと確認番号で、進み具合が分かります。氏名などは入っていません。"),
    }


def _wishes(guide: GuideValues) -> list[GuideItem]:
    wishes = [item for item in guide.items if item.standing is Standing.OPTIONAL]
    return sorted(wishes, key=lambda item: item.deadline or date.max)


def day_with_weekday(day: date) -> str:
    """Write a date as 令和8年11月9日(月)."""
    weekdays = (_("月"), _("火"), _("水"), _("木"), _("金"), _("土"), _("日"))
    return f"{wareki(day)}({weekdays[day.weekday()]})"


def _todo(setting: Setting, guide: GuideValues, required: Sequence[GuideItem]) -> list[Json]:
    """What is still to be done, the nearest day first; what waits for an answer comes last."""
    groups: dict[tuple[str, str], list[Json]] = {}
    ranked = sorted(required, key=lambda item: (_rank(item), item.deadline or date.max))
    for item in ranked:
        if item.filed and not item.missing:
            continue
        place = item.department if item.filed else item.seat or item.department
        line: dict[str, Json] = {
            **_name(setting, item),
            "ask": _ask(setting, item),
            "where": setting.put(item.department, Role.LABEL, item.procedure)
            if place != item.department
            else None,
            "rows": _lines(setting, item, item.missing if item.filed else item.bring),
        }
        groups.setdefault((_when(item, guide.received_on), place), []).append(line)
    return [
        {
            "when": setting.put(when, Role.HEADING, _("いつまで")),
            "place": setting.put(place, Role.HEADING, _("どこで")),
            "items": lines,
        }
        for (when, place), lines in groups.items()
    ]


def _rank(item: GuideItem) -> int:
    """What hangs on an answer comes after what is certain; filed papers that lack something have no day."""
    return 2 if item.standing is Standing.ASK else int(item.filed)


def _when(item: GuideItem, today: date) -> str:
    if item.standing is Standing.ASK and item.deadline is None:
        return _("確かめてから決まること")
    if item.filed:
        return _("できるだけ早く（あとで持ってくるもの）")
    if item.deadline is None:
        return _("期限の決まりなし（お早めに）")
    if item.overdue:
        return _("%s（過ぎています。手続きはできます）") % day_with_weekday(item.deadline)
    if item.deadline == today:
        return _("%sまで（今日です）") % day_with_weekday(item.deadline)
    return _("%sまで") % day_with_weekday(item.deadline)


def _lines(setting: Setting, item: GuideItem, bring: Sequence[str]) -> list[Json]:
    late = "" if item.filed else item.late
    lines = ((_("持ち物"), "　".join(f"□{text}" for text in bring)), (_("遅れると"), late))
    settles = ((_("確かめること"), item.settles or item.because),) if item.standing is Standing.ASK else ()
    return [
        {"l": label, "v": setting.put(text, Role.LABEL, item.procedure)}
        for label, text in (*settles, *lines)
        if text
    ]


def _wish(setting: Setting, item: GuideItem) -> Json:
    when = _("%sまで") % day_with_weekday(item.deadline) if item.deadline else ""
    return {
        **_name(setting, item),
        "where": setting.put(item.department, Role.LABEL, item.procedure),
        "when": setting.put(when, Role.HEADING, item.procedure) if when else None,
    }


def _detail(setting: Setting, item: GuideItem) -> Json:
    """Why, and of what is filed also whom to ask; the rest stands among what is to be done."""
    ask = _("担当: %s") % item.department if item.filed else ""
    return {
        **_name(setting, item if item.filed else replace(item, subject="")),
        "ask": _ask(setting, item),
        "lines": [setting.put(text, Role.LABEL, item.procedure) for text in (item.because, ask) if text],
    }


def _ask(setting: Setting, item: GuideItem) -> Json:
    return setting.put(_("要確認"), Role.HEADING, item.procedure) if item.standing is Standing.ASK else None


def _name(setting: Setting, item: GuideItem) -> dict[str, Json]:
    people = [part for part in item.subject.split(PEOPLE_BETWEEN) if part]
    return {
        "name": setting.put(item.procedure, Role.HEADING, item.procedure),
        "people": [setting.put(one, Role.LABEL, item.procedure) for one in people],
    }


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG. Raises NotForQr for anything but printable ASCII without blanks, 200 at most."""
    if not _FOLLOW_TEXT.fullmatch(text):
        raise NotForQr
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False)
    return out.getvalue().decode("ascii")

"""Lays out the letter after a notice (届出後の通知): to whom, what was received, and what to do. No new address is in it."""

from datetime import date

from django.utils.translation import gettext as _

from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.values import LetterValues

LETTER_TITLE = "届出を受け付けたことのお知らせ"


def letter_payload(setting: Setting, letter: LetterValues, *, on: date) -> dict[str, Json]:
    """Lay out the letter, dated `on`."""
    setting.sheet = LETTER_TITLE
    where = [letter.address.text, letter.address.building]
    return {
        "title": setting.put(LETTER_TITLE, Role.HEADING, _("表題")),
        "day": setting.put(wareki(on), Role.VALUE, _("日付")),
        "address": [setting.put(line, Role.NAME, _("あて先")) for line in where if line],
        "people": [setting.put(f"{name}　" + _("様"), Role.NAME, _("あて名")) for name in letter.people],
        "sender": setting.put(letter.sender, Role.VALUE, _("差出人")),
        "office": setting.put(letter.office, Role.VALUE, _("担当")),
        "body": [setting.put(text, Role.VALUE, _("本文")) for text in _body()],
        "facts": [
            [setting.put(label, Role.LABEL, label), setting.put(value, Role.VALUE, label)]
            for label, value in (
                (_("届出の種類"), letter.event),
                (_("受け付けた日"), wareki(letter.received_on)),
                (_("受付番号"), letter.number),
                (_("問い合わせ先"), f"{letter.municipality}　{letter.office}".strip()),
            )
        ],
        "do": [setting.put(text, Role.VALUE, _("してほしいこと")) for text in _what_to_do()],
        "do-title": _("お願いすること"),
        "foot": _("新しい住所など、届出の内容は、この通知に書いていません。　本製品の独自様式"),
    }


def _body() -> tuple[str, ...]:
    return (
        _("あなたに関わる次の届出を受け付けました。"),
        _(
            "窓口に来た方がご本人(または届出のできる方)かどうかを、本人確認書類で確かめられなかったため、"
            "届出の前の住所に、このお知らせを送っています。"
        ),
    )


def _what_to_do() -> tuple[str, ...]:
    return (
        _("お心当たりのあるときは、何もしなくてかまいません。"),
        _("お心当たりのないときは、すぐに上の問い合わせ先へ、受付番号を伝えてください。"),
        _("お出でになるときは、この通知と、本人確認書類をお持ちください。"),
    )

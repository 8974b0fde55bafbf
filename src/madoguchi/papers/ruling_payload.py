"""Lays out the paper that tells a decision (結果の書面): what was decided and why, how to object, how it is found valid."""

from django.utils.translation import gettext as _

from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role
from madoguchi.papers.guide_payload import qr_svg
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.values import RulingValues


def ruling_payload(setting: Setting, ruling: RulingValues) -> dict[str, Json]:
    """Lay the paper out. Raises NotForQr when its address is not a plain reference."""
    title = _("%(procedure)s 決定のお知らせ") % {"procedure": ruling.procedure}
    setting.sheet = title
    rows = [
        (_("手続き"), ruling.procedure),
        (_("対象の方"), ruling.about),
        (_("根拠"), ruling.law),
        (_("受け付けた日"), wareki(ruling.received_on)),
        (_("受付番号"), ruling.case),
        (_("決定した日"), wareki(ruling.decided_on)),
        (_("決定"), ruling.ruling),
        (_("理由"), ruling.reason),
        (
            _("前の書面"),
            _("文書番号 %s の書面に代わるものです。") % ruling.replaces if ruling.replaces else "",
        ),
    ]
    return {
        "title": setting.put(title, Role.HEADING, _("表題")),
        "day": setting.put(wareki(ruling.decided_on), Role.VALUE, _("日付")),
        "to": setting.put(f"{ruling.to}　" + _("様"), Role.NAME, _("あて名")) if ruling.to else "",
        "sender": setting.put(ruling.sender, Role.VALUE, _("差出人")),
        "office": setting.put(ruling.office, Role.VALUE, _("担当")),
        "lead": setting.put(_("次のとおり決定しましたので、お知らせします。"), Role.VALUE, _("本文")),
        "facts": [
            [setting.put(label, Role.LABEL, label), setting.put(value, _role(label), label)]
            for label, value in rows
            if value
        ],
        "teach-title": _("この決定に不服があるとき（教示）"),
        "teach": [setting.put(text, Role.VALUE, _("教示")) for text in teaching(ruling)],
        "check-title": _("この書面の確かめ方"),
        "check": setting.put(_check(), Role.VALUE, _("確かめ方")),
        "number-label": _("文書番号"),
        "number": setting.put(ruling.number, Role.HEADING, _("文書番号")),
        "code-label": _("確認コード"),
        "code": setting.put(ruling.code, Role.HEADING, _("確認コード")),
        "qr": qr_svg(ruling.check_address),
        "qr-alt": _("書面を確かめるページのQRコード"),
        "ask": setting.put(f"{ruling.municipality}　{ruling.office}".strip(), Role.VALUE, _("問い合わせ先")),
        "ask-label": _("問い合わせ先"),
        "foot": _("本製品の独自様式。住所は載せていません。"),
    }


def teaching(ruling: RulingValues) -> tuple[str, ...]:
    """How to object, of a decision against whoever applied (行政不服審査法 第82条、行政事件訴訟法 第46条); else nothing.

    A law of the procedure may set other periods: then the department writes them into the reason.
    """
    if not ruling.against:
        return ()
    place = f"{ruling.objection}（{ruling.objection_law}）" if ruling.objection_law else ruling.objection
    return (
        _(
            "この決定があったことを知った日の翌日から起算して3か月以内に、%sに対して審査請求をすることができます"
            "（決定の日の翌日から起算して1年を過ぎると、できなくなります。行政不服審査法第18条）。"
        )
        % place,
        _in_court(ruling),
    )


def _in_court(ruling: RulingValues) -> str:
    """Until when one may go to court, and whether only after the objection was decided."""
    if ruling.appeal_first:
        return (
            _(
                "処分の取消しの訴えは、審査請求に対する裁決を経たあとでなければ起こせません。裁決があったことを知った日の翌日から"
                "起算して6か月以内に、%sを被告として起こすことができます（行政事件訴訟法第8条・第14条）。"
            )
            % ruling.municipality
        )
    return (
        _(
            "この決定があったことを知った日の翌日から起算して6か月以内に、%sを被告として、処分の取消しの訴えを起こすことができます"
            "（決定の日の翌日から起算して1年を過ぎると、できなくなります。行政事件訴訟法第14条）。審査請求をしたときは、"
            "その裁決があったことを知った日の翌日から起算して6か月以内です。"
        )
        % ruling.municipality
    )


def _check() -> str:
    return _(
        "QRコードのページで、文書番号と確認コードを入れると、発行した日と、いまも有効かが分かります。"
        "氏名や決定の内容は出ません。"
    )


def _role(label: str) -> Role:
    return Role.NAME if label == _("対象の方") else Role.VALUE

"""The guide once more in the language of whom it is for (受付案内票のその人のことばのページ).

The list in Japanese comes first and stays as it is; this follows it, with the Japanese name of each procedure beside it, so that
resident and clerk can point at the same line. Days are written in figures, year first. It is left out while one item lacks
its words: never half in Japanese.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.papers.formats import wareki
from madoguchi.papers.glyphs import Role, role_of
from madoguchi.papers.meaning_payload import spoken
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.values import GuideItem, GuideValues, Standing

JAPANESE = "ja"
_NUMBERED_DESK = re.compile(r"(\d{1,3})番窓口")


def own_language(setting: Setting, guide: GuideValues) -> dict[str, Json] | None:
    """The page in the guide's language; None for Japanese, and while an item's words are not all there."""
    if guide.language == JAPANESE or any(one.own is None for one in guide.items):
        return None
    with override(guide.language):
        return _Page(setting, guide).json()


class _Page:
    """The guide being said in its language."""

    def __init__(self, setting: Setting, guide: GuideValues) -> None:
        self.setting, self.guide, self.role = setting, guide, role_of(guide.language)

    def json(self) -> dict[str, Json]:
        """The page as the template reads it."""
        required = [one for one in self.guide.items if one.standing is not Standing.OPTIONAL]
        wishes = [one for one in self.guide.items if one.standing is Standing.OPTIONAL]
        done = [one for one in self.guide.items if one.filed]
        todo = sorted((one for one in required if not one.filed or one.missing), key=_order)
        return {
            **spoken(self.guide.language, self.guide.tag),
            "title": self.say(_("あなたの手続きの一覧")),
            "numbers": [
                [self.say(_("受付番号")), self.bold(self.guide.number)],
                [self.say(_("確認番号")), self.bold(self.guide.code)],
            ],
            "unread": self.say(_("この訳は、この言葉を母語とする人の確認を受けていません。")),
            "parts": [
                *self.part(_("今日、届け出たこと"), done, short=True),
                *self.part(
                    _("これから行うこと"), todo, nothing=_("今日の届出で、必要な手続きはすべて済みました。")
                ),
                *self.part(
                    _("希望すればできること（任意）"), [one for one in wishes if not one.filed], short=True
                ),
            ],
            "next-title": self.say(_("このあと")),
            "next": [self.say(_(one)) for one in self.guide.next_steps],
        }

    def say(self, text: str) -> Json:
        return self.setting.put(text, self.role, self.guide.title)

    def bold(self, text: str) -> Json:
        return self.setting.put(text, Role.HEADING, self.guide.title)

    def japanese(self, text: str) -> Json:
        return self.setting.put(text, Role.LABEL, self.guide.title)

    def place(self, sign: str) -> Json:
        """A desk as its sign has it, and a numbered one in the language too."""
        found = _NUMBERED_DESK.fullmatch(sign)
        if found:
            return self.say(f"{_('%(n)s番窓口') % {'n': found[1]}} ({sign})")
        return self.setting.put(sign, Role.LABEL, self.guide.title, around=self.role)

    def part(
        self, title: str, items: Sequence[GuideItem], *, short: bool = False, nothing: str = ""
    ) -> list[Json]:
        if not items and not nothing:
            return []
        said: list[Json] = [self.item(one, short=short) for one in items]
        return [
            {"title": self.say(title), "items": said, "nothing": self.say(nothing) if not items else None}
        ]

    def item(self, one: GuideItem, *, short: bool) -> Json:
        own = one.own
        if own is None:
            raise ValueError(one.procedure)
        place = one.department if one.filed else one.seat or one.department
        lines = [(_("どこで"), self.place(place))]
        if not short:
            lines.insert(0, (_("いつまで"), self.say(_when(one, self.guide.received_on))))
            ask = one.standing is Standing.ASK
            bring = own.missing if one.filed else own.bring
            lines += [(_("持ち物"), self.say("   ".join(f"□ {text}" for text in bring)))] if bring else []
            lines += [
                (_("確かめること") if ask else _("なぜ必要か"), self.say(" / ".join(own.because)))
            ] * bool(own.because)
            lines += [(_("遅れると"), self.say(own.late))] if own.late and not one.filed else []
        elif one.deadline and not one.filed:
            lines.insert(0, (_("いつまで"), self.say(in_figures(one.deadline))))
        return {
            "name": self.say(own.procedure), "japanese": self.japanese(one.procedure),
            "people": self.japanese(one.subject) if one.subject else None,
            "ask": self.say(_("要確認")) if one.standing is Standing.ASK else None,
            "mark": "✓" if one.filed else "○" if short else "□",
            "lines": [[self.say(label), words] for label, words in lines],
        }  # fmt: skip


def _order(one: GuideItem) -> tuple[int, date]:
    return (2 if one.standing is Standing.ASK else int(one.filed), one.deadline or date.max)


def in_figures(day: date) -> str:
    """A day that reads alike in every language, with the era's as the Japanese paper has it: 2026-11-19 (令和8年11月19日)."""
    return f"{day:%Y-%m-%d} ({wareki(day)})"


def _when(one: GuideItem, today: date) -> str:
    if one.standing is Standing.ASK and one.deadline is None:
        return _("確かめてから決まること")
    if one.filed:
        return _("できるだけ早く（あとで持ってくるもの）")
    if one.deadline is None:
        return _("期限の決まりなし（お早めに）")
    said = {"day": in_figures(one.deadline)}
    if one.overdue:
        return _("%(day)sまで（過ぎています。手続きはできます）") % said
    return (_("%(day)sまで（今日です）") if one.deadline == today else _("%(day)sまで")) % said

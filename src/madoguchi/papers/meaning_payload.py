"""Lays out the meaning of papers (意味の紙): the Japanese at the left, what it means at the right, boxes with their number."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.papers.glyphs import Role, main_face, role_of
from madoguchi.papers.meaning import MeantWord, PaperMeaning
from madoguchi.papers.payload import Json, Setting

TITLE = "書類の意味（提出しない紙）"


def meaning_payload(
    setting: Setting, papers: Sequence[PaperMeaning], language: str, tag: str, number: str
) -> dict[str, Json]:
    """Lay the meanings out, one paper below the other. `number` is the case's; `tag` what a screen reader is told."""
    role = role_of(language)
    with override(language):
        lead = _("書類の意味です。正式な書類は日本語のほうです。この紙は出さないで、お持ちください。")
        unread = _("この訳は、この言葉を母語とする人の確認を受けていません。")
        said_number = _("受付番号")
    return {
        **spoken(language, tag),
        "title": setting.put(TITLE, Role.HEADING, TITLE),
        "lead": setting.put(lead, role, TITLE),
        "unread": setting.put(unread, role, TITLE),
        "number": setting.put(number, Role.HEADING, TITLE),
        "number-label": [setting.put("受付番号", Role.LABEL, TITLE), setting.put(said_number, role, TITLE)],
        "papers": [_paper(setting, one, role) for one in papers],
    }


def spoken(language: str, tag: str) -> dict[str, Json]:
    """What the template has to know of a language: its tag and the font of most of its letters."""
    return {"tag": tag.split("-")[0], "face": main_face(role_of(language)).value}


def _paper(setting: Setting, paper: PaperMeaning, role: Role) -> Json:
    setting.sheet = paper.title.japanese
    return {
        "title": _pair(setting, paper.title, role, Role.HEADING),
        "words": [_word(setting, one, role) for one in paper.words],
    }


def _pair(setting: Setting, one: MeantWord, role: Role, japanese: Role = Role.LABEL) -> list[Json]:
    return [
        setting.put(one.japanese, japanese, one.japanese),
        setting.put(one.meaning, role, one.japanese),
    ]


def _word(setting: Setting, one: MeantWord, role: Role) -> Json:
    choices: list[Json] = [
        [setting.put(label, Role.LABEL, one.japanese), setting.put(meaning, role, one.japanese)]
        for label, meaning in one.choices
    ]
    return {
        "p": _pair(setting, one, role, Role.HEADING if one.heading else Role.LABEL),
        "n": one.number or None,
        "h": one.heading,
        "c": choices,
    }

"""Texts per language (ことばごとの文): a pack's Japanese sentences in other languages, shown only when complete.

In the order in which it happens: `texts/<language>.toml` says for a Japanese sentence what it is in that language
(`read_translations`); the sentence itself is the key, so that a translation whose Japanese was changed is not there any
more, rather than wrong. What residents hear of a procedure is gathered (`texts_of`), what is still missing is counted
(`missing`), and a procedure is given in a language only when nothing of it is missing (`guide`): never half in Japanese.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath
from typing import Any

from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.tables import Table

FOLDER = "texts/"
LONGEST = 2000
_NUMBER = re.compile(r"\d+")


class Language(Enum):
    """A language beside Japanese, by its tag (BCP 47); やさしい日本語 is one of them."""

    JA_EASY = "ja-easy"
    EN = "en"
    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"
    KO = "ko"
    VI = "vi"
    PT_BR = "pt-BR"
    ES = "es"
    TL = "tl"
    NE = "ne"
    ID = "id"
    MY = "my"
    TH = "th"

    @property
    def label(self) -> str:
        """What the office calls it."""
        return _LABELS[self]

    @property
    def file(self) -> str:
        """The pack's file that holds it."""
        return f"{FOLDER}{self.value}.toml"

    @property
    def tag(self) -> str:
        """What a page says in `lang`: plain Japanese is Japanese."""
        return "ja" if self is Language.JA_EASY else self.value


_LABELS = {
    Language.JA_EASY: "やさしい日本語", Language.EN: "英語", Language.ZH_HANS: "中国語（簡体字）",
    Language.ZH_HANT: "中国語（繁体字）", Language.KO: "韓国語", Language.VI: "ベトナム語",
    Language.PT_BR: "ポルトガル語（ブラジル）", Language.ES: "スペイン語", Language.TL: "フィリピノ語",
    Language.NE: "ネパール語", Language.ID: "インドネシア語", Language.MY: "ミャンマー語", Language.TH: "タイ語",
}  # fmt: skip


_LANGUAGES = {one.value: one for one in Language}


@dataclass(frozen=True, slots=True)
class Guide:
    """What a resident is told of a procedure, all of it in one language."""

    language: Language
    name: str
    summary: str
    tell: tuple[str, ...]
    bring: tuple[str, ...]
    fee_note: str
    late: str


def language_of(tag: str) -> Language | None:
    """The language of a tag, or None."""
    return _LANGUAGES.get(tag)


def read_translations(tables: Mapping[str, Sequence[Table]]) -> dict[str, dict[str, str]]:
    """Japanese → text, by the language's tag; `tables`: each file's tables, the city's own after those below it."""
    found: dict[str, dict[str, str]] = {}
    for file, layers in tables.items():
        language = language_of(PurePosixPath(file).stem)
        for table in layers:
            table.only(("text",))
            if language is None:
                known = "、".join(one.file for one in Language)
                table.fault(
                    "text",
                    f"「{file}」ということばのファイルはありません。",
                    f"次のどれかにしてください: {known}。",
                )
                continue
            found.setdefault(language.value, {}).update(_said(table))
    return found


def _said(table: Table) -> dict[str, str]:
    said: dict[str, str] = {}
    for one in table.tables("text"):
        one.only(("ja", "text"))
        japanese, text = one.text("ja"), one.text("text")
        if japanese in said:
            one.fault("ja", f"「{japanese[:40]}」の訳が二つあります。", "一つにしてください。", japanese)
        if text and (why := fault_of(japanese, text)):
            one.fault("text", why, "訳を直してください。", text)
        said[japanese] = text
    return said


def fault_of(japanese: str, text: str) -> str:
    """What is wrong with a translation, in a sentence; "" when nothing is: length, signs, and the Japanese's numbers."""
    if len(text) > LONGEST:
        return f"文が{LONGEST}字を超えます。"
    if (
        not text.replace("\n", "")
        .replace("\u200b", "")
        .replace("\u200c", "")
        .replace("\u200d", "")
        .isprintable()
    ):
        return "文字でないものが入っています。"
    there = {int(one) for one in _NUMBER.findall(text.replace(",", ""))}
    gone = [
        one for one in _NUMBER.findall(japanese.replace(",", "")) if int(one) not in there and int(one) > 9
    ]
    return f"もとの文の数「{gone[0]}」が訳にありません。" if gone else ""


def texts_of(procedure: Procedure) -> tuple[str, ...]:
    """The Japanese sentences that a resident hears of a procedure, each once, in the order in which they are told."""
    found = [procedure.name, procedure.summary]
    for rule in procedure.rules:
        found += [rule.because, *(one.because for one in rule.otherwise)]
    found += [
        *procedure.tell,
        *(one.text for one in procedure.bring),
        procedure.fee_note,
        procedure.late.text,
    ]
    return tuple(dict.fromkeys(one for one in found if one.strip()))


def question_texts(pack: Pack) -> tuple[str, ...]:
    """The Japanese of the hearing: questions, why they are asked, and what may be chosen."""
    found = [one for prompt in pack.prompts.values() for one in (prompt.question, prompt.why)]
    for fact in pack.vocabulary:
        found += [fact.label, fact.question, fact.why, *(choice.label for choice in fact.choices)]
    found += [one for wording in pack.wordings for one in (wording.label, wording.question, wording.why)]
    return tuple(dict.fromkeys(one for one in found if one.strip()))


def sheet_texts(pack: Pack) -> tuple[str, ...]:
    """The Japanese of the sheets that a resident signs: titles, boxes, choices, notes; not what the office writes in."""
    found: list[str] = []
    for sheet in pack.sheets.values():
        found += [str(sheet.get(key, "")) for key in ("title", "intro", "people_title")]
        found += [str(note) for note in _items(sheet.get("notes"))]
        for box in (*_items(sheet.get("column")), *_items(sheet.get("box"))):
            if isinstance(box, Mapping):
                found += [str(box.get(key, "")) for key in ("section", "label")]
                found += [str(one[1]) for one in _items(box.get("choices")) if len(_items(one)) > 1]
    return tuple(dict.fromkeys(one for one in found if one.strip()))


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def all_texts(pack: Pack) -> tuple[str, ...]:
    """Everything that has to be there before a language is offered as a whole."""
    found = [text for procedure in pack.procedures for text in texts_of(procedure)]
    return tuple(dict.fromkeys([*found, *question_texts(pack), *sheet_texts(pack)]))


def missing(pack: Pack, language: Language, texts: Sequence[str]) -> tuple[str, ...]:
    """Those of the Japanese sentences that the language does not have."""
    there = pack.translations.get(language.value, {})
    return tuple(one for one in texts if one not in there)


def unused(pack: Pack, language: Language) -> tuple[str, ...]:
    """Japanese sentences that are translated and that nothing says (any more)."""
    known = frozenset(all_texts(pack))
    return tuple(one for one in pack.translations.get(language.value, {}) if one not in known)


def offered(pack: Pack) -> tuple[Language, ...]:
    """The languages in which everything of the pack is there: only these may be chosen on a channel."""
    texts = all_texts(pack)
    return tuple(one for one in Language if not missing(pack, one, texts))


def guide(
    pack: Pack, procedure: Procedure, language: Language, bring: Sequence[str] | None = None
) -> Guide | None:
    """What a resident is told of a procedure, or None while one sentence of it is missing.

    `bring`: what this household brings, in Japanese, where that is known; without it everything that may be asked for.
    """
    if missing(pack, language, texts_of(procedure)):
        return None
    there = pack.translations.get(language.value, {})
    brought = [one.text for one in procedure.bring] if bring is None else bring
    return Guide(
        language, there[procedure.name], there[procedure.summary], tuple(there[one] for one in procedure.tell),
        tuple(there[one] for one in brought if one in there), there.get(procedure.fee_note, ""),
        there.get(procedure.late.text, ""),
    )  # fmt: skip


def guides(pack: Pack, procedure: Procedure, bring: Sequence[str] | None = None) -> tuple[Guide, ...]:
    """The procedure in every language in which it is complete."""
    found = (guide(pack, procedure, language, bring) for language in Language)
    return tuple(one for one in found if one is not None)

"""What a paper means in another language (意味の紙): the official form stays Japanese, and its meaning lies beside it.

1. A sheet's declaration gives its words in the order in which they stand on the paper; each box is counted.
2. Every word is looked up in the pack's texts of the language, what all sheets share in the product's own catalogue.
3. While one word of a sheet is missing there is no meaning of it: never half in Japanese.

A meaning holds no value of any box: it is about the form, the same for everybody, and nobody's paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as noop

from madoguchi.papers.boxes import notifier_boxes
from madoguchi.papers.definitions import Block, Box, Column, SheetDefinition

Texts = Mapping[str, str]
Labels = Mapping[str, Sequence[tuple[str, str]]]
# What every sheet says besides its own declaration. The declaration of the boxes of the 届出人 is in `boxes`.
FRAME = (
    noop("届出日"), noop("届出人"), noop("対象者"), noop("職員記入欄"), noop("受付番号"), noop("受付日"), noop("枚数"),
)  # fmt: skip
NOTIFIER = (
    noop("氏名"), noop("電話番号"), noop("住所"), noop("来た人"), noop("本人"), noop("同一世帯の人"),
    noop("法定代理人"), noop("任意代理人"), noop("使者"),
)  # fmt: skip
# The page that is signed.
CONFIRMATION = (
    noop("届出・申請の確認票"), noop("住民記録などの変更"), noop("項目"), noop("これまで"), noop("これから"),
    noop("届け出る手続き"), noop("手続き"), noop("対象"), noop("担当"), noop("期限"), noop("費用"), noop("内容"),
    noop("金額"), noop("備考"), noop("このあと"), noop("署名"), noop("署名日"), noop("署名する人"),
    noop("上の内容に相違ありません。届出・申請をします。"),
    noop("この票への署名一つで、上の手続きすべての届出とします。"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeantWord:
    """Words of the paper and what they mean; `number` counts boxes from 1, 0 stands for what is no box."""

    japanese: str
    meaning: str
    number: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    heading: bool = False


@dataclass(frozen=True, slots=True)
class PaperMeaning:
    """A whole paper's meaning, in the order of the paper."""

    title: MeantWord
    words: tuple[MeantWord, ...]


def sheet_meaning(sheet: SheetDefinition, language: str, there: Texts, labels: Labels) -> PaperMeaning | None:
    """What a sheet means, or None while a word of it is missing. `labels`: a fact's choices where the sheet has none."""
    said = _Saying(there, labels)
    with override(language):
        words = [said.frame("届出日"), *([said.text(sheet.intro)] if sheet.intro else [])]
        for block in sheet.blocks:
            words += _block(said, sheet, block)
        title = said.text(sheet.title)
    return None if said.missing else PaperMeaning(title, tuple(words))


def confirmation_meaning(language: str) -> PaperMeaning:
    """What the page that is signed means."""
    title, *words = CONFIRMATION
    headings = ("住民記録などの変更", "届け出る手続き", "費用", "このあと", "署名")
    with override(language):
        return PaperMeaning(
            MeantWord(title, gettext(title)),
            tuple(MeantWord(one, gettext(one), heading=one in headings) for one in words),
        )


class _Saying:
    """Words being looked up, and boxes being counted."""

    def __init__(self, there: Texts, labels: Labels) -> None:
        self.there, self.labels = there, labels
        self.number = 0
        self.missing: list[str] = []

    def text(self, japanese: str, *, heading: bool = False) -> MeantWord:
        return MeantWord(japanese, self._say(japanese), heading=heading)

    def frame(self, japanese: str, *, heading: bool = False) -> MeantWord:
        return MeantWord(japanese, gettext(japanese), heading=heading)

    def box(self, one: Box | Column) -> MeantWord:
        self.number += 1
        choices = one.choices or self.labels.get(one.fact, ())
        said = tuple((label, self.there[label]) for _code, label in choices if label in self.there)
        return MeantWord(
            one.label,
            self._say(one.label),
            self.number,
            said if len(said) == len(choices) else (),
        )

    def own_box(self, one: Box) -> MeantWord:
        self.number += 1
        choices = tuple((label, gettext(label)) for _code, label in one.choices)
        return MeantWord(one.label, gettext(one.label), self.number, choices)

    def _say(self, japanese: str) -> str:
        if japanese not in self.there:
            self.missing.append(japanese)
        return self.there.get(japanese, "")


def _block(said: _Saying, sheet: SheetDefinition, block: Block) -> list[MeantWord]:
    match block:
        case Block.NOTIFIER:
            with override("ja"):
                boxes = notifier_boxes()
            return [said.frame("届出人", heading=True), *(said.own_box(one) for one in boxes)]
        case Block.PEOPLE_TABLE:
            title = sheet.people_title
            heading = said.text(title, heading=True) if title else said.frame("対象者", heading=True)
            return [heading, *(said.box(one) for one in sheet.columns)]
        case Block.BOXES:
            words: list[MeantWord] = []
            for box in sheet.boxes:
                words += [said.text(box.section, heading=True)] if box.section else []
                words.append(said.box(box))
            return words
        case Block.NOTES:
            return [said.text(note) for note in sheet.notes]
        case Block.STAFF_ONLY:
            return [said.frame("職員記入欄", heading=True)]

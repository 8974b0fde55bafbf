"""The application as it is printed for the post (記入済みの用紙): in Japanese, and beside it what it means to its reader.

本製品の独自様式: its contents are those of the application of 地方税法 附則第7条 as municipalities print it (第55号の5様式); the
layout is ours. The box of the 個人番号 is empty: whoever applies writes it by hand, and nothing here keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.channels.shared.languages import JAPANESE, current
from madoguchi.furusato.values import Gift, Receipt
from madoguchi.jp.wareki import format_wareki

LAW = "地方税法 附則第7条第1項・第8項"
OURS = noop(
    "本製品の独自様式です。総務省令の様式（第55号の5様式）ではありません。市が様式を求めるときは、市の申請書に書き写してください。"
)
BY_HAND = noop("（書いてください）")
NUMBER_BY_HAND = noop("（手で書いてください。この製品は保存しません）")
STATEMENTS = (
    ("☑ 地方税法附則第7条第1項（第8項）に規定する申告特例対象寄附者である。",
     "寄附の控除を受ける目的のほかに、所得税の確定申告や住民税の申告をする必要がありません。"),
    ("☑ 申告特例の求めを行う地方団体の数が5以下である見込みである。",
     "この年の寄附で申請する自治体は、5つ以内の見込みです。"),
)  # fmt: skip
LABELS = (
    noop("受付番号"), noop("フリガナ"), noop("氏名"), noop("住所"), noop("生年月日"), noop("性別"), noop("電話番号"),
    noop("個人番号（12けた）"),
)  # fmt: skip
SEXES = {"male": "男", "female": "女"}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the sheet: what stands there in Japanese, what that means, and what is filled in or left to write."""

    japanese: str
    meaning: str
    value: str
    to_write: str = ""


def meaning(japanese: str) -> str:
    """The same in the language that is spoken; nothing in Japanese."""
    return "" if current() == JAPANESE else _(japanese)


def lines_of(found: Receipt, first: Gift) -> list[SheetLine]:
    """Who applies, as the city knows them."""
    values = (
        f"{found.receipt}（{found.at:%Y-%m-%d}）", first.kana, found.name, found.address or "",
        format_wareki(first.birth) if first.birth else "", SEXES.get(first.sex, ""), "", "",
    )  # fmt: skip
    return [
        SheetLine(
            label,
            meaning(label),
            value,
            "" if value else _(NUMBER_BY_HAND if "個人番号" in label else BY_HAND),
        )
        for label, value in zip(LABELS, values, strict=True)
    ]


def title_of(found: Receipt) -> SheetLine:
    """The head of the sheet."""
    japanese = f"寄附金税額控除に係る申告特例の申請（{found.year}年寄附分）"
    return SheetLine(japanese, meaning("ワンストップ特例の申請"), LAW)


def statements() -> list[SheetLine]:
    """The two statements, as they were confirmed."""
    return [SheetLine(japanese, meaning(plain), "") for japanese, plain in STATEMENTS]

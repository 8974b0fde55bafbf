"""Texts of one language as Excel (訳のブック): every Japanese sentence once, with its translation beside it; and back.

A translator works in the column 「新しい訳」. The Japanese is the key; a row whose Japanese nobody says any more is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from madoguchi.catalogue.drafts.text_rows import STALE, TextReport, rows_of
from madoguchi.procedures.editing.layers import Layer, with_translations
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import Language, fault_of, question_texts, sheet_texts, texts_of
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

HEADING = ("もとの文", "どこの文か", "いまの訳", "新しい訳")
NOTE = "「新しい訳」の列だけを書き、取り込んでください。空の行は変わりません。もとの文は直さないでください。"
QUESTIONS = "質問"
SHEETS = "様式"


def translation_book(pack: Pack, language: Language) -> bytes:
    """Every sentence that residents hear, with what it is in the language."""
    there = pack.translations.get(language.value, {})
    rows: list[list[Cell]] = [[ja, where, there.get(ja, ""), ""] for ja, where in places(pack).items()]
    return workbook_of([PageOut(language.label, HEADING, rows, notes=(NOTE,), widths=(60, 36, 60, 60))])


def places(pack: Pack) -> dict[str, str]:
    """Japanese sentence → the procedure that says it first, or 質問 or 様式."""
    found: dict[str, str] = {}
    for procedure in pack.procedures:
        for text in texts_of(procedure):
            found.setdefault(text, procedure.name)
    for text in question_texts(pack):
        found.setdefault(text, QUESTIONS)
    for text in sheet_texts(pack):
        found.setdefault(text, SHEETS)
    return found


def take_translation_book(
    *, stream: BinaryIO, pack: Pack, layers: Sequence[Layer], language: Language
) -> tuple[dict[str, str], TextReport]:
    """The city's layer with the new texts of the language, and what became of every row that says something new.

    Raises BookRefused, GridRefused, WorkbookRefused.
    """
    known = {ja.strip(): ja for ja in places(pack)}
    there = pack.translations.get(language.value, {})
    taken: dict[str, str] = {}
    refused: list[str] = []
    rows = unchanged = 0
    for row in rows_of(stream, language.label, HEADING):
        japanese, old, new = known.get(row.cell("もとの文")), row.cell("いまの訳"), row.cell("新しい訳")
        now = there.get(japanese or "", "").strip()
        if not new and not row.fault and (japanese is None or old == now):
            continue
        rows += 1
        if row.fault:
            refused.append(row.fault)
        elif japanese is None:
            refused.append(
                row.sentence(
                    "もとの文", "この文は、いまの台帳にありません。もとの文が直されたら、訳も新しく書きます。"
                )
            )
        elif old != now:
            refused.append(row.sentence("いまの訳", STALE))
        elif japanese in taken:
            refused.append(row.sentence("もとの文", "同じ文が二度あります。初めの行だけを取り込みました。"))
        elif why := fault_of(japanese, new):
            refused.append(row.sentence("新しい訳", why))
        elif new == now:
            unchanged += 1
        else:
            taken[japanese] = new
    layer = with_translations(layers, language, taken)
    return layer, TextReport(rows, len(taken), unchanged, tuple(refused))

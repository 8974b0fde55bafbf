"""Feedback as Excel (ご意見の一覧)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from madoguchi.catalogue.feedback.states import Verdict
from madoguchi.catalogue.feedback.values import Feedback, ScreenFeedback
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

NOTE = "だれが言ったかは記録していません。電話番号・個人番号・メールアドレスは、保存する前に伏せています。"


def feedback_book(
    found: Sequence[Feedback], screens: Sequence[ScreenFeedback], *, local: Callable[[datetime], datetime],
    named: Callable[[str], str],
    departments: Mapping[str, str],
) -> bytes:  # fmt: skip
    """Every feedback a row, and the screens counted. `local`: a moment as the office's clock; `named`: a screen in words; `departments`: their names."""
    rows: list[list[Cell]] = [
        [
            one.spelled, local(one.given_at).date(), one.giver.label, departments.get(one.department, one.department), named(one.screen), one.screen,
            one.procedure, one.verdict.label, one.words, one.language, one.revision, one.state.label, one.said,
            "、".join(answer.revision for answer in one.answers),
        ]
        for one in found
    ]  # fmt: skip
    heading = [
        "番号", "日", "立場", "課", "どこ", "画面の名前", "手続き", "種類", "ご意見", "ことば", "そのときの版", "状態",
        "答えた文", "答えた版",
    ]  # fmt: skip
    counted: list[list[Cell]] = [
        [named(one.screen), one.screen, one.total, one.open, *(n for _verdict, n in one.by_verdict)]
        for one in screens
    ]
    return workbook_of(
        [
            PageOut("ご意見", heading, rows, notes=[NOTE]),
            PageOut(
                "画面ごと", ["どこ", "画面の名前", "すべて", "まだ", *(one.label for one in Verdict)], counted
            ),
        ]
    )

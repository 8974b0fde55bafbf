"""Journeys and played visits as Excel (実績の表計算)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from madoguchi.insight.experience import Experience, PersonaCompared, day_of
from madoguchi.insight.report import SMALLEST, Figure, Report
from madoguchi.insight.stopwatch import MEASURED, Tally
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

PRACTICE = "窓口体験調査（練習データ）です。実際の来庁の実績ではありません。"


def report_book(report: Report) -> bytes:
    """The report as an xlsx: a line a group, two columns a figure."""
    heading = [report.by.label, "来庁"]
    for figure in Figure:
        heading += [f"{figure.label} 中央値", f"{figure.label} 9割がこれ以下"]
    rows: list[list[Cell]] = []
    for line in (*report.lines, report.whole):
        cells: list[Cell] = [line.name, line.visits if line.visits is not None else f"{SMALLEST}未満"]
        for spread in line.spreads:
            cells += [None, None] if spread is None else [spread.median, spread.nine_of_ten]
        rows.append(cells)
    notes = [
        "記録された出来事から数えています。手で入れた数字はありません。",
        f"来庁が{SMALLEST}未満のまとまりは出していません（{report.small}）。",
    ]
    return workbook_of([PageOut("来庁の実績", heading, rows, notes=notes, widths=[24, 8])])


def experience_book(played: Sequence[Experience], compared: Iterable[PersonaCompared]) -> bytes:
    """Played visits and the comparison as an xlsx."""
    phases = [f"{one.label}(分)" for one in MEASURED]
    tallies = [one.label for one in Tally]
    each: list[list[Cell]] = [
        [
            one.persona, one.round.label, day_of(one), one.observer_name, one.case_number,
            "終わり" if one.clocked.ended else "途中", round(one.clocked.total, 1),
            *(round(one.clocked.minutes[phase], 1) for phase in MEASURED),
            *(one.clocked.tallies[tally] for tally in Tally), one.notes,
        ]
        for one in played
    ]  # fmt: skip
    both: list[list[Cell]] = []
    for line in compared:
        for label, mean in (("見直しの前", line.before), ("見直しのあと", line.after)):
            if mean is not None:
                both.append(
                    [
                        line.persona, label, mean.played, round(mean.total, 1),
                        *(round(mean.minutes[phase], 1) for phase in MEASURED),
                        *(round(mean.tallies[tally], 1) for tally in Tally),
                    ]
                )  # fmt: skip
    heading = [
        "だれの役",
        "前後",
        "日",
        "観察した人",
        "練習の受付",
        "状態",
        "全体(分)",
        *phases,
        *tallies,
        "気づいたこと",
    ]
    return workbook_of(
        [
            PageOut(
                "前後の比較",
                ["だれの役", "前後", "回数", "全体(分)", *phases, *tallies],
                both,
                notes=[PRACTICE],
            ),
            PageOut("1回ごと", heading, each, notes=[PRACTICE]),
        ]
    )

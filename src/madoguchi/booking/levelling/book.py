"""A roster as Excel (配置表): written as a table that people move names about in, and taken in again.

A cell holds the name of a lane, 昼 or 後方. What comes back is judged by the same rules as what was proposed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from madoguchi.booking.levelling.proposing import LevellingPlan
from madoguchi.booking.levelling.roster import BACK, LUNCH, Officer, Roster, words
from madoguchi.spreadsheets.grid import GridRow, read_grid
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

SHEET = "配置表"
NUMBER, NAME = "職員番号", "氏名"
HEADING_WITHIN = 5


class RosterBookRefused(ValueError):
    """The table cannot be taken; each sentence says where and what to do."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(sentences))


def place_name(plan: LevellingPlan, roster: Roster, officer: Officer, quarter: int) -> str:
    """Where somebody is in a quarter-hour, as the table says it; "" outside their hours."""
    lane = roster.places.get(officer.key, {}).get(quarter)
    if lane is not None:
        return next((one.name for one in plan.lanes if one.lane == lane), lane)
    start = roster.lunches.get(officer.key)
    if start is not None and start <= quarter < start + plan.rules.lunch_quarters:
        return LUNCH
    return BACK if officer.is_here(quarter) else ""


def book_of(plan: LevellingPlan) -> bytes:
    """The roster, what each lane has and needs, and the demand, as an xlsx. A plan without a roster gives an empty table."""
    quarters = plan.task.quarters
    roster = plan.roster if isinstance(plan.roster, Roster) else Roster({}, {})
    people: list[list[Cell]] = [
        [one.key, one.name, *(place_name(plan, roster, one, quarter) for quarter in quarters)]
        for one in plan.officers
    ]
    return workbook_of(
        [
            PageOut(
                SHEET, [NUMBER, NAME, *map(words, quarters)], people, widths=[10, 16, *[10] * len(quarters)]
            ),
            PageOut("席数", ["窓口の列", "", *map(words, quarters)], list(_desk_rows(plan)), widths=[18, 12]),
            PageOut("来庁見込み", DEMAND_HEADING, list(demand_rows(plan)), widths=[18, 8, 10, 12, 12, 10]),
        ]
    )


DEMAND_HEADING = ("窓口の列", "時刻", "見込み(人)", "少ない日(人)", "多い日(人)", "うち予約(人)")


def demand_rows(plan: LevellingPlan) -> Iterator[list[Cell]]:
    """The demand of every lane, a row a quarter-hour."""
    for lane in plan.lanes:
        for one in lane.demand.quarters:
            yield [
                lane.name, words(one.quarter), round(one.band.expected, 1), one.band.low, one.band.high,
                round(one.booked, 1),
            ]  # fmt: skip


def _desk_rows(plan: LevellingPlan) -> Iterator[list[Cell]]:
    for lane in plan.lanes:
        for label, desks in (("いま", lane.before), ("必要", lane.needed), ("案", lane.after)):
            by_quarter = {lane.first + place: count for place, count in enumerate(desks)}
            yield [lane.name, label, *(by_quarter.get(quarter) for quarter in plan.task.quarters)]


def roster_from(plan: LevellingPlan, stream: BinaryIO) -> Roster:
    """The roster of a table that came back. Raises RosterBookRefused, GridRefused, WorkbookRefused."""
    heading, rows = _headed(stream)
    quarters = {
        place: quarter
        for quarter in plan.task.quarters
        for place, cell in enumerate(heading)
        if cell == words(quarter)
    }
    if len(set(quarters.values())) != len(plan.task.quarters):
        raise RosterBookRefused(["時刻の列が足りません。出した配置表の見出しを変えずに使ってください。"])
    officers = {one.key: one for one in plan.officers}
    lanes = {name: one.lane for one in plan.lanes for name in (one.name, one.lane)}
    places: dict[str, dict[int, str]] = {}
    lunches: dict[str, int] = {}
    problems = []
    for row in rows:
        cells = [*row.cells, *[""] * (len(heading) - len(row.cells))]
        officer = officers.get(cells[heading.index(NUMBER)].strip())
        if row.fault or officer is None:
            problems.append(
                row.fault
                or f"{row.number}行目: 職員番号「{cells[heading.index(NUMBER)][:20]}」がありません。"
            )
        elif officer.key in places:
            problems.append(f"{row.number}行目: {officer.name}さんの行が2つあります。")
        else:
            given = {quarter: cells[place].strip() for place, quarter in quarters.items()}
            problems += _unknown(officer, given, lanes)
            places[officer.key] = {quarter: lanes[cell] for quarter, cell in given.items() if cell in lanes}
            problems += _lunch(
                officer, sorted(q for q, cell in given.items() if cell == LUNCH), plan, lunches
            )
    problems += [f"{one.name}さんの行がありません。" for one in plan.officers if one.key not in places]
    if problems:
        raise RosterBookRefused(problems)
    return Roster(places, lunches)


def _unknown(officer: Officer, given: Mapping[int, str], lanes: Mapping[str, str]) -> list[str]:
    wrong = {
        cell: quarter
        for quarter, cell in given.items()
        if cell not in lanes and cell not in ("", LUNCH, BACK)
    }
    return [
        f"{officer.name}さんの{words(quarter)}「{cell[:20]}」は窓口の列の名前ではありません。"
        for cell, quarter in wrong.items()
    ]


def _lunch(officer: Officer, eating: list[int], plan: LevellingPlan, lunches: dict[str, int]) -> list[str]:
    """Lunch is as long as the rules say and in one piece; whether it may lie there is judged later."""
    if not eating:
        return []
    length = plan.rules.lunch_quarters
    if eating != list(range(eating[0], eating[0] + length)):
        return [f"{officer.name}さんの昼休みは、続けて{length * 15}分にしてください。"]
    lunches[officer.key] = eating[0]
    return []


def _headed(stream: BinaryIO) -> tuple[list[str], Sequence[GridRow]]:
    head = stream.read(2)
    stream.seek(0)
    rows = list(read_grid(stream, sheet=SHEET if head == b"PK" else None))
    for place, row in enumerate(rows[:HEADING_WITHIN]):
        cells = [cell.strip() for cell in row.cells]
        if NUMBER in cells and NAME in cells:
            return cells, rows[place + 1 :]
    raise RosterBookRefused(
        [f"見出しに「{NUMBER}」「{NAME}」の列がありません。出した配置表の見出しを変えずに使ってください。"]
    )

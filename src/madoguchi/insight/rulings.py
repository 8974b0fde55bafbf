"""How procedures are handled (処理の実績): received, decided, days to the decision, asked back, by procedure and by channel.

1. One group is a procedure by one channel. A group of fewer than LEAST tasks says only that it is small, and nothing that could
   be taken from the whole: where one group alone is small, the whole is shown without it.
2. Within a group, a count that is not nought and below LEAST is not shown, nor one that leaves so few; then the whole does not
   show it either.
3. The days run from the day a task came to the first decision in force; median and 90th percentile of LEAST decided ones or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from madoguchi.audit.entries import Channel
from madoguchi.booking.levelling.bands import percentile
from madoguchi.cases.rulings.figures import HandledTask, handled_tasks
from madoguchi.insight.visits import MOST_DAYS, TooManyDays
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

LEAST = 10


@dataclass(frozen=True, slots=True)
class HandlingLine:
    """A procedure by one channel (処理の実績の行). None: too few to be shown."""

    procedure: str
    channel: Channel | None
    received: int | None
    decided: int | None
    median: float | None
    nine_of_ten: float | None
    asked_back: int | None
    in_time: int | None


@dataclass(frozen=True, slots=True)
class HandlingReport:
    """The lines, the whole as the last one, and how many groups were too small to be shown."""

    lines: tuple[HandlingLine, ...]
    whole: HandlingLine
    small: int


def handling_report(first: date, last: date) -> HandlingReport:
    """The handling of what came on these days. Raises TooManyDays."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise TooManyDays
    return report_of(handled_tasks(first, last))


def report_of(tasks: Sequence[HandledTask]) -> HandlingReport:
    """The report of these tasks."""
    groups: dict[tuple[str, str], list[HandledTask]] = {}
    for one in tasks:
        groups.setdefault((one.procedure, one.channel.value), []).append(one)
    big = {key: there for key, there in groups.items() if len(there) >= LEAST}
    small = len(groups) - len(big)
    lines = tuple(_line(there[0].name, there[0].channel, there) for _, there in sorted(big.items()))
    shown = [one for there in big.values() for one in there]
    whole = _line("", None, shown if small == 1 else list(tasks))
    return HandlingReport(lines, _without_what_is_hidden(whole, lines), small)


def _without_what_is_hidden(whole: HandlingLine, lines: Sequence[HandlingLine]) -> HandlingLine:
    """The whole without a count that one of its lines hides: the rest would give it away."""
    return replace(
        whole,
        decided=None if any(one.decided is None for one in lines) else whole.decided,
        asked_back=None if any(one.asked_back is None for one in lines) else whole.asked_back,
        in_time=None if any(one.in_time is None for one in lines) else whole.in_time,
    )


def _line(name: str, channel: Channel | None, tasks: Sequence[HandledTask]) -> HandlingLine:
    """One line."""
    if len(tasks) < LEAST:
        return HandlingLine(name, channel, None, None, None, None, None, None)
    days = sorted(float(one.days) for one in tasks if one.days is not None)
    enough = len(days) >= LEAST
    with_day = [one for one in tasks if one.in_time is not None]
    return HandlingLine(
        name,
        channel,
        len(tasks),
        _shown(len(days), len(tasks)),
        round(percentile(days, 0.5), 1) if enough else None,
        round(percentile(days, 0.9), 1) if enough else None,
        _shown(sum(one.asked_back for one in tasks), len(tasks)),
        _shown(sum(bool(one.in_time) for one in with_day), len(with_day)) if len(with_day) >= LEAST else None,
    )


def _shown(count: int, of: int) -> int | None:
    """A count, unless it or what is left of the whole without it is small."""
    return None if 0 < count < LEAST or 0 < of - count < LEAST else count


def handling_book(report: HandlingReport, *, channels: Mapping[Channel, str]) -> bytes:
    """The report as an xlsx, a line a procedure and channel."""
    heading = [
        "手続き",
        "受けたところ",
        "受けた",
        "決定",
        "日数 中央値",
        "日数 9割がこれ以下",
        "確認のお願い",
        "期限内",
    ]
    rows: list[list[Cell]] = []
    for line in (*report.lines, report.whole):
        name = line.procedure or ("全体（出していないまとまりを除く）" if report.small == 1 else "全体")
        figures = (line.received, line.decided, line.median, line.nine_of_ten, line.asked_back, line.in_time)
        where = channels.get(line.channel, line.channel.value) if line.channel else ""
        rows.append([name, where, *("—" if one is None else one for one in figures)])
    notes = [
        "記録された出来事から数えています。手で入れた数字はありません。練習と取下げは入っていません。",
        f"{LEAST}件より少ないまとまりと数は出していません（まとまり {report.small}）。",
    ]
    return workbook_of([PageOut("処理の実績", heading, rows, notes=notes, widths=[30, 12])])

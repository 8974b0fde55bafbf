"""Visits as figures (実績の表): how many, the median and the ninetieth percentile of what they cost.

A group of fewer than SMALLEST visits says only that it is small: nobody shall be found in it, and chance shall not look like news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.booking.levelling.bands import percentile
from madoguchi.insight.visits import Visit
from madoguchi.jp.wareki import format_wareki

SMALLEST = 5


class Grouping(Enum):
    """By what visits are put together (まとめ方)."""

    DAY = "day"
    WEEK = "week"
    EVENT = "event"
    LANE = "lane"
    BRANCH = "branch"

    @property
    def label(self) -> str:
        return _(GROUPING_LABELS[self])


GROUPING_LABELS = {
    Grouping.DAY: noop("日ごと"),
    Grouping.WEEK: noop("週ごと"),
    Grouping.EVENT: noop("異動の種類ごと"),
    Grouping.LANE: noop("窓口の列ごと"),
    Grouping.BRANCH: noop("庁舎ごと"),
}


class Figure(Enum):
    """What is counted of a visit (数えるもの)."""

    MINUTES = "minutes"
    WAIT = "wait"
    DESK = "desk"
    MOVES = "moves"
    QUESTIONS = "questions"
    REPEATS = "repeats"
    EXPLANATIONS = "explanations"
    SIGNATURES = "signatures"
    CHARACTERS = "characters"

    @property
    def label(self) -> str:
        return _(FIGURE_LABELS[self])

    def of(self, visit: Visit) -> float | None:
        """Its value; None where it cannot be seen: a wait without a number."""
        counts = visit.counts
        match self:
            case Figure.MINUTES:
                return counts.minutes
            case Figure.WAIT:
                return counts.wait_minutes if counts.waits else None
            case Figure.DESK:
                return counts.desk_minutes if counts.waits else None
            case Figure.MOVES:
                return counts.moves
            case Figure.QUESTIONS:
                return counts.questions
            case Figure.REPEATS:
                return counts.repeats
            case Figure.EXPLANATIONS:
                return counts.explanations
            case Figure.SIGNATURES:
                return counts.signatures
            case Figure.CHARACTERS:
                return counts.characters_by_resident


FIGURE_LABELS = {
    Figure.MINUTES: noop("かかった時間（分）"),
    Figure.WAIT: noop("待ち（分）"),
    Figure.DESK: noop("窓口での時間（分）"),
    Figure.MOVES: noop("席の移動"),
    Figure.QUESTIONS: noop("質問"),
    Figure.REPEATS: noop("二度聞いた・二度説明した"),
    Figure.EXPLANATIONS: noop("説明"),
    Figure.SIGNATURES: noop("署名"),
    Figure.CHARACTERS: noop("来た人が書いた文字"),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of a figure and what nine of ten stay below; how many visits had it."""

    visits: int
    median: float
    nine_of_ten: float


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One line of the report. `spreads`: None where fewer than SMALLEST visits had the figure. `visits` None: a small group."""

    name: str
    visits: int | None
    spreads: tuple[Spread | None, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The report: its lines, and all visits together as the last one."""

    by: Grouping
    lines: tuple[GroupLine, ...]
    whole: GroupLine
    small: int


def report(visits: Sequence[Visit], *, by: Grouping, event_name: Callable[[str], str]) -> Report:
    """Put visits together. Small groups are only counted; where there is just one, the whole is shown without it."""
    groups: dict[str, list[Visit]] = {}
    for one in visits:
        groups.setdefault(_group(one, by), []).append(one)
    names = {key: _name(key, there[0], by, event_name) for key, there in groups.items()}
    big = [key for key in sorted(groups) if len(groups[key]) >= SMALLEST]
    small = sum(len(groups[key]) < SMALLEST for key in groups)
    lines = tuple(_line(names[key], groups[key]) for key in big)
    if small == 1:  # what all have besides the groups that are shown would be that one group
        return Report(
            by,
            lines,
            _line(_("全体（出していないまとまりを除く）"), [one for key in big for one in groups[key]]),
            small,
        )
    return Report(by, lines, _line(_("全体"), visits), small)


def _line(name: str, visits: Sequence[Visit]) -> GroupLine:
    if len(visits) < SMALLEST:
        return GroupLine(name, None, tuple(None for _figure in Figure))
    return GroupLine(name, len(visits), tuple(_spread(figure.of(one) for one in visits) for figure in Figure))


def _spread(values: Iterable[float | None]) -> Spread | None:
    ordered = sorted(value for value in values if value is not None)
    if len(ordered) < SMALLEST:
        return None
    return Spread(len(ordered), round(percentile(ordered, 0.5), 1), round(percentile(ordered, 0.9), 1))


def _group(visit: Visit, by: Grouping) -> str:
    match by:
        case Grouping.DAY:
            return visit.day.isoformat()
        case Grouping.WEEK:
            return (visit.day - timedelta(days=visit.day.weekday())).isoformat()
        case Grouping.EVENT:
            return visit.event
        case Grouping.LANE:
            return f"{visit.branch} {visit.lane}"
        case Grouping.BRANCH:
            return visit.branch


def _name(key: str, visit: Visit, by: Grouping, event_name: Callable[[str], str]) -> str:
    match by:
        case Grouping.DAY:
            return format_wareki(visit.day)
        case Grouping.WEEK:
            monday = visit.day - timedelta(days=visit.day.weekday())
            return _("%(monday)s からの週") % {"monday": format_wareki(monday)}
        case Grouping.EVENT:
            return event_name(key) if key else _("届出のない用件")
        case Grouping.LANE:
            return visit.lane or _("列に入っていない席")
        case Grouping.BRANCH:
            return key

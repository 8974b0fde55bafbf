"""Scoring the predictor on snapshots of an office that it has never seen (見込みの採点): by day, against plain rules.

The last three of ten days are foreseen one by one, each learned from all days before it; a single day is foreseen
without having learned anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from madoguchi.booking.waits.bands import Band
from madoguchi.booking.waits.pace import LearnedPace, learn
from madoguchi.booking.waits.scoring import Promise, Score, by_group, point, score
from madoguchi.booking.waits.snapshots import Joined, Joins, Read

TEST_SHARE = 0.3
LEAST_IN_A_GROUP = 10
OURS = "madoguchi"
TITLES = {
    OURS: "この製品の見込み",
    "constant_mean": "いつも平均と言う",
    "queue_declared": "待ち人数×標準の分÷窓口数",
    "last_wait": "直前に呼ばれた人の待ち（LES）",
    "throughput_30": "直近30分の進みで割る",
}


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of every rule on the same waits, and ours by queue and hour."""

    read: Read
    joins: Joins
    learned_days: int
    tested_days: int
    scores: Mapping[str, Score]
    by_queue: Mapping[str, Score]
    by_hour: Mapping[str, Score]

    def values(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {
            "rows": self.read.rows,
            "rows_read": len(self.read.snapshots),
            "rows_refused": self.read.refused,
            "faults": list(self.read.faults),
            "joined": len(self.joins.joined),
            "not_called_that_day": self.joins.not_called,
            "over_180_minutes": self.joins.too_long,
            "days_learned_from": self.learned_days,
            "days_scored": self.tested_days,
            "scores": {name: asdict(one) for name, one in self.scores.items()},
            "by_queue": {name: asdict(one) for name, one in self.by_queue.items()},
            "by_hour": {name: asdict(one) for name, one in self.by_hour.items()},
        }

    def markdown(self) -> str:
        """The report as a page with tables."""
        counts = [
            f"- 行: {self.read.rows}、読めた {len(self.read.snapshots)}、読めない {self.read.refused}",
            f"- 待ち: {len(self.joins.joined)}、その日に呼ばれなかった {self.joins.not_called}、180分を超えた {self.joins.too_long}（どちらも数えない）",
            f"- 学んだ日: {self.learned_days}、採点した日: {self.tested_days}（前の日までで学び直しながら）",
        ]
        faults = (
            ["", "## 読めない行", "", *(f"- {one}" for one in self.read.faults)] if self.read.faults else []
        )
        rules = {TITLES[name]: one for name, one in self.scores.items()}
        return "\n".join(
            [
                "# 待ち時間の見込みの採点",
                "",
                *counts,
                *_table("規則ごと", rules),
                *_table("列ごと（この製品）", self.by_queue),
                *_table("時ごと（この製品）", self.by_hour),
                *faults,
                "",
            ]
        )


def report_of(read: Read, joins: Joins, progress: Callable[[int, int], None] | None = None) -> Report:
    """Score every rule; `progress` hears (days done, days to do)."""
    days = sorted({one.day for one in joins.joined})
    tested = days[-max(1, round(TEST_SHARE * len(days))) :] if days else []
    told: dict[str, list[Promise]] = {name: [] for name in TITLES}
    ours: list[tuple[Joined, Promise]] = []
    for number, day in enumerate(tested):
        past = [one for one in joins.joined if one.day < day]
        learned = learn(past, [(on, move) for on, move in joins.moves if on < day])
        usual = fmean(one.waited for one in past) if past else 15.0
        for one in joins.joined:
            if one.day != day:
                continue
            for name, band in _told(one, learned, usual).items():
                told[name].append(Promise(band, one.waited))
            ours.append((one, told[OURS][-1]))
        if progress is not None:
            progress(number + 1, len(tested))
    scores = {name: found for name, promises in told.items() if (found := score(promises)) is not None}
    return Report(
        read=read,
        joins=joins,
        learned_days=len(days) - len(tested),
        tested_days=len(tested),
        scores=scores,
        by_queue=by_group((("／".join(filter(None, one.queue)), promise) for one, promise in ours), least=LEAST_IN_A_GROUP),
        by_hour=by_group(((f"{one.at.hour:02d}時", promise) for one, promise in ours), least=LEAST_IN_A_GROUP),
    )  # fmt: skip


def _told(one: Joined, learned: LearnedPace, usual: float) -> dict[str, Band]:
    """What each rule would have said."""
    declared = one.ahead * one.declared / one.desks if one.declared else usual
    throughput = (one.ahead + 1) * one.pace_half_hour if one.pace_half_hour is not None else usual
    return {
        OURS: learned.band(one),
        "constant_mean": point(usual),
        "queue_declared": point(declared),
        "last_wait": point(usual if one.last_wait is None else one.last_wait),
        "throughput_30": point(throughput),
    }


def _table(title: str, scores: Mapping[str, Score]) -> Sequence[str]:
    if not scores:
        return ()
    lines = [
        "",
        f"## {title}",
        "",
        "| | 件数 | 平均誤差(分) | 中央誤差 | P90誤差 | かたより | 10分超 短く言った | 8割の幅に入った | 幅 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, one in scores.items():
        banded = one.width > 0
        lines.append(
            f"| {name} | {one.count} | {one.mean_error:.1f} | {one.median_error:.1f} | {one.p90_error:.1f} | {one.bias:+.1f} "
            f"| {one.too_little:.0%} | {f'{one.covered:.0%}' if banded else '―'} | {f'{one.width:.1f}' if banded else '―'} |"
        )
    return lines

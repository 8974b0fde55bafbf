"""A played visit as a stopwatch sees it (窓口体験調査の計時): what the player does, from one press to the next.

A press counts from when it was made, not from when it arrived: a device without a line says how long ago that was. So a
device's clock may be wrong; only its stopwatch must run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

LONGEST = timedelta(hours=8)


class Phase(Enum):
    """What whoever plays the resident is doing (場面)."""

    WAIT = "wait"
    WALK = "walk"
    WRITE = "write"
    TALK = "talk"
    END = "end"

    @property
    def label(self) -> str:
        return {"wait": "待つ", "walk": "歩く", "write": "書く", "talk": "話す", "end": "終わり"}[self.value]


class Tally(Enum):
    """What is counted beside the time (数えること)."""

    COUNTER = "counter"
    SHEET = "sheet"
    QUESTION = "question"
    REPEAT = "repeat"

    @property
    def label(self) -> str:
        return {
            "counter": "窓口に着いた",
            "sheet": "紙を1枚書いた",
            "question": "質問された",
            "repeat": "同じことを聞かれた",
        }[self.value]


class Round(Enum):
    """Whether a visit is played before or after a change (前後)."""

    BEFORE = "before"
    AFTER = "after"

    @property
    def label(self) -> str:
        return {"before": "見直しの前", "after": "見直しのあと"}[self.value]


Pressed = Phase | Tally
MEASURED = (Phase.WAIT, Phase.WALK, Phase.WRITE, Phase.TALK)


@dataclass(frozen=True, slots=True)
class Press:
    """One press: what, and when it was made."""

    pressed: Pressed
    at: datetime


@dataclass(frozen=True, slots=True)
class Clocked:
    """What was clocked (計時の結果): minutes by phase, how often each thing was counted, what goes on now (None: nothing)."""

    minutes: dict[Phase, float]
    tallies: dict[Tally, int]
    now: Phase | None
    since: datetime | None
    ended: bool

    @property
    def total(self) -> float:
        """All minutes together."""
        return sum(self.minutes.values())


class NotInTime(ValueError):
    """A press that lies before the visit began, in the future, or too long ago."""

    def __init__(self) -> None:
        super().__init__(
            "この記録の時刻が調査の時間に合いません。端末の画面を開き直して、もう一度押してください。"
        )


def moment_of(*, received: datetime, ago_ms: int, begun: datetime) -> datetime:
    """When a press was made, from when it arrived and how long ago the device says it was. Raises NotInTime."""
    if not 0 <= ago_ms <= LONGEST / timedelta(milliseconds=1):
        raise NotInTime
    at = received - timedelta(milliseconds=ago_ms)
    if at < begun:
        raise NotInTime
    return at


def clocked(presses: Sequence[Press], *, until: datetime) -> Clocked:
    """Add up. A phase lasts until the next phase is pressed, the last one until `until`; after the end nothing counts."""
    minutes = dict.fromkeys(MEASURED, 0.0)
    tallies = dict.fromkeys(Tally, 0)
    now: Phase | None = None
    since: datetime | None = None
    for one in sorted(presses, key=lambda press: press.at):
        if isinstance(one.pressed, Tally):
            tallies[one.pressed] += 1
            continue
        if now is not None and since is not None:
            minutes[now] += (one.at - since) / timedelta(minutes=1)
        if one.pressed is Phase.END:
            return Clocked(minutes, tallies, None, None, True)
        now, since = one.pressed, one.at
    if now is not None and since is not None:
        minutes[now] += max((until - since) / timedelta(minutes=1), 0.0)
    return Clocked(minutes, tallies, now, since, False)

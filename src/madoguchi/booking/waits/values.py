"""What is told to whoever waits, and what is remembered of it (待ち時間の値). Times in seconds unless the name says minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class EstimateMethod(Enum):
    """On what an estimate rests (見込みの立て方): what the office declares, or what was learned."""

    DECLARED = "declared"
    LEARNED = "learned"

    @property
    def label(self) -> str:
        return {"declared": "届け出た所要時間から", "learned": "実績から"}[self.value]


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """How long a wait will be (待ち時間の見込み): a band and its middle in seconds, the people ahead, the desks that counted.

    `work`: the middle before it was set right by what was learned of such waits; kept, because it is learned from.
    """

    low: int
    middle: int
    high: int
    ahead: int
    desks: int
    method: EstimateMethod
    work: int

    @property
    def minutes(self) -> tuple[int, int]:
        """The band as it is told, in whole minutes: down and up to five from ten minutes on, never 0 to 0."""
        low, high = self.low // 60, -(-self.high // 60)
        if high > 10:
            low, high = low // 5 * 5, -(-high // 5) * 5
        return low, max(high, low + 1)


@dataclass(frozen=True, slots=True)
class ServedCall:
    """One call and how long it held its desk, in minutes (席での所要時間); `came`: whether anybody came."""

    lane: str
    service: str
    day: date
    minutes: float
    came: bool = True


@dataclass(frozen=True, slots=True)
class ToldWait:
    """The first estimate told to one person and what became of it (最初に伝えた見込み).

    `realised`: seconds until the call, None for one who left before (censored; `left_after`: how long they stayed).
    """

    lane: str
    service: str
    booked: bool
    told_at: datetime
    estimate: WaitEstimate
    realised: float | None
    left_after: float | None = None

"""What of a new estimate is shown (待ち時間の見せ方): it may fall at any time, but never rises by more than five minutes
without a reason that can be read.

The rise is counted from the lowest that was shown since the last reason, so that small rises do not add up unsaid. A
reason is only given where it can be seen: fewer desks are open, more people are ahead, or nobody ahead was called for a
while. A larger rise without any is shown as far as five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from madoguchi.booking.waits.values import WaitEstimate

LARGEST_RISE = 300
FIVE_MINUTES = 300
ROUNDED_FROM = 600
STANDSTILL = 60


class RiseReason(Enum):
    """Why a wait became longer than was said (待ち時間が延びた理由)."""

    NONE = ""
    DESK_CLOSED = "desk_closed"
    PRIORITY = "priority"
    LONGER_SERVICE = "longer_service"

    @property
    def sentence(self) -> str:
        """The reason as it is shown; "" for none."""
        return RISE_SENTENCES[self]


RISE_SENTENCES = {
    RiseReason.NONE: "",
    RiseReason.DESK_CLOSED: "開いている窓口が減ったため、待ち時間が延びました。",
    RiseReason.PRIORITY: "配慮が要る方や予約の方が先に入ったため、待ち時間が延びました。",
    RiseReason.LONGER_SERVICE: "前の方の手続きに時間がかかっているため、待ち時間が延びました。",
}


@dataclass(frozen=True, slots=True)
class ShownWait:
    """What is shown, and why it rose (画面に出す待ち時間). `lowest`: the least told since the last reason, in seconds.

    Its lower and upper end count as they are told, in whole minutes: that is what a reader compares.
    """

    estimate: WaitEstimate
    reason: RiseReason
    lowest: tuple[int, int, int]


def to_show(last: ShownWait | None, seconds_since: float, new: WaitEstimate) -> ShownWait:
    """What to show now that `new` is estimated; `last` was shown that many seconds ago, None for the first time."""
    if last is None:
        return ShownWait(new, RiseReason.NONE, _told(new))
    if any(now > least + LARGEST_RISE for now, least in zip(_told(new), last.lowest, strict=True)):
        reason = _seen(last.estimate, seconds_since, new)
        if reason is not RiseReason.NONE:
            return ShownWait(new, reason, _told(new))
        low, middle, high = (least + LARGEST_RISE for least in last.lowest)
        if high > ROUNDED_FROM:
            high = high // FIVE_MINUTES * FIVE_MINUTES  # it is told rounded up to five minutes
        high = min(new.high, high)
        middle = min(new.middle, middle, high)
        new = replace(new, low=min(new.low, low, middle), middle=middle, high=high)
    least = tuple(min(pair) for pair in zip(_told(new), last.lowest, strict=True))
    return ShownWait(new, RiseReason.NONE, (least[0], least[1], least[2]))


def _told(one: WaitEstimate) -> tuple[int, int, int]:
    low, high = one.minutes
    return low * 60, one.middle, high * 60


def _seen(last: WaitEstimate, seconds_since: float, new: WaitEstimate) -> RiseReason:
    """The reason that can be seen in the queue itself."""
    if new.desks < last.desks:
        return RiseReason.DESK_CLOSED
    if new.ahead > last.ahead:
        return RiseReason.PRIORITY
    if new.ahead == last.ahead and seconds_since >= STANDSTILL:
        return RiseReason.LONGER_SERVICE
    return RiseReason.NONE

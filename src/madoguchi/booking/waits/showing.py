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
    """What is shown, and why it rose (画面に出す待ち時間). `lowest_*`: the least shown since the last reason, in seconds."""

    estimate: WaitEstimate
    reason: RiseReason
    lowest_middle: int
    lowest_high: int


def to_show(last: ShownWait | None, seconds_since: float, new: WaitEstimate) -> ShownWait:
    """What to show now that `new` is estimated; `last` was shown that many seconds ago, None for the first time."""
    if last is None:
        return _fresh(new, RiseReason.NONE)
    most_middle, most_high = last.lowest_middle + LARGEST_RISE, last.lowest_high + LARGEST_RISE
    if new.middle > most_middle or new.high > most_high:
        reason = _seen(last.estimate, seconds_since, new)
        if reason is not RiseReason.NONE:
            return _fresh(new, reason)
        middle, high = min(new.middle, most_middle), min(new.high, most_high)
        new = replace(new, low=min(new.low, middle, high), middle=min(middle, high), high=high)
    return ShownWait(
        new, RiseReason.NONE, min(last.lowest_middle, new.middle), min(last.lowest_high, new.high)
    )


def _fresh(new: WaitEstimate, reason: RiseReason) -> ShownWait:
    return ShownWait(new, reason, new.middle, new.high)


def _seen(last: WaitEstimate, seconds_since: float, new: WaitEstimate) -> RiseReason:
    """The reason that can be seen in the queue itself."""
    if new.desks < last.desks:
        return RiseReason.DESK_CLOSED
    if new.ahead > last.ahead:
        return RiseReason.PRIORITY
    if new.ahead == last.ahead and seconds_since >= STANDSTILL:
        return RiseReason.LONGER_SERVICE
    return RiseReason.NONE

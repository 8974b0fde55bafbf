"""How long somebody will wait (待ち時間の見込み): always a band, its middle and the people ahead. Plain Python.

From the first ticket of a new office: the work ahead by the minutes that the office declares, laid on the desks planned.
From the second day on: by what was learned (`learned`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from madoguchi.booking.hours import Quarter
from madoguchi.booking.tickets.states import StepState
from madoguchi.booking.tickets.values import BranchNow, QueuedStep
from madoguchi.booking.waits.learned import GRACE_SECONDS, LearnedWaits
from madoguchi.booking.waits.values import EstimateMethod, WaitEstimate
from madoguchi.booking.waits.work_ahead import work_ahead

JAPAN = ZoneInfo("Asia/Tokyo")


class NotWaiting(LookupError):
    """This step of this ticket does not wait, so there is nothing to tell."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(f"番号「{label}」は、いま待っていません。画面を開き直してください。")


def estimate(
    *,
    now: BranchNow,
    ticket: str,
    planned: Sequence[Quarter],
    declared: Mapping[str, float],
    learned: LearnedWaits,
) -> WaitEstimate:
    """How long the step that `ticket` waits with will wait, from `now.at` on.

    `planned`: the lane's quarter-hours of the day. `declared`: minutes by service, as the office says. Raises NotWaiting.
    """
    own = waiting_step(now, ticket)
    minutes = {key: learned.minutes_of(own.lane, key, said) for key, said in declared.items()}
    work = work_ahead(now, own, planned, minutes)
    hour = now.at.astimezone(JAPAN).hour
    low, middle, high = (
        max(0.0, work.seconds + miss * (work.seconds + GRACE_SECONDS))
        for miss in learned.misses(own.lane, work.ahead, hour)
    )
    return WaitEstimate(
        low=round(min(low, middle)),
        middle=round(middle),
        high=round(max(high, middle)),
        ahead=work.ahead,
        desks=work.desks,
        method=EstimateMethod.LEARNED if learned.cells else EstimateMethod.DECLARED,
        work=round(work.seconds),
    )


def waiting_step(now: BranchNow, ticket: str) -> QueuedStep:
    """The step with which a ticket waits. Raises NotWaiting."""
    own = next((one for one in now.steps if one.ticket == ticket and one.state is StepState.WAITING), None)
    if own is None:
        raise NotWaiting(ticket)
    return own

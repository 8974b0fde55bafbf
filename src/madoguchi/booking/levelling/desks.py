"""How many desks a lane needs so that people wait no longer than is meant (必要な席数).

The start value is Erlang's formula for each quarter-hour with what the quarter before left over; whether it really is enough
is then seen by letting the day run (`simulation`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.booking.services import QUARTER_MINUTES


@dataclass(frozen=True, slots=True)
class WaitTarget:
    """How long people should wait at most on the average of a quarter-hour (待ち時間の目標), in minutes."""

    minutes: float = 10.0


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """How long one visit takes at the desk (対応時間): mean and standard deviation in minutes."""

    mean: float
    deviation: float

    def __post_init__(self) -> None:
        if self.mean <= 0 or self.deviation < 0:
            raise ValueError("対応時間は0分より長くしてください。")


def erlang_c_wait(arrivals: float, minutes: float, desks: int) -> float:
    """Mean wait in minutes when `arrivals` come in a quarter-hour again and again; infinite when the desks never keep up."""
    if arrivals <= 0:
        return 0.0
    load = arrivals * minutes / QUARTER_MINUTES
    if desks <= load:
        return float("inf")
    blocked = 1.0
    for desk in range(1, desks + 1):
        blocked = load * blocked / (desk + load * blocked)
    waits = desks * blocked / (desks - load * (1 - blocked))
    return waits * minutes / (desks - load)


def start_desks(
    arrivals: Sequence[float], service: ServiceTime, target: WaitTarget, *, most: int
) -> tuple[int, ...]:
    """Desks by quarter-hour, `most` at most, at least one. Expected people whom a quarter cannot serve come in the next."""
    left, found = 0.0, []
    for count in arrivals:
        here = count + left
        desks = 1
        while desks < most and erlang_c_wait(here, service.mean, desks) > target.minutes:
            desks += 1
        found.append(desks)
        left = max(0.0, here - desks * QUARTER_MINUTES / service.mean)
    return tuple(found)

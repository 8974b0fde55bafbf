"""In which order those who wait are called (呼ぶ順番). Plain Python: values in, values out.

1. A booking is not due before its time; one who comes later than the rule allows waits as if there were no booking.
2. Whoever was passed as often as the rule allows, and everybody who was ready before them, comes first: nobody starves.
3. Then residents in need of care, then bookings whose time has come, then everybody else.
4. Within a line by `ready_at`: when the wait began for the order, which a transfer or an edit never changes.
5. Those who are not due yet stand at the end, by their time, and are never called by 「つぎを呼ぶ」.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from madoguchi.booking.tickets.states import Priority

JUST_AFTER = timedelta(microseconds=1)
LINES = (Priority.CARE, Priority.BOOKED, Priority.WALK_IN)


@dataclass(frozen=True, slots=True)
class QueueRules:
    """What a branch decides about its queue (順番の決まり).

    `most_overtakings`: how often one may be passed by somebody who was ready later. `early_minutes`: how long before
    its time a booking may be called. `late_minutes`: how late one may come and keep the booking. `returns_after`: how
    many of the same line go before one who missed the call. `only_in_hours`: no numbers outside the lane's hours.
    """

    most_overtakings: int = 3
    early_minutes: int = 0
    late_minutes: int = 15
    returns_after: int = 1
    only_in_hours: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits, as far as the order goes. `serial` decides between two of the same moment."""

    ticket: str
    serial: int
    priority: Priority
    arrived_at: datetime
    place_at: datetime
    booked_for: datetime | None = None
    overtaken: int = 0


class Why(Enum):
    """By which rule one stands where they stand (順番の理由)."""

    ENOUGH = "enough"
    CARE = "care"
    BOOKED = "booked"
    ARRIVAL = "arrival"
    LATE = "late"
    NOT_YET = "not_yet"
    SPECIFIC = "specific"
    HELD = "held"
    MISSED = "missed"

    @property
    def sentence(self) -> str:
        """The rule in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Why.ENOUGH: "決められた回数まで先に呼ばれたため、これより先には呼ばれません",
    Why.CARE: "配慮が要る方の列",
    Why.BOOKED: "予約の時刻になった方の列",
    Why.ARRIVAL: "来た順",
    Why.LATE: "予約の時刻に遅れたため、来た順",
    Why.NOT_YET: "予約の時刻より前",
    Why.SPECIFIC: "番号を指定して呼び出した",
    Why.HELD: "保留中",
    Why.MISSED: "呼出しのときに不在",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A place in the order: who, by which rule, since when they could be called, and whether they can be now."""

    waiting: Waiting
    why: Why
    ready_at: datetime

    @property
    def due(self) -> bool:
        """Whether 「つぎを呼ぶ」 may call them."""
        return self.why is not Why.NOT_YET


def order(waiting: Iterable[Waiting], *, rules: QueueRules, now: datetime) -> tuple[Placed, ...]:
    """All who wait in a lane, in the order in which they are called; those not due at the end."""
    placed = [_placed(one, rules, now) for one in waiting]
    passed = [one.ready_at for one in placed if one.due and _passed_enough(one.waiting, rules)]
    until = max(passed, default=None)
    lifted = [
        Placed(one.waiting, Why.ENOUGH, one.ready_at)
        if one.due and until is not None and one.ready_at <= until
        else one
        for one in placed
    ]
    return tuple(sorted(lifted, key=_key))


def overtaken_by(called: Placed, others: Iterable[Placed]) -> tuple[str, ...]:
    """Those who were ready before the one who is called, and still wait."""
    return tuple(
        one.waiting.ticket
        for one in others
        if one.due and one.waiting.ticket != called.waiting.ticket and _since(one) < _since(called)
    )


def place_of_returned(
    one: Waiting, ordered: Sequence[Placed], *, rules: QueueRules, now: datetime
) -> datetime:
    """The place of one who missed the call and is back: behind the next `returns_after` of the same line."""
    own = _placed(one, rules, now)
    line = [
        other for other in ordered if other.due and _line(_placed(other.waiting, rules, now)) == _line(own)
    ]
    before = line[: rules.returns_after]
    if not before:
        return one.place_at
    return max(one.place_at, max(other.ready_at for other in before) + JUST_AFTER)


def _passed_enough(one: Waiting, rules: QueueRules) -> bool:
    return one.overtaken >= rules.most_overtakings


def _placed(one: Waiting, rules: QueueRules, now: datetime) -> Placed:
    if one.booked_for is None or one.priority is Priority.WALK_IN:
        return Placed(one, Why.CARE if one.priority is Priority.CARE else Why.ARRIVAL, one.place_at)
    if one.arrived_at > one.booked_for + timedelta(minutes=rules.late_minutes):
        return Placed(one, Why.CARE if one.priority is Priority.CARE else Why.LATE, one.place_at)
    ready = max(one.place_at, one.booked_for - timedelta(minutes=rules.early_minutes))
    if now < ready:
        return Placed(one, Why.NOT_YET, ready)
    return Placed(one, Why.CARE if one.priority is Priority.CARE else Why.BOOKED, ready)


def _line(one: Placed) -> int:
    if one.why is Why.ENOUGH:
        return -1
    if one.why is Why.NOT_YET:
        return len(LINES)
    if one.why is Why.LATE or one.why is Why.ARRIVAL:
        return LINES.index(Priority.WALK_IN)
    return LINES.index(one.waiting.priority)


def _since(one: Placed) -> tuple[datetime, datetime, int]:
    return (one.ready_at, one.waiting.arrived_at, one.waiting.serial)


def _key(one: Placed) -> tuple[int, datetime, datetime, int]:
    return (_line(one), *_since(one))

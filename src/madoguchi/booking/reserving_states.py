"""The states of a booking and of somebody who waits for one, as tables. What is not in a table is refused."""

from __future__ import annotations

from enum import Enum


class BookingState(Enum):
    """Where a booking stands (予約の状態)."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    NOT_COME = "not_come"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return BOOKING_STATE_LABELS[self]

    @property
    def lives(self) -> bool:
        """Whether it takes a seat."""
        return self in (BookingState.HELD, BookingState.CONFIRMED)


BOOKING_STATE_LABELS = {
    BookingState.HELD: "仮おさえ",
    BookingState.CONFIRMED: "予約済み",
    BookingState.ARRIVED: "来庁",
    BookingState.NOT_COME: "来庁なし",
    BookingState.CANCELLED: "取消し",
    BookingState.EXPIRED: "期限切れ",
}


class BookingAct(Enum):
    """What can be done to a booking."""

    CONFIRM = "confirm"
    CHANGE = "change"
    CANCEL = "cancel"
    CHECK_IN = "check_in"
    EXPIRE = "expire"
    NOTE_NOT_COME = "note_not_come"


ACTS: dict[BookingState, frozenset[BookingAct]] = {
    BookingState.HELD: frozenset({BookingAct.CONFIRM, BookingAct.CANCEL, BookingAct.EXPIRE}),
    BookingState.CONFIRMED: frozenset(
        {BookingAct.CHANGE, BookingAct.CANCEL, BookingAct.CHECK_IN, BookingAct.NOTE_NOT_COME}
    ),
    BookingState.ARRIVED: frozenset(),
    BookingState.NOT_COME: frozenset({BookingAct.CHECK_IN}),
    BookingState.CANCELLED: frozenset(),
    BookingState.EXPIRED: frozenset(),
}


class WaitingState(Enum):
    """Where somebody stands who waits for a seat (キャンセル待ちの状態)."""

    WAITING = "waiting"
    OFFERED = "offered"
    GONE = "gone"

"""What a booking is to those who use it (予約の値), by which words it is known, and why one may be refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.utils.crypto import salted_hmac

from madoguchi.booking.hours import time_of
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.services import QUARTER_MINUTES

JAPAN = ZoneInfo("Asia/Tokyo")
HOLD_MINUTES = 10
MOST_LIVING = 3
DAYS_AHEAD = 60
EARLY_MINUTES, LATE_MINUTES = 60, 15


class BookingRefused(ValueError):
    """The room cannot do this; says what is the case and what to do."""


class TooMany(BookingRefused):
    """Whoever books has as many bookings as one may have."""

    def __init__(self) -> None:
        super().__init__(
            f"お一人が同時に取れる予約は{MOST_LIVING}件までです。使わない予約を取り消してから、もう一度お取りください。"
        )


class NotInReach(BookingRefused):
    """A time that is past, or too far ahead."""

    def __init__(self) -> None:
        super().__init__(
            f"予約できるのは、これから{DAYS_AHEAD}日先までの時間です。日と時間を選び直してください。"
        )


class NotBookable(BookingRefused):
    """This service takes no bookings."""

    def __init__(self) -> None:
        super().__init__("この用件は予約なしで受け付けています。受付時間に直接おいでください。")


class NotNowInBooking(BookingRefused):
    """The booking is in a state in which this cannot be done."""

    SENTENCE: ClassVar[str] = "この予約は「%(state)s」になっているため、その操作はできません。"

    def __init__(self, state: BookingState) -> None:
        self.state = state
        super().__init__(self.SENTENCE % {"state": state.label})


class HoldOver(BookingRefused):
    """The seat was held too long and is given back."""

    def __init__(self) -> None:
        super().__init__(
            "仮におさえた時間が過ぎたため、席はほかの方に回りました。もう一度、時間を選んでください。"
        )


class NoSuchBooking(LookupError):
    """No booking is known by these words."""

    def __init__(self) -> None:
        super().__init__("予約が見つかりません。予約番号と4桁の数字を確かめてください。")


class NotToday(BookingRefused):
    """A check-in on another day or hours before the time."""

    def __init__(self, starts: datetime) -> None:
        self.starts = starts
        super().__init__(
            f"この予約は{starts:%-m月%-d日%-H時%M分}からです。{EARLY_MINUTES}分前から受付できます。"
        )


@dataclass(frozen=True, slots=True)
class VisitPart:
    """One officer's part of a visit: which service, how many minutes."""

    service: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking as it stands. `secret` opens it by a link; `minutes` is what the visit takes, parts together."""

    number: str
    code: str
    secret: str
    state: BookingState
    branch: str
    lane: str
    service: str
    starts: datetime
    minutes: int
    parts: tuple[VisitPart, ...]
    held_until: datetime | None
    beyond: bool
    language: str
    sequence: int
    changed_at: datetime
    has_contact: bool

    @property
    def ends(self) -> datetime:
        """When the visit is planned to be over."""
        return self.starts + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A booking whose people are here: how many minutes before (positive) or after (negative) its time."""

    booked: Booked
    minutes_early: int

    @property
    def late(self) -> bool:
        """Too late to be called at the booked time; they wait as those without one."""
        return self.minutes_early < -LATE_MINUTES


def owner_of(words: str) -> str:
    """The digest by which bookings of one person (mail address, or a browser's own key) are counted; no way back."""
    return salted_hmac("madoguchi.booking.owner", words.strip().lower(), algorithm="sha256").hexdigest()


def secret_of(number: str) -> str:
    """The secret of a booking's link. It is derived, so nothing that opens a booking is stored."""
    return salted_hmac("madoguchi.booking.secret", number, algorithm="sha256").hexdigest()[:32]


def quarters_for(parts: Sequence[VisitPart]) -> int:
    """How many quarter-hours a visit takes."""
    return max(1, -(-sum(part.minutes for part in parts) // QUARTER_MINUTES))


def starts_at(day: date, quarter: int) -> datetime:
    """When a quarter-hour of a day begins, in Japan."""
    return datetime.combine(day, time_of(quarter), tzinfo=JAPAN)

"""What may not be done too often (回数の制限): written down first, then counted, so that pressing at once gains nothing.

Who tried is kept as a digest and only for as long as it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from madoguchi.booking.booked import BookingRefused
from madoguchi.booking.models import TryRow


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried within so many minutes."""

    name: str
    most: int
    minutes: int


CODE_OF_A_BOOKING = Limit("code-of-a-booking", 5, 15)


class TooManyTries(BookingRefused):
    """Tried too often; carries after how many minutes it is possible again."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(
            f"続けて何度も試されたため、止めています。{minutes}分ほどあとで、もう一度お試しください。お急ぎのときは市役所に電話してください。"
        )


def note_try(*, limit: Limit, who: str, now: datetime) -> int:
    """Write a try down and count; returns its number, by which one that succeeded is taken back. Raises TooManyTries."""
    what = salted_hmac("madoguchi.booking.tries", f"{limit.name}:{who}", algorithm="sha256").hexdigest()
    row = TryRow.objects.create(what=what, at=now)
    if TryRow.objects.filter(what=what, at__gt=now - timedelta(minutes=limit.minutes)).count() > limit.most:
        raise TooManyTries(limit.minutes)
    return int(row.pk)


def take_back(number: int) -> None:
    """Forget a try that succeeded."""
    TryRow.objects.filter(pk=number).delete()


def forget_tries(*, now: datetime) -> None:
    """Forget those that count no more."""
    TryRow.objects.filter(at__lte=now - timedelta(minutes=CODE_OF_A_BOOKING.minutes)).delete()

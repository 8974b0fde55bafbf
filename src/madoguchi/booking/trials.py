"""How often a code may be tried (数字を試す回数): counted in the table before anything is compared, by all processes together.

Whom or what a trial was about is kept as a digest, and only for the span of minutes in which it counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from madoguchi.booking.booked import BookingRefused
from madoguchi.booking.models import CodeTrialRow

TRIAL_SPAN = timedelta(minutes=10)
TRIALS_AT_A_BOOKING = 5
# A booking at the machine takes a minute: more than these are no visitors who book for themselves.
MOST_AT_A_MACHINE = 10


class TooManyTries(BookingRefused):
    """The digits of this booking were tried too often."""

    def __init__(self) -> None:
        minutes = int(TRIAL_SPAN.total_seconds() // 60)
        super().__init__(
            f"続けて何度も試されたため、止めています。{minutes}分ほどあとで、もう一度お試しください。お急ぎのときは市役所に電話してください。"
        )


class ManyAtMachine(BookingRefused):
    """More bookings at one ticket machine than visitors make."""

    def __init__(self) -> None:
        super().__init__(
            "この発券機での予約が続いたため、しばらく受け付けません。近くの職員にお声がけください。"
        )


def count_at_machine(*, machine: str, now: datetime) -> None:
    """Count a booking that is about to be made at a machine. Raises ManyAtMachine."""
    if count_trial(key=f"machine/{machine}", now=now) > MOST_AT_A_MACHINE:
        raise ManyAtMachine


def count_trial(*, key: str, now: datetime) -> int:
    """Count one more trial and return how many there are in this span."""
    kept, span = _kept(key), _span(now)
    with transaction.atomic():
        row, new = CodeTrialRow.objects.get_or_create(key=kept, span=span)
        if new:
            CodeTrialRow.objects.filter(span__lt=span).delete()
        CodeTrialRow.objects.filter(pk=row.pk).update(trials=F("trials") + 1)
        return CodeTrialRow.objects.values_list("trials", flat=True).get(pk=row.pk)


def try_booking(*, number: str, now: datetime) -> None:
    """Count a trial at a booking's digits. Raises TooManyTries."""
    try_code(key=f"booking/{number}", now=now)


def try_code(*, key: str, now: datetime) -> None:
    """Count a trial at the digits of anything else that is opened by number and digits. Raises TooManyTries."""
    if count_trial(key=key, now=now) > TRIALS_AT_A_BOOKING:
        raise TooManyTries


def that_was_right(*, number: str, now: datetime) -> None:
    """Take the trial back: the digits were right."""
    take_back(key=f"booking/{number}", now=now)


def take_back(*, key: str, now: datetime) -> None:
    """Take one trial back: it was no guess."""
    CodeTrialRow.objects.filter(key=_kept(key), span=_span(now), trials__gt=0).update(trials=F("trials") - 1)


def _kept(key: str) -> str:
    return salted_hmac("madoguchi.booking.trials", key, algorithm="sha256").hexdigest()


def _span(now: datetime) -> int:
    return int(now.timestamp() // TRIAL_SPAN.total_seconds())

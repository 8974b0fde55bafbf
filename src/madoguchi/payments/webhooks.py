"""What the provider tells by itself (決済事業者からの知らせ): signed, stored once, taken in as often as it comes.

What is older or newer than the tolerance of `signing` is refused: a message that somebody recorded cannot be played again
later, and within the span the event's own number is known already. The body is the whole record of the session, so no order
of arrival is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from madoguchi.notation.reading import json_of
from madoguchi.payments.models import EventRow
from madoguchi.payments.signing import signed
from madoguchi.payments.taking_in import MISFITS, take_in
from madoguchi.payments.values import Truth, truth_of, word

LARGEST = 64_000


class NotSigned(ValueError):
    """Not from the provider, or too old; nothing is stored."""

    def __init__(self) -> None:
        super().__init__("決済事業者の署名がありません。鍵の設定と時計を確かめてください。")


class NotAnEvent(ValueError):
    """Signed, but not what a provider sends; nothing is stored."""

    def __init__(self) -> None:
        super().__init__("知らせの形が決まりと違います。決済事業者の設定を確かめてください。")


def receive(*, body: bytes, signature: str, secrets: Sequence[str], now: datetime) -> bool:
    """Store an event, and take it in; whether it was new. `secrets`: the one in use, and those that were until now.

    Raises NotSigned, NotAnEvent.
    """
    if len(body) > LARGEST or not signed(body=body, signature=signature, secrets=secrets, now=now):
        raise NotSigned
    event, truth = read_event(body)
    try:
        with transaction.atomic():
            row = EventRow.objects.create(
                event=event, reference=truth.reference, body=truth.as_json(), came_at=now
            )
    except IntegrityError:
        return False
    take_event(row, now=now)
    return True


def read_event(body: bytes) -> tuple[str, Truth]:
    """The number of an event and the record that it carries. Raises NotAnEvent."""
    try:
        said = json_of(body)
        return word(said["event"], most=64), truth_of(said["record"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotAnEvent from error


def take_event(row: EventRow, *, now: datetime) -> None:
    """Take a stored event in; what tells of an unknown payment, or of what cannot be, is kept and listed."""
    fault = ""
    with transaction.atomic():
        try:
            with transaction.atomic():
                take_in(truth=truth_of(row.body), now=now)
        except MISFITS as error:
            fault = type(error).__name__
        EventRow.objects.filter(pk=row.pk).update(taken_at=now, fault=fault)


def take_stored(*, now: datetime) -> int:
    """Take in what was stored and not taken in yet: whoever received it was stopped in between."""
    rows = list(EventRow.objects.filter(taken_at__isnull=True).order_by("pk"))
    for row in rows:
        take_event(row, now=now)
    return len(rows)

"""Who waits for a seat (キャンセル待ち): when one comes free it is held for the first, who is told by mail.

The seat is held for a while only; if it is not taken up, the next is told. Who waits is not told of a seat on a day that
is over, and somebody who has as many bookings as one may have is passed over and keeps waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from madoguchi.booking.booked import (
    DAYS_AHEAD,
    JAPAN,
    BookingRefused,
    NotBookable,
    NotInReach,
    VisitPart,
    owner_of,
    quarters_for,
)
from madoguchi.booking.hours import number_of
from madoguchi.booking.models import BookingRow, LaneRow, ServiceRow, WaitingRow
from madoguchi.booking.offering import NoSuchService, NotOffered, Offer, quarters
from madoguchi.booking.reserving import hold
from madoguchi.booking.reserving_states import WaitingState
from madoguchi.booking.services import QUARTER_MINUTES
from madoguchi.booking.slots import NotOpenThen, SlotFull
from madoguchi.booking.vacancies import times_free

OFFER_MINUTES = 120
MOST_WAITING = 3


class WaitsAlready(BookingRefused):
    """This contact waits for a seat of that day already."""

    def __init__(self) -> None:
        super().__init__(
            "このメールアドレスでは、その日のキャンセル待ちをもう受けています。空いたらメールでお知らせします。"
        )


class WaitsForTooMuch(BookingRefused):
    """This contact waits for as many days as one may wait for."""

    def __init__(self) -> None:
        super().__init__(f"お一人が同時に待てるのは{MOST_WAITING}日分までです。")


def wait_for(
    *,
    offered: Offer,
    branch: str,
    parts: Sequence[VisitPart],
    day: date,
    contact: str,
    now: datetime,
    language: str = "ja",
) -> None:
    """Put somebody on the list of a lane and day. Raises WaitsAlready, WaitsForTooMuch, NotInReach,
    NotOpenThen, NotBookable, NoSuchService, NotOffered.
    """
    service = offered.service(parts[0].service)
    if not service.bookable:
        raise NotBookable
    lane = LaneRow.objects.get(branch=branch, key=offered.lane_of(branch, service.key).key)
    today = now.astimezone(JAPAN).date()
    if not today <= day <= today + timedelta(days=DAYS_AHEAD):
        raise NotInReach
    if not any(one.seats for one in quarters(offered=offered, branch=branch, lane=lane.key, day=day)):
        raise NotOpenThen
    owner = owner_of(contact)
    if WaitingRow.objects.filter(owner=owner, state=WaitingState.WAITING.value).count() >= MOST_WAITING:
        raise WaitsForTooMuch
    try:
        with transaction.atomic():
            WaitingRow.objects.create(
                lane=lane,
                service=ServiceRow.objects.get(key=service.key),
                day=day,
                quarters=quarters_for(parts),
                owner=owner,
                contact=contact.strip(),
                language=language,
                at=now,
            )
    except IntegrityError as error:
        raise WaitsAlready from error


def offer_free_seats(*, offered: Offer, now: datetime) -> int:
    """Hold what came free for those who wait longest, and let those of past days go; returns how many were offered."""
    today = now.astimezone(JAPAN).date()
    waiting = WaitingRow.objects.filter(state=WaitingState.WAITING.value)
    waiting.filter(day__lt=today).update(state=WaitingState.GONE.value, contact="")
    done = 0
    for row in waiting.filter(day__gte=today).select_related("lane", "service").order_by("at", "pk"):
        done += _offered(row, offered, now)
    return done


def _offered(row: WaitingRow, offered: Offer, now: datetime) -> bool:
    try:
        lane = offered.lane_of(row.lane.branch, row.service.key)
        parts = (VisitPart(row.service.key, row.quarters * QUARTER_MINUTES),)
        local = now.astimezone(JAPAN)
        after = (local.date(), number_of(local.time()))
        times = times_free(offered=offered, lane=lane, day=row.day, count=row.quarters, after=after)
    except (NoSuchService, NotOffered):
        return False
    for one in times:
        try:
            with transaction.atomic():
                booked = hold(
                    offered=offered, branch=row.lane.branch, parts=parts, day=row.day, quarter=one.quarter,
                    owner=row.owner, request=f"waiting-{row.pk}", channel="web", now=now, language=row.language,
                    minutes=OFFER_MINUTES, contact=row.contact,
                )  # fmt: skip
                taken = WaitingRow.objects.filter(pk=row.pk, state=WaitingState.WAITING.value).update(
                    state=WaitingState.OFFERED.value,
                    contact="",
                    offered=BookingRow.objects.get(number=booked.number),
                )
                if not taken:
                    raise SlotFull
            return True
        except (SlotFull, NotOpenThen):
            continue
        except BookingRefused:
            return False
    return False


def waiting_on(*, day: date) -> dict[tuple[str, str], int]:
    """How many wait for a seat of a day, by branch and lane."""
    found: dict[tuple[str, str], int] = {}
    rows = WaitingRow.objects.filter(day=day, state=WaitingState.WAITING.value)
    for place in rows.values_list("lane__branch", "lane__key"):
        found[place] = found.get(place, 0) + 1
    return found

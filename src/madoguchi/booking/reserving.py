"""Booking a visit (予約): a seat is held, confirmed, changed, given back, used; every step by compare-and-set.

1. `hold`: seats are taken for some minutes. The same press, however often it arrives, is one booking.
2. `confirm`: it stands. `change`: the new seats are taken before the old ones are given back; a full time changes nothing.
3. `cancel`, and what was held too long (`expire`), give the seats back; whoever waits first is offered them (`waiting_list`).
4. `check_in` on the day: early, in time or late is said; who did not come is noted (`note_not_come`).
A booking is known by its number with the secret of its link, or with its code of four digits.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.booked import (
    DAYS_AHEAD,
    EARLY_MINUTES,
    HOLD_MINUTES,
    JAPAN,
    LATE_MINUTES,
    MOST_LIVING,
    Arrival,
    Booked,
    HoldOver,
    NoSuchBooking,
    NotBookable,
    NotInReach,
    NotNowInBooking,
    NotToday,
    TooMany,
    VisitPart,
    owner_of,
    quarters_for,
    secret_of,
    starts_at,
)
from madoguchi.booking.hours import number_of
from madoguchi.booking.models import BookingPartRow, BookingRow, LaneRow, ServiceRow
from madoguchi.booking.models.bookings import LIVING
from madoguchi.booking.offering import Offer
from madoguchi.booking.reserving_states import ACTS, BookingAct, BookingState
from madoguchi.booking.services import QUARTER_MINUTES
from madoguchi.booking.slots import NotOpenThen, make_day, move, places

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when read aloud
NUMBER_LENGTH = 8


def hold(
    *,
    offered: Offer,
    branch: str,
    parts: Sequence[VisitPart],
    day: date,
    quarter: int,
    owner: str,
    request: str,
    channel: str,
    now: datetime,
    language: str = "ja",
    by: Actor | None = None,
    beyond: bool = False,
    minutes: int = HOLD_MINUTES,
    contact: str = "",
) -> Booked:
    """Hold seats for a visit; the first part's service names it. The same `request` gives the same booking again.

    `minutes`: how long they are held. `contact`: where whoever waits for a seat is told of it. `by`: the member of staff
    who books for a caller, who alone may go `beyond` the seats there are.
    Raises SlotFull, NotOpenThen, TooMany, NotInReach, NotBookable, NoSuchService, NotOffered.
    """
    if before := _of_this_press(request):
        return before
    service = offered.service(parts[0].service)
    if not service.bookable and by is None:
        raise NotBookable
    lane = LaneRow.objects.get(branch=branch, key=offered.lane_of(branch, service.key).key)
    _see_that_it_is_in_reach(day, quarter, now)
    make_day(lane=lane, day=day, offered=offered)
    row = BookingRow(
        **_held_now(now, minutes),
        request=request,
        lane=lane,
        service=ServiceRow.objects.get(key=service.key),
        day=day,
        quarter=quarter,
        quarters=quarters_for(parts),
        beyond=beyond and by is not None,
        channel=channel,
        language=language,
        owner=owner,
        contact=contact,
        by=by.staff_id if by else None,
    )
    return _taken(row, parts, by, now)


def _taken(row: BookingRow, parts: Sequence[VisitPart], by: Actor | None, now: datetime) -> Booked:
    for _attempt in range(MOST_LIVING):
        try:
            _take(row, parts, by, now)
            return booked_of(row)
        except IntegrityError:  # the same press, or another booking of the same owner, in the same moment
            if made := _of_this_press(row.request):
                return made
    raise TooMany


def _of_this_press(request: str) -> Booked | None:
    row = BookingRow.objects.filter(request=request).first()
    return None if row is None else booked_of(row)


def _held_now(now: datetime, minutes: int) -> dict[str, Any]:
    until = now + timedelta(minutes=minutes)
    return {"state": BookingState.HELD.value, "held_until": until, "made_at": now, "changed_at": now}


def _take(row: BookingRow, parts: Sequence[VisitPart], by: Actor | None, now: datetime) -> None:
    """Take the seats and write the booking down, or nothing of it."""
    row.pk, row.number = None, "".join(secrets.choice(LETTERS) for _ in range(NUMBER_LENGTH))
    row.code = f"{secrets.randbelow(10_000):04d}"
    with transaction.atomic():
        move(lane=row.lane, change=places(row.day, row.quarter, row.quarters), beyond=row.beyond)
        row.nth = _next_of(row.owner, by)
        row.save(force_insert=True)
        _with_parts(row, parts)
        _written(row, "booking_held", by, now)


def _with_parts(row: BookingRow, parts: Sequence[VisitPart]) -> None:
    BookingPartRow.objects.bulk_create(
        BookingPartRow(booking=row, order=order, service=part.service, minutes=part.minutes)
        for order, part in enumerate(parts)
    )


def _next_of(owner: str, by: Actor | None) -> int:
    """Which of the owner's living bookings this is; a database constraint holds each number to one. Raises TooMany."""
    taken = set(BookingRow.objects.filter(owner=owner, state__in=LIVING).values_list("nth", flat=True))
    most = MOST_LIVING if by is None else len(taken) + 1
    free = next((number for number in range(1, most + 1) if number not in taken), None)
    if free is None:
        raise TooMany
    return free


def confirm(*, number: str, contact: str = "", now: datetime, by: Actor | None = None) -> Booked:
    """Make a held booking stand; confirming it again changes nothing. With a contact it counts as that contact's.

    Raises NoSuchBooking, HoldOver, NotNowInBooking, TooMany (of the contact; the seat stays held).
    """
    for _attempt in range(MOST_LIVING):
        try:
            return _confirmed(number, contact.strip(), now, by)
        except IntegrityError:  # another booking of the same contact in the same moment
            continue
    raise TooMany


def _confirmed(number: str, contact: str, now: datetime, by: Actor | None) -> Booked:
    with transaction.atomic():
        row = _row(number)
        if row.state == BookingState.CONFIRMED.value:
            return booked_of(row)
        _may(row, BookingAct.CONFIRM)
        kept = contact or row.contact
        owner = owner_of(kept) if kept else row.owner
        nth = row.nth if owner == row.owner else _next_of(owner, by)
        _set(row, BookingState.CONFIRMED, now, contact=kept, owner=owner, nth=nth, held_until=None)
        _written(row, "booking_confirmed", by, now)
    return booked_of(row)


def change(
    *,
    offered: Offer,
    number: str,
    day: date,
    quarter: int,
    now: datetime,
    by: Actor | None = None,
    beyond: bool = False,
) -> Booked:
    """Move a booking to another time of its lane. Raises SlotFull, NotOpenThen (the old time stays), NotNowInBooking."""
    _see_that_it_is_in_reach(day, quarter, now)
    make_day(lane=_row(number).lane, day=day, offered=offered)
    with transaction.atomic():
        row = _row(number)
        _may(row, BookingAct.CHANGE)
        delta = places(day, quarter, row.quarters)
        for place in places(row.day, row.quarter, row.quarters):
            delta[place] = delta.get(place, 0) - 1
        over = beyond and by is not None
        move(lane=row.lane, change={place: n for place, n in delta.items() if n}, beyond=over)
        _set(
            row, BookingState.CONFIRMED, now, day=day, quarter=quarter, sequence=row.sequence + 1, beyond=over
        )
        _written(row, "booking_changed", by, now)
    return booked_of(row)


def cancel(*, number: str, now: datetime, by: Actor | None = None) -> Booked:
    """Give the seats back; cancelling it again changes nothing. Raises NoSuchBooking, NotNowInBooking."""
    with transaction.atomic():
        row = _row(number)
        if row.state == BookingState.CANCELLED.value:
            return booked_of(row)
        _may(row, BookingAct.CANCEL)
        _set(row, BookingState.CANCELLED, now, sequence=row.sequence + 1, held_until=None)
        _give_back(row)
        _written(row, "booking_cancelled", by, now)
    return booked_of(row)


def check_in(*, number: str, now: datetime, by: Actor | None = None) -> Arrival:
    """The people of a booking are here. Raises NoSuchBooking, NotToday, NotNowInBooking (checked in before, cancelled)."""
    with transaction.atomic():
        row = _row(number)
        starts = starts_at(row.day, row.quarter)
        early = int((starts - now).total_seconds() // 60)
        if row.day != now.astimezone(JAPAN).date() or early > EARLY_MINUTES:
            raise NotToday(starts)
        _may(row, BookingAct.CHECK_IN)
        gone = row.state == BookingState.NOT_COME.value
        _set(row, BookingState.ARRIVED, now)
        _written(row, "booking_arrived", by, now)
    return Arrival(booked_of(row), min(early, -LATE_MINUTES - 1) if gone else early)


def expire(*, now: datetime) -> int:
    """Give back what was held too long; returns how many. Each by itself, so that one cannot hold up the others."""
    return _sweep(
        BookingRow.objects.filter(state=BookingState.HELD.value, held_until__lte=now),
        BookingState.EXPIRED,
        "booking_expired",
        now,
    )


def note_not_come(*, now: datetime) -> int:
    """Note whose time is over and who did not come; the seats of the past stay counted. Returns how many."""
    local = (now - timedelta(minutes=LATE_MINUTES + EARLY_MINUTES)).astimezone(JAPAN)
    late = BookingRow.objects.filter(state=BookingState.CONFIRMED.value)
    over = late.filter(day__lt=local.date()) | late.filter(
        day=local.date(), quarter__lt=number_of(local.time())
    )
    return _sweep(over, BookingState.NOT_COME, "booking_not_come", now)


def find(*, number: str, secret: str = "", code: str = "") -> Booked:
    """A booking by its number with the secret of its link or with its code. Raises NoSuchBooking alike for every reason."""
    row = BookingRow.objects.filter(number=number.strip().upper()).first()
    if row is None:
        raise NoSuchBooking
    by_link = bool(secret) and constant_time_compare(secret, secret_of(row.number))
    if not by_link and not (code and constant_time_compare(code.strip(), row.code)):
        raise NoSuchBooking
    return booked_of(row)


def look(*, number: str) -> Booked:
    """A booking for those who have proved already that they may see it. Raises NoSuchBooking."""
    row = BookingRow.objects.select_related("lane", "service").filter(number=number).first()
    if row is None:
        raise NoSuchBooking
    return booked_of(row)


def booked_of(row: BookingRow) -> Booked:
    """The value of a row."""
    ordered = sorted(row.parts.all(), key=lambda one: one.order)
    parts = tuple(VisitPart(one.service, one.minutes) for one in ordered)
    return Booked(
        number=row.number,
        code=row.code,
        secret=secret_of(row.number),
        state=BookingState(row.state),
        branch=row.lane.branch,
        lane=row.lane.key,
        service=row.service.key,
        starts=starts_at(row.day, row.quarter),
        minutes=row.quarters * QUARTER_MINUTES,
        parts=parts,
        held_until=row.held_until,
        beyond=row.beyond,
        language=row.language,
        sequence=row.sequence,
        changed_at=row.changed_at,
        has_contact=bool(row.contact),
    )


def _sweep(rows: QuerySet[BookingRow], state: BookingState, activity: str, now: datetime) -> int:
    done = 0
    for number in list(rows.values_list("number", flat=True)):
        with transaction.atomic():
            row = _row(number)
            act = BookingAct.EXPIRE if state is BookingState.EXPIRED else BookingAct.NOTE_NOT_COME
            over = row.held_until is not None and row.held_until <= now
            if act not in ACTS[BookingState(row.state)] or (act is BookingAct.EXPIRE and not over):
                continue
            _set(row, state, now, held_until=None)
            if state is BookingState.EXPIRED:
                _give_back(row)
            _written(row, activity, None, now)
            done += 1
    return done


def _see_that_it_is_in_reach(day: date, quarter: int, now: datetime) -> None:
    local = now.astimezone(JAPAN)
    if not local.date() <= day <= local.date() + timedelta(days=DAYS_AHEAD):
        raise NotInReach
    if not 0 <= quarter < 96:
        raise NotOpenThen
    if starts_at(day, quarter) <= now:
        raise NotInReach


def _row(number: str) -> BookingRow:
    """The booking, locked until the caller's transaction ends. Raises NoSuchBooking."""
    rows = BookingRow.objects.select_related("lane", "service")
    if transaction.get_connection().in_atomic_block:
        rows = rows.select_for_update(of=("self",)) if _locks_rows() else rows
    row = rows.filter(number=number).first()
    if row is None:
        raise NoSuchBooking
    return row


def _locks_rows() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_of)


def _may(row: BookingRow, act: BookingAct) -> None:
    state = BookingState(row.state)
    if act in ACTS[state]:
        return
    if state is BookingState.EXPIRED:
        raise HoldOver
    raise NotNowInBooking(state)


def _set(row: BookingRow, state: BookingState, now: datetime, **more: object) -> None:
    """Set it only if nobody else did meanwhile."""
    values: dict[str, object] = {"state": state.value, "changed_at": now, **more}
    if not BookingRow.objects.filter(pk=row.pk, state=row.state, sequence=row.sequence).update(**values):
        row.refresh_from_db()
        raise NotNowInBooking(BookingState(row.state))
    for name, value in values.items():
        setattr(row, name, value)


def _give_back(row: BookingRow) -> None:
    move(lane=row.lane, change=dict.fromkeys(places(row.day, row.quarter, row.quarters), -1))


def _written(row: BookingRow, activity: str, by: Actor | None, now: datetime) -> None:
    actor = by or Actor(None, row.channel, row.lane.branch, "")
    record_act(actor=actor, activity=activity, now=now, booking=row.number)

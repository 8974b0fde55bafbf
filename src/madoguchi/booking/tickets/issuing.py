"""Issuing numbers (発券): from the machine, by staff, at a booking's check-in, and from numbers set aside for a cut line.

1. Under the branch's lock the next number of the letter is taken: 001 to 999, then from 001 again, never one that lives.
2. A code of four digits that no living ticket of the branch has, and a secret for the phone page; only its digest is kept.
3. The first service begins to wait, the others are planned, in the order given.
4. Numbers set aside (`reserve`) are given to nobody; what was handed out while the line was cut is entered once (`merge`).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from madoguchi.audit.entries import Actor, Channel
from madoguchi.audit.operations import record_act
from madoguchi.booking.hours import number_of
from madoguchi.booking.models import NumberRow, ReservedNumberRow, TicketRow, TicketStepRow
from madoguchi.booking.models.tickets import HIGHEST_NUMBER
from madoguchi.booking.offering import Offer, offer, quarters
from madoguchi.booking.tickets.queue import JAPAN, LockedQueue, label_of, locked, write
from madoguchi.booking.tickets.states import Priority, StepState

MOST_SERVICES = 9
MOST_RESERVED = 100
NUMBER_DIGITS = 3


class NoMoreTickets(ValueError):
    """The branch stopped giving numbers for today."""

    def __init__(self) -> None:
        super().__init__(
            "本日の番号の発券は終わりました。番号をお持ちの方は、最後までお呼びします。お急ぎの方は窓口の職員にお声がけください。"
        )


class OutsideHours(ValueError):
    """The lane does not serve just now."""

    def __init__(self, lane: str) -> None:
        self.lane = lane
        super().__init__(f"「{lane}」は、いま受付時間外です。受付時間を確かめて、もう一度おいでください。")


class NoServiceChosen(ValueError):
    """A ticket for nothing, or for more than one visit can hold."""

    def __init__(self) -> None:
        super().__init__(f"用件を1つ以上、{MOST_SERVICES}つまで選んでください。")


class NumbersUsedUp(ValueError):
    """All 999 numbers of a letter live at once."""

    def __init__(self, letter: str) -> None:
        super().__init__(
            f"{letter} の番号が 001 から 999 まですべて使われています。済んだ番号を終わりにしてください。"
        )


class BookingHasTicket(ValueError):
    """A second number for one booking."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(f"この予約には、もう番号 {label} が出ています。その番号でお待ちください。")


class NotReserved(ValueError):
    """A number that was not set aside, or was entered before as something else."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} は予備の番号ではないか、もう取り込まれています。番号を確かめてください。")


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket as it is handed out. `secret` opens the phone page and is shown here and on the slip only."""

    ticket: str
    label: str
    code: str
    secret: str
    services: tuple[str, ...]
    branch: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A number set aside that was handed out while the line was cut: what for, and when as the clock on the wall said."""

    label: str
    services: tuple[str, ...]
    arrived_at: datetime
    priority: Priority = Priority.WALK_IN


def issue(
    *,
    branch: str,
    services: Sequence[str],
    by: Actor,
    now: datetime,
    priority: Priority = Priority.WALK_IN,
    language: str = "ja",
    booking: str = "",
    booked_for: datetime | None = None,
    channel: Channel = Channel.COUNTER,
    request: str = "",
) -> IssuedTicket:
    """Give the next number. `request`: the same press of a button, however often it arrives, gives the same number.

    Whoever booked gets one after the last tickets too.

    Raises NoMoreTickets, OutsideHours, NoServiceChosen, NoSuchService, NotOffered,
    NumbersUsedUp, BookingHasTicket.
    """
    offered = offer()
    with locked(branch, now) as queue:
        again = TicketRow.objects.filter(branch=branch, request=request).first() if request else None
        if again is not None:
            return _as_issued(again)
        if not queue.row.issuing and not booking:
            raise NoMoreTickets
        if queue.rules.only_in_hours and booked_for is None:
            _within_hours(offered, branch, services, now)
        before = TicketRow.objects.filter(booking=booking, live=True).first() if booking else None
        if before is not None:
            raise BookingHasTicket(label_of(before))
        letter = _letter(offered, services)
        return _store(
            queue,
            offered,
            services,
            letter=letter,
            number=_next_number(queue, letter),
            arrived_at=now,
            by=by,
            now=now,
            channel=channel,
            priority=priority.value,
            language=language,
            booking=booking,
            booked_for=booked_for,
            request=request,
        )


def ticket_of_booking(booking: str) -> IssuedTicket | None:
    """The living number of a booking; None when it has none."""
    row = TicketRow.objects.filter(booking=booking, live=True).first()
    return None if row is None else _as_issued(row)


def secret_of(ticket: str) -> str:
    """The secret of a ticket's phone page, the same on a second print; its digest is what the table holds."""
    digest = salted_hmac("madoguchi.booking.ticket", ticket, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def reserve(*, branch: str, letter: str, count: int, by: Actor, now: datetime) -> tuple[str, ...]:
    """Set aside numbers for a day on which the line is cut (予備の番号); returns them as they are printed.

    At most 100 at once; those of a day before that were not used are given back to the ordinary numbers.
    """
    count = max(1, min(count, MOST_RESERVED))
    block = uuid.uuid4().hex
    with locked(branch, now) as queue:
        ReservedNumberRow.objects.filter(branch=branch, used=False, day__lt=queue.day).delete()
        numbers = [_next_number(queue, letter, block) for _ in range(count)]
        record_act(actor=by, activity="numbers_reserved", now=now, letter=letter, count=count)
    return tuple(f"{letter}{number:03d}" for number in numbers)


def merge(
    *, branch: str, handed_out: Sequence[HandedOut], by: Actor, now: datetime
) -> tuple[IssuedTicket, ...]:
    """Enter numbers that were handed out while the line was cut; they wait by the time at which they were handed out.

    All or nothing. Raises NotReserved for a number that was not set aside or was entered before.
    """
    offered = offer()
    made = []
    with locked(branch, now) as queue:
        for one in handed_out:
            row = _reserved(branch, one.label)
            if ReservedNumberRow.objects.filter(pk=row.pk, used=False).update(used=True) != 1:
                raise NotReserved(one.label)
            made.append(
                _store(
                    queue,
                    offered,
                    one.services,
                    letter=row.letter,
                    number=row.number,
                    arrived_at=min(one.arrived_at, now),
                    by=by,
                    now=now,
                    channel=Channel.COUNTER,
                    priority=one.priority.value,
                    reserved=row,
                )
            )
        record_act(actor=by, activity="numbers_merged", now=now, count=len(made))
    return tuple(made)


def number_in(label: str) -> int:
    """The number in "A012", "A12"; 0, which nobody has, for anything else."""
    letter, digits = label[:1], label[1:]
    usual = letter.isascii() and letter.isalpha() and digits.isascii() and digits.isdigit()
    return int(digits) if usual and len(digits) <= NUMBER_DIGITS else 0


def _reserved(branch: str, label: str) -> ReservedNumberRow:
    number = number_in(label)
    if not number:
        raise NotReserved(label[:4])
    row = ReservedNumberRow.objects.filter(branch=branch, letter=label[:1], number=number, used=False).first()
    if row is None:
        raise NotReserved(label)
    return row


def _letter(offered: Offer, services: Sequence[str]) -> str:
    if not 1 <= len(services) <= MOST_SERVICES:
        raise NoServiceChosen
    return offered.service(services[0]).letter


def _within_hours(offered: Offer, branch: str, services: Sequence[str], now: datetime) -> None:
    local = now.astimezone(JAPAN)
    for service in services:
        lane = offered.lane_of(branch, service)
        serving = quarters(offered=offered, branch=branch, lane=lane.key, day=local.date())
        if not any(one.number == number_of(local.time()) for one in serving):
            raise OutsideHours(lane.name)


def _next_number(queue: LockedQueue, letter: str, block: str = "") -> int:
    """The next number of the letter that neither lives nor is set aside; counted on in the day's row."""
    row, _ = NumberRow.objects.get_or_create(branch=queue.branch, day=queue.day, letter=letter)
    taken = set(
        TicketRow.objects.filter(branch=queue.branch, letter=letter, live=True).values_list(
            "number", flat=True
        )
    ) | set(
        ReservedNumberRow.objects.filter(branch=queue.branch, letter=letter, used=False).values_list(
            "number", flat=True
        )
    )
    number = next(
        (
            one
            for one in (row.last + step for step in range(1, HIGHEST_NUMBER + 1))
            if (one - 1) % HIGHEST_NUMBER + 1 not in taken
        ),
        None,
    )
    if number is None:
        raise NumbersUsedUp(letter)
    number = (number - 1) % HIGHEST_NUMBER + 1
    row.last = number
    row.save(update_fields=["last"])
    if block:
        ReservedNumberRow.objects.create(
            branch=queue.branch, day=queue.day, letter=letter, number=number, block=block
        )
    return number


def _free_code(queue: LockedQueue) -> str:
    taken = set(TicketRow.objects.filter(branch=queue.branch, live=True).values_list("code", flat=True))
    while True:
        code = f"{secrets.randbelow(10_000):04d}"
        if code not in taken:
            return code


def _store(
    queue: LockedQueue,
    offered: Offer,
    services: Sequence[str],
    *,
    letter: str,
    number: int,
    arrived_at: datetime,
    by: Actor,
    now: datetime,
    channel: Channel,
    **known: Any,
) -> IssuedTicket:
    """Write the ticket and its steps. `known`: further columns of the ticket."""
    lanes = [offered.lane_of(queue.branch, one).key for one in services]
    public_id = uuid.uuid4().hex
    secret = secret_of(public_id)
    ticket = TicketRow.objects.create(
        public_id=public_id,
        branch=queue.branch,
        day=queue.day,
        letter=letter,
        number=number,
        code=_free_code(queue),
        secret_digest=digest_of(secret),
        arrived_at=arrived_at,
        **known,
    )
    TicketStepRow.objects.bulk_create(
        TicketStepRow(
            ticket=ticket,
            branch=queue.branch,
            order=at,
            service=service,
            lane=lane,
            state=(StepState.PLANNED if at else StepState.WAITING).value,
            waiting_since=now if at else arrived_at,
            place_at=arrived_at,
        )
        for at, (service, lane) in enumerate(zip(services, lanes, strict=True))
    )
    write(ticket, "ticket_issued", by=by, now=now, channel=channel)
    return IssuedTicket(public_id, label_of(ticket), ticket.code, secret, tuple(services), queue.branch, now)


def _as_issued(row: TicketRow) -> IssuedTicket:
    services = TicketStepRow.objects.filter(ticket=row).order_by("order").values_list("service", flat=True)
    return IssuedTicket(
        row.public_id,
        label_of(row),
        row.code,
        secret_of(row.public_id),
        tuple(services),
        row.branch,
        row.arrived_at,
    )

"""The journal of printed slips (番号票の印刷): written before the printer is asked, and again when it has answered.

A journal line whose outcome is still "asked" after a crash says that a slip may or may not be there. Nothing is ever
printed again by itself: a person asks for it, and that slip carries 「再発行」.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Max

from madoguchi.audit.entries import Actor, Channel
from madoguchi.booking.models import PrintRow, TicketRow
from madoguchi.booking.offering import offer
from madoguchi.booking.ports import PrintOutcome, Slip, SlipService
from madoguchi.booking.tickets.issuing import secret_of
from madoguchi.booking.tickets.queries import ticket_by_id
from madoguchi.booking.tickets.queue import LockedQueue, NoSuchTicket, TicketNotNow, label_of, locked, write
from madoguchi.city.queries import branch_names, profile

MOST_PRINTS = 3
ASKED = "asked"
ACTIVITIES = {
    PrintOutcome.PRINTED: "ticket_printed",
    PrintOutcome.NO_PAPER: "ticket_not_printed",
    PrintOutcome.NOT_CONNECTED: "ticket_not_printed",
    PrintOutcome.UNKNOWN: "ticket_print_unknown",
}


class PrintedOften(ValueError):
    """A slip that was asked for too often."""

    def __init__(self) -> None:
        super().__init__("番号票は、これ以上印刷できません。画面の番号を控えるか、職員にお声がけください。")


def begin_print(*, branch: str, ticket: str, base: str, now: datetime) -> Slip:
    """Write the journal and return what is to be printed. `base`: the address under which phones reach the city.

    Raises NoSuchTicket, TicketNotNow (the visit is over), PrintedOften.
    """
    with locked(branch, now) as queue:
        row = TicketRow.objects.filter(public_id=ticket, branch=branch).first()
        if row is None:
            raise NoSuchTicket
        if not row.live:
            raise TicketNotNow(label_of(row), None)
        if row.prints >= MOST_PRINTS:
            raise PrintedOften
        made = journal_line(queue, now, ticket=row, reissued=row.prints > 0)
        TicketRow.objects.filter(pk=row.pk).update(prints=F("prints") + 1)
    view = ticket_by_id(branch=branch, ticket=ticket, now=now)
    return Slip(
        job=made.job,
        sequence=made.sequence,
        reissued=made.reissued,
        city=profile().name,
        branch=branch_names().get(branch, branch),
        label=view.label,
        code=view.code,
        address=phone_address(base, ticket),
        services=services_on_slip([one.service for one in view.steps], row.language),
        ahead=view.ahead,
        issued_at=view.arrived_at,
        language=row.language,
    )


def journal_line(queue: LockedQueue, now: datetime, **about: Any) -> PrintRow:
    """Write that a slip is about to be asked of the printer; under the branch's lock, so that its number is its own."""
    last = PrintRow.objects.filter(branch=queue.branch, day=queue.day).aggregate(last=Max("sequence"))["last"]
    return PrintRow.objects.create(
        branch=queue.branch,
        day=queue.day,
        sequence=(last or 0) + 1,
        job=uuid.uuid4().hex[:8],
        asked_at=now,
        **about,
    )


def answered(job: str, outcome: PrintOutcome, now: datetime) -> bool:
    """Write how a print ended, once; whether it was written now."""
    rows = PrintRow.objects.filter(job=job, outcome=ASKED)
    return bool(rows.update(outcome=outcome.value, answered_at=now))


def services_on_slip(keys: Sequence[str], language: str) -> tuple[SlipService, ...]:
    """The services as a slip names them: in Japanese, and in the visitor's language where the city gives the words."""
    known = {one.key: one for one in offer().services}
    return tuple(
        SlipService(known[key].name, dict(known[key].names).get(language, ""))
        if key in known
        else SlipService(key)
        for key in keys
    )


def finish_print(
    *, branch: str, ticket: str, slip: Slip, outcome: PrintOutcome, by: Actor, now: datetime
) -> None:
    """Write how it ended, once: an outcome is never written over."""
    with locked(branch, now):
        if not answered(slip.job, outcome, now):
            return
        row = TicketRow.objects.get(public_id=ticket, branch=branch)
        activity = ACTIVITIES[outcome]
        if slip.reissued and outcome is PrintOutcome.PRINTED:
            activity = "ticket_reprinted"
        write(row, activity, by=by, now=now, reason=slip.job, channel=Channel.KIOSK)


def phone_address(base: str, ticket: str) -> str:
    """Where the holder of a slip follows the queue on their own phone."""
    return f"{base.rstrip('/')}/t/{secret_of(ticket)}/"

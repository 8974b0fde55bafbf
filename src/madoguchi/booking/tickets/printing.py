"""The journal of printed slips (番号票の印刷): written before the printer is asked, and again when it has answered.

A journal line whose outcome is still "asked" after a crash says that a slip may or may not be there. Nothing is ever
printed again by itself: a person asks for it, and that slip carries 「再発行」.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import F, Max

from madoguchi.audit.entries import Actor, Channel
from madoguchi.booking.models import PrintRow, TicketRow
from madoguchi.booking.offering import offer
from madoguchi.booking.ports import PrintOutcome, Slip
from madoguchi.booking.tickets.issuing import secret_of
from madoguchi.booking.tickets.queries import ticket_by_id
from madoguchi.booking.tickets.queue import NoSuchTicket, TicketNotNow, label_of, locked, write
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
        last = PrintRow.objects.filter(branch=branch, day=queue.day).aggregate(last=Max("sequence"))["last"]
        made = PrintRow.objects.create(
            branch=branch,
            day=queue.day,
            sequence=(last or 0) + 1,
            ticket=row,
            job=uuid.uuid4().hex[:8],
            reissued=row.prints > 0,
            asked_at=now,
        )
        TicketRow.objects.filter(pk=row.pk).update(prints=F("prints") + 1)
    view = ticket_by_id(branch=branch, ticket=ticket, now=now)
    names = {one.key: one.name for one in offer().services}
    return Slip(
        job=made.job,
        sequence=made.sequence,
        reissued=made.reissued,
        city=profile().name,
        branch=branch_names().get(branch, branch),
        label=view.label,
        code=view.code,
        address=phone_address(base, ticket),
        services=tuple(names.get(one.service, one.service) for one in view.steps),
        ahead=view.ahead,
        issued_at=view.arrived_at,
    )


def finish_print(
    *, branch: str, ticket: str, slip: Slip, outcome: PrintOutcome, by: Actor, now: datetime
) -> None:
    """Write how it ended, once: an outcome is never written over."""
    with locked(branch, now):
        changed = PrintRow.objects.filter(job=slip.job, outcome=ASKED).update(
            outcome=outcome.value, answered_at=now
        )
        if not changed:
            return
        row = TicketRow.objects.get(public_id=ticket, branch=branch)
        activity = ACTIVITIES[outcome]
        if slip.reissued and outcome is PrintOutcome.PRINTED:
            activity = "ticket_reprinted"
        write(row, activity, by=by, now=now, reason=slip.job, channel=Channel.KIOSK)


def phone_address(base: str, ticket: str) -> str:
    """Where the holder of a slip follows the queue on their own phone."""
    return f"{base.rstrip('/')}/t/{secret_of(ticket)}/"

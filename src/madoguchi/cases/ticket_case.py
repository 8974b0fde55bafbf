"""The case of a number that was called (番号の受付): the one that hangs on it, or a new one at this desk."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.audit.operations import record_step
from madoguchi.booking.tickets.queue import locked
from madoguchi.cases.models import CaseRow
from madoguchi.cases.opening import open_case
from madoguchi.cases.states import CaseStatus
from madoguchi.procedures.situation import EventKind


class NoEventForTicket(ValueError):
    """The service of the number has no notification to be received (certificates, advice)."""

    def __init__(self) -> None:
        super().__init__(
            "この用件には届出がないため、受付は開きません。届出があるときは、受付一覧から種類を選んで始めてください。"
        )


def open_for_ticket(*, ticket: str, event: str, language: str, by: Actor, now: datetime) -> str:
    """The case of this number's visit; a new one of `event` when it has none that goes on. Returns its public id.

    Two who press at once get the same one: the branch's queue is locked. Raises NoEventForTicket.
    """
    kinds = {one.value: one for one in EventKind}
    with transaction.atomic(), locked(by.branch, now):
        row = (
            CaseRow.objects.filter(ticket=ticket)
            .exclude(status=CaseStatus.WITHDRAWN.value)
            .order_by("-pk")
            .first()
        )
        if row is not None:
            return row.public_id
        if event not in kinds:
            raise NoEventForTicket
        case = open_case(event=kinds[event], by=by, now=now, language=language, ticket=ticket)
        record_step(
            actor=by,
            case=ticket,
            activity="ticket_case_opened",
            channel=Channel.COUNTER,
            now=now,
            detail=StepDetail(explanation=case),
        )
    return case

"""Preparing a case without deciding anything (下準備の委託): what somebody from outside may do at the counter, and no more.

1. They open a case of somebody who moves in, and copy the moving-out certificate, passport or residence card into it.
2. With that it is handed over: it waits broken off, and a clerk goes on with it. From then on they do not see it again.
So they read no case, nobody of the register and nobody who is protected: what is shown to them is what they are typing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from madoguchi.audit.entries import Actor
from madoguchi.cases import hearing, opening
from madoguchi.cases.acting import NoSuchCase
from madoguchi.cases.certificate import MovingOutCertificate
from madoguchi.cases.models import CaseRow, PersonRow
from madoguchi.cases.states import CaseStatus
from madoguchi.procedures.situation import EventKind

# Of every other event the people are in the register, where only a clerk looks.
PREPARED_EVENTS = (EventKind.move_in, EventKind.move_in_abroad)


class CannotPrepare(ValueError):
    """It cannot be prepared; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """A case that somebody from outside has opened and not handed over yet (下準備中の受付); nobody is in it."""

    case: str
    number: str
    event: EventKind
    opened_at: datetime


def begin_preparing(*, event: EventKind, by: Actor, now: datetime) -> str:
    """Open a case to prepare; its public id. Raises CannotPrepare."""
    if event not in PREPARED_EVENTS:
        raise CannotPrepare(
            "下準備ができるのは、転入と国外からの転入だけです。ほかの届出は窓口の職員が受け付けます。"
        )
    if not by.branch:
        raise CannotPrepare("庁舎と席が決まっていません。情報システム担当に、席の登録を頼んでください。")
    return opening.open_case(event=event, by=by, now=now)


def preparations(*, by: Actor) -> tuple[Preparation, ...]:
    """What this person has opened and not handed over, the newest first."""
    return tuple(_preparation(row) for row in _open(by).order_by("-pk"))


def preparation(*, case: str, by: Actor) -> Preparation:
    """One of these. Raises NoSuchCase for any other case, alike."""
    row = _open(by).filter(public_id=case).first()
    if row is None:
        raise NoSuchCase
    return _preparation(row)


def hand_over(*, case: str, certificate: MovingOutCertificate | None, by: Actor, now: datetime) -> None:
    """Put the certificate into the case, if there is one, and leave it to the clerks.

    Raises NoSuchCase, opening.NoPeople, opening.DateInFuture, NotNow.
    """
    with transaction.atomic():
        preparation(case=case, by=by)
        if certificate is not None:
            opening.begin_from_certificate(case=case, certificate=certificate, by=by, now=now)
        hearing.park(case=case, by=by, now=now)


def _open(by: Actor) -> QuerySet[CaseRow]:
    somebody = Exists(PersonRow.objects.filter(case=OuterRef("pk")))
    rows = CaseRow.objects.filter(
        opened_by=by.staff_id, status=CaseStatus.HEARING.value, parked=False, practice=False
    )
    return rows.filter(~somebody, event_kind__in=[one.value for one in PREPARED_EVENTS])


def _preparation(row: CaseRow) -> Preparation:
    return Preparation(row.public_id, row.number, EventKind(row.event_kind), row.opened_at)

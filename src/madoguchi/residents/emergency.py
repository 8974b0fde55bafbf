"""In an emergency (非常時の開示): where a protected person lives is told to one member of staff, when a second one agrees.

Nowhere else does a screen tell it. One asks, with a reason; another who handles protection agrees within half an hour; whoever asked
sees it for a quarter of an hour. Whoever asked takes the asking back while it waits, and ends the seeing when it is no longer needed.
Each of these is written down, the seeing as a reading of the person, before it is shown. The database refuses an agreement of whoever
asked, and one to what was taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db.models import Q

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.models import EmergencyRow
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.protection import Audience, protected_people

TO_AGREE = timedelta(minutes=30)
TO_SEE = timedelta(minutes=15)
LISTED = timedelta(days=30)


class EmergencyReason(Enum):
    """Why the place has to be known now (非常時の理由). The list is ours."""

    LIFE = "life"
    DISASTER = "disaster"
    COURT = "court"


class EmergencyState(Enum):
    """Where an emergency stands (非常時の状態)."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    ENDED = "ended"
    OVER = "over"


class EmergencyRefused(ValueError):
    """It cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """What somebody asked for (非常時の申出), by number; where it stands now, and until when."""

    number: int
    resident_no: str
    reason: EmergencyReason
    asked_by: int
    asked_by_name: str
    asked_at: datetime
    agreed_by_name: str
    state: EmergencyState
    until: datetime
    times_seen: int


def _staff(by: Actor) -> int:
    """Whoever does it, by number. Raises EmergencyRefused: without one, two could not be told apart."""
    if by.staff_id is None:
        raise EmergencyRefused("職員としてサインインしてから行ってください。")
    return by.staff_id


def ask(*, resident_no: str, reason: EmergencyReason, by: Actor, now: datetime) -> int:
    """Ask to know where somebody protected lives; the number of the asking. Raises EmergencyRefused."""
    if not protected_people([resident_no], on=now.astimezone(JAPAN).date()):
        raise EmergencyRefused("支援措置を受けている方の宛名番号を入れてください。")
    row = EmergencyRow.objects.create(
        resident_no=resident_no,
        reason=reason.value,
        asked_by=_staff(by),
        asked_by_name=by.name,
        asked_at=now,
    )
    record_act(actor=by, activity="emergency_asked", now=now, person=resident_no, reason=reason.value)
    return row.pk


def answer(*, number: int, agree: bool, by: Actor, now: datetime) -> None:
    """Agree to it or refuse it, once, as somebody else, within half an hour. Raises EmergencyRefused."""
    waiting = EmergencyRow.objects.filter(
        pk=number, answered_at__isnull=True, ended_at__isnull=True, asked_at__gt=now - TO_AGREE
    ).exclude(asked_by=_staff(by))
    if not waiting.update(agreed=agree, answered_by=_staff(by), answered_by_name=by.name, answered_at=now):
        raise EmergencyRefused(
            "申し出た人とは別の職員が、30分以内に1回だけ答えられます。"
            "時間が過ぎたときと、申出が取り下げられたときは、申し出し直してもらってください。"
        )
    person = EmergencyRow.objects.values_list("resident_no", flat=True).get(pk=number)
    activity = "emergency_agreed" if agree else "emergency_refused"
    record_act(actor=by, activity=activity, now=now, person=person)


def end(*, number: int, by: Actor, now: datetime) -> EmergencyState:
    """Take one's own asking back while it waits, or end the seeing before its time; which of the two. Raises EmergencyRefused."""
    waiting = Q(agreed__isnull=True, asked_at__gt=now - TO_AGREE)
    agreed = Q(agreed=True, answered_at__gt=now - TO_SEE)
    own = EmergencyRow.objects.filter(waiting | agreed, pk=number, asked_by=_staff(by), ended_at__isnull=True)
    if not own.update(ended_at=now):
        raise EmergencyRefused(
            "取り下げることと終えることは、申し出た人だけが、終わっていない申出にできます。一覧で状態を確かめてください。"
        )
    row = EmergencyRow.objects.get(pk=number)
    state = EmergencyState.ENDED if row.agreed else EmergencyState.TAKEN_BACK
    record_act(actor=by, activity=f"emergency_{state.value}", now=now, person=row.resident_no)
    return state


def see(*, number: int, by: Actor, now: datetime) -> DisclosedPerson:
    """The person with their address, for whoever asked, within a quarter of an hour of the agreement. Raises EmergencyRefused."""
    open_now = EmergencyRow.objects.filter(
        pk=number, agreed=True, answered_at__gt=now - TO_SEE, asked_by=_staff(by), ended_at__isnull=True
    )
    row = open_now.first()
    if row is None:
        raise EmergencyRefused(
            "同意を受けてから15分のあいだ、申し出た人だけが見られます。時間が過ぎたときは、申し出し直してください。"
        )
    (found,) = disclose(
        actor=by, purpose=Purpose.EMERGENCY, resident_nos=[row.resident_no], audience=Audience.EMERGENCY, case=None,
        screen="emergency", now=now,
    )  # fmt: skip
    EmergencyRow.objects.filter(pk=row.pk).update(times_seen=row.times_seen + 1)
    return found


def emergencies(*, now: datetime) -> Sequence[Emergency]:
    """What was asked for in the last thirty days, the newest first. Numbers alone, no name of a resident."""
    rows = EmergencyRow.objects.filter(asked_at__gt=now - LISTED).order_by("-pk")
    return tuple(_emergency(row, now) for row in rows)


def _emergency(row: EmergencyRow, now: datetime) -> Emergency:
    until = row.answered_at + TO_SEE if row.agreed and row.answered_at else row.asked_at + TO_AGREE
    if row.agreed is False:
        state = EmergencyState.REFUSED
    elif row.ended_at is not None:
        state = EmergencyState.ENDED if row.agreed else EmergencyState.TAKEN_BACK
    elif now >= until:
        state = EmergencyState.OVER
    else:
        state = EmergencyState.AGREED if row.agreed else EmergencyState.WAITING
    return Emergency(
        row.pk, row.resident_no, EmergencyReason(row.reason), row.asked_by, row.asked_by_name, row.asked_at,
        row.answered_by_name if row.agreed else "", state, until, row.times_seen,
    )  # fmt: skip

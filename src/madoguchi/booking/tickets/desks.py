"""Desks that call (席を開く・離席・閉じる). One member of staff at one desk, one member of staff a desk.

A desk whose member of staff went away while a number is called keeps that number: it is shown, and can be taken over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import announce, record_act
from madoguchi.booking.models import OpenDeskRow, TicketRow, TicketStepRow
from madoguchi.booking.models.tickets import AT_DESK
from madoguchi.booking.offering import offer
from madoguchi.booking.tickets.queue import LockedQueue, label_of, locked
from madoguchi.booking.tickets.states import DeskState


class NoSuchDesk(LookupError):
    """A desk that no lane of the branch has, or lanes that it cannot serve."""

    def __init__(self) -> None:
        super().__init__("その席は、選んだ窓口の列にありません。席と窓口の列を選び直してください。")


class DeskTaken(ValueError):
    """Somebody else sits there."""

    def __init__(self) -> None:
        super().__init__(
            "その席は、ほかの職員が開いています。交代するときは「交代して開く」を選んでください。"
        )


class DeskNotOpen(ValueError):
    """Nobody calls from a desk that is closed, or from a colleague's."""

    def __init__(self) -> None:
        super().__init__("この席は開いていません。先に「席を開く」を押してください。")


class DeskBusy(ValueError):
    """One number at a desk at a time."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(
            f"この席には {label} の方がいます。終わりにするか、保留にしてから呼び出してください。"
        )


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """Where a member of staff calls from just now."""

    branch: str
    desk: str
    lanes: tuple[str, ...]
    state: DeskState
    since: datetime


def open_desk(
    *, branch: str, desk: str, lanes: Sequence[str], by: Actor, now: datetime, instead: bool = False
) -> None:
    """Sit down at a desk and serve these lanes. Whatever other desk this member of staff had open is closed.

    `instead`: in the place of whoever has it open. Raises NoSuchDesk, DeskTaken.
    """
    known = {one.key for one in offer().lanes_at(branch) if desk in one.desks}
    if not lanes or not set(lanes) <= known:
        raise NoSuchDesk
    with locked(branch, now) as queue:
        row = OpenDeskRow.objects.filter(branch=branch, desk=desk).first()
        somebody = row is not None and row.state != DeskState.CLOSED.value and row.staff != by.staff_id
        if somebody and not instead:
            raise DeskTaken
        for other in OpenDeskRow.objects.filter(staff=by.staff_id).exclude(branch=branch, desk=desk):
            _set(other, DeskState.CLOSED, by=by, now=now)
        OpenDeskRow.objects.update_or_create(
            branch=branch,
            desk=desk,
            defaults={
                "staff": by.staff_id,
                "lanes": list(dict.fromkeys(lanes)),
                "state": DeskState.OPEN.value,
                "since": now,
            },
        )
        _tell(queue.branch, desk, "desk_opened", by=by, now=now)


def pause_desk(*, branch: str, desk: str, by: Actor, now: datetime) -> None:
    """Away for a while (離席). Raises DeskNotOpen."""
    with locked(branch, now) as queue:
        _set(own_row(queue, desk, by), DeskState.PAUSED, by=by, now=now)


def resume_desk(*, branch: str, desk: str, by: Actor, now: datetime) -> None:
    """Back from being away. Raises DeskNotOpen."""
    with locked(branch, now) as queue:
        _set(own_row(queue, desk, by), DeskState.OPEN, by=by, now=now)


def close_desk(*, branch: str, desk: str, by: Actor, now: datetime) -> None:
    """Leave the desk. A number that is called there stays called, for a colleague to take over. Raises DeskNotOpen."""
    with locked(branch, now) as queue:
        _set(own_row(queue, desk, by), DeskState.CLOSED, by=by, now=now)


def close_desks_of(*, by: Actor, now: datetime) -> None:
    """Close whatever this member of staff has open: they signed out."""
    for branch, desk in (
        OpenDeskRow.objects.filter(staff=by.staff_id)
        .exclude(state=DeskState.CLOSED.value)
        .values_list("branch", "desk")
    ):
        close_desk(branch=branch, desk=desk, by=by, now=now)


def desk_of(staff_id: int | None) -> OwnDesk | None:
    """Where this member of staff calls from; None when nowhere."""
    row = (
        OpenDeskRow.objects.filter(staff=staff_id).exclude(state=DeskState.CLOSED.value).first()
        if staff_id is not None
        else None
    )
    if row is None:
        return None
    return OwnDesk(row.branch, row.desk, tuple(row.lanes), DeskState(row.state), row.since)


def own_row(queue: LockedQueue, desk: str, by: Actor) -> OpenDeskRow:
    """The desk, when this member of staff has it open. Raises DeskNotOpen."""
    row = OpenDeskRow.objects.filter(branch=queue.branch, desk=desk, staff=by.staff_id).first()
    if row is None or row.state == DeskState.CLOSED.value:
        raise DeskNotOpen
    return row


def free_desk(queue: LockedQueue, desk: str, by: Actor) -> OpenDeskRow:
    """The desk, when this member of staff may call somebody to it. Raises DeskNotOpen, DeskBusy."""
    row = own_row(queue, desk, by)
    if row.state != DeskState.OPEN.value:
        raise DeskNotOpen
    there = TicketStepRow.objects.filter(branch=queue.branch, desk=desk, state__in=AT_DESK)
    for step in there.select_related("ticket"):
        raise DeskBusy(label_of(step.ticket))
    return row


def nobody_sits_at(queue: LockedQueue, desk: str, *, but: TicketRow) -> None:
    """See that the booth is not kept for somebody who waits there for the next officer. Raises DeskBusy."""
    seated = TicketRow.objects.filter(branch=queue.branch, booth=desk, live=True).exclude(pk=but.pk)
    for ticket in seated:
        raise DeskBusy(label_of(ticket))


def _set(row: OpenDeskRow, state: DeskState, *, by: Actor, now: datetime) -> None:
    OpenDeskRow.objects.filter(pk=row.pk).update(state=state.value, since=now)
    _tell(
        row.branch, row.desk, f"desk_{'opened' if state is DeskState.OPEN else state.value}", by=by, now=now
    )


def _tell(branch: str, desk: str, activity: str, *, by: Actor, now: datetime) -> None:
    record_act(actor=by, activity=activity, now=now, at_desk=desk)
    announce(branch=branch, topic=activity, subject=desk, now=now)

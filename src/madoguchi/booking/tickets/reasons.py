"""Why one number was called before another (なぜ先に呼ばれたか), answered from what was kept with the call itself.

With each call the order of that moment is kept: by which rule each one stood where they stood, and since when. The
answer is therefore what was true then, whatever has been changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from madoguchi.booking.models import CallRow, LaneRow, TicketRow, TicketStepRow
from madoguchi.booking.tickets.order import Placed, Why
from madoguchi.booking.tickets.queue import JAPAN, Held, NoSuchTicket, label_of
from madoguchi.booking.tickets.states import CallKind, StepState
from madoguchi.city.queries import desks_in

ASIDE = {StepState.HELD.value: Why.HELD, StepState.MISSED.value: Why.MISSED}


def keep_call(
    held: Held,
    kind: CallKind,
    ordered: Sequence[Placed],
    *,
    at: datetime,
    desk: str,
    place: str,
    staff: int | None,
) -> Why:
    """Keep a call with its reasons, inside the caller's transaction; returns the rule by which this one was called."""
    ticket = held.ticket
    said = {one.waiting.ticket: [one.why.value, one.ready_at.isoformat()] for one in ordered}
    own = said.get(ticket.public_id, [Why.ARRIVAL.value, held.step.place_at.isoformat()])
    why = Why(own[0]) if kind is CallKind.NEXT else Why.SPECIFIC
    if kind in (CallKind.NEXT, CallKind.SPECIFIC):
        aside = TicketStepRow.objects.filter(
            branch=ticket.branch, lane=held.step.lane, state__in=list(ASIDE), ticket__day=ticket.day
        ).values_list("ticket__public_id", "state", "place_at")
        said |= {one: [ASIDE[state].value, place_at.isoformat()] for one, state, place_at in aside}
    CallRow.objects.create(
        ticket=ticket,
        step=held.step,
        kind=kind.value,
        at=at,
        lane=held.step.lane,
        desk=desk,
        place=place,
        staff=staff,
        why=why.value,
        others={**said, ticket.public_id: own},
    )
    return why


def why_called_before(*, branch: str, ticket: str, other: str) -> str:
    """In a sentence: why `ticket` was called before `other`. Raises NoSuchTicket for one of another branch."""
    first, second = _row(branch, ticket), _row(branch, other)
    names = {"a": label_of(first), "b": label_of(second)}
    calls = CallRow.objects.filter(ticket=first, kind__in=(CallKind.NEXT.value, CallKind.SPECIFIC.value))
    call = next((one for one in calls.order_by("pk") if other in one.others), calls.order_by("pk").first())
    if call is None:
        return _("%(a)s は、まだ呼び出されていません。") % names
    own = CallRow.objects.filter(
        ticket=second, kind__in=(CallKind.NEXT.value, CallKind.SPECIFIC.value), at__lt=call.at
    )
    said = {**names, "at": _clock(call.at)}
    if other not in call.others:
        return _elsewhere(call, second, own.exists(), said)
    if call.kind == CallKind.SPECIFIC.value:
        desk = desks_in(branch).get(call.desk, call.desk)
        return _("%(at)s に、%(desk)sの職員が番号を指定して %(a)s を呼び出しました。") % {
            **said,
            "desk": desk,
        }
    return _compared(call, first, second, said)


def _compared(call: CallRow, first: TicketRow, second: TicketRow, said: dict[str, str]) -> str:
    why_a, ready_a = _kept(call, first)
    why_b, ready_b = _kept(call, second)
    said |= {
        "why_a": _(why_a.sentence),
        "why_b": _(why_b.sentence),
        "ready_a": _clock(ready_a),
        "ready_b": _clock(ready_b),
    }
    if why_b in (Why.HELD, Why.MISSED, Why.NOT_YET):
        return _("%(at)s に %(a)s を呼び出したとき、%(b)s は「%(why_b)s」でした。") % said
    if why_a is why_b or {why_a, why_b} == {Why.ARRIVAL, Why.LATE}:
        return (
            _(
                "%(a)s は %(ready_a)s、%(b)s は %(ready_b)s からお待ちで、同じ列では早い方を先に呼びます（%(why_a)s）。"
            )
            % said
        )
    return (
        _("%(at)s に、%(a)s は「%(why_a)s」、%(b)s は「%(why_b)s」だったため、%(a)s を先に呼びました。")
        % said
    )


def _elsewhere(call: CallRow, second: TicketRow, called_before: bool, said: dict[str, str]) -> str:
    if second.arrived_at > call.at:
        return _("%(at)s に %(a)s を呼び出したとき、%(b)s はまだ来ていませんでした（%(came)s）。") % {
            **said,
            "came": _clock(second.arrived_at),
        }
    if called_before:
        return _("%(b)s は、%(a)s を %(at)s に呼び出すより前に、もう呼び出されていました。") % said
    lane = (
        TicketStepRow.objects.filter(ticket=second)
        .exclude(lane=call.lane)
        .values_list("lane", flat=True)
        .first()
    )
    name = LaneRow.objects.filter(branch=second.branch, key=lane or "").values_list("name", flat=True).first()
    return _("%(at)s に %(a)s を呼び出したとき、%(b)s は別の窓口の列（%(lane)s）の番号でした。") % {
        **said,
        "lane": name or _("ほかの列"),
    }


def _kept(call: CallRow, ticket: TicketRow) -> tuple[Why, datetime]:
    why, ready = call.others[ticket.public_id]
    return Why(why), datetime.fromisoformat(ready)


def _row(branch: str, ticket: str) -> TicketRow:
    row = TicketRow.objects.filter(public_id=ticket, branch=branch).first()
    if row is None:
        raise NoSuchTicket
    return row


def _clock(at: datetime) -> str:
    return f"{at.astimezone(JAPAN):%H:%M}"

"""The desk that calls (呼出し): one key a step, the queue beside it, and the number's case opens from here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.entries import Actor
from madoguchi.audit.queries import outbox_head
from madoguchi.booking.offering import NoSuchService, NotOffered, Offer, offer
from madoguchi.booking.tickets import calling, desks, issuing
from madoguchi.booking.tickets.queries import branch_now, ticket_by_id
from madoguchi.booking.tickets.queue import NoSuchTicket, TicketChanged, TicketNotNow
from madoguchi.booking.tickets.states import DeskState, Priority, StepState, TicketAct
from madoguchi.cases.queries import cases_of_ticket
from madoguchi.cases.ticket_case import NoEventForTicket, open_for_ticket
from madoguchi.channels.counter.calls_screen import aside, case_address, desk_lines, in_hand, lanes_of
from madoguchi.channels.counter.views_opening import version_of
from madoguchi.city.authority import Authority, holds, needs
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import actor_for, actor_of, branch_names, desks_in, seat_of, staff_names
from madoguchi.city.session import quiet

REFUSED = (
    TicketNotNow, TicketChanged, calling.NotAtThisDesk, calling.NotPlanned, desks.DeskNotOpen, desks.DeskBusy, desks.DeskTaken,
    desks.NoSuchDesk, NoSuchService, NotOffered, issuing.NoMoreTickets, issuing.NoServiceChosen,
    issuing.OutsideHours, issuing.NumbersUsedUp, NoEventForTicket,
)  # fmt: skip
NEEDS_DESK: dict[TicketAct, Callable[..., object]] = {
    TicketAct.START: calling.start,
    TicketAct.RECALL: calling.recall,
    TicketAct.NOT_HERE: calling.not_here,
    TicketAct.FINISH: calling.finish,
    TicketAct.CALL: calling.call_ticket,
    TicketAct.HOLD: calling.hold,
    TicketAct.BACK_IN_LINE: calling.back_in_line,
    TicketAct.LEAVE: calling.leave,
}
TAKE_OVER = "take_over"


@needs(Authority.CALLS)
def calls(request: HttpRequest) -> HttpResponse:
    """The queue of this branch and the number in hand.

    `live`: the page asks by itself, which is no use of it, and says what it shows; nothing comes back as long as that
    is what there is.
    """
    own = desks.desk_of(_staff(request).pk)
    branch, now = own.branch if own else branch_to_look_at(request), timezone.now()
    if "live" in request.GET:
        quiet(request)
        if request.GET["live"] == _shown(outbox_head(branch), now):
            return HttpResponse(status=204)
    return render(request, "counter/calls.html", _context(request, branch, own, now))


@needs(Authority.CALLS)
@require_POST
def desk_state(request: HttpRequest) -> HttpResponse:
    """Open a desk, be away, come back, close."""
    act, by, now = request.POST.get("act", ""), actor_of(request), timezone.now()
    own = desks.desk_of(by.staff_id)

    def do() -> str | None:
        if act in ("open", "instead"):
            branch, _slash, desk = request.POST.get("desk", "").partition("/")
            lanes = request.POST.getlist("lanes") or _lanes_of(branch, desk)
            desks.open_desk(branch=branch, desk=desk, lanes=lanes, by=by, now=now, instead=act == "instead")
        elif own is None:
            raise desks.DeskNotOpen
        else:
            known = {"pause": desks.pause_desk, "resume": desks.resume_desk, "close": desks.close_desk}
            if act not in known:
                raise Http404
            known[act](branch=own.branch, desk=own.desk, by=by, now=now)
        return None

    return _done(request, do)


@needs(Authority.CALLS)
@require_POST
def call_next(request: HttpRequest) -> HttpResponse:
    """「つぎを呼ぶ」."""
    own, by, now = _own(request), actor_of(request), timezone.now()

    def do() -> str | None:
        if own is None:
            raise desks.DeskNotOpen
        called = calling.call_next(branch=own.branch, desk=own.desk, by=by, now=now)
        return (
            None
            if called
            else _("いま呼び出せる方はいません。予約の時刻の前の方は、番号を指定して呼び出せます。")
        )

    return _done(request, do)


@needs(Authority.CALLS)
@require_POST
def call_number(request: HttpRequest) -> HttpResponse:
    """Call the number that was typed ("A012", "a12")."""
    own, by, now = _own(request), actor_of(request), timezone.now()
    wanted = request.POST.get("number", "").strip().upper()

    def do() -> str | None:
        if own is None:
            raise desks.DeskNotOpen
        found = branch_now(branch=own.branch, now=now).steps
        label = f"{wanted[:1]}{wanted[1:].zfill(3)}"
        step = next((one for one in found if one.label == label and one.state is not StepState.PLANNED), None)
        if step is None:
            return _("%(number)s という番号は、いまありません。番号を確かめてください。") % {
                "number": wanted[:5]
            }
        calling.call_ticket(
            branch=own.branch, ticket=step.ticket, desk=own.desk, by=by, now=now, version=step.version
        )
        return None

    return _done(request, do)


@needs(Authority.CALLS)
@require_POST
def act(request: HttpRequest, ticket: str) -> HttpResponse:
    """One act on one number."""
    own, by, now = _own(request), actor_of(request), timezone.now()
    wanted, version = request.POST.get("act", ""), version_of(request)
    if wanted not in {one.value for one in NEEDS_DESK} | {TAKE_OVER}:
        raise Http404

    def do() -> str | None:
        if own is None:
            raise desks.DeskNotOpen
        what: Callable[..., object] = (
            calling.take_over if wanted == TAKE_OVER else NEEDS_DESK[TicketAct(wanted)]
        )
        what(branch=own.branch, ticket=ticket, desk=own.desk, by=by, now=now, version=version)
        return None

    return _done(request, do)


@needs(Authority.CALLS)
@require_POST
def send_on(request: HttpRequest, ticket: str) -> HttpResponse:
    """To another service's lane now, one more service afterwards, or one less; or the care line."""
    own, by, now = _own(request), actor_of(request), timezone.now()
    wanted, service = request.POST.get("act", ""), request.POST.get("service", "")

    def do() -> str | None:
        if own is None:
            raise desks.DeskNotOpen
        if wanted == TicketAct.TRANSFER.value:
            calling.transfer(
                branch=own.branch, ticket=ticket, service=service, desk=own.desk, by=by, now=now,
                version=version_of(request),
            )  # fmt: skip
        elif wanted == "add":
            calling.add_service(branch=own.branch, ticket=ticket, service=service, by=by, now=now)
        elif wanted == "cancel":
            calling.cancel_service(branch=own.branch, ticket=ticket, service=service, by=by, now=now)
        elif wanted in ("care", "no_care"):
            line = Priority.CARE if wanted == "care" else Priority.BOOKED
            calling.set_priority(branch=own.branch, ticket=ticket, priority=line, by=by, now=now)
        else:
            raise Http404
        return None

    return _done(request, do)


@needs(Authority.CALLS)
@require_POST
def give_number(request: HttpRequest) -> HttpResponse:
    """A number from staff, for somebody who did not come by the machine."""
    own, by, now = _own(request), actor_of(request), timezone.now()
    care = request.POST.get("care") == "yes"

    def do() -> str | None:
        if own is None:
            raise desks.DeskNotOpen
        made = issuing.issue(
            branch=own.branch,
            services=[one for one in request.POST.getlist("service") if one],
            by=by,
            now=now,
            priority=Priority.CARE if care else Priority.WALK_IN,
        )
        messages.success(
            request,
            _("番号 %(label)s を出しました。スマートフォンで見るための数字は %(code)s です。")
            % {"label": made.label, "code": made.code},
        )
        return None

    return _done(request, do)


@needs(Authority.COUNTER)
@require_POST
def open_case(request: HttpRequest, ticket: str) -> HttpResponse:
    """「受付を開く」: the case that hangs on this number, or a new one of the event of its service."""
    own, by = _own(request), actor_of(request)
    if own is None:
        messages.error(request, str(desks.DeskNotOpen()))
        return redirect("counter:calls")
    view = ticket_by_id(branch=own.branch, ticket=ticket, now=timezone.now())
    service = view.now.service if view.now else view.steps[0].service
    event = next((one.event for one in offer().services if one.key == service), "")
    at_desk = Actor(by.staff_id, by.name, own.branch, own.desk, by.terminal)
    try:
        case = open_for_ticket(
            ticket=ticket, event=event, language=view.language, by=at_desk, now=timezone.now()
        )
    except NoEventForTicket as error:
        messages.error(request, str(error))
        return redirect("counter:calls")
    return redirect("counter:resume", case)


@receiver(user_logged_out)
def _close_on_sign_out(sender: object, request: HttpRequest, user: object, **more: object) -> None:
    """Whoever signs out leaves their desk; the number that is called there is shown to the others."""
    if isinstance(user, StaffMember):
        desks.close_desks_of(by=actor_for(user, request), now=timezone.now())


def _done(request: HttpRequest, do: Callable[[], str | None]) -> HttpResponse:
    """Do it, and show the queue again with what is to be said."""
    try:
        said = do()
    except NoSuchTicket:
        raise
    except REFUSED as error:
        messages.error(request, str(error))
    else:
        if said:
            messages.info(request, said)
    return redirect("counter:calls")


def _shown(sequence: int, now: datetime) -> str:
    """What a page shows: the queue up to this line of the outbox, the waits up to this minute."""
    return f"{sequence}.{int(now.timestamp() // 60)}"


def _staff(request: HttpRequest) -> StaffMember:
    assert isinstance(request.user, StaffMember), "behind a sign-in"
    return request.user


def _own(request: HttpRequest) -> desks.OwnDesk | None:
    return desks.desk_of(_staff(request).pk)


def branch_to_look_at(request: HttpRequest) -> str:
    """The branch to look at: the one that was chosen, the one of the own seat, or the first."""
    names = branch_names()
    chosen = request.GET.get("branch", "")
    if chosen in names:
        return chosen
    seat = seat_of(_staff(request))
    return seat.branch if seat else next(iter(names), "")


def _lanes_of(branch: str, desk: str) -> list[str]:
    return [one.key for one in offer().lanes_at(branch) if desk in one.desks]


def _context(request: HttpRequest, branch: str, own: desks.OwnDesk | None, now: datetime) -> dict[str, Any]:
    offered, places = offer(), desks_in(branch)
    found = branch_now(branch=branch, now=now, offered=offered)
    hand = in_hand(found, offered, own, places) if own else None
    staff = staff_names({one.staff_id for one in found.desks if one.staff_id})
    may_case = holds(request, Authority.COUNTER)
    begins = hand is not None and any(
        one.event and one.key == hand.line.service_key for one in offered.services
    )
    cases = cases_of_ticket(ticket=hand.line.ticket) if hand and may_case else ()
    names = branch_names()
    return {
        "live": _shown(found.sequence, now),
        "branch": branch,
        "branch_name": names.get(branch, branch),
        "branches": names.items() if own is None else (),
        "own": own,
        "own_name": places.get(own.desk, own.desk) if own else "",
        "paused": own is not None and own.state is DeskState.PAUSED,
        "hand": hand,
        "cases": [(one.number, case_address([one.id])) for one in cases],
        "may_case": may_case and (begins or bool(cases)),
        "lanes": lanes_of(found, offered, own, places),
        "aside": aside(found, offered, places),
        "desks": desk_lines(found, offered, own, staff),
        "issuing": found.issuing,
        "services": _services(offered, branch),
        "choices": _desk_choices(request, offered, branch, places) if own is None else (),
    }


def _services(offered: Offer, branch: str) -> list[tuple[str, str]]:
    there = {key for lane in offered.lanes_at(branch) for key in lane.services}
    return [(one.key, one.name) for one in offered.services if one.key in there]


def _desk_choices(
    request: HttpRequest, offered: Offer, branch: str, places: dict[str, str]
) -> list[dict[str, Any]]:
    """The desks that can be opened, with their lanes; the own seat is chosen already."""
    seat = seat_of(_staff(request))
    keys = dict.fromkeys(key for lane in offered.lanes_at(branch) for key in lane.desks)
    return [
        {
            "value": f"{branch}/{key}",
            "name": places.get(key, key),
            "lanes": "・".join(lane.name for lane in offered.lanes_at(branch) if key in lane.desks),
            "chosen": seat is not None and (seat.branch, seat.desk) == (branch, key),
        }
        for key in keys
    ]

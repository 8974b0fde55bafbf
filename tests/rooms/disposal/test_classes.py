"""Mandates, bookings and numbers: what of them ends when, and that nothing else of theirs stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from tests.cast import NOW, TODAY
from tests.rooms.cases.deciding import account_of
from tests.rooms.disposal.planting import OVER, WORD, at, five_years, tables_that_say

from madoguchi.audit.entries import Actor
from madoguchi.booking.models import (
    BookingPartRow,
    BookingRow,
    CallRow,
    EstimateRow,
    LaneRow,
    NoticeRow,
    PrintRow,
    ServiceRow,
    TicketRow,
    TicketStepRow,
    WaitingRow,
)
from madoguchi.booking.notice_kinds import NoticeKind
from madoguchi.booking.offering import Offer
from madoguchi.disposal.erasing import go_on
from madoguchi.disposal.holds import place_hold
from madoguchi.disposal.models import DisposedRow
from madoguchi.disposal.periods import set_periods
from madoguchi.disposal.proposing import ProposalRefused, approve, propose
from madoguchi.disposal.values import HoldReason, RecordClass
from madoguchi.residents.models import MandateRow

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db


def disposed(city: Staff, record_class: RecordClass, *, on: date = OVER) -> set[str]:
    """What goes of a class on a day, by two persons."""
    set_periods(periods=[five_years(record_class)], by=city["systems_saki"], now=NOW)
    try:
        number = propose(record_class=record_class, on=on, by=city["systems_saki"], now=at(on))
    except ProposalRefused:
        return set()
    approve(proposal=number, by=city["auditor_ren"], now=at(on))
    go_on(now=at(on))
    return set(DisposedRow.objects.filter(proposal=number).values_list("record", flat=True))


def booking(nth: int, *, state: str = "arrived", day: date = TODAY) -> BookingRow:
    made = BookingRow.objects.create(
        number=f"B{nth:03d}", code="1234", request=f"request-{nth}", lane=LaneRow.objects.all()[0],
        service=ServiceRow.objects.all()[0], day=day, quarter=40, quarters=1, state=state, channel="online",
        owner=f"{WORD}{nth}", nth=nth, contact=f"{WORD}@example.jp", made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    BookingPartRow.objects.create(booking=made, order=1, service="x", minutes=15)
    NoticeRow.objects.create(booking=made, kind=NoticeKind.CONFIRMED.value, sequence=0, tried_at=NOW)
    PrintRow.objects.create(
        branch="main", day=day, sequence=nth, booking=made.number, job=f"j{nth}", reissued=False, asked_at=NOW
    )
    return made


def test_bookings_go_with_their_letters_slips_and_waiting(city: Staff, offered: Offer) -> None:
    gone, coming = booking(1), booking(2, state="confirmed")
    later = booking(3, day=date(2027, 4, 1))
    for place, one in enumerate((gone, None)):
        WaitingRow.objects.create(
            lane=gone.lane, service=gone.service, day=TODAY, quarters=1, owner=f"{WORD}w{place}", state="gone",
            offered=one, at=NOW,
        )  # fmt: skip
    waited = WaitingRow.objects.get(offered=None).pk
    assert disposed(city, RecordClass.BOOKINGS, on=OVER - timedelta(days=1)) == set()
    assert disposed(city, RecordClass.BOOKINGS) == {"B001", f"waited-{waited}"}
    assert set(BookingRow.objects.values_list("number", flat=True)) == {coming.number, later.number}
    assert not WaitingRow.objects.exists()
    assert PrintRow.objects.count() == NoticeRow.objects.count() == BookingPartRow.objects.count() == 2


def ticket(nth: int, *, live: bool = False, ended: date = TODAY) -> TicketRow:
    made = TicketRow.objects.create(
        public_id=f"ticket-{nth}", branch="main", day=TODAY, letter="A", number=nth, code="1234",
        secret_digest=f"{nth:064d}", priority="walk_in", arrived_at=NOW, live=live,
        ended_at=None if live else at(ended), request=WORD if nth == 1 else "",
    )  # fmt: skip
    step = TicketStepRow.objects.create(
        ticket=made,
        branch="main",
        order=1,
        service="x",
        lane="x",
        state="done",
        waiting_since=NOW,
        place_at=NOW,
    )
    CallRow.objects.create(
        ticket=made, step=step, kind="next", at=NOW, lane="x", desk="d", place="d", why="first"
    )
    EstimateRow.objects.create(
        branch="main", ticket=made.public_id, step=1, number=1, lane="x", service="x", told_at=NOW, method="rule",
        low=0, middle=0, high=0, work=0, ahead=0, desks=1, lowest_low=0, lowest_middle=0, lowest_high=0,
    )  # fmt: skip
    return made


def test_numbers_go_with_their_steps_calls_and_estimates(city: Staff) -> None:
    ticket(1), ticket(2, live=True), ticket(3, ended=date(2027, 4, 1)), ticket(4)
    place_hold(
        record_class=RecordClass.TICKETS, number="A004", day=TODAY, reason=HoldReason.AUDIT, note="",
        by=city["systems_saki"], now=NOW,
    )  # fmt: skip
    assert disposed(city, RecordClass.TICKETS) == {"ticket-1"}
    assert tables_that_say("ticket-1") == {"disposal_disposedrow"}
    assert tables_that_say(WORD) == set()
    assert TicketRow.objects.count() == TicketStepRow.objects.count() == EstimateRow.objects.count() == 3


def mandate(nth: int, principal: str, agent: int, *, state: str = "ended", ends_on: date = TODAY) -> None:
    MandateRow.objects.create(
        public_id=f"mandate-{nth}", principal_no=principal, agent_id=agent, kind="entrusted", begins_on=TODAY,
        ends_on=ends_on, evidence=WORD, state=state, made_at=NOW, ended_at=NOW if state == "ended" else None,
    )  # fmt: skip


def test_mandates_that_are_over_go(city: Staff, procedures: str, residents: Mapping[str, str]) -> None:
    agent = account_of("wife")
    mandate(1, residents["head"], agent)
    mandate(2, residents["head"], agent, state="accepted", ends_on=date(2027, 4, 1))
    mandate(3, residents["april_first"], agent, state="accepted", ends_on=date(2027, 3, 31))
    assert disposed(city, RecordClass.MANDATES) == {"mandate-1", "mandate-3"}
    assert set(MandateRow.objects.values_list("public_id", flat=True)) == {"mandate-2"}

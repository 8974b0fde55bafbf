"""Any history of holding, confirming, changing, cancelling, expiring and shorter hours: the seats add up at every step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests import cast
from tests.rooms.booking.offered import offered
from tests.rooms.booking.test_reserving_at_once import adds_up

from madoguchi.booking import reserving
from madoguchi.booking.booked import BookingRefused, VisitPart
from madoguchi.booking.models import BookingRow, SlotRow
from madoguchi.booking.offering import Offer
from madoguchi.booking.slots import NotOpenThen, SlotFull, follow_hours
from madoguchi.city.applying import apply_plan
from madoguchi.config.demo_city import madoka
from madoguchi.procedures.loader import national_pack

DAYS = (date(2026, 11, 10), date(2026, 11, 11))
QUARTERS = st.integers(34, 40)
LENGTHS = st.sampled_from(
    [(VisitPart("papers", 15),), (VisitPart("moving", 30),), (VisitPart("moving", 45),)]
)
OWNERS = st.sampled_from(["ann", "bob", "cem", "dai"])
EXPECTED = (BookingRefused, SlotFull, NotOpenThen)


class Histories(RuleBasedStateMachine):
    """What visitors, staff and the clock can do, in any order."""

    offer: Offer
    now: datetime
    numbers: list[str]
    presses: int

    @initialize(seats=st.integers(1, 2))
    def begin(self, seats: int) -> None:
        for table in (BookingRow, SlotRow):
            table.objects.all().delete()
        self.offer, self.now, self.numbers, self.presses = offered(seats), cast.NOW, [], 0

    def tried(self, act: Any, **said: Any) -> Any:
        try:
            return act(**said)
        except EXPECTED:
            return None

    @rule(day=st.sampled_from(DAYS), quarter=QUARTERS, parts=LENGTHS, owner=OWNERS, again=st.booleans())
    def hold(self, day: date, quarter: int, parts: tuple[VisitPart, ...], owner: str, again: bool) -> None:
        self.presses += 0 if again and self.presses else 1
        made = self.tried(
            reserving.hold, offered=self.offer, branch="main", parts=parts, day=day, quarter=quarter,
            owner=owner, request=f"press-{self.presses}", channel="web", now=self.now,
        )  # fmt: skip
        if made and made.number not in self.numbers:
            self.numbers.append(made.number)

    @rule(which=st.integers(0, 9), act=st.sampled_from([reserving.confirm, reserving.cancel]))
    def settle(self, which: int, act: Any) -> None:
        if self.numbers:
            self.tried(act, number=self.numbers[which % len(self.numbers)], now=self.now)

    @rule(which=st.integers(0, 9), day=st.sampled_from(DAYS), quarter=QUARTERS)
    def change(self, which: int, day: date, quarter: int) -> None:
        if self.numbers:
            number = self.numbers[which % len(self.numbers)]
            self.tried(
                reserving.change, offered=self.offer, number=number, day=day, quarter=quarter, now=self.now
            )

    @rule(minutes=st.integers(1, 12))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        reserving.expire(now=self.now)

    @rule(seats=st.integers(0, 3))
    def hours_change(self, seats: int) -> None:
        self.offer = offered(seats)
        follow_hours(offered=self.offer, since=cast.TODAY)

    @invariant()
    def seats_add_up(self) -> None:
        assert adds_up()
        for one in SlotRow.objects.all():
            assert one.beyond == max(0, one.used - one.seats)


Histories.TestCase.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)


class TestHistories(Histories.TestCase, TestCase):  # type: ignore[misc,name-defined]  # hypothesis makes the class
    @classmethod
    def setUpTestData(cls) -> None:
        apply_plan(plan=madoka(national_pack()), by=cast.SETTER, now=cast.NOW)
        assert connection.vendor in ("sqlite", "postgresql")

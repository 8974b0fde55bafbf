"""The quick form of the booking race (benchmarks/booking_race.py): the last seat by many clients over HTTP."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from benchmarks.booking_race import race
from django.utils import timezone
from tests import cast

from madoguchi.booking.models import BookingRow, LaneRow, SlotRow
from madoguchi.booking.offering import Offer, offer, quarters, set_offer
from madoguchi.booking.slots import make_day
from madoguchi.config.demo_city import reception

CLIENTS = 24


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_goes_once_and_every_other_client_is_told(offered: Offer, live_server: Any) -> None:
    day = timezone.localdate() + timedelta(days=1)
    set_offer(offer=reception(day), by=cast.SETTER, now=timezone.now())
    while not quarters(offered=offer(), branch="main", lane="papers", day=day):
        day += timedelta(days=1)
    lane = LaneRow.objects.get(branch="main", key="papers")
    make_day(lane=lane, day=day, offered=offer())
    port = urlsplit(live_server.url).port
    assert port is not None
    told = race(port, f"/book/at/main/papers/{day}/", CLIENTS, 36)
    assert Counter(told) == {302: 1, 409: CLIENTS - 1}
    assert BookingRow.objects.count() == 1
    assert SlotRow.objects.get(lane=lane, day=day, quarter=36).used == 1

"""How long a booking is made: declared on the first day, learned from then on, pinned where staff say so, and never changed later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast
from tests.cast import NOW, SETTER, TODAY
from tests.rooms.booking.offered import offered as plan

from madoguchi.audit.models import EntryRow
from madoguchi.booking import reserving
from madoguchi.booking.booked import VisitPart, quarters_for
from madoguchi.booking.bundles import bundle, visit_of
from madoguchi.booking.lengths import (
    SHORTEST_MINUTES,
    LengthSource,
    ServiceLength,
    lengths,
    lengths_everywhere,
    let_go,
    offered_with,
    pin,
)
from madoguchi.booking.models import BookingRow, LearnedWaitsRow, PinnedLengthRow
from madoguchi.booking.offering import NoSuchService, NotOffered, Offer
from madoguchi.booking.waits.kept import as_kept, from_kept
from madoguchi.booking.waits.learned import LearnedWaits, learn
from madoguchi.booking.waits.values import ServedCall

MINUTES = st.lists(st.integers(1, 90), max_size=60)
KEY = ("residents", "moving")


def learned_from(seen: list[int], declared: int = 20, on: date = TODAY) -> LearnedWaits:
    """What is known after these minutes of yesterday."""
    served = [ServedCall(*KEY, on - timedelta(days=1), float(one)) for one in seen]
    return learn(before=LearnedWaits(), day=on, served=served, told=[], declared={KEY: float(declared)})


def length_of(seen: list[int], declared: int = 20, *, pinned: bool = False) -> ServiceLength:
    known = learned_from(seen, declared)
    return ServiceLength("moving", declared, known.minutes[KEY], known.people.get(KEY, 0), pinned)


@given(MINUTES, st.integers(1, 90))
def test_a_length_lies_between_what_is_declared_and_what_was_seen(seen: list[int], declared: int) -> None:
    found = length_of(seen, declared)
    mean = sum(seen) / len(seen) if seen else declared
    low, high = sorted((mean, float(declared)))
    floor = min(SHORTEST_MINUTES, declared)
    assert max(floor, low - 1e-6) <= found.minutes < max(floor, high) + 1
    assert found.people == len(seen)


@given(MINUTES, st.integers(1, 90), st.integers(0, 59), st.integers(1, 30))
def test_longer_services_never_make_a_shorter_booking(
    seen: list[int], declared: int, place: int, more: int
) -> None:
    if seen:
        longer = [*seen]
        longer[place % len(seen)] += more
        assert length_of(longer, declared).minutes >= length_of(seen, declared).minutes


@given(st.integers(1, 180))
def test_without_a_past_it_is_as_declared(declared: int) -> None:
    found = length_of([], declared)
    assert (found.minutes, found.source, found.factor) == (declared, LengthSource.DECLARED, 1.0)
    assert found.sentence == f"市の設定 {declared}分"


@given(MINUTES, st.integers(1, 90))
def test_a_pinned_length_is_as_declared_whatever_was_seen(seen: list[int], declared: int) -> None:
    found = length_of(seen, declared, pinned=True)
    assert (found.minutes, found.source, found.factor) == (declared, LengthSource.PINNED, 1.0)
    assert "固定" in found.sentence


@given(MINUTES, st.lists(st.integers(1, 30), min_size=1, max_size=4))
def test_a_bundle_is_stretched_as_its_service_is(seen: list[int], procedures: list[int]) -> None:
    found = length_of(seen)
    decided = [("moving", one) for one in procedures]
    (plain,), (part,) = bundle(decided=decided), bundle(decided=decided, lengths={"moving": found})
    if not seen:
        assert part == plain
    floor = min(SHORTEST_MINUTES, plain.minutes)
    assert part.minutes == max(floor, -(-round(plain.minutes * found.factor * 1e6) // 1_000_000))
    assert quarters_for((part,)) * 15 >= part.minutes


def test_what_was_kept_before_people_were_counted_is_still_read() -> None:
    kept = as_kept(learned_from([30] * 9))
    assert from_kept(kept).people == {KEY: 9}
    del kept["people"]
    assert from_kept(kept).people == {}


@pytest.fixture
def offered() -> Iterator[Offer]:
    yield plan()


def keep(seen: list[int], *, day: date = TODAY, branch: str = "main") -> None:
    state = learned_from(seen, 25, day)
    LearnedWaitsRow.objects.create(branch=branch, day=day, state=as_kept(state), made_at=NOW)


@pytest.mark.django_db
def test_the_first_day_of_an_office_is_as_declared(offered: Offer) -> None:
    found = lengths(branch="main", offered=offered, now=NOW)
    assert {key: one.minutes for key, one in found.items()} == {"moving": 25, "papers": 5, "tax": 5}
    assert offered_with(offered, found) == offered


@pytest.mark.django_db
def test_the_newest_morning_of_the_branch_counts_and_no_later_one(offered: Offer) -> None:
    keep([60] * 40, day=TODAY - timedelta(days=3))
    keep([40] * 40)
    keep([90] * 40, day=TODAY + timedelta(days=1))
    keep([1] * 40, branch="north")
    found = lengths_everywhere(branches=("main", "north"), offered=offered, now=NOW)
    assert found["main"]["moving"].people == 40 and 36 < found["main"]["moving"].minutes <= 40
    assert found["main"]["moving"].sentence == (
        f"市の設定 25分 / 実績から {found['main']['moving'].minutes}分（n=40）"
    )
    assert found["main"]["papers"].source is LengthSource.DECLARED
    assert found["north"]["moving"].source is LengthSource.DECLARED  # north does not serve it


@pytest.mark.django_db
def test_a_booking_is_made_in_the_learned_length_and_keeps_it(offered: Offer) -> None:
    def booked(request: str, quarter: int) -> BookingRow:
        known = offered_with(offered, lengths(branch="main", offered=offered, now=cast.NOW))
        made = reserving.hold(
            offered=known,
            branch="main",
            parts=visit_of(offered=known, services=["moving"]),
            day=TODAY + timedelta(days=1),
            quarter=quarter,
            owner=request,
            request=request,
            channel="web",
            now=cast.NOW,
        )
        return BookingRow.objects.get(number=made.number)

    first = booked("first", 36)
    assert first.quarters == 2
    keep([44] * 90)
    second = booked("second", 40)
    assert second.quarters == 3
    reserving.confirm(number=first.number, now=cast.NOW)
    moved = reserving.change(offered=offered, number=first.number, day=first.day, quarter=52, now=cast.NOW)
    assert moved.minutes == 30 and moved.parts == (VisitPart("moving", 25),)
    pin(branch="main", service="moving", offered=offered, by=SETTER, now=NOW)
    second.refresh_from_db()
    assert second.quarters == 3 and booked("third", 56).quarters == 2


@pytest.mark.django_db
def test_pinning_and_letting_go_are_acts_of_the_audit_and_count_once(offered: Offer) -> None:
    keep([44] * 90)
    for _ in range(2):
        pin(branch="main", service="moving", offered=offered, by=SETTER, now=NOW)
    found = lengths(branch="main", offered=offered, now=NOW)["moving"]
    assert found.minutes == 25 and "実績では" in found.sentence and "n=90" in found.sentence
    for _ in range(2):
        let_go(branch="main", service="moving", by=SETTER, now=NOW)
    assert lengths(branch="main", offered=offered, now=NOW)["moving"].minutes > 25
    acts = (
        EntryRow.objects.filter(activity__startswith="length_")
        .order_by("pk")
        .values_list("activity", flat=True)
    )
    assert list(acts) == ["length_pinned", "length_let_go"]


@pytest.mark.django_db
def test_only_what_the_branch_serves_can_be_pinned(offered: Offer) -> None:
    with pytest.raises(NoSuchService):
        pin(branch="main", service="nothing", offered=offered, by=SETTER, now=NOW)
    with pytest.raises(NotOffered):
        pin(branch="north", service="moving", offered=offered, by=SETTER, now=NOW)
    assert not PinnedLengthRow.objects.exists()


def test_a_length_below_the_floor_is_never_offered() -> None:
    assert length_of([1] * 60, 20).minutes == SHORTEST_MINUTES
    assert replace(length_of([1] * 60, 20), pinned=True).minutes == 20

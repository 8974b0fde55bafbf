"""The order of a queue holds whatever comes: nobody is lost, nobody starves, an early booking is not called."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.cast import NOW

from madoguchi.booking.tickets.order import (
    QueueRules,
    Waiting,
    Why,
    order,
    overtaken_by,
    place_of_returned,
)
from madoguchi.booking.tickets.states import Priority

MINUTES = st.integers(0, 120)
RULES = st.builds(
    QueueRules, st.integers(0, 4), st.integers(0, 10), st.integers(0, 20), st.integers(0, 3), st.just(True)
)


@st.composite
def waiting(draw: st.DrawFn, serial: int = 0) -> Waiting:
    arrived = NOW + timedelta(minutes=draw(MINUTES))
    booked = draw(st.none() | MINUTES)
    priority = draw(st.sampled_from(Priority))
    if priority is Priority.BOOKED and booked is None:
        priority = Priority.WALK_IN
    return Waiting(
        ticket=f"t{serial}",
        serial=serial,
        priority=priority,
        arrived_at=arrived,
        place_at=arrived + timedelta(minutes=draw(st.sampled_from([0, 0, 0, 5, 40]))),
        booked_for=None if booked is None else NOW + timedelta(minutes=booked),
        overtaken=draw(st.integers(0, 5)),
    )


@st.composite
def halls(draw: st.DrawFn) -> list[Waiting]:
    return [draw(waiting(serial=serial)) for serial in range(draw(st.integers(0, 12)))]


@given(halls(), RULES, MINUTES)
def test_everybody_stands_in_the_order_exactly_once_whichever_way_they_are_given(
    hall: list[Waiting], rules: QueueRules, minutes: int
) -> None:
    now = NOW + timedelta(minutes=minutes)
    placed = order(hall, rules=rules, now=now)
    assert sorted(one.waiting.serial for one in placed) == [one.serial for one in hall]
    assert order(list(reversed(hall)), rules=rules, now=now) == placed


@given(halls(), RULES, MINUTES)
def test_no_booking_is_due_before_its_time_and_those_not_due_stand_last(
    hall: list[Waiting], rules: QueueRules, minutes: int
) -> None:
    now = NOW + timedelta(minutes=minutes)
    placed = order(hall, rules=rules, now=now)
    for one in placed:
        if one.due and one.why in (Why.BOOKED, Why.ENOUGH) and one.waiting.priority is Priority.BOOKED:
            booked = one.waiting.booked_for
            assert booked is not None
            late = one.waiting.arrived_at > booked + timedelta(minutes=rules.late_minutes)
            assert late or now >= booked - timedelta(minutes=rules.early_minutes)
    dues = [one.due for one in placed]
    assert dues == sorted(dues, reverse=True)


@given(halls(), RULES, MINUTES)
def test_whoever_was_passed_often_enough_is_passed_by_nobody_who_was_ready_later(
    hall: list[Waiting], rules: QueueRules, minutes: int
) -> None:
    placed = order(hall, rules=rules, now=NOW + timedelta(minutes=minutes))
    if placed and placed[0].due:
        passed = {one for one in hall if one.ticket in overtaken_by(placed[0], placed)}
        assert all(one.overtaken < rules.most_overtakings for one in passed)


@given(halls(), RULES)
def test_nobody_starves_however_many_of_the_better_lines_keep_coming(
    hall: list[Waiting], rules: QueueRules
) -> None:
    """Two in need of care come for each one who is called; everyone is still called within a bound."""
    now = NOW + timedelta(minutes=400)
    left = [replace(one, overtaken=0) for one in hall]
    patience = (len(left) + 1) * (rules.most_overtakings + 2) + 5
    serial = 100
    waited_for = {one.ticket for one in left}
    for _ in range(patience):
        if not waited_for:
            break
        for _ in range(2):
            serial += 1
            now += timedelta(seconds=1)
            left.append(Waiting(f"c{serial}", serial, Priority.CARE, now, now))
        placed = order(left, rules=rules, now=now)
        chosen = placed[0]
        passed = overtaken_by(chosen, placed)
        left = [
            replace(one, overtaken=one.overtaken + 1) if one.ticket in passed else one
            for one in left
            if one.ticket != chosen.waiting.ticket
        ]
        waited_for.discard(chosen.waiting.ticket)
        assert max((one.overtaken for one in left), default=0) <= rules.most_overtakings
    assert not waited_for


@given(halls(), RULES)
def test_walk_ins_are_called_in_the_order_in_which_they_came(hall: list[Waiting], rules: QueueRules) -> None:
    walk_ins = [replace(one, priority=Priority.WALK_IN, place_at=one.arrived_at) for one in hall]
    placed = order(walk_ins, rules=rules, now=NOW + timedelta(hours=9))
    came = [(one.waiting.arrived_at, one.waiting.serial) for one in placed]
    assert came == sorted(came)


@given(halls(), RULES, waiting(serial=99))
def test_one_who_missed_the_call_goes_behind_as_many_as_the_rule_says_and_no_more(
    hall: list[Waiting], rules: QueueRules, missed: Waiting
) -> None:
    now = NOW + timedelta(minutes=400)
    fresh = [replace(one, overtaken=0, booked_for=None, priority=Priority.WALK_IN) for one in hall]
    back = replace(missed, overtaken=0, booked_for=None, priority=Priority.WALK_IN)
    many = replace(rules, most_overtakings=100)
    before = order(fresh, rules=many, now=now)
    place = place_of_returned(back, before, rules=many, now=now)
    assert place >= back.place_at
    after = order([*fresh, replace(back, place_at=place)], rules=many, now=now)
    at = [one.waiting.ticket for one in after].index(back.ticket)
    ready_earlier = sum(one.ready_at < back.place_at for one in before)
    assert min(rules.returns_after, len(fresh)) <= at <= max(rules.returns_after, ready_earlier + len(fresh))
    if rules.returns_after <= len(fresh) and back.place_at <= min(
        (one.place_at for one in fresh), default=back.place_at
    ):
        same_moment = sum(one.ready_at == before[rules.returns_after - 1].ready_at for one in before)
        assert rules.returns_after == 0 or at <= rules.returns_after + same_moment

"""The simulator plays the same days for the same seed, and an office's rules hold in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import cache
from itertools import islice

from madoguchi.booking.tickets.states import Priority, StepState
from madoguchi.booking.waits.office_days import SimulatedDay, simulated_days
from madoguchi.booking.waits.parameters import municipal_day

FIRST = date(2026, 9, 1)


MOST = 40


@cache
def _played(seed: int) -> tuple[list[SimulatedDay], Iterator[SimulatedDay]]:
    """What was asked for so far, and the rest, which is played when somebody asks for it."""
    return [], simulated_days(municipal_day(), seed=seed, first=FIRST, days=MOST)


def days(seed: int = 4, count: int = 8) -> tuple[SimulatedDay, ...]:
    there, rest = _played(seed)
    there += islice(rest, max(0, count - len(there)))
    return tuple(there[:count])


def test_the_same_seed_plays_the_same_days_and_another_seed_others() -> None:
    again = tuple(simulated_days(municipal_day(), seed=4, first=FIRST, days=2))
    assert again == days()[:2]
    assert tuple(simulated_days(municipal_day(), seed=2, first=FIRST, days=2)) != again


def test_only_open_days_are_played() -> None:
    assert [one.day.weekday() < 5 for one in days()] == [True] * 8
    assert date(2026, 9, 21) not in {one.day for one in days(count=16)}  # 敬老の日


def test_no_desk_holds_two_people_at_once() -> None:
    for day in days():
        for visit in day.visits:
            at_desks = [one.desk for one in visit.seen.steps if one.state is StepState.SERVING]
            assert len(at_desks) == len(set(at_desks))


def test_whoever_takes_a_number_is_in_the_queue_that_they_saw_or_at_a_desk() -> None:
    for day in days():
        for visit in day.visits:
            assert visit.label in {one.label for one in visit.seen.steps}
            positions = [one.position for one in visit.seen.waiting(visit.lane)]
            assert positions == list(range(1, len(positions) + 1))


def test_of_two_of_one_line_who_stay_the_earlier_is_called_first() -> None:
    for day in days():
        walk_ins = [one for one in day.visits if one.priority is Priority.WALK_IN and one.lane == "tax"]
        called = [one.called_at for one in walk_ins if one.called_at is not None]
        assert called == sorted(called)


def test_there_are_fewer_desks_at_noon_and_a_peak_in_the_morning() -> None:
    for day in days():
        desks = {one.begins: one.desks for one in day.planned["residents"]}
        assert desks[time(12)] < desks[time(10)]
    hours = [one.arrived_at.hour for day in days() for one in day.visits]
    assert hours.count(10) > hours.count(15)


def test_some_give_their_number_back_and_some_are_not_there_when_called() -> None:
    gone = [one for day in days() for one in day.visits if one.called_at is None]
    assert gone and all(one.left_at is not None for one in gone)
    assert any(not one.came for day in days() for one in day.served)


def test_a_booking_is_never_called_before_its_time() -> None:
    for day in days():
        for visit in day.visits:
            own = next(one for one in visit.seen.steps if one.label == visit.label)
            if visit.priority is Priority.BOOKED and visit.called_at is not None:
                assert own.booked_for is not None and visit.called_at >= own.booked_for


def test_services_change_speed_slowly_over_the_weeks() -> None:
    def pace(of: tuple[SimulatedDay, ...]) -> float:
        came = [one.minutes for day in of for one in day.served if one.came and one.service == "certificates"]
        return sum(came) / len(came)

    moved = []
    for seed in (4,):
        played = days(seed, MOST)
        moved.append(abs(pace(played[:10]) / pace(played[-10:]) - 1))
        assert played[-1].day - played[0].day > timedelta(weeks=7)
    assert max(moved) > 0.05

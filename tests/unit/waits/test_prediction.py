"""What is told to whoever waits: from the first ticket on, by the desks planned, always a band; learned by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.booking.hours import Quarter
from madoguchi.booking.tickets.states import DeskState, Priority, StepState
from madoguchi.booking.tickets.values import BranchNow, DeskNow, QueuedStep
from madoguchi.booking.waits.learned import JAPAN, PRIOR_CALLS, LearnedWaits, learn
from madoguchi.booking.waits.prediction import NotWaiting, estimate
from madoguchi.booking.waits.showing import LARGEST_RISE, RiseReason, ShownWait, to_show
from madoguchi.booking.waits.values import EstimateMethod, ServedCall, ToldWait, WaitEstimate

TEN = datetime(2026, 11, 9, 10, tzinfo=JAPAN)
DECLARED = {"moving": 20.0, "papers": 5.0}
KEYS = {("residents", key): minutes for key, minutes in DECLARED.items()}
EVEN = tuple(Quarter(number, 2, 0) for number in range(34, 69))
LUNCH = tuple(Quarter(one.number, 1 if 48 <= one.number < 52 else 2, 0) for one in EVEN)


def step(label: str, service: str = "papers", *, position: int | None = None, **more: object) -> QueuedStep:
    plain = QueuedStep(
        label, label, 0, service, "residents", StepState.WAITING, Priority.WALK_IN, TEN, TEN, None, "", None,
        None, 0, position, 0, "ja",
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]  # a test names its own fields


def queue(steps: Sequence[QueuedStep], desks: int = 2, at: datetime = TEN) -> BranchNow:
    place = count(1)
    placed = [replace(one, position=next(place)) if one.state is StepState.WAITING else one for one in steps]
    there = [
        DeskNow(f"desk{number}", "", ("residents",), DeskState.OPEN, "", None, None, None)
        for number in range(desks)
    ]
    return BranchNow("main", at, 1, tuple(placed), tuple(there))


def told(now: BranchNow, ticket: str, plan: tuple[Quarter, ...] = EVEN) -> WaitEstimate:
    return estimate(now=now, ticket=ticket, planned=plan, declared=DECLARED, learned=LearnedWaits())


def busy(label: str, minutes: float, service: str = "papers", at: datetime = TEN) -> QueuedStep:
    began = at - timedelta(minutes=minutes)
    return step(label, service, state=StepState.SERVING, desk=label, called_at=began, started_at=began)


def test_the_first_ticket_of_a_new_office_gets_a_band_by_declared_minutes() -> None:
    now = queue([busy("B1", 0), busy("B2", 0), step("A1"), step("A2"), step("A3")])
    found = told(now, "A3")
    assert found.method is EstimateMethod.DECLARED
    assert (found.work, found.ahead, found.desks) == (600, 2, 2)
    assert found.low < found.middle < found.high


def test_the_mix_of_services_counts_and_not_only_the_heads() -> None:
    papers = told(queue([busy("B1", 0), busy("B2", 0), step("A1"), step("A2"), step("A3")]), "A3")
    moving = told(
        queue([busy("B1", 0), busy("B2", 0), *(step(f"A{n}", "moving") for n in (1, 2)), step("A3")]), "A3"
    )
    assert moving.ahead == papers.ahead
    assert moving.work > papers.work + 600


def test_fewer_desks_at_noon_make_the_wait_longer_before_noon_comes() -> None:
    quarter_to = TEN.replace(hour=11, minute=45)
    steps = [busy("B1", 0, "moving", quarter_to), busy("B2", 0, "moving", quarter_to)]
    now = queue([*steps, *(step(f"A{n}", "moving") for n in range(4))], at=quarter_to)
    assert told(now, "A3", LUNCH).work > told(now, "A3", EVEN).work + 600


def test_what_has_lasted_long_will_last_less() -> None:
    assert (
        told(queue([busy("B1", 4), step("A1")], 1), "A1").work
        < told(queue([busy("B1", 0), step("A1")], 1), "A1").work
    )


def test_a_booking_that_is_not_due_waits_for_its_time_and_then_goes_first() -> None:
    due = TEN + timedelta(minutes=12)
    walk_ins = [step(f"A{n}") for n in range(12)]
    now = queue(
        [busy("B1", 0), busy("B2", 0), *walk_ins, step("C1", priority=Priority.BOOKED, booked_for=due)]
    )
    assert 720 <= told(now, "C1").work <= 720 + 300
    without = queue([busy("B1", 0), busy("B2", 0), *walk_ins])
    assert told(now, "A11").work > told(without, "A11").work


def test_with_no_desk_open_there_is_still_an_answer() -> None:
    assert told(queue([step("A1"), step("A2")], 0), "A2").work == 300


def test_one_who_does_not_wait_is_refused_with_a_sentence() -> None:
    with pytest.raises(NotWaiting, match="B1"):
        told(queue([busy("B1", 0), step("A1")]), "B1")


@given(st.integers(0, 40), st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.booleans())
def test_there_is_always_a_band_in_order(
    ahead: int, desks: int, hour: int, minute: int, planned: bool
) -> None:
    at = TEN.replace(hour=hour, minute=minute)
    now = queue(
        [*(step(f"A{n}", "moving" if n % 3 else "papers") for n in range(ahead)), step("Z")], desks, at
    )
    found = told(now, "Z", LUNCH if planned else ())
    assert 0 <= found.low <= found.middle <= found.high
    low, high = found.minutes
    assert low * 60 <= found.middle + 300 and found.high <= high * 60 and low < high
    assert found.ahead == ahead


def served(minutes: float, times: int, day: date) -> list[ServedCall]:
    return [ServedCall("residents", "papers", day, minutes) for _ in range(times)]


def after(calls: list[ServedCall], day: date = date(2026, 11, 10)) -> LearnedWaits:
    return learn(before=LearnedWaits(), day=day, served=calls, told=[], declared=KEYS)


def test_few_calls_leave_the_declared_minutes_and_many_replace_them() -> None:
    monday = date(2026, 11, 9)
    assert after([]).minutes["residents", "papers"] == 5
    few = after(served(10, 2, monday)).minutes["residents", "papers"]
    many = after(served(10, 500, monday)).minutes["residents", "papers"]
    assert 5 < few < 6 < 9.8 < many < 10
    assert after(served(10, 500, monday)).minutes["residents", "moving"] == 20
    assert PRIOR_CALLS > 2


def test_recent_days_weigh_more_and_the_day_itself_is_not_looked_at() -> None:
    old, new = date(2026, 9, 9), date(2026, 11, 9)
    one = after([*served(4, 100, old), *served(8, 100, new)]).minutes["residents", "papers"]
    assert one > 7
    assert after(served(90, 100, date(2026, 11, 10))).minutes["residents", "papers"] == 5


def wait(day: int, realised: float | None, work: int = 600) -> ToldWait:
    shown = WaitEstimate(400, 600, 800, 3, 2, EstimateMethod.DECLARED, work)
    return ToldWait("residents", "papers", False, TEN.replace(day=day), shown, realised)


def test_the_band_follows_what_came_of_such_waits_and_leaves_out_those_who_left() -> None:
    longer = [wait(9, 1200 + 10 * n) for n in range(60)]
    known = learn(before=LearnedWaits(), day=date(2026, 11, 10), served=[], told=longer, declared=KEYS)
    low, middle, high = known.misses("residents", 3, 10)
    assert 0.3 < low < middle < high
    left = learn(
        before=LearnedWaits(), day=date(2026, 11, 10), served=[], told=[wait(9, None)] * 60, declared=KEYS
    )
    assert left.misses("residents", 3, 10) == LearnedWaits().misses("residents", 3, 10)


def test_a_day_with_too_many_outside_widens_the_band() -> None:
    late = learn(
        before=LearnedWaits(), day=date(2026, 11, 10), served=[], told=[wait(9, 5000)] * 20, declared=KEYS
    )
    within = learn(
        before=LearnedWaits(), day=date(2026, 11, 10), served=[], told=[wait(9, 600)] * 20, declared=KEYS
    )
    assert late.tails[1] < LearnedWaits().tails[1] < within.tails[1]
    again = learn(before=late, day=date(2026, 11, 11), served=[], told=[wait(9, 5000)] * 20, declared=KEYS)
    assert again.tails == late.tails, "a day counts once"


def shown(low: int, middle: int, high: int, *, ahead: int = 5, desks: int = 2) -> WaitEstimate:
    return WaitEstimate(low, middle, high, ahead, desks, EstimateMethod.LEARNED, middle)


def first() -> ShownWait:
    return to_show(None, 0, shown(300, 600, 900))


@pytest.mark.parametrize(
    ("new", "seconds", "reason"),
    [
        (shown(600, 1200, 1800, desks=1), 10, RiseReason.DESK_CLOSED),
        (shown(600, 1200, 1800, ahead=7), 10, RiseReason.PRIORITY),
        (shown(600, 1200, 1800), 300, RiseReason.LONGER_SERVICE),
        (shown(400, 880, 1190), 10, RiseReason.NONE),
    ],
)
def test_a_rise_is_shown_with_the_reason_that_can_be_seen(
    new: WaitEstimate, seconds: int, reason: RiseReason
) -> None:
    found = to_show(first(), seconds, new)
    assert (found.estimate, found.reason) == (new, reason)
    assert bool(reason.sentence) is (reason is not RiseReason.NONE)


def test_a_rise_that_nothing_explains_is_shown_five_minutes_at_most() -> None:
    found = to_show(first(), 10, shown(1000, 2000, 3000, ahead=4))
    assert found.reason is RiseReason.NONE
    assert (found.estimate.middle, found.estimate.high) == (900, 1200)


SHOWN = st.builds(
    lambda parts, ahead, desks: shown(*sorted(parts), ahead=ahead, desks=desks),
    st.tuples(*[st.integers(0, 9000)] * 3),
    st.integers(0, 9),
    st.integers(1, 4),
)


@given(st.lists(st.tuples(SHOWN, st.integers(0, 600)), min_size=1, max_size=12))
def test_no_row_of_estimates_rises_by_more_than_five_minutes_unsaid(
    row: list[tuple[WaitEstimate, int]],
) -> None:
    last: ShownWait | None = None
    least = (10**9, 10**9, 10**9)
    for new, seconds in row:
        last = to_show(last, seconds, new)
        found = last.estimate
        assert found.low <= found.middle <= found.high
        told = (found.minutes[0] * 60, found.middle, found.minutes[1] * 60)
        if last.reason is not RiseReason.NONE:
            least = told
        assert all(now <= before + LARGEST_RISE for now, before in zip(told, least, strict=True))
        least = (min(told[0], least[0]), min(told[1], least[1]), min(told[2], least[2]))

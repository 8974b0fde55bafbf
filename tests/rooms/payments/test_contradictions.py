"""A provider that contradicts itself, forgets, is late or silent: what it says is listed, and no yen moves by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.rooms.payments.histories import CLERKS, SOURCE, World
from tests.rooms.payments.paying import begun, given, paid, session_of, well_world

from madoguchi.payments import asking, filing, queries, refunds
from madoguchi.payments.filing import file_due
from madoguchi.payments.models import LedgerRow, OutboxRow, PaymentRow, RefundRow, StepRow
from madoguchi.payments.ports import ProviderUnsure
from madoguchi.payments.repairing import repair
from madoguchi.payments.states import Move, PaymentState
from madoguchi.payments.taking_in import take_in
from madoguchi.payments.telling import SILENT_AT_MOST, ask_provider, tell
from madoguchi.payments.values import Payable, PayLine, RecordContradicts, Truth, truth_of

pytestmark = pytest.mark.django_db


def truth(world: World, number: str) -> Truth:
    return truth_of(world.books.record(number) or {})


def no_answer(**_said: object) -> Any:
    raise ProviderUnsure


@pytest.mark.parametrize(
    "changed",
    [
        lambda said: replace(said, session="another"),
        lambda said: replace(said, moved=(*said.moved, replace(said.moved[0], key="again"))),
        lambda said: replace(said, moved=(replace(said.moved[0], yen=599),)),
    ],
    ids=["another session", "captured twice", "another amount"],
)
def test_what_contradicts_itself_is_refused_whole(changed: Callable[[Truth], Truth]) -> None:
    world = well_world()
    number = paid(world)
    world.books.refund(reference=number, yen=100, key="r", now=world.now)
    said = changed(truth(world, number))
    if said.session != "another":
        said = replace(said, moved=(*said.moved, truth(world, number).moved[-1]))
    with pytest.raises(RecordContradicts):
        take_in(truth=said, now=world.now)
    assert queries.payment(number=number).refunded_yen == 0
    assert LedgerRow.objects.count() == 1


@pytest.mark.parametrize(
    "changed", [{"reference": "R" * 21}, {"session": ""}, {"session": 7}, {"session": "\0"}]
)
def test_a_word_is_never_cut_or_made_up(changed: dict[str, object]) -> None:
    good = {"session": "s", "reference": "R", "phase": "pending", "moved": []}
    assert truth_of(good).session == "s"
    with pytest.raises(ValueError, match="word"):
        truth_of(good | changed)


@pytest.mark.parametrize("key", ["", "k" * 65, None])
def test_two_refunds_never_become_one_by_their_keys(key: object) -> None:
    one = {"move": "refund", "key": key, "yen": 100, "on": "2026-11-09"}
    with pytest.raises(ValueError, match="word"):
        truth_of({"session": "s", "reference": "R", "phase": "pending", "moved": [one]})


def test_a_cancel_that_came_before_the_session_is_told_again_after_it() -> None:
    """The session's order timed out before it arrived; meanwhile nobody owes it any more."""
    world = well_world()
    number = asking.begin(asked=given(world).number, key="p", come_back="/pay/", now=world.now)
    create, world.create_session = world.create_session, no_answer  # type: ignore[method-assign]  # a line of the test's own
    tell(provider=world, payment=number, now=world.now)
    asking.withdraw(source=SOURCE, reference="case/1", by=CLERKS[0], now=world.now)
    tell(provider=world, payment=number, now=world.now)
    world.create_session = create  # type: ignore[method-assign]  # a line of the test's own
    world.sweep_until_quiet()
    assert [one[3] for one in world.books.sessions()] == ["failed"], "nobody may pay there"
    assert queries.payment(number=number).state is PaymentState.FAILED


def test_a_session_that_the_provider_forgot_keeps_nobody_from_paying() -> None:
    world = well_world()
    number = begun(world)
    world.fetch = lambda *, reference: None  # type: ignore[method-assign]  # a line of the test's own
    ask_provider(provider=world, payment=number, now=world.now)
    assert queries.payment(number=number).state is PaymentState.FAILED
    assert begun(world, key="again") != number


def test_a_session_that_is_not_made_yet_is_not_forgotten() -> None:
    world = well_world()
    number = asking.begin(asked=given(world).number, key="p", come_back="/pay/", now=world.now)
    ask_provider(provider=world, payment=number, now=world.now)
    assert queries.payment(number=number).state is PaymentState.CREATED


def test_a_refund_that_the_provider_does_later_is_asked_about_until_it_is_done() -> None:
    world = well_world()
    number = paid(world)
    refund = refunds.ask_refund(payment=number, yen=200, reason="r", by=CLERKS[0], now=world.now)
    refunds.approve_refund(refund=refund, by=CLERKS[1], now=world.now)
    key, give_back = RefundRow.objects.get().key, world.books.refund
    world.refund = lambda **_said: truth(world, number)  # type: ignore[method-assign]  # "taken", and nothing moves yet
    world.sweep_until_quiet()
    assert queries.payment(number=number).promised_yen == 200
    give_back(reference=number, yen=200, key=key, now=world.now)
    world.now += timedelta(hours=1)
    world.sweep_until_quiet()
    assert (queries.payment(number=number).refunded_yen, RefundRow.objects.get().state) == (200, "done")
    assert PaymentRow.objects.get().look_at is None


def test_a_line_that_is_down_does_not_hold_up_the_round() -> None:
    world = well_world()
    for n in range(SILENT_AT_MOST + 4):
        more = Payable(SOURCE, f"more/{n}", "証明書の手数料", (PayLine("1通", 300),), "owner")
        world.desk.owed[more.reference] = more
        asked = asking.ask(payable=more, by=CLERKS[0], now=world.now)
        asking.begin(asked=asked.number, key=f"k{n}", come_back="", now=world.now)
    calls: list[str] = []
    create = world.create_session

    def silent(**said: Any) -> Any:
        calls.append(said["reference"])
        raise ProviderUnsure

    world.create_session = silent  # type: ignore[method-assign]  # a line of the test's own
    tell(provider=world, now=world.now)
    assert len(calls) == SILENT_AT_MOST
    tell(provider=world, now=world.now)
    assert len(set(calls)) == 2 * SILENT_AT_MOST, "whoever had to wait is not told first again"
    PaymentRow.objects.update(look_at=world.now)
    world.fetch = silent  # type: ignore[method-assign]  # a line of the test's own
    calls.clear()
    repair(provider=world, ports=world.ports, now=world.now + timedelta(seconds=1))
    assert len(calls) <= 3 * SILENT_AT_MOST
    world.create_session = create  # type: ignore[method-assign]  # a line of the test's own
    del world.fetch
    world.sweep_until_quiet()
    assert not OutboxRow.objects.filter(due_at__isnull=False).exists()


def test_one_that_cannot_be_filed_keeps_nobody_else_back() -> None:
    world = well_world()
    number = begun(world)
    more = Payable(SOURCE, "case/2", "証明書の手数料", (PayLine("1通", 300),), "owner")
    world.desk.owed["case/2"] = more
    asked = asking.ask(payable=more, by=CLERKS[0], now=world.now)
    other = asking.begin(asked=asked.number, key="other", come_back="", now=world.now)
    tell(provider=world, payment=other, now=world.now)
    for one in (number, other):
        world.books.choose(session=session_of(world, one), way="wallet", now=world.now)
        take_in(truth=truth(world, one), now=world.now)
    file = world.desk.file

    def broken(*, reference: str, **said: Any) -> Any:
        if reference == "case/1":
            raise AttributeError(reference)
        return file(reference=reference, **said)

    world.desk.file = broken  # type: ignore[method-assign]  # a line of the test's own
    assert file_due(ports=world.ports, now=world.now) == 1
    assert world.desk.paid == {"case/2": other}
    assert [one.number for one in queries.paid_not_filed()] == [number]


@pytest.mark.parametrize("table", [LedgerRow, StepRow])
def test_what_was_booked_is_never_changed_or_taken_away(table: Any) -> None:
    world = well_world()
    paid(world)
    for act in (lambda: table.objects.update(at=world.now), lambda: table.objects.all().delete()):
        with pytest.raises(DatabaseError, match="書き足すだけ"), transaction.atomic():
            act()
    assert table.objects.filter(payment__bookings__move=Move.CAPTURE.value).exists()


def test_what_another_worker_filed_meanwhile_is_not_filed_again() -> None:
    world = well_world()
    number = paid(world)
    again: list[str] = []
    world.desk.file = lambda *, reference, **_said: again.append(reference)  # type: ignore[method-assign, assignment]  # listens
    assert filing._file(number, world.ports, world.now) is False
    assert again == []

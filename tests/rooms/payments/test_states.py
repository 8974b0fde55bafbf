"""What may follow what, one living payment for one thing, and amounts that the database itself holds."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.rooms.payments.histories import CLERKS, SOURCE
from tests.rooms.payments.paying import THINGS, begun, given, paid, session_of, well_world

from madoguchi.payments import asking, queries, refunds
from madoguchi.payments.filing import file_due
from madoguchi.payments.models import LedgerRow, OutboxRow, PaymentRow, RefundRow
from madoguchi.payments.repairing import repair
from madoguchi.payments.states import FOLLOWS, FilingState, Move, PaymentState, Phase
from madoguchi.payments.taking_in import step, take_in
from madoguchi.payments.telling import tell
from madoguchi.payments.values import (
    AlreadyPaid,
    Moved,
    NoLongerToPay,
    NoSuchPayment,
    NotThatState,
    Payable,
    PayLine,
    PaymentRefused,
    RefundNotPossible,
    Truth,
    truth_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
EVERY_STEP = [(before, after) for before in PaymentState for after in PaymentState]


@pytest.mark.parametrize(("before", "after"), EVERY_STEP)
def test_what_is_not_in_the_table_is_refused(before: PaymentState, after: PaymentState) -> None:
    world = well_world()
    number = begun(world)
    money = 0 if before.value in ("created", "authorised", "failed") else 600
    PaymentRow.objects.filter(number=number).update(state=before.value, captured_yen=money)
    row = PaymentRow.objects.get(number=number)
    if after in FOLLOWS[before]:
        step(
            row, after, now=world.now, captured_yen=600 if after.value in ("captured", "refunded") else money
        )
        assert queries.payment(number=number).state is after
    else:
        with pytest.raises(NotThatState):
            step(row, after, now=world.now)
        assert queries.payment(number=number).state is before


def test_the_same_press_is_one_payment_and_another_press_finds_it() -> None:
    world = well_world()
    first = begun(world)
    assert begun(world) == first
    assert begun(world, key="another press") == first
    assert len(world.books.sessions()) == 1


def test_a_second_living_payment_is_refused_by_the_database() -> None:
    world = well_world()
    row = PaymentRow.objects.get(number=begun(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRow.objects.create(
            number="SECOND22", key="k2", payable=row.payable, yen=600, come_back="", made_at=world.now,
            changed_at=world.now,
        )  # fmt: skip


def test_what_is_paid_is_not_paid_again() -> None:
    world = well_world()
    paid(world)
    with pytest.raises(AlreadyPaid):
        asking.begin(asked=given(world).number, key="later", come_back="", now=world.now)
    assert world.desk.paid == {"case/1": PaymentRow.objects.get().number}


def test_a_card_is_authorised_first_and_captured_once() -> None:
    world = well_world()
    number = paid(world, way="card")
    assert queries.payment(number=number).state is PaymentState.CAPTURED
    assert [one[2] for one in world.books.movements()] == ["capture"]
    assert [row.state for row in PaymentRow.objects.get().steps.order_by("nth")] == [
        "created", "authorised", "captured",
    ]  # fmt: skip


def test_after_a_failure_one_may_pay_again() -> None:
    world = well_world()
    first = begun(world)
    world.books.choose(session=session_of(world, first), way="decline", now=world.now)
    world.sweep_until_quiet()
    assert queries.payment(number=first).state is PaymentState.FAILED
    assert begun(world, key="again") != first


def test_money_that_comes_after_a_failure_is_not_forgotten_and_goes_back_when_it_is_too_much() -> None:
    """A provider that captures what it called failed: the first while a second is paid."""
    world = well_world()
    first = begun(world)
    take_in(truth=Truth(session_of(world, first), first, Phase.FAILED, ()), now=world.now)
    second = begun(world, key="again")
    world.books.choose(session=session_of(world, second), way="wallet", now=world.now)
    world.books.choose(session=session_of(world, first), way="shop", now=world.now)
    take_in(truth=truth_of(world.books.record(second) or {}), now=world.now)
    take_in(truth=truth_of(world.books.record(first) or {}), now=world.now)
    assert queries.payment(number=first).surplus
    world.sweep_until_quiet()
    assert queries.payment(number=first).state is PaymentState.REFUNDED
    assert world.desk.paid == {"case/1": second}


def test_what_nobody_owes_any_more_is_stopped_or_goes_back() -> None:
    world = well_world()
    number = begun(world)
    world.desk.owed.clear()
    asking.withdraw(source=SOURCE, reference="case/1", by=CLERKS[0], now=world.now)
    world.books.choose(session=session_of(world, number), way="wallet", now=world.now)
    world.sweep_until_quiet()
    one = queries.payment(number=number)
    assert (one.state, one.filing) == (PaymentState.REFUNDED, FilingState.REFUSED)
    with pytest.raises(NoLongerToPay):
        asking.begin(asked=given(world).number, key="x", come_back="", now=world.now)


def test_a_refund_that_nobody_approved_does_not_keep_money_here_that_cannot_be_filed() -> None:
    world = well_world()
    number = begun(world)
    world.books.choose(session=session_of(world, number), way="wallet", now=world.now)
    take_in(truth=truth_of(world.books.record(number) or {}), now=world.now)
    refunds.ask_refund(payment=number, yen=100, reason="r", by=CLERKS[0], now=world.now)
    world.desk.owed.clear()
    world.sweep_until_quiet()
    assert queries.payment(number=number).state is PaymentState.REFUNDED
    assert queries.paid_not_filed() == ()


def test_another_amount_is_not_filed_and_goes_back() -> None:
    world = well_world()
    number = begun(world)
    truth = Truth(
        session_of(world, number), number, Phase.PENDING, (Moved(Move.CAPTURE, "", 100, date(2026, 11, 9)),)
    )
    take_in(truth=truth, now=world.now)
    assert queries.payment(number=number).filing is FilingState.REFUSED
    assert RefundRow.objects.get().yen == 100
    assert world.desk.paid == {}


def test_asking_again_is_the_same_number_and_another_amount_is_refused() -> None:
    world = well_world()
    assert given(world).number == given(world).number
    dearer = Payable(SOURCE, THINGS.reference, THINGS.title, (PayLine("3通", 900),), "owner")
    with pytest.raises(PaymentRefused):
        asking.ask(payable=dearer, by=CLERKS[0], now=world.now)


def test_it_opens_by_number_and_digits_only() -> None:
    asked = given(well_world())
    assert asking.open_by_code(number=asked.number.lower(), code=asked.code) == asked
    for number, code in (
        (asked.number, "0000" if asked.code != "0000" else "1111"),
        ("NOSUCH22", asked.code),
        (asked.number + "\0", asked.code),
    ):
        with pytest.raises(NoSuchPayment):
            asking.open_by_code(number=number, code=code)


def test_a_refund_needs_two() -> None:
    world = well_world()
    number = paid(world)
    refund = refunds.ask_refund(payment=number, yen=200, reason="1通は要らない", by=CLERKS[0], now=world.now)
    with pytest.raises(RefundNotPossible):
        refunds.approve_refund(refund=refund, by=CLERKS[0], now=world.now)
    assert not OutboxRow.objects.filter(command="refund").exists()
    refunds.approve_refund(refund=refund, by=CLERKS[1], now=world.now)
    world.sweep_until_quiet()
    one = queries.payment(number=number)
    assert (one.state, one.refunded_yen, one.promised_yen) == (PaymentState.CAPTURED, 200, 0)
    assert sum(line.yen for line in queries.ledger(payment=number)) == 0


def test_no_more_goes_back_than_came() -> None:
    world = well_world()
    number = paid(world)
    refunds.ask_refund(payment=number, yen=500, reason="r", by=CLERKS[0], now=world.now)
    with pytest.raises(RefundNotPossible, match="100円まで"):
        refunds.ask_refund(payment=number, yen=200, reason="r", by=CLERKS[1], now=world.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRow.objects.filter(number=number).update(refunded_yen=601)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRow.objects.filter(number=number).update(promised_yen=601)


def test_all_back_is_no_longer_paid_and_may_be_paid_again() -> None:
    world = well_world()
    number = paid(world)
    refund = refunds.ask_refund(payment=number, yen=600, reason="r", by=CLERKS[0], now=world.now)
    refunds.approve_refund(refund=refund, by=CLERKS[1], now=world.now)
    world.sweep_until_quiet()
    assert queries.payment(number=number).filing is FilingState.UNDONE
    assert world.desk.paid == {}


def test_the_provider_that_refuses_a_refund_frees_what_was_promised() -> None:
    world = well_world()
    number = paid(world)
    refund = refunds.ask_refund(payment=number, yen=600, reason="r", by=CLERKS[0], now=world.now)
    world.books.refund_by_itself(reference=number, yen=600, now=world.now)
    refunds.approve_refund(refund=refund, by=CLERKS[1], now=world.now)
    world.sweep_until_quiet()
    one = queries.payment(number=number)
    assert (one.state, one.refunded_yen, one.promised_yen) == (PaymentState.REFUNDED, 600, 0)
    assert sum(yen for *_, move, _key, yen in world.books.movements() if move == "refund") == 600


def test_a_dispute_is_listed_and_decided() -> None:
    world = well_world()
    number = paid(world)
    world.books.dispute(reference=number, now=world.now)
    take_in(truth=truth_of(world.books.record(number) or {}), now=world.now)
    assert [one.disputed for one in queries.filed_not_paid(ports=world.ports)] == [True]
    world.books.decide_dispute(reference=number, won=False, now=world.now)
    take_in(truth=truth_of(world.books.record(number) or {}), now=world.now)
    world.sweep_until_quiet()
    assert queries.payment(number=number).state is PaymentState.REFUNDED
    assert world.desk.paid == {}
    assert queries.filed_not_paid(ports=world.ports) == ()


def test_a_capture_is_booked_once_by_the_database() -> None:
    world = well_world()
    paid(world)
    row = LedgerRow.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerRow.objects.create(
            payment=row.payment, move="capture", key="other", debit="provider", credit="fees", yen=1,
            on=row.on, at=row.at,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerRow.objects.create(
            payment=row.payment,
            move="refund",
            key="x",
            debit="fees",
            credit="fees",
            yen=1,
            on=row.on,
            at=row.at,
        )


def test_filed_without_money_is_listed_and_taken_back() -> None:
    world = well_world()
    given(world)
    world.desk.paid["case/1"] = ""
    assert len(queries.filed_not_paid(ports=world.ports)) == 1
    repair(provider=world, ports=world.ports, now=world.now)
    assert world.desk.paid == {}


def test_an_answer_about_another_payment_is_none() -> None:
    world = well_world()
    more = Payable(SOURCE, "case/2", "証明書の手数料", (PayLine("1通", 300),), "owner")
    world.desk.owed["case/2"] = more
    asked = asking.ask(payable=more, by=CLERKS[0], now=world.now)
    other = asking.begin(asked=asked.number, key="other", come_back="", now=world.now)
    number = begun(world)
    about_another = Truth("ses", other, Phase.AUTHORISED, ())
    world.capture = lambda *, reference: about_another  # type: ignore[method-assign]  # a provider that mixes two payments up
    world.books.choose(session=session_of(world, number), way="card", now=world.now)
    take_in(truth=truth_of(world.books.record(number) or {}), now=world.now)
    assert tell(provider=world, payment=number, now=world.now) == 0
    assert queries.payment(number=number).state is PaymentState.AUTHORISED
    assert queries.payment(number=other).state is PaymentState.CREATED
    assert [one.number for one in queries.uncertain(now=world.now)] == [number]


def test_what_cannot_be_filed_is_ordered_back_in_the_same_moment() -> None:
    world = well_world()
    number = begun(world)
    world.books.choose(session=session_of(world, number), way="wallet", now=world.now)
    take_in(truth=truth_of(world.books.record(number) or {}), now=world.now)
    world.desk.owed.clear()
    file_due(ports=world.ports, now=world.now)
    assert [(one.yen, one.by_system) for one in RefundRow.objects.all()] == [(600, True)]
    assert OutboxRow.objects.filter(command="refund", due_at__isnull=False).count() == 1

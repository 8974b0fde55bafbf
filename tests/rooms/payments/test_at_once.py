"""Presses, messages, approvals and rounds of care in the same moment: one payment, one capture, one refund."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from tests.rooms.payments.histories import CLERKS, SECRET, SOURCE
from tests.rooms.payments.paying import begun, given, paid, session_of, well_world

from madoguchi.payments import asking, queries, refunds, webhooks
from madoguchi.payments.filing import file_due
from madoguchi.payments.models import LedgerRow, OutboxRow, PaymentRow, RefundRow
from madoguchi.payments.repairing import repair
from madoguchi.payments.signing import sign
from madoguchi.payments.states import PaymentState
from madoguchi.payments.telling import tell
from madoguchi.payments.values import PaymentRefused

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do all of them in threads of their own that begin together; what went wrong, refusals aside."""
    wrong: list[BaseException] = []
    together = threading.Barrier(len(acts))

    def work(act: Callable[[], object]) -> None:
        together.wait(20)
        try:
            act()
        except PaymentRefused:
            pass
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return wrong


def test_many_presses_are_one_payment_and_one_session() -> None:
    world = well_world()
    asked = given(world).number

    def press(key: str) -> Callable[[], object]:
        def act() -> None:
            number = asking.begin(asked=asked, key=key, come_back="/pay/", now=world.now)
            tell(provider=world, payment=number, now=world.now)

        return act

    assert at_once(*(press(key) for key in ("a", "a", "b", "b", "c", "c"))) == []
    assert PaymentRow.objects.count() == len(world.books.sessions()) == 1


def test_message_care_and_withdrawal_at_once_book_once_and_file_or_give_back() -> None:
    world = well_world()
    number = begun(world)
    world.books.choose(session=session_of(world, number), way="wallet", now=world.now)
    body = world.books.due_events(now=world.now)[0].body
    signature = sign(body, secret=SECRET, at=world.now)

    def hear() -> None:
        webhooks.receive(body=body, signature=signature, secrets=[SECRET], now=world.now)
        file_due(ports=world.ports, now=world.now)

    def care() -> None:
        repair(provider=world, ports=world.ports, now=world.now)

    def withdraw() -> None:
        world.desk.owed.clear()
        asking.withdraw(source=SOURCE, reference="case/1", by=CLERKS[0], now=world.now)

    assert at_once(hear, hear, care, care, withdraw) == []
    world.sweep_until_quiet()
    one = queries.payment(number=number)
    filed = world.desk.paid == {"case/1": number}
    assert one.state is (PaymentState.CAPTURED if filed else PaymentState.REFUNDED)
    assert LedgerRow.objects.filter(move="capture").count() == 1
    moved = sorted(move for _day, _of, move, _key, _yen in world.books.movements())
    assert moved == (["capture"] if filed else ["capture", "refund"])


def test_two_approvals_and_two_askings_at_once_give_back_once() -> None:
    world = well_world()
    number = paid(world)

    def ask() -> None:
        refunds.ask_refund(payment=number, yen=400, reason="r", by=CLERKS[0], now=world.now)

    assert at_once(ask, ask, ask) == []
    refund = RefundRow.objects.get()

    def approve() -> None:
        refunds.approve_refund(refund=refund.pk, by=CLERKS[1], now=world.now)
        tell(provider=world, payment=number, now=world.now)

    assert at_once(approve, approve, approve) == []
    world.sweep_until_quiet()
    assert OutboxRow.objects.filter(command="refund").count() == 1
    assert sum(yen for *_, move, _key, yen in world.books.movements() if move == "refund") == 400
    assert queries.payment(number=number).refunded_yen == 400
